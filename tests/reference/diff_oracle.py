#!/usr/bin/env python3
"""Checks `mapdesk diff` on two maps of a million vertices each against shapely in an equal-area projection.

    cargo build --release
    python3 tests/reference/diff_oracle.py target/release/mapdesk [VERTICES]

Three classes part a ten-degree square along two wild borders; in the second map the borders have moved. Prints both answers, the time
and the memory taken (kept in `diff-million.txt`), and fails where a class is off by more than 0.05 km². Needs numpy, shapely 2 and pyproj 3.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyproj
import shapely

PROGRAM, N = sys.argv[1], int(sys.argv[2]) // 4 if len(sys.argv) > 2 else 250_000
rng = np.random.default_rng(3)


def border(x, seed):
    y = np.linspace(31.0, 39.0, N)
    wild = np.random.default_rng(seed)
    wave = sum(wild.uniform(0.02, 0.3) / k * np.sin(2 * np.pi * k * (y - 31) / 8 + wild.uniform(0, 7)) for k in (1, 3, 8, 21, 55, 144))
    return np.round(np.column_stack([x + wave + 2e-5 * wild.standard_normal(N), y]), 6)


def classes(first, second):
    west, east = np.array([[32.0, 39.0], [32.0, 31.0]]), np.array([[42.0, 39.0], [42.0, 31.0]])
    return {
        "a": shapely.polygons(np.vstack([first, west])),
        "b": shapely.polygons(np.vstack([second, first[::-1]])),
        "c": shapely.polygons(np.vstack([east[::-1], second[::-1]])),
    }


def write(path, shapes):
    features = [{"type": "Feature", "properties": {"side": k}, "geometry": shapely.geometry.mapping(v)} for k, v in shapes.items()]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


before = classes(border(35.0, 1), border(39.0, 2))
after = classes(border(35.1, 3), border(38.8, 2))
folder = Path(tempfile.mkdtemp())
write(folder / "before.geojson", before)
write(folder / "after.geojson", after)

start = time.time()
subprocess.run(
    [PROGRAM, "diff", folder / "before.geojson", folder / "after.geojson", "--by", "side", "--min-area", "0", "--out", folder],
    check=True,
)
seconds = time.time() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
megabytes, busy = used.ru_maxrss / 1024, used.ru_utime + used.ru_stime
found = {c["class"]: c for c in json.loads((folder / "stats.json").read_text())["classes"]}

plane = pyproj.Transformer.from_crs("EPSG:4326", "+proj=cea +lat_ts=35 +datum=WGS84", always_xy=True)


def flat(shapes):
    # Along parallels and meridians this projection keeps straight lines straight; the borders' pieces are a few metres long.
    return {k: shapely.make_valid(shapely.transform(v, lambda c: np.column_stack(plane.transform(c[:, 0], c[:, 1])))) for k, v in shapes.items()}


b, a = flat(before), flat(after)
worst = 0.0
for k in b:
    theirs = {
        "before_km2": b[k].area / 1e6,
        "after_km2": a[k].area / 1e6,
        "gained_km2": a[k].difference(b[k]).area / 1e6,
        "lost_km2": b[k].difference(a[k]).area / 1e6,
    }
    for key, value in theirs.items():
        worst = max(worst, abs(value - found[k][key]))
        print(f"{k} {key:<11} {found[k][key]:>14.3f} {value:>14.3f}")
vertices = sum(shapely.get_num_coordinates(v) for v in before.values())
print(f"{vertices} vertices a file: {seconds:.1f} s by the clock, {busy:.1f} s of the processor, {megabytes:.0f} MB, worst difference {worst:.4f} km²")
sys.exit(worst > 0.05)
