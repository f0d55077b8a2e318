"""Compare the fast paths of reading with the general reader, and figures with other libraries.

A fast path may only change how fast a file is read. So each file is read with the fast paths and without
them, and the two returns must be equal, finding by finding. Where another library can read the file
(openpyxl, xlrd), every figure must equal the one it gives.
"""

from __future__ import annotations

import io
import random
import tempfile
import unicodedata
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import openpyxl
import xlrd
import xlsxwriter
import xlwt
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils.escape import unescape

from antq_stats.collection.intake import Intake
from antq_stats.plan import MISSING, ReadingPlan
from antq_stats.reading import coerce
from antq_stats.reading.discover import discover
from antq_stats.reading.express.layout_cache import LayoutCache
from antq_stats.reading.receive import receive
from antq_stats.reading.returns import Return
from helpers import mutations
from helpers.blank_returns import figures_of, fill_all, save_as_excel
from helpers.command import run
from helpers.inside import without_quick_readers
from helpers.places import SAMPLES

NEVER = 1 << 30
"""More files than any test has, so that no bytes of a layout are learned."""
SHORT_TEXT = 2_000
"""Size in bytes from which these comparisons read a text by columns: a header and some rows."""


class Sample(NamedTuple):
    """A clean file: its name in the folder and its bytes."""

    name: str
    content: bytes


@dataclass
class Tally:
    """Counts over many files."""

    read: int = 0
    by_fast_path: int = 0
    """Of the files read, those that a fast path read."""
    refused: int = 0
    """Files that gave no table."""
    compared: int = 0
    """Files that another library read as well."""
    figures: int = 0
    """Figures compared with another library's."""
    differing: list[str] = field(default_factory=list)
    """Descriptions of all differences: between two returns, or between two figures."""
    codes: Counter[str] = field(default_factory=Counter)
    """Number of files by code of finding."""

    def add(self, other: Tally) -> None:
        """Add the counts of another tally."""
        for name in ("read", "by_fast_path", "refused", "compared", "figures"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.differing += other.differing
        self.codes += other.codes


@cache
def plan() -> ReadingPlan:
    """Return the reading plan of the samples."""
    return Intake.open(SAMPLES / "2021").plan


@cache
def plan_with_decimals() -> ReadingPlan:
    """Return the plan of the samples, with one and three decimals for measures of its first table in turn."""
    first, *others = plan().tables
    decimals = cycle((1, 0, 3))
    measures = tuple(
        measure if measure.flag else measure._replace(decimals=next(decimals)) for measure in first.measures
    )
    return replace(plan(), tables=(first._replace(measures=measures), *others))


# -- clean files ---------------------------------------------------------------------------------


@cache
def samples() -> tuple[Sample, ...]:
    """Return some workbooks of the samples, all written by the same program."""
    return tuple(
        Sample(source.file, Path(str(source.path)).read_bytes())
        for source in discover(SAMPLES / "2021").sources[:6]
    )


def _villages(commune: int) -> tuple[int, list[int]]:
    """Return the positions of a commune and of its villages in the register."""
    units = plan().units
    lowest = max(units.levels)
    with_villages = [u for u in range(len(units.codes)) if units.levels[u] == lowest - 1]
    unit = with_villages[commune]
    return unit, list(units.children[unit])


def _table(commune: int) -> tuple[str, list[list[object]]]:
    """Return the name of a commune and the rows of its table: a title, the header, the villages, no total."""
    chance = random.Random(commune)  # noqa: S311 - not for secrets
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
    """Return workbooks whose last row sums the others by formulas, with their results stored."""
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
def blanks() -> tuple[Sample, ...]:
    """Return blank returns that the program made, filled as the samples are and saved as Excel does it."""
    with tempfile.TemporaryDirectory() as place:
        made, filled = Path(place, "made"), Path(place, "filled")
        run("template", SAMPLES / "2021", "-o", made, "--under", "135", "--lang", "vi")
        fill_all(made, filled, figures_of(SAMPLES / "2021"))
        paths = sorted(filled.rglob("*.xlsx"))[:6]
        for path in paths:
            save_as_excel(path)
        return tuple(Sample(path.relative_to(filled).as_posix(), path.read_bytes()) for path in paths)


@cache
def by_xlwt() -> tuple[Sample, ...]:
    """Return xls workbooks written by xlwt."""
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
    """Return one delimited text with the villages of several communes."""
    head: list[object] = []
    lines: list[str] = []
    for commune in range(12):
        _, (_, _, head, *rows) = _table(commune)
        lines += [",".join(map(str, row)) for row in rows]
    return Sample("tinh.csv", "\n".join([",".join(map(str, head)), *lines, ""]).encode())


@cache
def with_decimals() -> tuple[Sample, ...]:
    """Return workbooks and one long text with figures for `plan_with_decimals`."""
    measures = plan_with_decimals().tables[0].measures
    made = []
    lines: list[str] = []
    for commune in range(12):
        name, (title, blank, head, *rows) = _table(commune)
        chance = random.Random(commune)  # noqa: S311 - not for secrets
        scaled = [
            [
                *row[:3],
                *(
                    figure if measure.flag else _amount(int(str(figure)), measure.decimals, chance)
                    for measure, figure in zip(measures, row[3:], strict=True)
                ),
            ]
            for row in rows
        ]
        lines += [
            ";".join(map(str, head)) if not lines else "",
            *(";".join(map(str, row)) for row in scaled),
        ]
        content = io.BytesIO()
        with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
            sheet = book.add_worksheet("Biểu 01")
            for at, row in enumerate((title, blank, head, *scaled)):
                for column, cell in enumerate(row):
                    sheet.write(at, column, cell)
        made.append(Sample(f"{name}.xlsx", content.getvalue()))
    text = "\n".join([*filter(None, lines), ""]).encode()
    return (*made[:6], Sample("tinh.csv", text))


def _amount(steps: int, decimals: int, chance: random.Random) -> object:
    """Return a figure as a number, as a text with a comma, or as the result of a formula in binary."""
    value = steps / 10**decimals
    return chance.choice((value, str(value).replace(".", ","), value * 3 - 2 * value))


# -- comparisons ---------------------------------------------------------------------------------


def learn_layouts(
    clean: Sequence[Sample], folder: Path, reading_plan: ReadingPlan | None = None
) -> tuple[LayoutCache, LayoutCache]:
    """Return two caches that have read these files: one learns bytes of layouts, one sheets only."""
    reading_plan = reading_plan or plan()
    caches = LayoutCache(reading_plan, after=0), LayoutCache(reading_plan, after=NEVER)
    for sample in clean:
        path = folder / f"clean{Path(sample.name).suffix}"
        path.write_bytes(sample.content)
        for layouts in caches:
            receive(reading_plan, path, sample.name, layouts)
    return caches


def read_both_ways(
    path: Path,
    name: str,
    caches: Sequence[LayoutCache],
    tally: Tally,
    reading_plan: ReadingPlan | None = None,
) -> Return:
    """Read a file with the fast paths and without, note differences, return the general result.

    A text is read by columns if no caches are given.
    """
    reading_plan = reading_plan or plan()
    with without_quick_readers():
        general = receive(reading_plan, path, name, long_from=None)
    readings = [receive(reading_plan, path, name, long_from=None if caches else SHORT_TEXT)]
    is_fast = readings[0].by_columns
    for layouts in caches:
        before = layouts.recalled + layouts.by_sheets
        readings.append(receive(reading_plan, path, name, layouts, long_from=None))
        is_fast |= layouts.recalled + layouts.by_sheets > before
        tally.differing += [f"a fault of a fast path: {fault.splitlines()[-1]}" for fault in layouts.faults]
        layouts.faults.clear()
    tally.read += 1
    tally.by_fast_path += is_fast
    tally.refused += not general.tables
    tally.codes.update({finding.code for finding in general.findings})
    if general.fault:
        tally.differing.append(f"a fault of the program: {general.fault.splitlines()[-1]}")
    for fast in readings:
        if fast != general:
            tally.differing.append(f"a fast path reads otherwise: {_summary(fast)} / {_summary(general)}")
    return general


def _summary(return_: Return) -> str:
    sums = [sum(value for value in table.values if value != MISSING) for table in return_.tables]
    return f"{sums} {sorted((finding.code, finding.cell or '') for finding in return_.findings)}"


Cells = Callable[[str | None, int, int], object]
"""Return what a cell holds, by sheet, row (from 1) and column (from 0)."""
Opener = Callable[[bytes], Cells | None]
"""Open a file with another library; None if the library cannot."""


def openpyxl_cells(content: bytes) -> Cells | None:
    """Open a workbook with openpyxl; return None if openpyxl cannot."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, rich_text=True)
        except Exception:  # noqa: BLE001 - errors of the other library are not the subject
            return None

    pages = {unicodedata.normalize("NFC", page.title): page for page in book.worksheets}

    def cell(sheet: str | None, row: int, column: int) -> object:
        return pages[sheet or ""].cell(row, column + 1).value

    return cell


def xlrd_cells(content: bytes) -> Cells | None:
    """Open an xls workbook with xlrd; return None if xlrd cannot."""
    try:
        book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO())
        pages = {unicodedata.normalize("NFC", page.name): page for page in book.sheets()}
    except Exception:  # noqa: BLE001 - errors of the other library are not the subject
        return None

    def cell(sheet: str | None, row: int, column: int) -> object:
        page = pages[sheet or ""]
        if row > page.nrows or column >= page.row_len(row - 1):
            return None
        found = page.cell(row - 1, column)
        return xlrd.xldate_as_datetime(found.value, 0) if found.ctype == xlrd.XL_CELL_DATE else found.value

    return cell


def compare_figures(
    return_: Return,
    content: bytes,
    open_file: Opener,
    tally: Tally,
    reading_plan: ReadingPlan | None = None,
) -> None:
    """Compare every figure of a return with what another library reads in its cell."""
    cell_of = open_file(content) if return_.tables else None
    if cell_of is None or any(not table.sheet for table in return_.tables):
        return
    try:
        for table in return_.tables:
            cell_of(table.sheet, 1, 0)
    except KeyError:  # the other library finds other sheets
        return
    tally.compared += 1
    for table in return_.tables:
        measures = (reading_plan or plan()).tables[table.table].measures
        width = len(measures)
        for position, row in enumerate(table.rows):
            for place, column in enumerate(table.columns):
                value = table.values[position * width + place]
                if column < 0 or value == MISSING:
                    continue
                cell = _as_read(cell_of(table.sheet, row, column))
                if isinstance(cell, date):
                    continue  # `test_grid` covers which formats make a number a date
                read = coerce.read(cell, measures[place])
                tally.figures += 1
                other = 0 if read.code == coerce.BLANK else read.value
                if other != value:
                    tally.differing.append(f"{table.sheet}!{row}:{column} {value} is {cell!r} elsewhere")


def _as_read(cell: object) -> object:
    """Return another library's cell as the program's reader gives it. Text struck through is no figure."""
    if isinstance(cell, CellRichText):
        fonts = [run.font for run in cell if isinstance(run, TextBlock)]
        if any(font.strike for font in fonts):
            return "struck"
        return "".join(
            run if isinstance(run, str) else "" if run.font.vertAlign else run.text for run in cell
        )
    if isinstance(cell, int) and not isinstance(cell, bool):
        return float(cell)
    if isinstance(cell, str):
        return unescape(cell)
    return "" if cell is None else cell


# -- many changed files --------------------------------------------------------------------------


def workbooks(count: int, seed: int, folder: Path) -> Iterator[tuple[str, Tally]]:
    """Change workbooks of four makers by each family of mutations, ``count`` times each."""
    makers = (
        ("samples", samples()),
        ("formulas", with_formulas()),
        ("blanks", blanks()),
        ("openpyxl", by_openpyxl()),
    )
    for maker, clean in makers:
        layouts = learn_layouts(clean, folder)
        assert layouts[0].recalled or maker == "openpyxl", f"{maker}: no layout was learned"
        for family in (*mutations.XLSX, *mutations.ZIP):
            tally = Tally()
            for number in range(count):
                chance = random.Random(f"{seed} {maker} {family} {number}")  # noqa: S311
                sample = chance.choice(clean)
                content = mutations.mutated_workbook(sample.content, family, chance)
                path = folder / "mutant.xlsx"
                path.write_bytes(content)
                before = len(tally.differing)
                return_ = read_both_ways(path, sample.name, layouts, tally)
                compare_figures(return_, content, openpyxl_cells, tally)
                tally.differing[before:] = [f"{number}: {text}" for text in tally.differing[before:]]
            yield f"{maker}, {family}", tally


def binary_workbooks(count: int, seed: int, folder: Path) -> Iterator[tuple[str, Tally]]:
    """Change xls workbooks, which have no fast path, and compare their figures with xlrd's."""
    clean = by_xlwt()
    for family in mutations.RECORDS:
        tally = Tally()
        for number in range(count):
            chance = random.Random(f"{seed} xls {family} {number}")  # noqa: S311
            sample = chance.choice(clean)
            content = mutations.mutated_bytes(sample.content, family, mutations.RECORDS, chance)
            path = folder / "mutant.xls"
            path.write_bytes(content)
            before = len(tally.differing)
            compare_figures(read_both_ways(path, sample.name, (), tally), content, xlrd_cells, tally)
            tally.differing[before:] = [f"{number}: {text}" for text in tally.differing[before:]]
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
            before = len(tally.differing)
            read_both_ways(path, clean.name, (), tally)
            tally.differing[before:] = [f"{number}: {text}" for text in tally.differing[before:]]
        yield f"text, {family}", tally


def amounts(count: int, seed: int, folder: Path) -> Iterator[tuple[str, Tally]]:
    """Change files with decimals, for which every fast path leaves the file to the general reader."""
    *clean, text = with_decimals()
    reading_plan = plan_with_decimals()
    layouts = learn_layouts(clean, folder, reading_plan)
    for family in (*mutations.XLSX, *mutations.CSV):
        tally = Tally()
        for number in range(count):
            chance = random.Random(f"{seed} decimals {family} {number}")  # noqa: S311
            is_book = family in mutations.XLSX
            sample = chance.choice(clean) if is_book else text
            if is_book:
                content = mutations.mutated_workbook(sample.content, family, chance)
            else:
                content = mutations.mutated_bytes(sample.content, family, mutations.CSV, chance)
            path = folder / ("mutant.xlsx" if is_book else "mutant.csv")
            path.write_bytes(content)
            before = len(tally.differing)
            return_ = read_both_ways(path, sample.name, layouts if is_book else (), tally, reading_plan)
            compare_figures(return_, content, openpyxl_cells, tally, reading_plan)
            tally.differing[before:] = [f"{number}: {text}" for text in tally.differing[before:]]
        yield f"decimals, {family}", tally


def files(folder: Path) -> Tally:
    """Read every file of a folder both ways. The layouts are learned from the workbooks themselves."""
    tally, layouts = Tally(), (LayoutCache(plan(), after=0), LayoutCache(plan(), after=NEVER))
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            is_book = path.suffix.lower() in (".xlsx", ".xlsm")
            before = len(tally.differing)
            read_both_ways(path, path.relative_to(folder).as_posix(), layouts if is_book else (), tally)
            tally.differing[before:] = [f"{path.name}: {text}" for text in tally.differing[before:]]
    return tally
