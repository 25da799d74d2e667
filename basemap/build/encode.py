"""Writes `natural-earth.bin`; `src/basemap/read.rs` is the other side and describes the layout.

Everything is little-endian. Positions are whole units of 1e-5 degree.
"""

import struct
import zlib

from shapes import unpack

MAGIC = b"MDBASE\x01\n"
CHUNK = 128
LAYERS = ["countries", "divisions", "boundaries", "division_lines", "lakes", "rivers"]
SEAM, COAST, BORDER, DIVISION, CLAIM, LAKE, RIVER = 1, 2, 4, 8, 16, 32, 64


def varint(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def zigzag(n):
    return n << 1 if n >= 0 else (-n << 1) - 1


def rice_chunk(points):
    """Steps between positions, Rice-coded: two bytes with the widths for x and y, then bits from the lowest of each byte up."""
    steps = [(zigzag(bx - ax), zigzag(by - ay)) for (ax, ay), (bx, by) in zip(points, points[1:])]
    widths = []
    for axis in (0, 1):
        # A unary part is cut off at 24 ones, after which the value follows in 32 bits.
        cost = lambda k: sum((s[axis] >> k) + 1 + k if s[axis] >> k < 24 else 24 + 32 for s in steps)
        widths.append(min(range(24), key=cost))
    bits, count, out = 0, 0, bytearray(widths)
    for step in steps:
        for axis, value in enumerate(step):
            k = widths[axis]
            q = value >> k
            if q < 24:
                bits |= (((value & ((1 << k) - 1)) << (q + 1)) | ((1 << q) - 1)) << count
                count += q + 1 + k
            else:
                bits |= ((value << 24) | 0xFFFFFF) << count
                count += 56
    out += bits.to_bytes((count + 7) // 8, "little")
    return bytes(out)


def hilbert(x, y, order=16):
    """Position of a cell on the Hilbert curve: what lies together on the map lies together in the file."""
    d, s = 0, 1 << (order - 1)
    while s:
        rx, ry = int(bool(x & s)), int(bool(y & s))
        d += s * s * ((3 * rx) ^ ry)
        if ry == 0:
            if rx:
                x, y = (1 << order) - 1 - x, (1 << order) - 1 - y
            x, y = y, x
        s >>= 1
    return d


def bounds(points):
    xs = [unpack(p) for p in points]
    return (min(x for x, _ in xs), min(y for _, y in xs), max(x for x, _ in xs), max(y for _, y in xs))


def around(boxes):
    boxes = list(boxes)
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


class Strings:
    """A pool of texts, each kept once."""

    def __init__(self):
        self.at, self.pool, self.length = {}, [], 0

    def add(self, text):
        if text not in self.at:
            raw = text.encode("utf-8")
            self.at[text] = (self.length, len(raw))
            self.pool.append(raw)
            self.length += len(raw)
        return self.at[text]

    def ref(self, text):
        offset, length = self.add(text)
        return varint(offset) + varint(length)


class Attributes:
    """Attribute records: pairs of a key's number and a text."""

    def __init__(self, strings):
        self.strings, self.data, self.at, self.keys = strings, bytearray(), {}, {}

    def add(self, pairs):
        pairs = tuple((k, v) for k, v in pairs if v)
        if pairs not in self.at:
            self.at[pairs] = len(self.data)
            self.data += varint(len(pairs))
            for key, value in pairs:
                self.data += varint(self.keys.setdefault(key, len(self.keys))) + self.strings.ref(value)
        return self.at[pairs]


def scale_sections(coords, flags, left, right, features, attributes):
    """The six sections of one scale. A feature is a dictionary: layer, class, rank, zoom, label, attrs, parts of rings of references."""
    boxes = [bounds(run) for run in coords]
    order = sorted(
        range(len(coords)),
        key=lambda a: (
            hilbert(
                ((boxes[a][0] + boxes[a][2]) // 2 + 18_000_000) * 65535 // 36_000_000,
                ((boxes[a][1] + boxes[a][3]) // 2 + 9_000_000) * 65535 // 18_000_000,
            ),
            coords[a],
        ),
    )
    new = {old: n for n, old in enumerate(order)}
    arcs, chunks, stream = bytearray(), bytearray(), bytearray()
    for old in order:
        run = coords[old]
        arcs += struct.pack("<IIHHBxxx", len(chunks) // 28, len(run), left[old], right[old], flags[old])
        for start in range(0, len(run) - 1, CHUNK):
            piece = [unpack(p) for p in run[start : start + CHUNK + 1]]
            chunks += struct.pack("<4i2iI", *bounds(run[start : start + CHUNK + 1]), *piece[0], len(stream))
            stream += rice_chunk(piece)
    records, rings, layers = bytearray(), bytearray(), []
    for layer in range(len(LAYERS)):
        layers.append(len(records) // 40)
        for f in (f for f in features if f["layer"] == layer):
            box = around(boxes[a] for part in f["parts"] for ring in part for a, _ in ring)
            label = f.get("label") or ((box[0] + box[2]) // 2, (box[1] + box[3]) // 2)
            records += struct.pack(
                "<BBBB4i2iIII",
                layer,
                f.get("class", 0),
                f.get("rank", 0),
                f.get("zoom", 0),
                *box,
                *label,
                len(rings),
                attributes.add(f["attrs"]),
                f.get("id", 0) | f.get("country", 0) << 16,
            )
            rings += varint(len(f["parts"]))
            for part in f["parts"]:
                rings += varint(len(part))
                for ring in part:
                    rings += varint(len(ring))
                    for a, back in ring:
                        rings += varint(new[a] << 1 | int(back))
    layers.append(len(records) // 40)
    table = struct.pack(f"<{len(layers)}I", *layers)
    return [bytes(arcs), bytes(chunks), bytes(stream), table + bytes(records), bytes(rings)]


def write(path, scales, strings, attributes):
    """Header, section table, sections at multiples of four."""
    keys = "\n".join(attributes.keys).encode("utf-8")
    sections = [keys, b"".join(strings.pool), bytes(attributes.data)] + [s for scale in scales for s in scale]
    at = 16 + 8 * len(sections)
    table, body = bytearray(), bytearray()
    for s in sections:
        table += struct.pack("<II", at + len(body), len(s))
        body += s + b"\0" * (-len(s) % 4)
    rest = bytes(table) + bytes(body)
    path.write_bytes(MAGIC + struct.pack("<II", len(sections), zlib.crc32(rest)) + rest)
