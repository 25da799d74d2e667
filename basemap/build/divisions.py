"""First-order divisions as polygons: faces between borders, coasts and division lines, named by the populated places in them.

Natural Earth's lines carry the names left and right; in some countries they are of the second order (French departments). The
GeoNames places inside each face say to which first-order division it belongs, and faces of one division are joined. Where lines are
missing or older than a reform, a polygon holds places of several divisions; it says so.
"""

import math
from collections import Counter, defaultdict

import encode
import faces
from shapes import unpack

# Names that Natural Earth and GeoNames spell too differently to be matched.
OVERRIDES = {"Kiev City": "UA.12"}
COLUMN = 2_000  # 0.02 degree
MIXED = 0.8  # share of its places that bear its code, below which a polygon does not tell a division


class Locator:
    """Which face lies under a position: the nearest edge above it, by column of longitude."""

    def __init__(self, coords, chosen, below):
        self.columns = defaultdict(list)
        for a in chosen:
            run = coords[a]
            for p, q in zip(run, run[1:]):
                (ax, ay), (bx, by) = unpack(p), unpack(q)
                if ax == bx:
                    continue
                face = below[a, ax > bx]  # the right-hand side of an edge that runs east lies below it
                if ax > bx:
                    ax, ay, bx, by = bx, by, ax, ay
                for c in range(ax // COLUMN, bx // COLUMN + 1):
                    self.columns[c].append((ax, ay, bx, by, face))

    def at(self, x, y):
        best, found = None, None
        for ax, ay, bx, by, face in self.columns.get(x // COLUMN, ()):
            if ax <= x < bx:
                top = ay + (by - ay) * (x - ax) / (bx - ax)
                if top >= y and (best is None or top < best):
                    best, found = top, face
        return found


def assemble(coords, cycles, want):
    """Faces from cycles: {number of outer cycle: [outer, holes...]}; `want(cycle)` leaves out the sea."""
    outer, holes = [], []
    for n, cycle in enumerate(cycles):
        if not want(cycle):
            continue
        ring = faces.positions(coords, cycle)
        area = faces.area2(ring)
        (outer if area > 0 else holes).append((n, ring, abs(area), encode.bounds(ring)))
    result = {n: [n] for n, _, _, _ in outer}
    cells = defaultdict(list)
    for item in outer:
        _, _, _, (w, s, e, t) = item
        for i in range(w // 500_000, e // 500_000 + 1):
            for j in range(s // 500_000, t // 500_000 + 1):
                cells[i, j].append(item)
    for n, ring, area, _ in holes:
        x, y = unpack(ring[0])
        best = None
        for m, other, size, (w, s, e, t) in cells[x // 500_000, y // 500_000]:
            if w <= x <= e and s <= y <= t and size > area and (best is None or size < best[0]):
                if faces.inside(other, x, y):
                    best = (size, m)
        if best:
            result[best[1]].append(n)
    return result


def build(b, rows, lines, refs, country_left, country_right, numbers, places):
    coords = b.arcs.coords
    west, east = {}, {}  # names left and right of each arc
    also = defaultdict(set)  # other names of a division, as the lines give them
    by_row = defaultdict(list)
    for (n, _), found in zip(lines, refs):
        by_row[n].append(found)
        for a, back in found:
            l, r = rows[n]["name_l"], rows[n]["name_r"]
            for side_name, alt in ((l, "name_alt_l"), (r, "name_alt_r")):
                also[side_name].update(x.strip() for x in (rows[n].get(alt) or "").split("|"))
            west[a], east[a] = (r, l) if back else (l, r)
            b.flags[a] |= encode.DIVISION
    chosen = [a for a in range(len(coords)) if b.flags[a] & (encode.COAST | encode.BORDER | encode.DIVISION)]

    def side(a, back):
        """Country to the left of a half-edge."""
        return (country_right if back else country_left)[a]

    cycles = faces.trace(coords, chosen)
    length = [sum(math.dist(unpack(p), unpack(q)) for p, q in zip(c, c[1:])) for c in coords]

    def country_of(cycle):
        votes = Counter()
        for a, back in cycle:
            if b.flags[a] & (encode.COAST | encode.BORDER):
                votes[side(a, back)] += length[a]
        return min(votes, key=lambda c: (-votes[c], c)) if votes else None

    owner = [country_of(c) for c in cycles]
    grouped = assemble(coords, cycles, lambda c: country_of(c) != 0)
    below = {}
    for outer, found in grouped.items():
        for n in found:
            for a, back in cycles[n]:
                below[a, not back] = outer  # the face lies left of (a, back), right of its twin
    for a in chosen:
        below.setdefault((a, False), None)
        below.setdefault((a, True), None)
    # A face without a border or coast of its own takes the country of a face beside it, from the border inwards.
    beside = defaultdict(set)
    for outer, found in grouped.items():
        for n in found:
            beside[outer].update(below[a, back] for a, back in cycles[n] if below[a, back] is not None)
    waiting = [outer for outer in sorted(grouped) if owner[outer] is None]
    while waiting:
        rest = []
        for outer in waiting:
            near = [owner[t] for t in sorted(beside[outer]) if owner[t]]
            if near:
                owner[outer] = near[0]
            else:
                rest.append(outer)
        if len(rest) == len(waiting):
            break
        waiting = rest
    locator = Locator(coords, chosen, below)
    votes, by_country = defaultdict(Counter), defaultdict(list)
    codes = {n: a3 for a3, n in numbers.items()}
    for x, y, country, code in places.points:
        face = locator.at(x, y)
        if face is not None:
            votes[face][code] += 1
        by_country[country].append((x, y, code))
    said = defaultdict(Counter)
    for outer, found in grouped.items():
        for n in found:
            for a, back in cycles[n]:
                name = (east if back else west).get(a)
                if name:
                    said[outer][name] += length[a]
    # The code of a face: most of its places; else that of a face with the same name; else of the nearest place.
    code, how = {}, {}
    named = defaultdict(Counter)
    for outer in sorted(grouped):
        iso = places.iso_of(codes.get(owner[outer], ""))
        own = Counter({c: n for c, n in votes[outer].items() if c.split(".")[0] in iso})
        tally = own or votes[outer]
        name = said[outer].most_common(1)[0][0] if said[outer] else None
        bearers = set().union(*(places.codes_named(c, {name, *also[name]}) for c in iso)) if name else set()
        bearers = {OVERRIDES[name]} if name in OVERRIDES else bearers
        if len(bearers) == 1 and (bearers & tally.keys() or not tally):
            code[outer], how[outer] = bearers.pop(), "name and places" if tally else "name"
        elif tally:
            code[outer] = min(tally, key=lambda c: (-tally[c], c))
            how[outer] = "places"
        if outer in code and name:
            named[owner[outer], name][code[outer]] += sum(tally.values()) + 1
    for outer in sorted(grouped):
        if outer in code:
            continue
        name = said[outer].most_common(1)[0][0] if said[outer] else None
        if name and named.get((owner[outer], name)):
            tally = named[owner[outer], name]
            code[outer], how[outer] = min(tally, key=lambda c: (-tally[c], c)), "name"
            continue
        if name:
            code[outer], how[outer] = f"={name}", "line"
            continue
        x, y = unpack(coords[cycles[outer][0][0]][0])
        best = (3e5, None)
        k = math.cos(math.radians(y / 1e5))
        for iso in places.iso_of(codes.get(owner[outer], "")):
            for px, py, c in by_country[iso]:
                d = math.hypot((px - x) * k, py - y)
                if d < best[0]:
                    best = (d, c)
        code[outer], how[outer] = (best[1], "nearest place") if best[1] else ("", "country")
    keys = sorted({(owner[o], code[o]) for o in grouped if owner[o]})
    division = {key: n + 1 for n, key in enumerate(keys)}
    assert len(division) < 65535
    of_face = {o: division.get((owner[o], code[o]), 0) for o in grouped}
    for a in chosen:
        # `below` is keyed by the right-hand side.
        b.right[a] = of_face.get(below[a, False], 0)
        b.left[a] = of_face.get(below[a, True], 0)
    # Joined polygons: arcs with unlike divisions on their sides.
    outline = [a for a in chosen if b.left[a] != b.right[a]]
    joined = faces.trace(coords, outline)
    left_of = lambda cycle: Counter((b.right if back else b.left)[a] for a, back in cycle).most_common(1)[0][0]
    parts = defaultdict(list)
    for outer, found in assemble(coords, joined, lambda c: left_of(c) != 0).items():
        parts[left_of(joined[outer])].append([joined[n] for n in found])
    names_of = defaultdict(Counter)
    for o in grouped:
        if said[o]:
            names_of[of_face[o]][said[o].most_common(1)[0][0]] += 1
    inside, apart = Counter(), Counter()
    for o in grouped:
        iso = places.iso_of(codes.get(owner[o], ""))
        for c, number in votes[o].items():
            if c.split(".")[0] in iso:
                inside[of_face[o]] += number
                apart[of_face[o]] += number * (c != code[o])
    for (country, c), n in sorted(division.items()):
        if not parts[n]:
            continue
        info = places.division(c)
        lines_say = [name for name, _ in sorted(names_of[n].items())]
        name = info.get("name") or (c[1:] if c.startswith("=") else "") or places.country_names.get(codes[country], "")
        attrs = [
            ("name", name),
            ("adm0_a3", codes[country]),
            ("code", c if c and not c.startswith("=") else ""),
            ("iso_3166_2", info.get("iso", "")),
            ("geonameid", info.get("id", "")),
            ("kind", info.get("kind", "")),
            ("natural_earth", "|".join(lines_say[:3]) if len(lines_say) <= 3 else ""),
            ("mixed", "1" if inside[n] - apart[n] < MIXED * inside[n] else ""),
        ]
        # The label point: an inner position of the largest part.
        big = max(parts[n], key=lambda p: faces.area2(faces.positions(coords, p[0])))
        b.features.append(
            {"layer": 1, "id": n, "class": 0 if c else 1, "rank": 0, "attrs": attrs, "parts": parts[n],
             "label": inner_position([faces.positions(coords, ring) for ring in big]), "country": country}
        )
    for n, found in sorted(by_row.items()):
        row = rows[n]
        first = sum(length[a] for f in found for a, _ in f if b.left[a] != b.right[a])
        whole = sum(length[a] for f in found for a, _ in f)
        b.features.append(
            {
                "layer": 3,
                "class": 0 if first * 2 >= whole else 1,
                "rank": max(0, min(255, round(row["scalerank"] or 0))),
                "zoom": max(0, min(255, round((row["min_zoom"] or 0) * 10))),
                "attrs": [("adm0_a3", row["adm0_a3"]), ("left", row["name_l"]), ("right", row["name_r"])],
                "parts": [[f] for f in found],
            }
        )
    b.report = {
        "crossings": b.crossings,
        "faces": len(grouped),
        "divisions": len(division),
        "by": dict(Counter(how.values())),
        "without country": [encode.bounds(faces.positions(coords, cycles[o])) for o in grouped if not owner[o]],
        "mixed": sum(1 for n in division.values() if parts[n] and inside[n] - apart[n] < MIXED * inside[n]),
        "without parts": sum(1 for n in division.values() if not parts[n]),
    }


def inner_position(rings):
    """A position well inside: the middle of the widest run on a few horizontal cuts."""
    ring = rings[0]
    _, south, _, north = encode.bounds(ring)
    best = (-1, 0, 0)
    for k in range(1, 10):
        y = south + (north - south) * k // 10
        hits = []
        for r in rings:
            for p, q in zip(r, r[1:]):
                (ax, ay), (bx, by) = unpack(p), unpack(q)
                if (ay > y) != (by > y):
                    hits.append(ax + (bx - ax) * (y - ay) / (by - ay))
        hits.sort()
        for a, c in zip(hits[::2], hits[1::2]):
            weight = (c - a) * (1 - abs(k - 5) * 0.08)
            if weight > best[0]:
                best = (weight, round((a + c) / 2), y)
    return best[1], best[2]
