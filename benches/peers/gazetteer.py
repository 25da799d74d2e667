#!/usr/bin/env python3
"""`gazetteer build` on made-up GeoNames files of any size: time and highest memory.

    cargo build --release
    benches/peers/gazetteer.py [PLACES] [ALTERNATE NAMES]

The rows have the columns of GeoNames' readme; names are made of syllables, every 50,000th row is damaged in one of six ways.
"""
import os, random, resource, subprocess, sys, tempfile, time

places = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000_000
names = int(sys.argv[2]) if len(sys.argv) > 2 else places * 5 // 4
random.seed(11)
SYLLABLES = "al an ba bir dar deir el ga ha ham ho id ka khan kh la lat ma mar na nu qa ra ri sa sha ta tel tu ur za zor".split()
CODES = [("P", "PPL")] * 12 + [("P", "PPLX"), ("H", "STM"), ("H", "WLL"), ("T", "HLL"), ("T", "MT"), ("S", "AIRF"), ("R", "RD")]
COUNTRIES = "SY IQ LB TR JO UA RU SD ML ET".split()
folder = tempfile.mkdtemp(prefix="mapdesk-bench-")
path = lambda name: os.path.join(folder, name)


def name():
    return "".join(random.choice(SYLLABLES) for _ in range(random.randrange(2, 5))).capitalize()


with open(path("countryInfo.txt"), "w") as f:
    for i, c in enumerate(COUNTRIES):
        f.write(f"{c}\t{c}X\t{i}\t{c}\tLand {c}\tCapital\t185180\t{(i + 1) * 10 ** 6}\tAS\t.x\tXXX\tX\t1\t\t\tar\t{100 + i}\t\t\n")
with open(path("admin1CodesASCII.txt"), "w") as f:
    f.writelines(f"{c}.{a:02}\tPart {c}{a}\tPart {c}{a}\t{1000 + i * 20 + a}\n" for i, c in enumerate(COUNTRIES) for a in range(20))
with open(path("admin2Codes.txt"), "w") as f:
    f.writelines(
        f"{c}.{a:02}.{b}\tDistrict {c}{a}-{b}\tDistrict\t{2000 + (i * 20 + a) * 50 + b}\n"
        for i, c in enumerate(COUNTRIES) for a in range(20) for b in range(50)
    )
with open(path("allCountries.txt"), "w", encoding="utf8") as f:
    for i in range(places):
        klass, code = random.choice(CODES)
        n, c = name(), random.choice(COUNTRIES)
        row = [str(100_000 + i), n, n, ",".join(name() for _ in range(random.choice((0, 0, 1, 2)))), f"{random.uniform(-60, 70):.5f}",
               f"{random.uniform(-180, 180):.5f}", klass, code, c, "", f"{random.randrange(20):02}", str(random.randrange(50)), "", "",
               str(int(random.paretovariate(0.6)) if klass == "P" else 0), "", "0", "", "2024-01-01"]
        if i % 50_000 == 777:
            kind = i // 50_000 % 6
            row = {0: row[:7], 1: ["x"] + row[1:], 2: row[:4] + ["99"] + row[5:], 3: row[:5] + ["east"] + row[6:],
                   4: row[:1] + [""] + row[2:], 5: ["", "cut"]}[kind]
        f.write("\t".join(row))
        f.write("\n")
with open(path("alternateNamesV2.txt"), "w", encoding="utf8") as f:
    for i in range(names):
        lang = random.choice(("", "en", "ar", "ru", "fr", "link", "wkdt", f"x{i % 500:03}"))
        f.write(f"{i}\t{100_000 + random.randrange(places)}\t{lang}\t{name()}\t{'1' if i % 40 == 0 else ''}\t\t\t{'1' if i % 90 == 0 else ''}\t\t\n")
with open(path("hierarchy.txt"), "w") as f:
    f.writelines(f"{2000 + i % 10_000}\t{100_000 + i}\tADM\n" for i in range(0, places, 100))

size = sum(os.path.getsize(path(n)) for n in os.listdir(folder)) / 1e6
program = os.path.join(os.path.dirname(__file__), "..", "..", "target", "release", "mapdesk")
out = path("out.gaz")
start = time.time()
subprocess.run([program, "gazetteer", "build", "--out", out] + [path(n) for n in sorted(os.listdir(folder))], check=True)
took = time.time() - start
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{places:,} places, {names:,} alternate names, {size:,.0f} MB in, {os.path.getsize(out) / 1e6:,.0f} MB out: "
      f"{took:.0f} s, {usage.ru_utime + usage.ru_stime:.0f} s of processor, at most {usage.ru_maxrss / 1024:.0f} MiB")
for n in os.listdir(folder):
    os.unlink(path(n))
os.rmdir(folder)
