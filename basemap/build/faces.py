"""Faces of the planar graph of borders, coasts and division lines: the divisions themselves.

Half-edges leaving a vertex are sorted by angle; walking "next clockwise after the twin" traces each face with the face on the
left. Counter-clockwise cycles are outer rings, clockwise ones are holes of the face around them.
"""

import math
from collections import defaultdict

from shapes import unpack


def area2(points):
    """Twice the signed planar area in square units."""
    total = 0
    xs = [unpack(p) for p in points]
    for (ax, ay), (bx, by) in zip(xs, xs[1:]):
        total += ax * by - bx * ay
    return total


def inside(ring, x, y):
    """Whether a position lies in a ring of packed positions (even-odd)."""
    hit = False
    for a, b in zip(ring, ring[1:]):
        (ax, ay), (bx, by) = unpack(a), unpack(b)
        if (ay > y) != (by > y) and x < ax + (bx - ax) * (y - ay) / (by - ay):
            hit = not hit
    return hit


def trace(coords, chosen):
    """Cycles as lists of (arc, backwards) over the chosen arcs; the face lies to the left of each."""
    leaving = defaultdict(list)
    for arc in chosen:
        run = coords[arc]
        for back, (a, b) in ((False, run[:2]), (True, (run[-1], run[-2]))):
            (ax, ay), (bx, by) = unpack(a), unpack(b)
            leaving[a].append((math.atan2(by - ay, bx - ax), arc, back))
    rank = {}
    for vertex, out in leaving.items():
        out.sort()
        for n, (_, arc, back) in enumerate(out):
            rank[arc, back] = (vertex, n)
    cycles, used = [], set()
    for arc in chosen:
        for back in (False, True):
            if (arc, back) in used:
                continue
            cycle, at = [], (arc, back)
            while at not in used:
                used.add(at)
                cycle.append(at)
                vertex, n = rank[at[0], not at[1]]  # the twin leaves the vertex at which we arrive
                out = leaving[vertex]
                _, nxt, nback = out[(n - 1) % len(out)]
                at = (nxt, nback)
            cycles.append(cycle)
    return cycles


def positions(coords, cycle):
    """The closed ring of a cycle."""
    out = []
    for arc, back in cycle:
        run = coords[arc][::-1] if back else coords[arc]
        out.extend(run if not out else run[1:])
    return out
