#!/usr/bin/env python3
"""The different names of a corpus of texts as graded queries without any context, for `score_geocode`.

    names_of.py ../shared/corpora/toponyms/geovirus-dev.jsonl.zst > names.tsv
    cargo run --release --example score_geocode -- names.tsv

A name counts as found within 161 km of where the corpus has it. Needs the `zstd` program.
"""
import json
import subprocess
import sys


def main(path):
    text = subprocess.run(["zstd", "-dcq", path], capture_output=True, text=True, check=True).stdout
    seen = set()
    for line in text.splitlines():
        for toponym in json.loads(line)["toponyms"]:
            name, lat, lon = toponym["text"].strip(), toponym["lat"], toponym["lon"]
            key = (name, round(lat, 1), round(lon, 1)) if lat is not None else None
            if key and key not in seen and "\t" not in name and "\n" not in name:
                seen.add(key)
                print(f"name\t{name}\t\t\t{lat}\t{lon}\t\t161")


if __name__ == "__main__":
    main(sys.argv[1])
