"""Sums of all levels with polars, shared by the peers that use it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from measures import MEASURES


def write_sums(villages: pl.DataFrame, folder: Path, out: Path) -> None:
    """Write the sums of all levels above the village, the highest first."""
    register = pl.read_csv(folder / "units.csv", infer_schema=False).select("code", "parent")
    sums, keyed = [], villages.select("code", *MEASURES)
    while True:
        keyed = keyed.join(register, on="code", how="left").drop("code").rename({"parent": "code"})
        if keyed["code"].null_count() == len(keyed):
            break
        keyed = keyed.group_by("code", maintain_order=True).agg(pl.col(*MEASURES).sum())
        sums.append(keyed)
    pl.concat(sums[::-1]).rename({"code": "unit"}).write_csv(out)
