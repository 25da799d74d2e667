"""Cuts linework into arcs: each run of vertices between two junctions is kept once, however many features use it.

A junction is a vertex where more or fewer than two edges meet, where an open line ends, or where the set of users changes.
Positions are packed integers (see `shapes`).
"""

from collections import defaultdict

from shapes import unpack

ANTIMERIDIAN = 18_000_000


def edge(a, b):
    """The undirected key of an edge."""
    return (a, b) if a < b else (b, a)


def is_seam(a, b):
    """Whether an edge is not a coast but the cut of the plane: along the antimeridian or the southern edge."""
    (ax, ay), (bx, by) = unpack(a), unpack(b)
    return (ax == bx and abs(ax) == ANTIMERIDIAN) or (ay == by == -9_000_000)


def without_repeats(part):
    """The part without a position twice in a row."""
    return [p for n, p in enumerate(part) if n == 0 or p != part[n - 1]]


def insert_nodes(part, nodes):
    """The part with the nodes that `nodes` (edge -> positions) puts onto its edges."""
    if not nodes:
        return part
    out = part[:1]
    for a, b in zip(part, part[1:]):
        found = nodes.get(edge(a, b))
        if found:
            ax, ay = unpack(a)
            for p in sorted(found, key=lambda p: ((unpack(p)[0] - ax) ** 2 + (unpack(p)[1] - ay) ** 2, p)):
                if p != out[-1] and p != b:
                    out.append(p)
        out.append(b)
    return out


class Arcs:
    """Arcs of one scale, and which users touch them."""

    def __init__(self):
        self.coords = []  # lists of packed positions
        self.index = {}
        self.seam = []

    def add(self, run):
        """The reference of a run: arc number and whether it is used backwards."""
        key = tuple(run)
        back = key[::-1]
        if key in self.index:
            return self.index[key], False
        if back in self.index:
            return self.index[back], True
        self.index[key] = len(self.coords)
        self.coords.append(list(run))
        self.seam.append(all(is_seam(a, b) for a, b in zip(run, run[1:])))
        return len(self.coords) - 1, False


def cut(paths, arcs, label=lambda a, b: None):
    """References for every path. `paths` are (user, positions); a closed path ends where it starts.

    `label` tells edges apart that have two users: arcs are cut where it changes.
    """
    users = defaultdict(set)
    neighbours = defaultdict(set)
    ends = set()
    for user, part in paths:
        if part[0] != part[-1]:
            ends.update((part[0], part[-1]))
        for a, b in zip(part, part[1:]):
            users[edge(a, b)].add(user)
            neighbours[a].add(b)
            neighbours[b].add(a)
    signature = {}
    for e, found in users.items():
        signature[e] = (tuple(sorted(found)), is_seam(*e), label(*e) if len(found) == 2 else None)
    junctions = set(ends)
    for v, around in neighbours.items():
        if len(around) != 2:
            junctions.add(v)
        else:
            a, b = around
            if signature[edge(v, a)] != signature[edge(v, b)]:
                junctions.add(v)
    result = []
    for _, part in paths:
        closed = part[0] == part[-1]
        if closed:
            body = part[:-1]
            at = next((n for n, v in enumerate(body) if v in junctions), None)
            if at is None:
                # A ring of its own: start at its smallest vertex, so that two users agree on the same arc.
                at = body.index(min(body))
            part = body[at:] + body[: at + 1]
        refs, start = [], 0
        for n in range(1, len(part)):
            if part[n] in junctions or n == len(part) - 1:
                refs.append(arcs.add(part[start : n + 1]))
                start = n
        result.append(refs)
    return result


def join(rows, shapes, keys):
    """Lines of like rows, joined where exactly two of them meet: Natural Earth cuts division lines every few vertices.

    Returns one row a group of like rows, and (row number, positions) for each joined line.
    """
    numbers, kept, lines = {}, [], []
    for row, shape in zip(rows, shapes):
        key = tuple(row[k] for k in keys)
        if key not in numbers:
            numbers[key] = len(kept)
            kept.append(row)
        lines.extend((numbers[key], list(part)) for part in shape if len(part) > 1)
    # The same run is sometimes there twice.
    seen, unique = set(), []
    for n, part in lines:
        key = min(tuple(part), tuple(part[::-1]))
        if key not in seen:
            seen.add(key)
            unique.append((n, part))
    touching = defaultdict(list)
    uses = defaultdict(int)
    for at, (_, part) in enumerate(unique):
        touching[part[0]].append(at)
        touching[part[-1]].append(at)
        for p in part:
            uses[p] += 1
    done, joined = set(), []
    for at, (n, part) in enumerate(unique):
        if at in done:
            continue
        done.add(at)
        run = list(part)
        for forward in (True, False):
            while run[0] != run[-1]:
                end = run[-1] if forward else run[0]
                near = [m for m in touching[end] if m not in done and unique[m][0] == n]
                if uses[end] != 2 or len(near) != 1:
                    break
                # Left and right keep their meaning only where the next line runs on in the same direction.
                other = unique[near[0]][1]
                if forward and other[0] == end:
                    run += other[1:]
                elif not forward and other[-1] == end:
                    run = other[:-1] + run
                else:
                    break
                done.add(near[0])
        joined.append((n, run))
    return kept, joined
