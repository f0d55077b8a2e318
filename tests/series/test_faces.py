"""The same figure in every face: value, bounds, change, per cent, and why there is no change."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from antq_stats.form import Form, Ratio, load_form
from helpers.command import run
from helpers.office import convert
from helpers.places import SAMPLES
from helpers.series_page import Section

pytestmark = pytest.mark.slow

BASES = {
    "exact": "exact",
    "between": "a range: a unit was divided, in shares that are not known",
    "estimated": "an estimate, by the shares stated for a unit that was divided",
}
REASONS = {
    "definition": "its definition changed",
    "incomplete": "figures of {period} are still missing",
    "no-data": "no figures of {period}",
    "not-asked": "{period} did not ask for it",
    "not-summed": "it is not added up",
    "part-missing": "{period} has only a part of the unit",
    "units-merged": "it counts units, and the units were rearranged",
}
PAIRS = [
    ("2020", "2021", "B"), ("2021", "2024", "A"), ("2021", "2024", "B"), ("2024", "2025", "B"),
    ("2021", "2025", "A"), ("2021", "2025", "B"), ("2020", "2025", "2024-12-31"), ("2025", "2021", "B"),
]  # fmt: skip
SHOWN = ("ty_le_ho_dang_ky", "thon_dat_vh")
Line = tuple[str, ...]


class Words:
    """Figures of the JSON in the words of the tables, made here a second time."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.form: Form = load_form(None, int(data["to"]))
        self.columns = {column.code: column for column in self.form.columns}

    def label(self, code: str) -> str:
        unit, label = self.form.unit(code, "en"), self.columns[code].label.en
        return f"{label} ({unit})" if unit else label

    def number(self, value: float | None, code: str) -> str:
        if value is None:
            return ""
        column = self.columns[code]
        return f"{value:.{column.decimals}f}%" if isinstance(column, Ratio) else f"{value:,}"

    def figure(self, found: Mapping[str, Any], code: str) -> str:
        low, high = found["low"], found["high"]
        if found["value"] is not None:
            assert low == high == found["value"]
            return self.number(found["value"], code) + "*" * found["provisional"]
        if low is not None and high is not None:
            return f"{self.number(low, code)} to {self.number(high, code)}"
        if low is not None:
            return f"at least {self.number(low, code)}"
        return "…" if found["expected"] and not found["given"] else ""

    def line(self, record: Mapping[str, Any], code: str) -> Line:
        """What stands in a row of a table: both figures, the change, per cent and what it rests on."""
        change, percent = record["change"], record["percent"]
        if change is None:
            moved = ""
        elif isinstance(self.columns[code], Ratio):
            moved = f"{change:{'+' if change else ''}.{self.columns[code].decimals}f} points"
        else:
            moved = f"{change:,}"
        return (
            self.figure(record["from"], code),
            self.figure(record["to"], code),
            moved,
            "" if percent is None else f"{percent:,.1f}%",
            self.basis(record),
        )

    def basis(self, record: Mapping[str, Any]) -> str:
        if record["reason"] is None:
            return BASES[record["basis"]]
        assert record["basis"] == "not-comparable"
        assert record["change"] is record["percent"] is None
        return f"not compared: {REASONS[record['reason']]}"

    def is_same(self, found: Line, record: Mapping[str, Any], code: str) -> bool:
        """Whether a row says what a record does; a reason may be about either period."""
        *figures, basis = self.line(record, code)
        periods = (self.data["from"], self.data["to"])
        return found[:4] == tuple(figures) and found[4] in {basis.format(period=each) for each in periods}


def _compare(first: str, last: str, on: str, face: str, *more: object) -> Any:
    done = run("compare", SAMPLES / first, SAMPLES / last, "--on", on, "--format", face, *more)
    assert done.status == 0, done.output
    return done.data if face == "json" else done.stdout


def _markdown(text: str) -> dict[str, Line]:
    """The rows of a table by their first cell; heads of sections have no other one."""
    lines = text.replace("**", "").splitlines()
    rows = [line[2:-2].split(" | ") for line in lines if line.startswith("| ")]
    return {row[0].strip(" \N{EM SPACE}"): tuple(map(str.strip, row[1:])) for row in rows if any(row[1:])}


def _as_shown(value: object, shape: str) -> str:
    """A cell as a spreadsheet shows it."""
    if value is None or isinstance(value, str):
        return value or ""
    assert isinstance(value, int | float)
    positive, *others = shape.split(";")
    positive = others[-1] if len(others) == 2 and not value else positive
    unit = "".join(re.findall(r'"([^"]*)"', positive))
    bare = re.sub(r'"[^"]*"', "", positive)
    scaled = 100 * value if bare.rstrip("*\\").endswith("%") else value
    places = len(re.sub("[^0]", "", bare.partition(".")[2]))
    sign = "+" if bare.startswith("+") else ""
    exact = round(scaled, 9)
    return f"{exact:{sign},.{places}f}{'%' if scaled is not value else ''}{unit}"


def _workbook(path: Path) -> dict[str, Line]:
    sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    found = {}
    for row in sheet.iter_rows():
        shown = [_as_shown(cell.value, cell.number_format) for cell in row]
        if any(shown[1:]):
            found[shown[0].strip()] = tuple(shown[1:])
    return found


def _pairs(more: Sequence[object], words: Words) -> Iterator[tuple[str, Any]]:
    """The rows that a table has, by their first cell, and the record of each."""
    data = words.data
    if not more:
        for code, record in data["common"]["measures"].items():
            yield words.label(code), (record, code)
        return
    code = str(more[1])
    for unit in data["units"]:
        yield unit["name"], (unit["measures"][code], code)


@pytest.mark.parametrize(("first", "last", "on"), PAIRS)
def test_the_tables_of_compare_have_the_figures_of_the_json(
    first: str, last: str, on: str, tmp_path: Path
) -> None:
    checked = 0
    whole = Words(_compare(first, last, on, "json", "--by", "commune"))
    known = [code for code in SHOWN if code in whole.data["units"][0]["measures"]]
    assert known
    for more in ((), *(("--measure", code, "--by", "commune") for code in known)):
        rows = _markdown(_compare(first, last, on, "md", *more))
        book = tmp_path / f"{len(more)}-{checked}.xlsx"
        _compare(first, last, on, "xlsx", *more, "-o", book)
        cells = _workbook(book)
        names = [name for name, _ in _pairs(more, whole)]
        for name, (record, code) in _pairs(more, whole):
            if names.count(name) > 1:
                continue  # communes of one name in two districts
            assert whole.is_same(rows[name], record, code), (name, rows[name], record)
            assert whole.is_same(cells[name], record, code), (name, cells[name], record)
            checked += 1
    assert checked > 100


@pytest.mark.parametrize(("first", "last", "on"), PAIRS)
def test_the_csv_of_compare_has_the_figures_of_the_json(first: str, last: str, on: str) -> None:
    data = _compare(first, last, on, "json")
    rows = list(csv.DictReader(io.StringIO(_compare(first, last, on, "csv").lstrip("\ufeff"))))
    records = {
        (unit["unit"], unit["level"], code): record
        for unit in data["units"]
        for code, record in unit["measures"].items()
    }
    top = data["units"][0]["unit"]
    if data["common"]["units"] not in ([], [top]):
        common = {("", "common", code): record for code, record in data["common"]["measures"].items()}
        place = len(common)
        assert [row["unit"] for row in rows[:place]] == [top] * place
        assert {row["level"] for row in rows[place : 2 * place]} == {"common"}
        assert {row["parent"] for row in rows[place : 2 * place]} == {""}
        records |= common
    assert len(rows) == len(records) > 100

    def text(value: object) -> str:
        return "" if value is None else str(value)

    for row in rows:
        record = records[row["unit"], row["level"], row["measure"]]
        for side in ("from", "to"):
            for key, column in (
                ("value", side), ("low", f"{side}_low"), ("high", f"{side}_high"),
                ("given", f"{side}_given"), ("expected", f"{side}_expected"),
            ):  # fmt: skip
                assert row[column] == text(record[side][key]), (row, record)
        for key in ("change", "percent", "basis", "reason"):
            assert row[key] == text(record[key]), (row, record)


# -- the report --------------------------------------------------------------------------------------

SERIES = [("2021", "2020"), ("2024", "2020", "2021"), ("2025", "2021"), ("2025", "2020", "2021", "2024")]
Table = dict[str, Line]


def _report(years: Sequence[str], path: Path) -> Path:
    now, *before = (SAMPLES / year for year in years)
    done = run("report", now, *(word for each in before for word in ("--with", each)), "-o", path)
    assert done.status == 0, done.output
    return path


def _named(rows: Sequence[Sequence[str]], width: int) -> Table:
    """The rows of a table by their first cell."""
    return {
        row[0].strip(" \N{EM SPACE}\N{NO-BREAK SPACE}"): tuple(row[1:width]) for row in rows if any(row[1:])
    }


def _markdown_tables(text: str, periods: Sequence[str]) -> list[Table]:
    found = []
    for part in text.split("\n### ")[1:]:
        if part.startswith("Table 1") and f"| Measure | {' | '.join(periods)} | Note |" in part:
            rows = [line[2:-2].split(" | ") for line in part.splitlines() if line.startswith("| ")]
            found.append(_named([list(map(str.strip, row)) for row in rows[2:]], len(periods) + 1))
    return found


def _word_tables(path: Path, periods: Sequence[str]) -> list[Table]:
    found = []
    for table in docx.Document(str(path)).tables:
        rows = [[cell.text.strip() for cell in row.cells] for row in table.rows]
        if len(rows[0]) == len(periods) + 2 and rows[0][1:-1] == list(periods):
            kept = [row for row in rows[1:] if len(set(row)) > 1]
            found.append(_named(kept, len(periods) + 1))
    return found


def _book_tables(path: Path, count: int) -> list[Table]:
    """The tables of the sheet; the second one begins where the measures begin again."""
    sheet = openpyxl.load_workbook(path, data_only=True)["Over the periods"]
    found: list[Table] = [{}]
    for row in sheet.iter_rows():
        if not isinstance(row[0].value, int | float) or row[1].value == 1:
            continue
        label = str(row[1].value)
        if label in found[-1]:
            found.append({})
        shown = [_as_shown(cell.value, cell.number_format) for cell in row[2 : 2 + count]]
        found[-1][label] = tuple(shown)
    return found


def _same(found: Sequence[Table], wanted: Sequence[Table], face: str) -> None:
    assert len(found) == len(wanted), face
    for have, want in zip(found, wanted, strict=True):
        assert have == want, face


def _check_against_compare(years: Sequence[str], tables: Sequence[Table]) -> int:
    """Compare the tables of a report with the JSON of each pair of its periods."""
    now, *before = years
    checked = 0
    for place, then in enumerate(before):
        words = Words(_compare(then, now, "B", "json", "--by", "province"))
        areas = [words.data["units"][0]["measures"]]
        if len(tables) == 2 and len(before) == 1:
            areas.append(words.data["common"]["measures"])
        for table, measures in zip(tables, areas, strict=False):
            for code, record in measures.items():
                if (row := table.get(words.label(code))) is None:
                    assert not record["from"]["given"], code
                    continue
                assert row[place] == words.figure(record["from"], code), (then, code, row, record)
                assert row[-1] == words.figure(record["to"], code), (now, code, row, record)
                checked += 1
    return checked


@pytest.mark.office
@pytest.mark.parametrize("years", SERIES)
def test_a_series_is_the_same_in_the_report_s_four_faces_and_in_compare(
    years: tuple[str, ...], tmp_path: Path
) -> None:
    now, *before = years
    periods = [*before, now]
    text = _report(years, tmp_path / "a.md").read_text("utf-8")
    tables = _markdown_tables(text, periods)
    if len(periods) == 2 and not tables:  # table 1 has both periods already
        tables = _book_tables(_report(years, tmp_path / "b.xlsx"), len(periods))
    assert _check_against_compare(years, tables) > 15
    if len(periods) > 2 or now == "2025":
        _same(_word_tables(_report(years, tmp_path / "a.docx"), periods), tables, "docx")
    book = _report(years, tmp_path / "a.xlsx")
    _same(_book_tables(book, len(periods)), tables, "xlsx")
    _same(_book_tables(convert(book, "xlsx", tmp_path / "again"), len(periods)), tables, "LibreOffice")
    page = Section(_report(years, tmp_path / "a.html"))
    shown = [
        _named(table[1:], len(periods) + 1) for table in page.tables if table[0][1:] == [*periods, "Note"]
    ]
    _same(sorted(shown, key=str), sorted(tables, key=str), "html")


@pytest.mark.parametrize("years", SERIES)
def test_changes_in_sentences_and_charts_are_those_of_compare(years: tuple[str, ...], tmp_path: Path) -> None:
    now, *before = years
    page = Section(_report(years, tmp_path / "a.html"))
    text = _report(years, tmp_path / "a.md").read_text("utf-8")
    checked = 0
    data = _compare(before[-1], now, "B", "json", "--by", "province")
    words = Words(data)
    for code, record in data["common"]["measures"].items():
        for chart in page.charts:
            if chart.title == words.label(code):
                last = chart.rows[-1]
                assert last[1] == words.figure(record["to"], code), (code, last)
                change, percent = record["change"], record["percent"]
                if change is None:
                    assert last[2] == "not compared"
                elif isinstance(words.columns[code], Ratio):
                    assert f"{abs(change)}" in last[2] or not change
                else:
                    told = f"{'up' if change > 0 else 'down'} {abs(change):,} ({abs(percent)}%)"
                    assert last[2] == ("unchanged" if not change else told), code
                checked += 1
    parts = page.tables[-1]
    for ratio, split in data["ratios"].items():
        for row in (row for row in parts if row[0] == words.columns[ratio].label.en):
            values = [Fraction(str(split[key])) for key in ("real", "answered", "area")]
            shown = [Fraction(cell.split()[0]) for cell in row[4:7]]
            for value, cell in zip(values, shown, strict=True):
                assert abs(value - cell) <= Fraction(1, 200), (ratio, row)
            checked += 1
    assert checked
    assert text.count("not compared") or len(before) == 1
