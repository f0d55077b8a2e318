"""Lower bound: only the parse of every workbook by python-calamine, and of every CSV by Python's own reader.

    python benchmarks/peers/floor_calamine.py FOLDER OUT threads|processes N

Prints the numbers of files and rows.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineWorkbook


def rows_of(paths: Iterable[str]) -> int:
    """Parse the sheet of the figures of every file; return how many rows they have."""
    rows = 0
    for path in paths:
        with open(path, "rb") as file:  # noqa: PTH123 - faster than Path.open
            content = file.read()
        if path.endswith(".csv"):
            rows += len(list(csv.reader(content.decode("utf-8-sig").splitlines(), delimiter=";")))
            continue
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        own = "Biểu 01" in book.sheet_names
        rows += len((book.get_sheet_by_name("Biểu 01") if own else book.get_sheet_by_index(0)).to_python())
    return rows


def main(folder: Path, out: Path, kind: str, workers: int) -> None:
    """Parse all files in the folders of the districts by so many workers, a share to each."""
    paths = [
        os.path.join(place, name)  # noqa: PTH118 - a Path to each file would be in the floor
        for place, _, names in os.walk(folder)
        for name in names
        if name.endswith((".xlsx", ".xls", ".ods")) or (name.endswith(".csv") and place != str(folder))
    ]
    pool = ThreadPoolExecutor(workers) if kind == "threads" else ProcessPoolExecutor(workers)
    with pool:
        rows = sum(pool.map(rows_of, [paths[start::workers] for start in range(workers)]))
    out.write_text(json.dumps({"files": len(paths), "rows": rows}), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
