#!/usr/bin/env python3
"""Our tiles read by other people's programs: PyPI pmtiles and mapbox-vector-tile, shapely, GDAL.

    tests/external/tiles.py path/to/mapdesk

Makes archives of seeded points, lines, countries-like islands and a full partition, and checks every tile: the rules of MVT 2.1
and PMTiles v3, validity and winding of every polygon, and that a partition has no gap and no overlap at any zoom.
"""
import gzip, json, math, os, random, subprocess, sys, tempfile
import mapbox_vector_tile as mvt
import shapely
from pmtiles.reader import MmapSource, Reader, all_tiles
from shapely.geometry import box, shape

mapdesk = os.path.abspath(sys.argv[1])
os.chdir(tempfile.mkdtemp())
rng = random.Random(5)


def write(name, features):
    with open(name, "w") as out:
        for n, (geometry, properties) in enumerate(features):
            out.write(json.dumps({"type": "Feature", "id": n, "properties": properties, "geometry": geometry}) + "\n")


def rough(a, b, depth=4):
    """A wiggly border, the same from both sides."""
    flip = b < a
    p, q = (b, a) if flip else (a, b)
    r = random.Random(f"{p}{q}")
    line = [p, q]
    for _ in range(depth):
        new = []
        for u, v in zip(line, line[1:]):
            d = r.uniform(-0.08, 0.08)
            new += [u, ((u[0] + v[0]) / 2 - (v[1] - u[1]) * d, (u[1] + v[1]) / 2 + (v[0] - u[0]) * d)]
        line = new + [q]
    line = [(round(x, 6), round(y, 6)) for x, y in line]
    return line[::-1] if flip else line


def partition(n):
    """Squares over the frame with displaced corners and rough borders; the outer edges stay straight."""
    w, h = 360 / n, 170 / n
    r = random.Random(2)
    corner = {}
    for i in range(n + 1):
        for j in range(n + 1):
            dx = 0 if i in (0, n) else r.uniform(-0.25, 0.25) * w
            dy = 0 if j in (0, n) else r.uniform(-0.25, 0.25) * h
            corner[i, j] = (round(-180 + i * w + dx, 6), round(-85 + j * h + dy, 6))
    for i in range(n):
        for j in range(n):
            ring = []
            ends = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1), (i, j)]
            for a, b in zip(ends, ends[1:]):
                outer = (a[0] == b[0] and a[0] in (0, n)) or (a[1] == b[1] and a[1] in (0, n))
                ring += ([corner[a], corner[b]] if outer else rough(corner[a], corner[b]))[:-1]
            yield {"type": "Polygon", "coordinates": [ring + ring[:1]]}, {"id": i * n + j, "side": (i // 3 + j // 3) % 5}


def islands(n):
    for k in range(n):
        cx, cy, size = rng.uniform(-170, 170), rng.uniform(-70, 75), rng.uniform(0.05, 6)
        m = rng.randint(8, 120)
        ring = [
            (round(cx + size * (0.4 + 0.6 * rng.random()) * math.cos(a), 6), round(cy + size * (0.4 + 0.6 * rng.random()) * math.sin(a), 6))
            for a in (2 * math.pi * i / m for i in range(m))
        ]
        yield {"type": "Polygon", "coordinates": [ring + ring[:1]]}, {"name": f"Insel {k}", "size": size}
    bow = [[10, 10], [14, 14], [14, 10], [10, 14], [10, 10]]
    yield {"type": "Polygon", "coordinates": [bow]}, {"name": "crosses itself"}
    yield {"type": "Polygon", "coordinates": [[[170, -5], [190, -5], [190, 5], [170, 5], [170, -5]]]}, {"name": "antimeridian"}


write("partition.geojsonl", partition(40))
write("islands.geojsonl", islands(300))
write("points.geojsonl", (({"type": "Point", "coordinates": [round(rng.gauss(30, 30), 6), round(rng.gauss(30, 15), 6)]}, {"n": k, "k": f"k{k % 7}"}) for k in range(5000)))
write("lines.geojsonl", (({"type": "LineString", "coordinates": [[round(rng.uniform(-179, 179), 5), round(rng.uniform(-80, 80), 5)] for _ in range(rng.randint(2, 30))]}, {"n": k}) for k in range(200)))

failures = 0


def fail(what):
    global failures
    failures += 1
    print("FAIL", what)


for name, z in [("partition", 5), ("islands", 6), ("points", 6), ("lines", 5)]:
    subprocess.run([mapdesk, "-q", "tiles", f"{name}.geojsonl", "-o", f"{name}.pmtiles", "--maxzoom", str(z)], check=True)
    source = MmapSource(open(f"{name}.pmtiles", "rb"))
    reader = Reader(source)
    header = reader.header()
    if header["root_offset"] + header["root_length"] > 16384:
        fail(f"{name}: the root directory reaches beyond the first 16 KiB")
    if not header["clustered"] or (header["min_zoom"], header["max_zoom"]) != (0, z):
        fail(f"{name}: header {header}")
    fields = {l["id"]: set(l["fields"]) for l in reader.metadata()["vector_layers"]}
    gap = overlap = area = 0.0
    tiles = polygons = 0
    seen = set()
    for (zoom, x, y), data in all_tiles(source):
        tiles += 1
        layers = mvt.decode(gzip.decompress(data), default_options={"y_coord_down": True})
        for layer, content in layers.items():
            extent = content["extent"]
            if content["version"] != 2 or not content["features"] or layer not in fields:
                fail(f"{name} {zoom}/{x}/{y}: layer {layer}")
            parts = []
            for f in content["features"]:
                if set(f["properties"]) - fields[layer]:
                    fail(f"{name} {zoom}/{x}/{y}: attributes {f['properties']}")
                g = shape(f["geometry"])
                seen.add(f["id"])
                if g.is_empty or not g.is_valid:
                    fail(f"{name} {zoom}/{x}/{y}: {shapely.is_valid_reason(g)}")
                x0, y0, x1, y1 = g.bounds
                buffer = 80 * extent // 4096
                if min(x0, y0) < -buffer or max(x1, y1) > extent + buffer:
                    fail(f"{name} {zoom}/{x}/{y}: reaches beyond the buffer: {g.bounds}")
                if "olygon" in g.geom_type:
                    polygons += 1
                    parts.append(g.intersection(box(0, 0, extent, extent)))
            if name == "partition" and 0 < y < 2**zoom - 1:
                union = shapely.union_all(parts).area
                gap += extent * extent - union
                overlap += sum(p.area for p in parts) - union
                area += extent * extent
    count = sum(1 for _ in open(f"{name}.geojsonl"))
    if len(seen) != count:
        fail(f"{name}: {count - len(seen)} features of {count} are in no tile")
    if name == "partition" and (gap / area > 1e-9 or overlap / area > 1e-9):
        fail(f"partition: gap {gap / area:.2e}, overlap {overlap / area:.2e} of the area")
    print(f"{name}: {tiles} tiles, {polygons} polygons, {len(seen)} features")

# The same through GDAL, of all three kinds of target.
for target, probe in [("m.mbtiles", "m.mbtiles"), ("f", "f/3/4/3.mvt"), ("islands.pmtiles", None)]:
    subprocess.run([mapdesk, "-q", "tiles", "points.geojsonl", "islands.geojsonl", "-o", target, "--maxzoom", "4"], check=True)
    if probe:
        text = subprocess.run(["ogrinfo", "-so", "-al", probe], capture_output=True, text=True)
        if text.returncode or "Feature Count" not in text.stdout:
            fail(f"GDAL on {probe}: {text.stdout}{text.stderr}")
json.load(open("f/tiles.json"))

# Any number of threads, the same bytes.
for n in (1, 3):
    subprocess.run([mapdesk, "-q", "tiles", "partition.geojsonl", "-o", f"t{n}.pmtiles", "--name", "t", "--maxzoom", "4", "--threads", str(n)], check=True)
if open("t1.pmtiles", "rb").read() != open("t3.pmtiles", "rb").read():
    fail("one thread and three give different bytes")
print("failures:", failures)
sys.exit(1 if failures else 0)
