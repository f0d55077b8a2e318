"""Lowest bound: only inflating the sheet and the shared strings of every workbook with zlib.

    python benchmarks/peers/floor_inflate.py FOLDER OUT N

In N threads (zlib releases the global interpreter lock). Prints the numbers of files and bytes.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import zlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_PARTS = (b"xl/worksheets/sheet1.xml", b"xl/sharedStrings.xml")
_ENTRY = struct.Struct("<4s6H3I5H2I")


def inflated(data: bytes) -> int:
    """Return the size of the two parts of a workbook."""
    end = data.rindex(b"PK\x05\x06")
    count, _, at = struct.unpack_from("<HII", data, end + 10)
    size = 0
    for _ in range(count):
        entry = _ENTRY.unpack_from(data, at)
        packed, name, extra, comment, start = entry[8], *entry[10:13], entry[16]
        if data[at + 46 : at + 46 + name] in _PARTS:
            name_here, extra_here = struct.unpack_from("<HH", data, start + 26)
            first = start + 30 + name_here + extra_here
            size += len(zlib.decompress(data[first : first + packed], -15, entry[9]))
        at += 46 + name + extra + comment
    return size


def all_inflated(paths: Iterable[str]) -> int:
    """Return the size of the parts of all workbooks."""
    size = 0
    for path in paths:
        with open(path, "rb") as file:  # noqa: PTH123 - faster than Path.open
            size += inflated(file.read())
    return size


def main(folder: Path, out: Path, workers: int) -> None:
    """Inflate all files by so many threads, a share to each."""
    paths = [
        os.path.join(place, name)  # noqa: PTH118 - a Path to each file would be in the floor
        for place, _, names in os.walk(folder)
        for name in names
        if name.endswith(".xlsx")
    ]
    with ThreadPoolExecutor(workers) as pool:
        size = sum(pool.map(all_inflated, [paths[start::workers] for start in range(workers)]))
    out.write_text(json.dumps({"files": len(paths), "bytes": size}), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
