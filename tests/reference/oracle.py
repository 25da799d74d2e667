#!/usr/bin/env python3
"""An independent oracle for `mapdesk control`: its own reading of the log, its own cells, its own areas.

Nothing here is taken from the program. States are replayed from the CSV files with a few lines of Python; every piece of land is given
to the geodesically nearest place by cutting Thiessen cells in an azimuthal equidistant projection (shapely's Voronoi, pyproj), and
areas are geodesic (GeographicLib through pyproj) after densifying each line. Run it from the repository's root:

    python3 tests/reference/oracle.py examples/syria-2024 > tests/reference/syria-2024.json

Needs shapely 2 and pyproj 3.
"""

import csv
import json
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pyproj
import shapely
from shapely.geometry import MultiPoint, Point, shape
from shapely.ops import transform

FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else "examples/syria-2024")
COUNTS = {"confirmed", "reported", "assessed"}
GAINS = {"captured", "recaptured", "handed_over"}
GEOD = pyproj.Geod(ellps="WGS84")


def rows(name):
    with open(FOLDER / name, encoding="utf-8") as f:
        return list(csv.DictReader(f))


def km2(geom):
    """Geodesic area of lines that are straight in longitude and latitude."""
    return abs(GEOD.geometry_area_perimeter(shapely.segmentize(geom, 0.01))[0]) / 1e6 if not geom.is_empty else 0.0


PLACES = rows("places_sy.csv")
IDS = [p["geonameid"] for p in PLACES]
ADMIN1 = {p["geonameid"]: p["admin1"] for p in PLACES}
EVENTS = sorted(rows("events_2024.csv"), key=lambda e: (e["date"], int(e["seq"]), e["event_id"]))
ALLIANCE = {a["id"]: a["alliance"] for a in rows("actors.csv")}


def states(day, counts=COUNTS, known_on=None):
    """{id: (holder, status, last)} at the end of a day."""
    held = {i: ("unknown", "unknown", None) for i in IDS}
    for b in rows("baseline_2024-11-26.csv"):
        held[b["geonameid"]] = (b["actor"], b["status"], None)
    for e in EVENTS:
        if e["date"] > day or e["certainty"] not in counts or (known_on and (e["reported"] or e["date"]) > known_on):
            continue
        loser = e["actor"] if e["action"] == "withdrew" else e["from_actor"]
        if e["scope"] == "place":
            targets = [e["geonameid"]]
        elif e["scope"] == "admin1":
            targets = [i for i in IDS if ADMIN1[i] == e["place"]]
        else:
            targets = IDS
        for i in targets:
            holder, status, last = held[i]
            if e["scope"] != "place" and loser not in (holder, last):
                continue
            if e["action"] in GAINS:
                held[i] = (e["actor"], "held", None)
            elif e["action"] == "withdrew" and holder == e["actor"]:
                held[i] = ("vacated", "vacated", holder)
            elif e["action"] == "entered" and holder != e["actor"]:
                held[i] = (holder, "contested", last)
            elif e["action"] == "besieged" and holder != e["actor"]:
                held[i] = (holder, "besieged", last)
    return held


def cells():
    """{id: (polygon in degrees, km²)}, the boundary's share of every place's cell."""
    boundary = shape(json.loads((FOLDER / "boundary_syria.geojson").read_text())["features"][0]["geometry"])
    west, south, east, north = boundary.bounds
    aeqd = f"+proj=aeqd +lat_0={(south + north) / 2} +lon_0={(west + east) / 2} +datum=WGS84"
    there = pyproj.Transformer.from_crs("EPSG:4326", aeqd, always_xy=True).transform
    back = pyproj.Transformer.from_crs(aeqd, "EPSG:4326", always_xy=True).transform
    land = transform(there, shapely.segmentize(boundary, 0.005))
    points = [Point(there(float(p["lon"]), float(p["lat"]))) for p in PLACES]
    polygons = shapely.voronoi_polygons(MultiPoint(points), extend_to=land.envelope.buffer(2e5))
    tree = shapely.STRtree(list(polygons.geoms))
    out = {}
    for place, point in zip(PLACES, points):
        (own,) = [polygons.geoms[i] for i in tree.query(point, predicate="within")]
        piece = transform(back, shapely.segmentize(own.intersection(land), 2000))
        out[place["geonameid"]] = (piece, km2(piece))
    return boundary, out


BOUNDARY, CELLS = cells()


def holders(day, **policy):
    held = states(day, **policy)
    area, count = defaultdict(float), defaultdict(int)
    for i in IDS:
        area[held[i][0]] += CELLS[i][1]
        count[held[i][0]] += 1
    return [{"actor": a, "km2": round(area[a], 3), "places": count[a]} for a in sorted(area)]


def changes(before, after):
    area, count = defaultdict(float), defaultdict(int)
    for i in IDS:
        pair = (before[i][0], after[i][0])
        if pair[0] != pair[1]:
            area[pair] += CELLS[i][1]
            count[pair] += 1
    return [{"lost_by": p[0], "gained_by": p[1], "km2": round(area[p], 3), "places": count[p]} for p in sorted(area)]


def wrong_share(samples=20000):
    """Share of random points of the land whose cell is not that of the geodesically nearest place."""
    rng = np.random.default_rng(7)
    west, south, east, north = BOUNDARY.bounds
    lon, lat = rng.uniform(west, east, samples), rng.uniform(south, north, samples)
    inside = shapely.contains_xy(BOUNDARY, lon, lat)
    lon, lat = lon[inside], lat[inside]
    best, nearest = np.full(lon.size, np.inf), np.zeros(lon.size, int)
    for k, p in enumerate(PLACES):
        d = GEOD.inv(lon, lat, np.full(lon.size, float(p["lon"])), np.full(lon.size, float(p["lat"])))[2]
        nearest[d < best] = k
        best = np.minimum(best, d)
    tree = shapely.STRtree([CELLS[i][0] for i in IDS])
    point, cell = tree.query(shapely.points(lon, lat), predicate="within")
    return round(float(np.mean(nearest[point] != cell)), 6)


DAYS = [f"2024-{m:02}-{d:02}" for m, d in [(11, 28), (11, 29), (11, 30)] + [(12, d) for d in range(1, 11)]]
print(
    json.dumps(
        {
            "total_km2": round(km2(BOUNDARY), 3),
            "sum_of_cells_km2": round(sum(a for _, a in CELLS.values()), 3),
            "points_in_another_cell_than_the_nearest_place": wrong_share(),
            "holders": {d: holders(d) for d in DAYS},
            "holders_known_on": {"2024-12-08 on 2024-12-08": holders("2024-12-08", known_on="2024-12-08")},
            "holders_with_claims": {"2024-12-02": holders("2024-12-02", counts=COUNTS | {"claimed"})},
            "changes": {
                f"{a}..{b}": changes(states(a), states(b))
                for a, b in [("2024-12-01", "2024-12-05"), ("2024-12-05", "2024-12-08"), ("2024-11-28", "2024-12-10")]
            },
        },
        indent=1,
    )
)
