"""Ties the ends of division lines to the borders, coasts and lines that they were drawn to meet.

Natural Earth's division lines end on borders within metres, yet mostly between two vertices. Each loose end becomes a vertex of
the edge it touches, so that lines and borders form one planar graph.
"""

import math
from collections import defaultdict

from faces import inside
from shapes import pack, unpack
from topology import edge

CELL = 20_000
REACH = 2_000  # 0.02 degree, some 2 km
FAR = 15_000  # for ends on land, where the border has moved since the line was drawn (the Golan Heights)


def _cells(a, b, size=CELL):
    """Grid cells that an edge touches, and some beside them."""
    (ax, ay), (bx, by) = unpack(a), unpack(b)
    steps = max(abs(ax - bx), abs(ay - by)) // size + 1
    found = set()
    for k in range(steps):
        x0, x1 = sorted((ax + (bx - ax) * k // steps, ax + (bx - ax) * (k + 1) // steps))
        y0, y1 = sorted((ay + (by - ay) * k // steps, ay + (by - ay) * (k + 1) // steps))
        for i in range((x0 - 1) // size, (x1 + 1) // size + 1):
            for j in range((y0 - 1) // size, (y1 + 1) // size + 1):
                found.add((i, j))
    return found


class EdgeGrid:
    """Edges by grid cell, for the nearest edge to a position."""

    def __init__(self, parts):
        self.cells = defaultdict(list)
        seen = set()
        for part in parts:
            for a, b in zip(part, part[1:]):
                key = edge(a, b)
                if key not in seen:
                    seen.add(key)
                    for cell in _cells(a, b):
                        self.cells[cell].append(key)

    def nearest(self, p, skip=()):
        """Distance in units (longitudes shrunk), the edge, and where along it; edges that touch `skip` do not count."""
        x, y = unpack(p)
        k = math.cos(math.radians(y / 1e5))
        best = (float("inf"), None, 0.0)
        for i in range(x // CELL - 1, x // CELL + 2):
            for j in range(y // CELL - 1, y // CELL + 2):
                for a, b in self.cells.get((i, j), ()):
                    if a in skip or b in skip:
                        continue
                    (ax, ay), (bx, by) = unpack(a), unpack(b)
                    dx, dy, px, py = (bx - ax) * k, by - ay, (x - ax) * k, y - ay
                    length = dx * dx + dy * dy
                    u = min(1.0, max(0.0, (px * dx + py * dy) / length)) if length else 0.0
                    d = math.hypot(px - u * dx, py - u * dy)
                    if (d, (a, b)) < best[:2] if best[1] else d < best[0]:
                        best = (d, (a, b), u)
        return best


def tie(lines, borders):
    """Moves loose ends of `lines` (lists of positions, changed in place) onto edges; returns the nodes to insert, by edge."""
    uses = defaultdict(int)
    for line in lines:
        for p in line:
            uses[p] += 1
    corners = {p for part in borders for p in part}
    border_grid, line_grid = EdgeGrid(borders), EdgeGrid(lines)
    boxes = [(min(xs), min(ys), max(xs), max(ys), part) for part in borders if part[0] == part[-1]
             for xs, ys in [tuple(zip(*map(unpack, part)))]]

    def on_land(p):
        x, y = unpack(p)
        return sum(inside(part, x, y) for w, s, e, n, part in boxes if w <= x <= e and s <= y <= n) % 2 == 1

    nodes = defaultdict(set)
    for line in lines:
        for at in (0, -1):
            p = line[at]
            if uses[p] != 1 or p in corners:
                continue
            d, e, u = border_grid.nearest(p)
            if d > REACH:
                to_line = line_grid.nearest(p, skip=(p, line[1 if at == 0 else -2]))
                if to_line[0] < d:
                    d, e, u = to_line
            if d > FAR or (d > REACH and not on_land(p)):
                continue
            (ax, ay), (bx, by) = unpack(e[0]), unpack(e[1])
            if d <= 30:
                q = p  # the end itself becomes the vertex: it moves the border by metres, and lines drawn to it stay exact
                near = e[0] if u < 0.5 else e[1]
                nx, ny = unpack(near)
                x, y = unpack(p)
                if abs(nx - x) + abs(ny - y) <= 60:
                    q = near
            else:
                q = pack(round(ax + (bx - ax) * u), round(ay + (by - ay) * u))
            if q != p:
                # The old end stays as a vertex where it lies apart, so the line's course is kept.
                if d > 30:
                    line.insert(len(line) if at == -1 else 0, q)
                else:
                    line[at] = q
            if q not in e:
                nodes[e].add(q)
    return nodes


def crossings(lines, others):
    """Nodes where edges of `lines` cross edges of `others` or each other between their ends, by edge."""
    size = 2_000
    cells = defaultdict(list)
    marks = {}
    for mark, parts in ((0, others), (1, lines)):
        for part in parts:
            for a, b in zip(part, part[1:]):
                key = edge(a, b)
                if key not in marks:
                    for cell in _cells(a, b, size):
                        cells[cell].append((*unpack(key[0]), *unpack(key[1]), key))
                    marks[key] = mark
    nodes = defaultdict(set)
    for found in cells.values():
        for n, (ax, ay, bx, by, e) in enumerate(found):
            west, east, south, north = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
            for cx, cy, dx, dy, f in found[n + 1 :]:
                if not (marks[e] or marks[f]):
                    continue
                if max(cx, dx) < west or min(cx, dx) > east or max(cy, dy) < south or min(cy, dy) > north:
                    continue
                rx, ry, sx, sy = bx - ax, by - ay, dx - cx, dy - cy
                across = rx * sy - ry * sx
                # Which side of the other edge each end lies on, exactly.
                c1, c2 = rx * (cy - ay) - ry * (cx - ax), rx * (dy - ay) - ry * (dx - ax)
                a1, a2 = sx * (ay - cy) - sy * (ax - cx), sx * (by - cy) - sy * (bx - cx)
                shared = e[0] in f or e[1] in f
                if across and not shared and (c1 < 0) != (c2 < 0) and (a1 < 0) != (a2 < 0) and c1 and c2 and a1 and a2:
                    k = (cx - ax) * sy - (cy - ay) * sx
                    p = pack(ax + round(rx * k / across), ay + round(ry * k / across))
                    if p not in e:
                        nodes[e].add(p)
                    if p not in f:
                        nodes[f].add(p)
                    continue
                # An end that lies exactly on the other edge.
                for p, side, (qx, qy), (ux, uy, vx, vy), g in (
                    (f[0], c1, (cx, cy), (ax, ay, bx, by), e),
                    (f[1], c2, (dx, dy), (ax, ay, bx, by), e),
                    (e[0], a1, (ax, ay), (cx, cy, dx, dy), f),
                    (e[1], a2, (bx, by), (cx, cy, dx, dy), f),
                ):
                    within = min(ux, vx) <= qx <= max(ux, vx) and min(uy, vy) <= qy <= max(uy, vy)
                    if side == 0 and within and p not in g:
                        nodes[g].add(p)
    return nodes
