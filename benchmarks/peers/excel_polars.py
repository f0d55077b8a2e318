"""What a polars user would write: ``read_excel`` (calamine, by fastexcel) per file, or fastexcel itself.

    python benchmarks/peers/excel_polars.py FOLDER OUT polars|fastexcel

No checks, sums to CSV. The position of the table is hard-coded.
"""

from __future__ import annotations

import sys
from pathlib import Path

import fastexcel
import polars as pl
from measures import COLUMNS, MEASURES
from sums_polars import write_sums

_WHERE = {"header_row": 6, "skip_rows": 1}


def by_polars(path: Path) -> pl.DataFrame:
    """Return the first sheet, as ``polars.read_excel`` gives it."""
    return pl.read_excel(path, engine="calamine", read_options={**_WHERE, "dtypes": "string"})


def by_fastexcel(path: Path) -> pl.DataFrame:
    """Return the first sheet, as fastexcel gives it."""
    return fastexcel.read_excel(path).load_sheet(0, **_WHERE, dtypes="string").to_polars()


def main(folder: Path, out: Path, way: str) -> None:
    """Read, add up, write."""
    read = {"polars": by_polars, "fastexcel": by_fastexcel}[way]
    tables = []
    for path in sorted(folder.rglob("*.xlsx")):
        table = read(path)
        table.columns = ["number", *COLUMNS]
        tables.append(table.filter(pl.col("code").is_not_null()))
    villages = pl.concat(tables).with_columns(pl.col(*MEASURES).cast(pl.Int64))
    write_sums(villages, folder, out)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
