"""Reads ESRI shapefiles and their DBF tables; only what Natural Earth uses, with the standard library alone.

Positions come back as integers of 1e-5 degree, packed into one int each (`pack`), so that equal positions are equal numbers.
"""

import struct

UNIT = 100_000  # 1e-5 degree, about a metre
_X = 1 << 26


def pack(x, y):
    """One integer for a position in units."""
    return (x + 18_000_000) * _X + (y + 9_000_000)


def unpack(p):
    """Longitude and latitude in units."""
    return p // _X - 18_000_000, p % _X - 9_000_000


def quantise(degrees):
    """Degrees to units, half away towards plus infinity."""
    n = degrees * UNIT
    return int(n + 0.5) if n >= -0.5 else -int(-n + 0.5)


def _text(raw):
    raw = raw.strip(b"\0 ")
    try:
        return raw.decode("utf-8").strip()
    except UnicodeDecodeError:
        return raw.decode("cp1252").strip()


def read_dbf(data):
    """Rows as dictionaries with lower-case keys; numbers as they are written."""
    count, header, size = struct.unpack_from("<IHH", data, 4)
    fields, at = [], 32
    while data[at] != 0x0D:
        name = data[at : at + 11].split(b"\0")[0].decode("ascii").lower()
        fields.append((name, chr(data[at + 11]), data[at + 16]))
        at += 32
    rows = []
    for n in range(count):
        at, row = header + n * size + 1, {}
        for name, kind, width in fields:
            text = _text(data[at : at + width])
            if kind in "NF":
                try:
                    row[name] = float(text) if text and "*" not in text else None
                except ValueError:
                    row[name] = None
            else:
                row[name] = text
            at += width
        rows.append(row)
    return rows


def read_shp(data):
    """Parts of every shape: lists of packed positions without repeats in a row."""
    shapes, at = [], 100
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at + 4)
        body, at = at + 8, at + 8 + 2 * length
        (kind,) = struct.unpack_from("<I", data, body)
        if kind == 0:
            shapes.append([])
            continue
        parts, points = struct.unpack_from("<II", data, body + 36)
        starts = list(struct.unpack_from(f"<{parts}I", data, body + 44)) + [points]
        flat = struct.unpack_from(f"<{2 * points}d", data, body + 44 + 4 * parts)
        shape = []
        for a, b in zip(starts, starts[1:]):
            part = []
            for n in range(a, b):
                p = pack(quantise(flat[2 * n]), quantise(flat[2 * n + 1]))
                if not part or part[-1] != p:
                    part.append(p)
            shape.append(part)
        shapes.append(shape)
    return shapes


def read(folder, name):
    """Rows and shapes of one layer."""
    rows = read_dbf((folder / f"{name}.dbf").read_bytes())
    shapes = read_shp((folder / f"{name}.shp").read_bytes())
    assert len(rows) == len(shapes), name
    return rows, shapes
