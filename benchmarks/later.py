"""A later year of a data set: the same country after ten days of changes, with other figures."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from random import Random

from measures import FORM
from restating import END, make_changes
from returns import figures, write_all, writer
from workbooks import Commune

YEAR = END.year


def make_later(folder: Path) -> Path:
    """Write the returns of a later year beside a data set, and return their folder.

    Their units are those that the changes of `restating.make_changes` have left. The folder is made once.
    """
    target = folder.parent / str(YEAR)
    if (target / "changes.csv").is_file():
        return target
    after = make_changes(folder)
    with (after / "units.csv").open(encoding="utf-8", newline="") as file:
        units = list(csv.DictReader(file))
    random = Random(YEAR)
    villages: dict[str, list[tuple[str, str, tuple[int, ...]]]] = {}
    for unit in units:
        if unit["level"] == "village":
            villages.setdefault(unit["parent"], []).append((unit["code"], unit["name"], figures(random)))
    communes = [
        Commune(unit["code"], unit["name"], unit["parent"], tuple(villages[unit["code"]]))
        for unit in units
        if unit["level"] == "commune"
    ]
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    (target / FORM.name).write_bytes(FORM.read_bytes())
    rows = [list(unit.values()) for unit in units if unit["level"] != "village"]
    write_all(rows, iter(communes), target, writer("xlsxwriter", len(communes), YEAR))
    shutil.copy(after / "changes.csv", target / "changes.csv")
    return target
