#!/usr/bin/env python3
"""Tiles of hard inputs, and what happens when things go wrong.

    tests/external/tiles_hard.py path/to/mapdesk path/to/node/folder [--heavy]

All input formats give the same features; broken lines, NaN, latitudes beyond the pole, crossing, empty and huge geometries are
named and the rest goes on; geometry beyond 180 degrees comes out on both sides; an update equals a whole build; an interrupt and a full
disk leave nothing behind. --heavy makes the huge geometry one of ten million vertices.
"""
import collections, gzip, json, math, os, random, shutil, signal, subprocess, sys, tempfile, time
import mapbox_vector_tile as mvt
import pyogrio
from pmtiles.reader import MmapSource, Reader, all_tiles

mapdesk, modules = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
here = os.path.dirname(os.path.abspath(__file__))
os.chdir(tempfile.mkdtemp())
rng = random.Random(11)
failures = 0


def fail(what):
    global failures
    failures += 1
    print("FAIL", what)


def run(*args, want=0):
    done = subprocess.run([mapdesk, "tiles", *map(str, args)], capture_output=True, text=True)
    if done.returncode != want:
        fail(f"{args}: exit code {done.returncode}, not {want}: {done.stderr[-500:]}")
    return done


def tiles(path):
    """Tile address to decoded layers."""
    with open(path, "rb") as f:
        return {id: mvt.decode(gzip.decompress(data)) for id, data in all_tiles(MmapSource(f))}


def values(path, zoom):
    """How often each name occurs at a zoom, each tile counted once."""
    found = collections.Counter()
    for (z, _, _), layers in tiles(path).items():
        if z == zoom:
            found.update(f["properties"].get("name") for l in layers.values() for f in l["features"])
    return found


def feature(geometry, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def point(x, y, **properties):
    return feature({"type": "Point", "coordinates": [x, y]}, **properties)


# The same points from every format.
points = [point(round(rng.uniform(30, 40), 6), round(rng.uniform(30, 40), 6), name=f"p{n}", n=n) for n in range(2000)]
with open("seq.geojsonl", "w") as f:
    f.writelines(json.dumps(p) + "\n" for p in points)
with open("line.geojson", "w") as f:
    json.dump({"type": "FeatureCollection", "name": "x", "features": points}, f)
with open("table.csv", "w") as f:
    f.write("name,n,lat,lon\n")
    f.writelines(f"{p['properties']['name']},{p['properties']['n']},{p['geometry']['coordinates'][1]},{p['geometry']['coordinates'][0]}\n" for p in points)
subprocess.run(["ogr2ogr", "-f", "FlatGeobuf", "flat.fgb", "line.geojson", "-lco", "SPATIAL_INDEX=NO"], check=True)
whole = None
for name in ["seq.geojsonl", "line.geojson", "table.csv", "flat.fgb"]:
    run(name, "-o", "x.pmtiles", "--layer", "x", "--maxzoom", 6)
    run("x.pmtiles", "--check")
    found = {id: sorted(json.dumps([f["properties"], f["geometry"]["coordinates"]], sort_keys=True) for f in l["x"]["features"]) for id, l in tiles("x.pmtiles").items()}
    if whole is not None and found != whole:
        fail(f"{name}: other tiles than from seq.geojsonl")
    whole = whole or found
print("formats: the same tiles from", 4)

# Mapbox's reader and a new GDAL see what we wrote.
cells = []
for i in range(30):
    for j in range(30):
        x, y = 30 + i / 3, 30 + j / 3
        ring = [[x, y], [x + 1 / 3, y], [x + 1 / 3, y + 1 / 3], [x, y + 1 / 3], [x, y]]
        cells.append(feature({"type": "Polygon", "coordinates": [ring]}, name=f"c{i}-{j}", side=(i + j) % 3))
with open("cells.geojson", "w") as f:
    json.dump({"type": "FeatureCollection", "features": cells}, f)
run("seq.geojsonl", "cells.geojson", "-o", "folder", "--maxzoom", 5)
run("seq.geojsonl", "cells.geojson", "-o", "both.pmtiles", "--maxzoom", 5)
seen = json.loads(subprocess.run(["node", f"{here}/tiles.mjs", modules, "folder"], check=True, capture_output=True, text=True).stdout)
counted = collections.Counter()
for layers in tiles("both.pmtiles").values():
    for name, layer in layers.items():
        counted[name] += len(layer["features"])
if seen != dict(counted):
    fail(f"Mapbox's reader sees {seen}, mapbox-vector-tile {dict(counted)}")
if "PMTiles" in pyogrio.list_drivers():
    for layer in ["seq", "cells"]:
        info = pyogrio.read_info("both.pmtiles", layer=layer, force_feature_count=True)
        if info["features"] < 900 or info["crs"] != "EPSG:3857":
            fail(f"GDAL on layer {layer}: {info}")
    print("GDAL reads PMTiles:", pyogrio.__gdal_version__)
else:
    fail("GDAL has no PMTiles driver")
print("readers agree:", seen)

# Faults are named by line, and the rest goes on.
good = json.dumps(point(10, 10, name="good"))
ring = lambda *p: {"type": "Polygon", "coordinates": [list(map(list, p))]}
bad = [
    ('{"type":"Feature","geometry":{"type":"Point","coordinates":[1,}', True),
    ('{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[NaN,1]}}', True),
    ('{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,91]}}', True),
    ('{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1e9,1]}}', True),
    ('{"type":"Feature","properties":{},"geometry":{"type":"Blob","coordinates":[1,1]}}', True),
    ("not json at all", True),
    (json.dumps(feature(None)), False),
    (json.dumps(feature({"type": "Polygon", "coordinates": []})), False),
    (json.dumps(feature(ring((0, 0), (5, 5), (5, 0), (0, 5), (0, 0)), name="bow tie")), False),
    (json.dumps(feature(ring((0, 0), (1, 1), (2, 2), (0, 0)), name="flat")), False),
]
with open("bad.geojsonl", "w") as f:
    for line, _ in bad:
        f.write(line + "\n" + good + "\n")
done = run("bad.geojsonl", "-o", "bad.pmtiles", "--maxzoom", 3, want=1)
for n, (line, named) in enumerate(bad):
    if (f"bad.geojsonl:{2 * n + 1}:" in done.stderr) != named:
        fail(f"line {2 * n + 1} ({line[:60]}): {'not ' if named else ''}named")
found = values("bad.pmtiles", 3)
if found["good"] != len(bad) or not found["bow tie"]:
    fail(f"bad.geojsonl: {found}")
run("bad.pmtiles", "--check")

# Beyond 180 degrees: both sides, and nothing in between.
wide = [
    feature(ring((170, -5), (190, -5), (190, 5), (170, 5), (170, -5)), name="east"),
    feature(ring((-190, 20), (-170, 20), (-170, 30), (-190, 30), (-190, 20)), name="west"),
    feature({"type": "LineString", "coordinates": [[175, 40], [185, 50], [355, 50]]}, name="line"),
    point(190, 60, name="point"),
]
with open("wide.geojsonl", "w") as f:
    f.writelines(json.dumps(w) + "\n" for w in wide)
run("wide.geojsonl", "-o", "wide.pmtiles", "--maxzoom", 4)
run("wide.pmtiles", "--check")
columns = collections.defaultdict(set)
for (z, x, _), layers in tiles("wide.pmtiles").items():
    if z == 4:
        for f in layers["wide"]["features"]:
            columns[f["properties"]["name"]].add(x)
for name, want in [("east", {0, 15}), ("west", {0, 15}), ("point", {0}), ("line", set(range(8)) | {15})]:
    if columns[name] != want:
        fail(f"{name}: in columns {sorted(columns[name])}, not {sorted(want)}")

# A huge geometry.
n = 10_000_000 if "--heavy" in sys.argv else 500_000
with open("huge.geojsonl", "w") as f:
    f.write('{"type":"Feature","properties":{"name":"huge"},"geometry":{"type":"Polygon","coordinates":[[')
    for i in range(n + 1):
        a = 2 * math.pi * (i % n) / n
        r = 40 + 4 * math.sin(a * 977) + (0.01 if i % 2 else 0)
        f.write(f"{',' if i else ''}[{r * math.cos(a):.6f},{r * math.sin(a):.6f}]")
    f.write("]]}}\n")
start = time.monotonic()
run("huge.geojsonl", "-o", "huge.pmtiles", "--maxzoom", 6)
run("huge.pmtiles", "--check")
print(f"huge: {n} vertices in {time.monotonic() - start:.1f} s")

# An update writes what a whole build writes, and names what changed.
run("cells.geojson", "-o", "old.pmtiles", "--name", "t", "--maxzoom", 10)
changed = json.load(open("cells.geojson"))
for k in range(9):
    changed["features"][k]["properties"]["side"] = 7
json.dump(changed, open("cells.geojson", "w"))
done = run("cells.geojson", "--update", "old.pmtiles", "-o", "new.pmtiles", "--name", "t")
run("cells.geojson", "-o", "again.pmtiles", "--name", "t", "--maxzoom", 10)
if open("new.pmtiles", "rb").read() != open("again.pmtiles", "rb").read():
    fail("an update differs from a whole build")
listed = {tuple(map(int, l.split()[0].split("/"))) for l in done.stdout.splitlines()}
old, new = tiles("old.pmtiles"), tiles("new.pmtiles")
if listed != {id for id in new if new[id] != old.get(id)}:
    fail("an update does not list exactly the tiles that changed")
print(f"update: {len(listed)} of {len(new)} tiles changed where 1 % of the cells did")

# Damage is found.
data = bytearray(open("new.pmtiles", "rb").read())
data[20000] ^= 255
open("damaged.pmtiles", "wb").write(data)
if "error" not in run("damaged.pmtiles", "--check", want=1).stdout:
    fail("damage is not told")

# An interrupt leaves nothing behind.
with open("many.geojsonl", "w") as f:
    for i in range(60000):
        f.write(json.dumps(point(rng.uniform(-170, 170), rng.uniform(-70, 70), name=f"m{i}")) + "\n")
for target in ["int/x.pmtiles", "int/x.mbtiles", "int/folder"]:
    for wait in [0.05, 0.3, 0.8]:
        p = subprocess.Popen([mapdesk, "-q", "tiles", "many.geojsonl", "-o", target, "--maxzoom", "12"], stderr=subprocess.DEVNULL)
        time.sleep(wait)
        p.send_signal(signal.SIGINT)
        if p.wait() != 0 and os.path.isdir("int") and os.listdir("int"):
            fail(f"{target} interrupted after {wait} s leaves {os.listdir('int')}")
        shutil.rmtree("int", ignore_errors=True)

# A full disk is told and leaves nothing behind (where we may mount one).
os.mkdir("small")
if os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", "small"], stderr=subprocess.DEVNULL).returncode == 0:
    try:
        for target in ["small/x.pmtiles", "small/x.mbtiles", "small/folder"]:
            done = run("many.geojsonl", "-o", target, "--maxzoom", 8, want=2)
            if "space" not in done.stderr and "full" not in done.stderr:
                fail(f"{target} on a full disk: {done.stderr}")
            if os.listdir("small"):
                fail(f"{target} on a full disk leaves {os.listdir('small')}")
    finally:
        subprocess.run(["umount", "small"])
else:
    print("a small disk cannot be mounted here: not tried")
print("failures:", failures)
sys.exit(1 if failures else 0)
