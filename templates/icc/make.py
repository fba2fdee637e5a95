#!/usr/bin/env python3
"""Makes srgb.icc: the smallest ICC profile (version 4.2) that says "sRGB", for the output intent of PDF/A.

Needs Python alone. The figures are those of IEC 61966-2-1 (primaries, white point D65, tone curve), adapted to the
profile connection space's white point D50 by the Bradford method of ICC.1:2010, annex E. Nothing is copied from another
profile; the result is dedicated to the public domain (CC0 1.0), as its copyright tag says.

    python3 make.py
"""

import pathlib
import struct

D50 = (0.9642, 1.0, 0.8249)
D65 = (0.3127, 0.3290)
PRIMARIES = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
BRADFORD = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))


def xyz(point):
    x, y = point
    return (x / y, 1.0, (1 - x - y) / y)


def times(a, b):
    return [[sum(a[i][k] * b[k][j] for k in range(3)) for j in range(len(b[0]))] for i in range(3)]


def column(vector):
    return [[value] for value in vector]


def inverse(m):
    (a, b, c), (d, e, f), (g, h, i) = m
    det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    rows = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    return [[value / det for value in row] for row in rows]


def diagonal(values):
    return [[values[i] if i == j else 0.0 for j in range(3)] for i in range(3)]


def fixed(*values):
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def text(value):
    data = value.encode("utf-16-be")
    return struct.pack(">4sIII2s2sII", b"mluc", 0, 1, 12, b"en", b"US", len(data), 28) + data


def profile():
    white = column(xyz(D65))
    corners = list(zip(*(xyz(point) for point in PRIMARIES)))
    weights = [row[0] for row in times(inverse(corners), white)]
    to_xyz = times(corners, diagonal(weights))
    cone = [row[0] for row in times(BRADFORD, white)]
    cone_d50 = [row[0] for row in times(BRADFORD, column(D50))]
    adapt = times(times(inverse(BRADFORD), diagonal([b / a for a, b in zip(cone, cone_d50)])), BRADFORD)
    colorants = list(zip(*times(adapt, to_xyz)))
    curve = struct.pack(">4sIHH", b"para", 0, 3, 0) + fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    tags = [
        (b"desc", text("sRGB IEC61966-2.1")),
        (b"cprt", text("Public domain (CC0 1.0)")),
        (b"wtpt", b"XYZ \0\0\0\0" + fixed(*D50)),
        (b"chad", b"sf32\0\0\0\0" + fixed(*(value for row in adapt for value in row))),
        (b"rXYZ", b"XYZ \0\0\0\0" + fixed(*colorants[0])),
        (b"gXYZ", b"XYZ \0\0\0\0" + fixed(*colorants[1])),
        (b"bXYZ", b"XYZ \0\0\0\0" + fixed(*colorants[2])),
        (b"rTRC", curve),
        (b"gTRC", curve),
        (b"bTRC", curve),
    ]
    offset = 128 + 4 + 12 * len(tags)
    table, data, places = struct.pack(">I", len(tags)), b"", {}
    for name, value in tags:
        if value not in places:
            value_at = offset + len(data)
            places[value] = value_at
            data += value + b"\0" * (-len(value) % 4)
        table += struct.pack(">4sII", name, places[value], len(value))
    size = 128 + len(table) + len(data)
    head = struct.pack(">I4sI4s4s4s", size, b"\0\0\0\0", 0x04200000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28 + fixed(*D50)
    return head.ljust(128, b"\0") + table + data


if __name__ == "__main__":
    pathlib.Path(__file__).with_name("srgb.icc").write_bytes(profile())
