"""GeoNames places and divisions, as far as they name Natural Earth's divisions."""

import csv
import io
import json
import unicodedata

from shapes import quantise


WORDS = set(
    "oblast province governorate region respublika republic district state department of the city municipality county prefecture "
    "provincia departamento estado voivodeship kraj krai kray okrug".split()
)


def folded(name):
    """A name without accents, signs and words for kinds of division; empty where nothing is left."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(c))
    words = "".join(c if c.isalnum() else "" if c in "'`’ʻʼ" else " " for c in plain).split()
    return "".join(w for w in words if w not in WORDS) or "".join(words)


class Places:
    """Populated places with their division, and what is known of each division."""

    def __init__(self, cities500, subdivisions, countries):
        self.points, self.divisions, self.iso = [], {}, {}
        for city in json.loads(cities500.read_text("utf-8")).values():
            country, code = city["countrycode"], city["admin1code"]
            if code:
                self.points.append((quantise(city["longitude"]), quantise(city["latitude"]), country, f"{country}.{code}"))
        self.named = {}
        for f in csv.reader(io.StringIO(subdivisions.read_text("utf-8")), delimiter="\t", quoting=csv.QUOTE_NONE):
            if f[2].count(".") == 1:
                self.divisions[f[2]] = {"name": f[0], "iso": f[1], "id": f[3], "kind": f[4].lower()}
                for name in [f[0], *f[5].split("|")]:
                    if name:
                        self.named.setdefault((f[2].split(".")[0], folded(name)), set()).add(f[2])

    def codes_named(self, country, names):
        """Codes of the divisions of a GeoNames country that bear one of the names."""
        return set().union(*(self.named.get((country, folded(n)), ()) for n in names if n))

    def division(self, code):
        return self.divisions.get(code, {})

    def iso_of(self, a3):
        """GeoNames country codes whose places may lie in a Natural Earth country."""
        return self.iso.get(a3, ())
