"""Geometry of GeoJSON layers as shapely sees it: valid, wound by the right hand, inside the bbox, six decimals, no `crs`."""

import json
import sys

from shapely.geometry import shape


def rings(geometry):
    if geometry["type"] == "Polygon":
        yield from [geometry["coordinates"]]
    elif geometry["type"] == "MultiPolygon":
        yield from geometry["coordinates"]


def signed_area(ring):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:])) / 2


def positions(coordinates):
    if isinstance(coordinates[0], (int, float)):
        yield coordinates
    else:
        for part in coordinates:
            yield from positions(part)


findings = []
for path in sys.argv[1:]:
    text = open(path, encoding="utf-8").read()
    layer = json.loads(text)
    if "crs" in layer:
        findings.append(f"{path}: has a crs member")
    if layer["features"] and "bbox" not in layer:
        findings.append(f"{path}: no bbox")
    keys = {tuple(f["properties"]) for f in layer["features"]}
    if len(keys) > 1:
        findings.append(f"{path}: features differ in their attributes")
    for n, feature in enumerate(layer["features"]):
        geometry = feature["geometry"]
        where = f"{path}: feature {n}"
        if geometry is None:
            findings.append(f"{where}: no geometry")
            continue
        if not shape(geometry).is_valid:
            findings.append(f"{where}: invalid")
        for polygon in rings(geometry):
            if signed_area(polygon[0]) < 0 or any(signed_area(hole) > 0 for hole in polygon[1:]):
                findings.append(f"{where}: wound the wrong way")
        for lon, lat, *_ in positions(geometry["coordinates"]):
            if not (-180 <= lon <= 180 and -90 <= lat <= 90):
                findings.append(f"{where}: {lon}, {lat} is off the Earth")
            if any(len(repr(v).split(".")[-1]) > 6 for v in (lon, lat) if isinstance(v, float)):
                findings.append(f"{where}: more than six decimals")
                break

for finding in findings[:50]:
    print(finding, file=sys.stderr)
print(f"{len(sys.argv) - 1} layers, {len(findings)} findings")
sys.exit(1 if findings else 0)
