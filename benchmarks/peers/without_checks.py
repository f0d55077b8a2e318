"""Reading by this library without checks on the collection and without lineage: sums only, one row of xlsx.

    python benchmarks/peers/without_checks.py FOLDER OUT

Returns come from the same workers, and numpy adds up their values over the tree. There are no edits, no
origins of cells and no coverage.
"""

from __future__ import annotations

import sys
from pathlib import Path

from antq_stats.collection.intake import Intake
from antq_stats.plan import MISSING
from antq_stats.reading.discover import discover
from antq_stats.reading.processes.workers import Reading, warmed_up


def main(folder: Path, out: Path) -> None:
    """Read, add up, write the sums of the highest unit."""
    period = Intake.open(folder)
    reading = Reading(period.plan)
    reading.begin(discover(folder))
    import numpy as np  # while the workers read
    import xlsxwriter

    units, measures = period.plan.units, period.plan.tables[0].measures
    sums = np.zeros((len(units.codes), len(measures)), dtype=np.int64)
    for given in reading.returns():
        for table in given.tables:
            values = np.frombuffer(table.values, dtype=np.int64).reshape(-1, len(measures))
            sums[np.frombuffer(table.units, dtype=np.int32)] += np.where(values == MISSING, 0, values)
    levels, parents = np.array(units.levels), np.array(units.parents)
    for level in range(len(units.level_names) - 1, 0, -1):
        here = np.flatnonzero(levels == level)
        np.add.at(sums, parents[here], sums[here])
    root = units.parents.index(-1)
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        labels = {measure.code: measure.label.vi for measure in period.form.measures}
        sheet.write_row(0, 1, [f"{labels[measure.code]}\n(…)" for measure in measures])
        sheet.write_row(1, 0, [units.names[root], *map(int, sums[root])])


if __name__ == "__main__":
    with warmed_up():
        main(Path(sys.argv[1]), Path(sys.argv[2]))
