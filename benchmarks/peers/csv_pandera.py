"""The same with pandas and a pandera schema: bounds, the form's rules, unique and known villages.

    python benchmarks/peers/csv_pandera.py FOLDER OUT [CSV]

CSV: a file of returns with the codes as headers; without it FOLDER's returns.csv. It must find no fault.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from excel_pandas import levels
from measures import COLUMNS, MEASURES, RULES, bounds


def schema(known: set[str]) -> pa.DataFrameSchema:
    """Return the form as a schema."""
    limits = bounds()
    columns = {code: pa.Column("int64", pa.Check.in_range(*limits[code])) for code in MEASURES}
    columns["code"] = pa.Column("string", pa.Check.isin(known), unique=True)
    rules = [pa.Check(lambda frame, rule=rule: frame.eval(rule), name=rule) for rule in RULES]
    return pa.DataFrameSchema(columns, checks=rules)


def main(folder: Path, out: Path, table: Path | None = None) -> None:
    """Read, check, add up, write."""
    register = pd.read_csv(folder / "units.csv", dtype="string").set_index("code")
    source = table or folder / "returns.csv"
    villages = pd.read_csv(source, dtype={0: "string"}).set_axis(list(COLUMNS), axis=1)
    known = set(register.index[register["level"] == "village"])
    schema(known).validate(villages, lazy=True)
    if len(known) != len(villages):
        raise SystemExit("villages are missing")
    levels(villages, register).to_csv(out, index_label="unit")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
