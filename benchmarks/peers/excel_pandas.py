"""What a pandas user would write to add up a folder of workbooks: no checks, sums to CSV.

    python benchmarks/peers/excel_pandas.py FOLDER OUT calamine|openpyxl

One ``read_excel`` per file, one ``concat``, one ``groupby`` per level. The position of the table is
hard-coded.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from measures import COLUMNS, MEASURES


def read(path: Path, engine: str) -> pd.DataFrame:
    """Return the villages of a workbook."""
    table = pd.read_excel(path, engine=engine, header=6, skiprows=[7], dtype={"Mã thôn": str})
    table = table[table["Mã thôn"].notna()].iloc[:, 1:]
    return table.set_axis(list(COLUMNS), axis=1)


def levels(villages: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """Return the sums of all levels above the village, the highest first."""
    sums: list[pd.DataFrame] = []
    keys = villages["code"]
    parents = register["parent"].to_dict()
    while True:
        keys = keys.map(parents)
        if keys.isna().all():
            return pd.concat(sums[::-1])
        sums.append(villages[list(MEASURES)].astype("int64").groupby(keys).sum())


def main(folder: Path, out: Path, engine: str) -> None:
    """Read, add up, write."""
    register = pd.read_csv(folder / "units.csv", dtype="string").set_index("code")
    tables = [read(path, engine) for path in sorted(folder.rglob("*.xlsx"))]
    levels(pd.concat(tables, ignore_index=True), register).to_csv(out, index_label="unit")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
