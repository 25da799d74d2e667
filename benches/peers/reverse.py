#!/usr/bin/env python3
"""Reverse geocoding beside PyPI's packages, in one run on one machine.

    pip install reverse-geocode reverse_geocoder
    cargo build --release
    benches/peers/reverse.py [POINTS]

Each side is given the same points, spread evenly over the Earth; time is wall clock, opening and reading included for mapdesk,
the query alone for the packages (their loading is printed apart).
"""
import csv, math, os, subprocess, sys, tempfile, time

n = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
points = []
for i in range(n):
    lon = (i * 0.61803398875) % 1 * 360 - 180
    lat = math.degrees(math.asin(2 * (i + 0.5) / n - 1))
    points.append((lat, lon))

with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False, newline="") as f:
    w = csv.writer(f)
    w.writerow(["lat", "lon"])
    w.writerows((f"{a:.5f}", f"{b:.5f}") for a, b in points)
program = os.path.join(os.path.dirname(__file__), "..", "..", "target", "release", "mapdesk")
start = time.time()
subprocess.run([program, "--quiet", "reverse", "--batch", f.name], stdout=subprocess.DEVNULL, check=True)
took = time.time() - start
print(f"mapdesk reverse --batch (nearest, country and division by polygon, CSV in and out): {n / took:,.0f} points/s")
os.unlink(f.name)
for module, call in (("reverse_geocode", "search"), ("reverse_geocoder", "search")):
    try:
        start = time.time()
        peer = __import__(module)
        getattr(peer, call)([(35.1, 36.7)])
        loaded = time.time() - start
        start = time.time()
        getattr(peer, call)(points)
        took = time.time() - start
        print(f"{module}: {n / took:,.0f} points/s (loading {loaded:.1f} s)")
    except ImportError:
        print(f"{module}: not installed")
