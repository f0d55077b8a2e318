"""Fill in blank returns as an officer does: figures typed into the open cells, and nothing else."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from antq_stats.plan import Limits
from antq_stats.reading.files.opening import open_file
from antq_stats.reading.tables.provenance import Provenance, find_provenance
from antq_stats.words.text import column_letter
from helpers.reading import read_folder

Figures = Mapping[tuple[str, str], object]
"""(Code of a unit, code of a measure) -> the number or word to type. Other cells stay blank."""

_EMPTY = re.compile(r'<c r="([A-Z]+[0-9]+)"( s="[0-9]+")?/>')


def provenance_of(path: Path) -> Provenance:
    """Return the provenance that a blank return carries: for whom it was made, and where its cells are."""
    found = find_provenance(open_file(path, Limits()).grids)
    assert found is not None, f"{path.name} is not a blank return"
    return found[0]


def fill(blank: Path, target: Path, figures: Figures) -> Path:
    """Type figures into a blank return and save it as another file; all other bytes of its parts stay."""
    with zipfile.ZipFile(blank) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    for place, layout in enumerate(provenance_of(blank).tables):
        cells = {
            f"{column_letter(column)}{row + 1}": figures[unit, measure]
            for row, unit in layout.units
            for measure, column, _ in layout.measures
            if (unit, measure) in figures
        }
        part = f"xl/worksheets/sheet{place + 2}.xml"  # the instructions stand before the tables
        text = _EMPTY.sub(lambda found, cells=cells: _typed(found, cells), parts[part].decode())  # type: ignore[misc]
        assert not cells, f"{layout.sheet} has no open cells {sorted(cells)}"
        parts[part] = text.encode()
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target


def _typed(found: re.Match[str], cells: dict[str, object]) -> str:
    value = cells.pop(found[1], None)
    if value is None:
        return found[0]
    if isinstance(value, str):
        return f'<c r="{found[1]}"{found[2] or ""} t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{found[1]}"{found[2] or ""}><v>{value}</v></c>'


def figures_of(folder: Path, period: str = "2021") -> dict[tuple[str, str], object]:
    """Return the figures of a period's folder as typed: numbers, and ``có`` or ``không`` for flags."""
    outcome = read_folder(folder, period)
    codes = outcome.collection.register.units.codes
    return {
        (codes[unit], measure.code): _as_typed(int(table.values[row, place]), measure.kind == "flag")
        for table in outcome.collection.tables
        for row, unit in enumerate(table.units)
        for place, measure in enumerate(table.measures)
        if table.present[row, place]
    }


def _as_typed(value: int, flag: bool) -> object:
    return ("không", "có")[value] if flag else value


def fill_all(blanks: Path, target: Path, figures: Figures) -> None:
    """Fill in every blank return of a folder, under the same paths."""
    for blank in sorted(blanks.rglob("*.xlsx")):
        fill(blank, target / blank.relative_to(blanks), figures)
