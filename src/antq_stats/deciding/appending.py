"""Adding decisions to decisions.csv."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from antq_stats.decisions.decision import COLUMNS, Decision, Decisions
from antq_stats.decisions.decision_file import HEADS, REQUIRED, read_decisions
from antq_stats.decisions.person_names import NO_PLACES, PlaceNames
from antq_stats.reading.discover import DECISIONS_FILE
from antq_stats.render.writing.delimited import csv_text
from antq_stats.render.writing.office_list import OfficeList


def append(
    folder: Path, lines: Callable[[Decisions], Sequence[Decision]], places: PlaceNames = NO_PLACES
) -> Sequence[Decision]:
    """Add decisions to the file of a folder, and return them as they were added.

    Parameters
    ----------
    folder : the folder.
    lines : takes what the file holds by then, and returns the decisions to add.
    places : names of units, which are no names of persons.

    Raises
    ------
    SetupError
        The file cannot be read.
    OutputError
        The file cannot be written, or another run writes it (`OfficeList.held`).
    """
    kept = OfficeList(folder / DECISIONS_FILE, COLUMNS, HEADS, REQUIRED)
    with kept.held():
        added = lines(read_decisions(kept.path, places) if kept.path.exists() else Decisions())
        if added:
            kept.add([_cells(line) for line in added])
        return added


def _cells(line: Decision) -> tuple[str, ...]:
    """Return the cells of a line; only free text can look like a formula, the rest must stay as it is."""
    cells = dict(zip(COLUMNS, line.fields, strict=True))
    cells |= {name: csv_text(cells[name]) for name in ("reason", "by")}
    return tuple(cells[name] for name in COLUMNS)
