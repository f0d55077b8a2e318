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


_INLINE = re.compile(r't="inlineStr"><is><t>([^<]*)</t></is>')
_FORMULA = re.compile(r'<c r="([A-Z]+)([0-9]+)"( s="[0-9]+")?>(<f>([^<]*)</f>)<v></v></c>')
_OVER = re.compile(r"COUNTA?\(([A-Z]+)([0-9]+):[A-Z]+([0-9]+)\)=0")


def save_as_excel(path: Path) -> None:
    """Store what Excel stores in a filled return whose checks find nothing: shared texts, and results."""
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    strings = parts["xl/sharedStrings.xml"].decode()
    added: dict[str, int] = {}
    for name in (name for name in parts if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)):
        text = _INLINE.sub(
            lambda found: f't="s"><v>{added.setdefault(found[1], strings.count("<si>") + len(added))}</v>',
            parts[name].decode(),
        )
        parts[name] = _with_results(text, added).encode()
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"")
    more = "".join(f"<si><t>{text}</t></si>" for text in added)
    parts["xl/sharedStrings.xml"] = strings.replace("</sst>", f"{more}</sst>").encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def _with_results(sheet: str, added: Mapping[str, int]) -> str:
    """Return a sheet with the results of its totals; those of its checks are empty texts."""
    yes = str(added.get("có", -1))
    cells = {
        (column, int(row)): (kind, value)
        for column, row, kind, value in re.findall(
            r'<c r="([A-Z]+)([0-9]+)"[^>]*?( t="s")?><v>([^<]*)</v></c>', sheet
        )
    }

    def result(found: re.Match[str]) -> str:
        over = _OVER.search(found[5])
        given = []
        if (over is not None and "SUM(" in found[5]) or (over is not None and "COUNTIF(" in found[5]):
            rows = range(int(over[2]), int(over[3]) + 1)
            given = [cells[over[1], row] for row in rows if (over[1], row) in cells]
        total = sum(int(value == yes) if kind else int(value) for kind, value in given)
        kind, stored = ("", str(total)) if given else (' t="str"', "")
        return f'<c r="{found[1]}{found[2]}"{found[3] or ""}{kind}>{found[4]}<v>{stored}</v></c>'

    return _FORMULA.sub(result, sheet)
