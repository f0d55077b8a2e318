"""Every way of reading a file held against the others: quick lanes on and off, and another library.

A lane may only change how fast a file is read. So each file is read with the lanes and without them, and the
two returns must be equal, finding by finding; and where another library reads the file too, every figure that
was taken must be the one it gives.
"""

from __future__ import annotations

import io
import random
import unicodedata
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import openpyxl
import xlrd
import xlsxwriter
import xlwt
from openpyxl.cell.rich_text import CellRichText, TextBlock

from antq_stats.collection.intake import Intake
from antq_stats.plan import MISSING, ReadingPlan
from antq_stats.reading import coerce
from antq_stats.reading.discover import discover
from antq_stats.reading.express.layout_cache import Layouts
from antq_stats.reading.receive import receive
from antq_stats.reading.returns import Return
from helpers import mutations
from helpers.places import SAMPLES

SHORT_TEXT = 2_000
"""Bytes from which on a text is read by columns here: long enough for a header and some rows."""


class Sample(NamedTuple):
    """A clean file to be changed: its name in the folder and its bytes."""

    name: str
    content: bytes


@dataclass
class Tally:
    """What came of many files."""

    read: int = 0
    quickly: int = 0
    """Of these by a quick lane."""
    refused: int = 0
    """Files that gave no figure."""
    compared: int = 0
    """Files whose figures another library read too."""
    figures: int = 0
    """Figures compared with it."""
    differing: list[str] = field(default_factory=list)
    """What went wrong: lane against lane, or figure against figure."""
    codes: Counter[str] = field(default_factory=Counter)
    """Codes of findings, and in how many files each was met."""

    def add(self, other: Tally) -> None:
        """Take another tally in."""
        for name in ("read", "quickly", "refused", "compared", "figures"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.differing += other.differing
        self.codes += other.codes


@cache
def plan() -> ReadingPlan:
    """Return the plan of the samples."""
    return Intake.open(SAMPLES / "2021").plan


# -- clean files ---------------------------------------------------------------------------------


@cache
def samples() -> tuple[Sample, ...]:
    """Return some workbooks of the samples, all of one making."""
    return tuple(
        Sample(source.file, Path(str(source.path)).read_bytes())
        for source in discover(SAMPLES / "2021").sources[:6]
    )


def _villages(commune: int) -> tuple[int, list[int]]:
    """Return a commune of the register and its villages, by position."""
    units = plan().units
    lowest = max(units.levels)
    with_villages = [u for u in range(len(units.codes)) if units.levels[u] == lowest - 1]
    unit = with_villages[commune]
    return unit, list(units.children[unit])


def _table(commune: int) -> tuple[str, list[list[object]]]:
    """Return a file's name and the rows of a table: titles, header, villages, and no total."""
    chance = random.Random(commune)  # noqa: S311 - chance here is no secret
    units, table = plan().units, plan().tables[0]
    unit, villages = _villages(commune)
    labels = [
        next(key for key, place in table.keys.items() if place == at) for at in range(len(table.measures))
    ]
    rows: list[list[object]] = [
        [f"Biểu 01 · {units.names[unit]}"],
        [],
        ["STT", "Mã thôn", "Tên thôn", *labels],
    ]
    for number, village in enumerate(villages, 1):
        base = chance.randrange(40, 200)
        figures = [
            chance.randrange(2)
            if measure.flag
            else max(measure.minimum, base if place == 0 else base // (2 + place))
            for place, measure in enumerate(table.measures)
        ]
        rows.append([number, units.codes[village], units.names[village], *figures])
    return units.names[unit], rows


@cache
def with_formulas() -> tuple[Sample, ...]:
    """Return workbooks whose last row adds up the others by formulas, their results stored."""
    made = []
    for commune in range(6):
        name, rows = _table(commune)
        content = io.BytesIO()
        with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
            sheet = book.add_worksheet("Biểu 01")
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write(at, column, cell)
            sheet.write(len(rows), 2, "Tổng cộng")
            for column in range(3, len(rows[2])):
                letter = xlsxwriter.utility.xl_col_to_name(column)
                total = sum(int(str(row[column])) for row in rows[3:])
                sheet.write_formula(len(rows), column, f"=SUM({letter}4:{letter}{len(rows)})", None, total)
        made.append(Sample(f"{name}.xlsx", content.getvalue()))
    return tuple(made)


@cache
def by_openpyxl() -> tuple[Sample, ...]:
    """Return workbooks written by openpyxl."""
    made = []
    for commune in range(6):
        name, rows = _table(commune)
        book = openpyxl.Workbook()
        book.active.title = "Biểu 01"
        for row in rows:
            book.active.append(row)
        content = io.BytesIO()
        book.save(content)
        made.append(Sample(f"{name}.xlsx", content.getvalue()))
    return tuple(made)


@cache
def by_xlwt() -> tuple[Sample, ...]:
    """Return binary workbooks."""
    made = []
    for commune in range(6):
        name, rows = _table(commune)
        book = xlwt.Workbook()
        sheet = book.add_sheet("Biểu 01")
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(at, column, cell)
        content = io.BytesIO()
        book.save(content)
        made.append(Sample(f"{name}.xls", content.getvalue()))
    return tuple(made)


@cache
def long_text() -> Sample:
    """Return one delimited text of several communes' villages, with a remark column left blank."""
    head: list[object] = []
    lines: list[str] = []
    for commune in range(12):
        _, (_, _, head, *rows) = _table(commune)
        lines += [",".join(map(str, row)) for row in rows]
    return Sample("tinh.csv", "\n".join([",".join(map(str, head)), *lines, ""]).encode())


# -- comparisons ---------------------------------------------------------------------------------


def learned(clean: Sequence[Sample], folder: Path) -> Layouts:
    """Return layouts that know how these workbooks are written."""
    layouts = Layouts(plan())
    for one in clean:
        path = folder / "clean.xlsx"
        path.write_bytes(one.content)
        receive(plan(), path, one.name, layouts)
    return layouts


def both_ways(path: Path, name: str, layouts: Layouts | None, tally: Tally) -> Return:
    """Read a file with the quick lanes and without; note where they differ."""
    slow = receive(plan(), path, name, long_from=None)
    if layouts is not None:
        before = layouts.recalled
        quick = receive(plan(), path, name, layouts, long_from=None)
        tally.quickly += layouts.recalled - before
    else:
        quick = receive(plan(), path, name, long_from=SHORT_TEXT)
        tally.quickly += quick.by_columns
    tally.read += 1
    tally.refused += not slow.tables
    tally.codes.update({finding.code for finding in slow.findings})
    if slow.fault:
        tally.differing.append(f"a fault of the program: {slow.fault.splitlines()[-1]}")
    if quick != slow:
        tally.differing.append(f"a lane reads another return: {_told(quick)} / {_told(slow)}")
    return slow


def _told(given: Return) -> str:
    sums = [sum(value for value in table.values if value != MISSING) for table in given.tables]
    return f"{sums} {sorted((finding.code, finding.cell or '') for finding in given.findings)}"


Cells = Callable[[str | None, int, int], object]
"""What a cell holds, by sheet, row from 1 and column from 0."""
Oracle = Callable[[bytes], Cells | None]
"""Opens a file with another library; None where that cannot."""


def openpyxl_cells(content: bytes) -> Cells | None:
    """Open a workbook with openpyxl; None where it cannot."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, rich_text=True)
        except Exception:  # noqa: BLE001 - what it makes of a broken file is not the question
            return None

    pages = {unicodedata.normalize("NFC", page.title): page for page in book.worksheets}

    def cell(sheet: str | None, row: int, column: int) -> object:
        return pages[sheet or ""].cell(row, column + 1).value

    return cell


def xlrd_cells(content: bytes) -> Cells | None:
    """Open a binary workbook with xlrd; None where it cannot."""
    try:
        book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO())
        pages = {unicodedata.normalize("NFC", page.name): page for page in book.sheets()}
    except Exception:  # noqa: BLE001 - what it makes of a broken file is not the question
        return None

    def cell(sheet: str | None, row: int, column: int) -> object:
        page = pages[sheet or ""]
        if row > page.nrows or column >= page.row_len(row - 1):
            return None
        found = page.cell(row - 1, column)
        return xlrd.xldate_as_datetime(found.value, 0) if found.ctype == xlrd.XL_CELL_DATE else found.value

    return cell


def against_another(given: Return, content: bytes, oracle: Oracle, tally: Tally) -> None:
    """Compare every figure that was taken with what another library reads in its cell."""
    cell_of = oracle(content) if given.tables else None
    if cell_of is None or any(not table.sheet for table in given.tables):
        return
    try:
        for table in given.tables:
            cell_of(table.sheet, 1, 0)
    except KeyError:  # to the other library the workbook has other sheets
        return
    tally.compared += 1
    for table in given.tables:
        measures = plan().tables[table.table].measures
        width = len(measures)
        for position, row in enumerate(table.rows):
            for place, column in enumerate(table.columns):
                value = table.values[position * width + place]
                if column < 0 or value == MISSING:
                    continue
                cell = _said(cell_of(table.sheet, row, column))
                if isinstance(cell, date):
                    continue  # which numbers a format makes a date is told by `test_grid`
                read = coerce.read(cell, measures[place])
                tally.figures += 1
                other = 0 if read.code == coerce.BLANK else read.value
                if other != value:
                    tally.differing.append(f"{table.sheet}!{row}:{column} {value} is {cell!r} elsewhere")


def _said(cell: object) -> object:
    """Return a cell of openpyxl as the reader would give it; text struck through is no figure's."""
    if isinstance(cell, CellRichText):
        fonts = [run.font for run in cell if isinstance(run, TextBlock)]
        if any(font.strike for font in fonts):
            return "struck"
        return "".join(
            run if isinstance(run, str) else "" if run.font.vertAlign else run.text for run in cell
        )
    if isinstance(cell, int) and not isinstance(cell, bool):
        return float(cell)
    return "" if cell is None else cell


# -- many mutants --------------------------------------------------------------------------------


def workbooks(count: int, seed: int, folder: Path) -> Iterator[tuple[str, Tally]]:
    """Change workbooks of three makings by each family of mutations, ``count`` times a family and making."""
    for making, clean in (("samples", samples()), ("formulas", with_formulas()), ("openpyxl", by_openpyxl())):
        layouts = learned(clean, folder)
        assert layouts.recalled or making == "openpyxl", f"{making}: no layout was learned"
        for family in (*mutations.XLSX, *mutations.ZIP):
            tally = Tally()
            for number in range(count):
                chance = random.Random(f"{seed} {making} {family} {number}")  # noqa: S311
                one = chance.choice(clean)
                content = mutations.mutated_workbook(one.content, family, chance)
                path = folder / "mutant.xlsx"
                path.write_bytes(content)
                told = len(tally.differing)
                given = both_ways(path, one.name, layouts, tally)
                against_another(given, content, openpyxl_cells, tally)
                tally.differing[told:] = [f"{number}: {text}" for text in tally.differing[told:]]
            yield f"{making}, {family}", tally


def binary_workbooks(count: int, seed: int, folder: Path) -> Iterator[tuple[str, Tally]]:
    """Change binary workbooks, which have no quick lane: their figures are held against another library's."""
    clean = by_xlwt()
    for family in mutations.RECORDS:
        tally = Tally()
        for number in range(count):
            chance = random.Random(f"{seed} xls {family} {number}")  # noqa: S311
            one = chance.choice(clean)
            content = mutations.mutated_bytes(one.content, family, mutations.RECORDS, chance)
            path = folder / "mutant.xls"
            path.write_bytes(content)
            told = len(tally.differing)
            against_another(both_ways(path, one.name, None, tally), content, xlrd_cells, tally)
            tally.differing[told:] = [f"{number}: {text}" for text in tally.differing[told:]]
        yield f"xls, {family}", tally


def texts(count: int, seed: int, folder: Path) -> Iterator[tuple[str, Tally]]:
    """Change a long delimited text by each family of mutations."""
    clean = long_text()
    for family in mutations.CSV:
        tally = Tally()
        for number in range(count):
            chance = random.Random(f"{seed} text {family} {number}")  # noqa: S311
            path = folder / "mutant.csv"
            path.write_bytes(mutations.mutated_bytes(clean.content, family, mutations.CSV, chance))
            told = len(tally.differing)
            both_ways(path, clean.name, None, tally)
            tally.differing[told:] = [f"{number}: {text}" for text in tally.differing[told:]]
        yield f"text, {family}", tally


def files(folder: Path) -> Tally:
    """Read every file of a folder both ways; workbooks of one making teach their layout on the way."""
    tally, layouts = Tally(), Layouts(plan())
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            is_book = path.suffix.lower() in (".xlsx", ".xlsm")
            told = len(tally.differing)
            both_ways(path, path.relative_to(folder).as_posix(), layouts if is_book else None, tally)
            tally.differing[told:] = [f"{path.name}: {text}" for text in tally.differing[told:]]
    return tally
