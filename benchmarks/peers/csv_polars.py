"""The same with polars and checks: whole numbers in bounds, the form's rules, repeated and unknown villages.

    python benchmarks/peers/csv_polars.py FOLDER OUT

Findings are written beside the sums, one per row.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
from measures import COLUMNS, MEASURES, RULES, bounds
from sums_polars import write_sums


def checks() -> dict[str, pl.Expr]:
    """Return what must hold of every row, by name."""
    held = {rule: pl.sql_expr(rule.replace("==", "=")) for rule in RULES}
    for code, (least, most) in bounds().items():
        held[f"{code} in bounds"] = pl.col(code).is_between(least, most) & pl.col(code).is_not_null()
    return held


def main(folder: Path, out: Path) -> None:
    """Read, check, add up, write."""
    schema = {"code": pl.String, "name": pl.String, **dict.fromkeys(MEASURES, pl.Int64)}
    villages = pl.read_csv(
        folder / "returns.csv",
        has_header=True,
        new_columns=list(COLUMNS),
        schema_overrides=list(schema.values()),
    )
    expected = pl.scan_csv(folder / "units.csv", infer_schema=False).filter(pl.col("level") == "village")
    known = expected.select("code").collect()
    found = [
        villages.join(known, on="code", how="anti").select("code", problem=pl.lit("unknown")),
        known.join(villages, on="code", how="anti").select("code", problem=pl.lit("missing")),
        villages.filter(pl.col("code").is_duplicated()).select("code", problem=pl.lit("twice")),
    ]
    held = checks()
    broken = villages.select("code", *(expression.alias(name) for name, expression in held.items()))
    found += [broken.filter(~pl.col(name)).select("code", problem=pl.lit(name)) for name in held]
    pl.concat(found).write_csv(out.with_suffix(".found.csv"))
    write_sums(villages, folder, out)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
