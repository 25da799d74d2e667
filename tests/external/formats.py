"""GDAL reads every format that `convert` writes, and `convert` every format that GDAL writes: counts, values and shapes compared with
the source. Usage: formats.py MAPDESK SOURCE.geojson… WORK"""

import json
import re
import subprocess
import sys
from pathlib import Path

from shapely.geometry import shape

mapdesk, *sources, work = sys.argv[1:]
work = Path(work)
faults = []

# Ending; GDAL driver; what the format cannot keep: names longer than ten characters, types other than text.
FORMATS = [
    ("gpkg", "GPKG", set()),
    ("fgb", "FlatGeobuf", set()),
    ("zip", "ESRI Shapefile", {"names", "null", "bool"}),
    ("kml", "KML", {"types", "null", "read-names"}),
    ("topojson", "TopoJSON", {"grid"}),
    ("geojsonl", "GeoJSONSeq", set()),
    ("geojson", "GeoJSON", set()),
]
# TopoJSON is written by us only; GDAL's KML driver keeps two attributes (LIBKML all, as text).
GDAL_WRITES = {"gpkg", "fgb", "geojsonl", "geojson", "zip"}


def run(*args):
    made = subprocess.run(args, capture_output=True, text=True)
    if made.returncode == 2 or (args[0] != mapdesk and made.returncode != 0):
        raise SystemExit(f"{' '.join(map(str, args))}\n{made.stderr}")
    return made.stdout


def features(path):
    return json.loads(Path(path).read_text())["features"]


def said(value):
    """A value as every format may give it back: dates and lists as text, numbers as numbers, nothing as nothing."""
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, (int, float)):
        return round(float(value), 9)
    if isinstance(value, list):
        return "|".join(value)
    # GDAL's ways to write a list as text.
    if made := re.fullmatch(r"\(\d+:(.*)\)", str(value)):
        return made[1].replace(",", "|") or None
    if str(value).startswith("[ "):
        return said(json.loads(value))
    text = str(value).replace("/", "-").removesuffix("T00:00:00").removesuffix(" 00:00:00")
    return {"true": 1.0, "false": 0.0, "T": 1.0, "F": 0.0, "t": 1.0, "f": 0.0}.get(text, text)


def number(value):
    try:
        return round(float(value), 9)
    except (TypeError, ValueError):
        return value


def compare(where, source, read, without):
    if len(source) != len(read):
        faults.append(f"{where}: {len(source)} features, {len(read)} read")
        return
    # An index may change the order: features are known by their shapes' boxes and their values.
    box = lambda f: tuple(round(v, 4) for v in shape(f["geometry"]).bounds)
    text = lambda f: json.dumps(sorted(str(number(said(v))) for v in f["properties"].values() if said(v) is not None))
    source, read = (sorted(fs, key=lambda f: (box(f), text(f))) for fs in (source, read))
    for n, (a, b) in enumerate(zip(source, read)):
        p, q = shape(a["geometry"]), shape(b["geometry"])
        grid = 2e-4 if "grid" in without else 1.1e-6
        far = p.hausdorff_distance(q)
        if far > grid:
            faults.append(f"{where}: feature {n}: shapes {far} apart")
        if p.area > 0 and abs(p.area - q.area) > p.length * grid:
            faults.append(f"{where}: feature {n}: areas {p.area} and {q.area}")
        other = {k.lower(): v for k, v in b["properties"].items()}
        for i, (key, value) in enumerate(a["properties"].items()):
            value = said(value)
            if "names" in without:
                got = [v for k, v in other.items() if k[:7] == key.lower()[:7]]
                got = [number(said(v)) for v in got]
                if value is None or number(value) in got or any(str(value)[:80] == str(g)[:80] for g in got):
                    continue
                faults.append(f"{where}: feature {n}: {key} = {value!r}, read {got!r}")
                continue
            got = said(other.get(key.lower(), other.get(key.lower().replace("-", "_"))))
            if number(value) != number(got):
                faults.append(f"{where}: feature {n}: {key} = {value!r}, read {got!r}")


for source in sources:
    source = Path(source)
    ours = features(source)
    if any(f["geometry"] is None for f in ours):
        continue
    for ending, driver, without in FORMATS:
        # We write, GDAL reads.
        written = work / f"{source.stem}-ours.{ending}"
        run(mapdesk, "--quiet", "convert", source, written)
        opened = f"/vsizip/{written}" if ending == "zip" else written
        run("ogrinfo", "-ro", "-al", "-so", opened)
        back = work / f"{source.stem}-{ending}-gdal.geojson"
        back.unlink(missing_ok=True)
        run("ogr2ogr", "-f", "GeoJSON", "-lco", "COORDINATE_PRECISION=9", back, opened, *([source.stem] if ending == "gpkg" else []))
        compare(f"{source.name}: .{ending} by GDAL", ours, features(back), without)
        # We read back what we wrote.
        own = work / f"{source.stem}-{ending}-own.geojson"
        run(mapdesk, "--quiet", "convert", written, own)
        compare(f"{source.name}: .{ending} by ourselves", ours, features(own), without)
        # GDAL writes, we read.
        if ending in GDAL_WRITES:
            theirs = work / f"{source.stem}-theirs.{'shp' if ending == 'zip' else ending}"
            theirs.unlink(missing_ok=True)
            run("ogr2ogr", "-f", driver, "-mapFieldType", "StringList=String",
                *(["-lco", "ENCODING=UTF-8"] if ending == "zip" else []), theirs, source)
            read = work / f"{source.stem}-{ending}-read.geojson"
            run(mapdesk, "--quiet", "convert", theirs, read)
            compare(f"{source.name}: GDAL's .{ending}", ours, features(read), without)

# A projected file comes in as degrees, wherever its system is written.
for code in ("3857", "32637", "2154", "28992", "4258", "4277"):
    for ending, driver in (("gpkg", "GPKG"), ("fgb", "FlatGeobuf"), ("shp", "ESRI Shapefile")):
        if code in ("28992", "4277") and ending == "shp":
            continue  # ESRI's definition has no datum shift; that it is refused is a test of our own
        towns = {"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"n": n}, "geometry": {"type": "Point", "coordinates": at}}
            for n, at in enumerate({"32637": [[36.75, 35.13], [39.0, 36.2]], "4277": [[-1.5, 52.5], [-2.5, 53.0]]}.get(code, [[5.38, 52.15], [4.9, 52.37]]))]}
        plain, planar = work / f"towns-{code}.geojson", work / f"towns-{code}.{ending}"
        plain.write_text(json.dumps(towns))
        planar.unlink(missing_ok=True)
        run("ogr2ogr", "-f", driver, "-t_srs", f"EPSG:{code}", planar, plain)
        back = work / f"towns-{code}-{ending}.geojson"
        run(mapdesk, "--quiet", "convert", planar, back)
        for a, b in zip(towns["features"], sorted(features(back), key=lambda f: f["properties"]["n"])):
            # Datum shifts by three or seven numbers are good to a few metres.
            if shape(a["geometry"]).distance(shape(b["geometry"])) > (5e-5 if code in ("28992", "4277") else 1e-6):
                faults.append(f"EPSG:{code} in .{ending}: {a['geometry']} {b['geometry']}")

print("\n".join(faults) or f"{len(FORMATS)} formats there and back, 6 coordinate systems in")
sys.exit(bool(faults))
