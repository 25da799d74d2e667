"""GeoPandas reads the GeoParquet that `convert` writes, and `convert` what GeoPandas and pyarrow write, in every version and coordinate
system that is read. Usage: geoparquet.py MAPDESK SOURCE.geojson… WORK"""

import datetime
import json
import subprocess
import sys
from pathlib import Path

import geopandas
import pyarrow
import pyarrow.parquet
import shapely
from shapely.geometry import Point, Polygon, shape

mapdesk, *sources, work = sys.argv[1:]
work = Path(work)
faults = []


def run(*args, code=0):
    made = subprocess.run([mapdesk, "--quiet", *map(str, args)], capture_output=True, text=True)
    if made.returncode != code:
        raise SystemExit(f"{' '.join(map(str, args))}: {made.returncode}\n{made.stderr}")
    return made.stderr


def expect(what, wanted, got):
    if wanted != got:
        faults.append(f"{what}: {wanted!r} wanted, {got!r} found")


def back(path):
    out = path.with_suffix(".back.geojson")
    run("convert", path, out)
    return json.loads(out.read_text())["features"]


# We write, others read: types, values, shapes and metadata.
for source in map(Path, sources):
    ours = json.loads(source.read_text())["features"]
    written = work / f"{source.stem}.parquet"
    run("convert", source, written)
    table = pyarrow.parquet.read_table(written)
    geo = json.loads(table.schema.metadata[b"geo"])
    column = geo["columns"][geo["primary_column"]]
    expect(f"{source.name}: version", "1.1.0", geo["version"])
    expect(f"{source.name}: types", sorted({f["geometry"]["type"] for f in ours if f["geometry"]}), column["geometry_types"])
    read = geopandas.read_parquet(written)
    expect(f"{source.name}: system", "OGC:CRS84", ":".join(read.crs.to_authority()))
    expect(f"{source.name}: rows", len(ours), len(read))
    bounds = [round(v, 9) for v in read.total_bounds]
    expect(f"{source.name}: bbox", bounds, [round(v, 9) for v in column["bbox"]])
    rows = table.to_pylist()
    for n, (a, b, g) in enumerate(zip(ours, rows, read.geometry)):
        if a["geometry"] is None:
            expect(f"{source.name}: {n}: geometry", None, g)
            continue
        if not shapely.equals_exact(shape(a["geometry"]), g, 0):
            faults.append(f"{source.name}: {n}: shapes differ")
        box = b["bbox"]
        west, south, east, north = g.bounds
        if not (box["xmin"] <= west and box["ymin"] <= south and box["xmax"] >= east and box["ymax"] >= north):
            faults.append(f"{source.name}: {n}: the box does not hold the shape")
        for key, value in a["properties"].items():
            got = b[key]
            if isinstance(got, datetime.date):
                got = got.isoformat()
            if isinstance(value, list):
                value = "|".join(value)
            if value is not None and type(value) is not type(got) and not (isinstance(value, int) and isinstance(got, float)):
                faults.append(f"{source.name}: {n}: {key} is {type(got)}, not {type(value)}")
            expect(f"{source.name}: {n}: {key}", value, got)
    # Searching by the boxes finds what shapely finds.
    if ours[0]["geometry"] and len(ours) > 3:
        w, s, e, n = read.total_bounds
        window = (w, s, (w + e) / 2, (s + n) / 2)
        found = geopandas.read_parquet(written, bbox=window)
        wanted = read[read.geometry.bounds.apply(
            lambda b: b.minx <= window[2] and b.maxx >= window[0] and b.miny <= window[3] and b.maxy >= window[1], axis=1)]
        if not set(wanted.index.map(lambda i: read.geometry[i].wkb)) <= {g.wkb for g in found.geometry}:
            faults.append(f"{source.name}: a search by box misses rows")

# Others write, we read.
square = Polygon([(36, 35), (37, 35), (37, 36), (36, 36)], [[(36.2, 35.2), (36.4, 35.2), (36.3, 35.4)]])
frame = geopandas.GeoDataFrame(
    {
        "name": ["حماة", None, "Homs"],
        "n": pyarrow.array([1, 2, None]).to_pandas(types_mapper=None).astype("Int64"),
        "km": [1.5, 2.0, None],
        "yes": [True, False, True],
        "day": [datetime.date(2024, 12, 5), datetime.date(1899, 12, 31), None],
        "stamp": [datetime.datetime(2024, 12, 5, 14, 30), datetime.datetime(2024, 12, 6), None],
        "midnight": [datetime.datetime(2024, 12, 5), datetime.datetime(2024, 12, 6), None],
        "list": [["a", "b"], [], None],
        "kind": ["x", "y", "x"],
    },
    geometry=[square, Point(36.75, 35.13), None],
    crs="OGC:CRS84",
)
frame["kind"] = frame["kind"].astype("category")
for name, options in {
    "1.0": {"schema_version": "1.0.0"},
    "1.1": {"schema_version": "1.1.0", "write_covering_bbox": True},
    "gzip": {"compression": "gzip"},
    "zstd": {"compression": "zstd"},
    "lz4": {"compression": "lz4"},
    "plain": {"compression": None, "use_dictionary": False, "data_page_version": "2.0"},
    "index": {"index": True},
}.items():
    path = work / f"theirs-{name}.parquet"
    frame.to_parquet(path, **options)
    read = back(path)
    expect(f"{name}: rows", 3, len(read))
    a, b, c = (f["properties"] for f in read)
    expect(f"{name}: names", ["حماة", None, "Homs"], [f["name"] for f in (a, b, c)])
    expect(f"{name}: whole numbers", [1, 2, None], [f["n"] for f in (a, b, c)])
    expect(f"{name}: numbers", [1.5, 2.0, None], [f["km"] for f in (a, b, c)])
    expect(f"{name}: truth values", [True, False, True], [f["yes"] for f in (a, b, c)])
    expect(f"{name}: days", ["2024-12-05", "1899-12-31", None], [f["day"] for f in (a, b, c)])
    expect(f"{name}: moments", ["2024-12-05T14:30:00", "2024-12-06T00:00:00", None], [f["stamp"] for f in (a, b, c)])
    expect(f"{name}: midnights", ["2024-12-05", "2024-12-06", None], [f["midnight"] for f in (a, b, c)])
    expect(f"{name}: lists", [["a", "b"], []], [a["list"], b["list"] or []])
    expect(f"{name}: categories", ["x", "y", "x"], [f["kind"] for f in (a, b, c)])
    expect(f"{name}: no box among the attributes", False, "bbox" in a)
    for f, g in zip(read, frame.geometry):
        if (f["geometry"] is None) != (g is None) or (g is not None and not shape(f["geometry"]).normalize().equals_exact(g.normalize(), 1e-6)):
            faults.append(f"{name}: {g} read as {f['geometry']}")

# Other coordinate systems come in as degrees.
towns = geopandas.GeoDataFrame({"n": [0, 1]}, geometry=[Point(5.38, 52.15), Point(4.9, 52.37)], crs="EPSG:4326")
for code in (3857, 32631, 2154, 28992, 4258, 4326):
    path = work / f"towns-{code}.parquet"
    towns.to_crs(code).to_parquet(path)
    for f, g in zip(back(path), towns.geometry):
        if shape(f["geometry"]).distance(g) > (5e-5 if code == 28992 else 1e-6):
            faults.append(f"EPSG:{code}: {g} read as {f['geometry']}")

# What cannot be read is told.
path = work / "no-geo.parquet"
pyarrow.parquet.write_table(pyarrow.table({"a": [1]}), path)
expect("no metadata", True, "geo" in run("convert", path, work / "x.geojson", code=2))
path = work / "geoarrow.parquet"
towns.to_parquet(path, geometry_encoding="geoarrow", schema_version="1.1.0")
expect("GeoArrow", True, "write them as WKB" in run("convert", path, work / "x.geojson", code=2))
path = work / "brotli.parquet"
towns.to_parquet(path, compression="brotli")
expect("brotli", True, "brotli" in run("convert", path, work / "x.geojson", code=2).lower())

# The same bytes twice, and tiles of it.
twice = [work / "a.parquet", work / "b.parquet"]
for path in twice:
    run("convert", sources[0], path)
expect("twice the same", True, twice[0].read_bytes() == twice[1].read_bytes())
run("tiles", twice[0], "--out", work / "parquet.pmtiles")

print("\n".join(faults) or f"{len(sources)} layers out, 7 ways of writing and 6 coordinate systems in")
sys.exit(bool(faults))
