#!/usr/bin/env python3
"""Tiles beside other people's programs: the same made-up inputs, CPU seconds, peak memory and archive size in one run.

    cargo build --release
    python3 -m venv v && v/bin/pip install freestiler pyarrow shapely
    npm install --prefix n geojson-vt vt-pbf
    v/bin/python benches/peers/tiles.py target/release/mapdesk --node n [--points 200000] [--cells 200]

A peer that is not installed is left out. All features stand at all zooms (0 to 7) in each.
"""
import argparse, importlib.util, json, os, random, subprocess, sys, tempfile, time

ap = argparse.ArgumentParser()
ap.add_argument("mapdesk")
ap.add_argument("--node", help="folder with node_modules/geojson-vt and vt-pbf")
ap.add_argument("--points", type=int, default=200_000)
ap.add_argument("--cells", type=int, default=200, help="cells along one side of the partition")
a = ap.parse_args()
a.mapdesk = os.path.abspath(a.mapdesk)
modules = os.path.abspath(os.path.join(a.node, "node_modules")) if a.node else None
os.chdir(tempfile.mkdtemp())
ZOOM = 7


def points(n):
    r = random.Random(1)
    for i in range(n):
        yield {"id": i, "kind": f"k{i % 7}"}, {"type": "Point", "coordinates": [round(r.gauss(20, 60) % 360 - 180, 6), round(max(-80, min(80, r.gauss(20, 25))), 6)]}


def cells(n):
    r = random.Random(2)
    at = {(i, j): (round(-175 + 350 * (i + r.uniform(-0.3, 0.3)) / n, 6), round(-80 + 160 * (j + r.uniform(-0.3, 0.3)) / n, 6)) for i in range(n + 1) for j in range(n + 1)}
    for i in range(n):
        for j in range(n):
            ring = [at[i, j], at[i + 1, j], at[i + 1, j + 1], at[i, j + 1], at[i, j]]
            yield {"id": i * n + j, "side": (i + j) % 5}, {"type": "Polygon", "coordinates": [ring]}


def write(name, features):
    rows = list(features)
    with open(f"{name}.geojsonl", "w") as f:
        for p, g in rows:
            f.write(json.dumps({"type": "Feature", "properties": p, "geometry": g}) + "\n")
    if has("freestiler", "pyarrow", "shapely"):
        import pyarrow as pa
        import pyarrow.parquet as pq
        import shapely

        columns = {k: [p[k] for p, _ in rows] for k in rows[0][0]}
        columns["geometry"] = [shapely.to_wkb(shapely.geometry.shape(g)) for _, g in rows]
        geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}}}
        table = pa.table(columns)
        pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), f"{name}.parquet")


def has(*names):
    return all(importlib.util.find_spec(n) for n in names)


NODE = """
const R=n=>require(process.argv[2]+'/'+n), fs=require('fs'), zlib=require('zlib'), path=process.argv[2]+'/geojson-vt/';
(async()=>{const m=await import('file://'+path+(fs.existsSync(path+'src/index.js')?'src/index.js':'src/index.mjs'));
const features=fs.readFileSync(process.argv[3],'utf8').split('\\n').filter(Boolean).map(l=>JSON.parse(l)), z=+process.argv[4];
const Make=m.default||m.GeoJSONVT, index=new Make({type:'FeatureCollection',features},{maxZoom:z,indexMaxZoom:z,indexMaxPoints:0,buffer:80,extent:4096});
const out=fs.openSync(process.argv[5],'w');
for(const t of Object.values(index.tiles)){const tile=t.features.length&&index.getTile(t.z,t.x,t.y);
if(tile)fs.writeSync(out,zlib.gzipSync(R('vt-pbf').fromGeojsonVt({x:tile},{version:2})));}})();
"""
FREESTILER = "import sys,freestiler;freestiler.freestile_file(sys.argv[1],sys.argv[2],layer_name='x',tile_format='mvt',min_zoom=0,max_zoom=int(sys.argv[3]),overwrite=True,quiet=True)"


def measure(command, out):
    start = time.monotonic()
    p = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = p.stderr.read()
    _, status, usage = os.wait4(p.pid, 0)
    if status:
        return None, said.decode("utf8", "replace")[-200:]
    return (usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.path.getsize(out) / 1e6, time.monotonic() - start), ""


open("peer.cjs", "w").write(NODE)
write("points", points(a.points))
write("cells", cells(a.cells))
for name in ["points", "cells"]:
    commands = {"mapdesk": [a.mapdesk, "-q", "tiles", f"{name}.geojsonl", "-o", "own.pmtiles", "--layer", "x", "--maxzoom", str(ZOOM)]}
    targets = {"mapdesk": "own.pmtiles", "geojson-vt": "vt.bin", "freestiler": "free.pmtiles"}
    if modules:
        commands["geojson-vt"] = ["node", "--max-old-space-size=8000", "peer.cjs", modules, f"{name}.geojsonl", str(ZOOM), "vt.bin"]
    if os.path.exists(f"{name}.parquet"):
        commands["freestiler"] = [sys.executable, "-c", FREESTILER, f"{name}.parquet", "free.pmtiles", str(ZOOM)]
    own = None
    print(f"\n{name}, zoom 0 to {ZOOM}\n| program | CPU s | ours to it | peak MB | archive MB | wall s |\n|---|---|---|---|---|---|")
    for peer, command in commands.items():
        result, fault = measure(command, targets[peer])
        if result is None:
            print(f"| {peer} | failed: {fault.strip()!r} |")
            continue
        own = own or result[0]
        print(f"| {peer} | {result[0]:.2f} | {own / result[0]:.2f} | {result[1]:.0f} | {result[2]:.1f} | {result[3]:.1f} |", flush=True)
