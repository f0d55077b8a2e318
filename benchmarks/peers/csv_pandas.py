"""What a pandas user would write for one large CSV: ``read_csv``, ``groupby``, sums to CSV, no checks.

python benchmarks/peers/csv_pandas.py FOLDER OUT
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from excel_pandas import levels
from measures import COLUMNS


def main(folder: Path, out: Path) -> None:
    """Read, add up, write."""
    register = pd.read_csv(folder / "units.csv", dtype="string").set_index("code")
    villages = pd.read_csv(folder / "returns.csv", dtype={"Mã thôn": "string"})
    levels(villages.set_axis(list(COLUMNS), axis=1), register).to_csv(out, index_label="unit")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
