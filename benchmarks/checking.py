"""Checks of the output after every run: a wrong sum ends the benchmark."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from measures import FLAGS, MEASURES, labels

Check = Callable[[Path, str], None]
"""Takes the file that a run wrote and what it printed; raises `WrongError`."""


class WrongError(Exception):
    """The output of a run is not what it must be."""


def _equal(found: object, wanted: object) -> None:
    if found != wanted:
        raise WrongError(f"{found} where {wanted} was to come out")


def sums_in_csv(sums: Mapping[str, int]) -> Check:
    """Return a check of a CSV whose first row has the totals."""

    def check(out: Path, _: str) -> None:
        with out.open(encoding="utf-8", newline="") as file:
            first = next(csv.DictReader(file))
        _equal({code: int(float(first[code])) for code in MEASURES}, dict(sums))

    return check


def sums_in_xlsx(sums: Mapping[str, int]) -> Check:
    """Return a check of a workbook with the totals below the headers of the measures."""

    def check(out: Path, _: str) -> None:
        from python_calamine import CalamineWorkbook

        book = CalamineWorkbook.from_path(out)
        for name in book.sheet_names:
            found = _below_headers(book.get_sheet_by_name(name).to_python())
            if found:
                _equal(found, dict(sums))
                return
        raise WrongError(f"{out.name} has no sheet with all measures")

    return check


def _below_headers(rows: Sequence[Sequence[object]]) -> dict[str, int]:
    """Return the first figure below the header of each measure; empty if a header is missing."""
    wanted = dict(zip(labels(), MEASURES, strict=True))
    places: dict[str, int] = {}
    for row in rows:
        if len(places) == len(MEASURES) and all(isinstance(row[place], float) for place in places.values()):
            return {code: int(float(str(row[place]))) for code, place in places.items()}
        for place, value in enumerate(row):
            code = wanted.get(str(value).partition("\n")[0])
            if code:
                places[code] = place
    return {}


def year_ended(sums: Mapping[str, int]) -> Check:
    """Return a check of the folder of ``year-end``: the totals in its report, and every output there."""

    def check(out: Path, printed: str) -> None:
        _complete(out)
        (report,) = out.glob("6-*.xlsx")
        sums_in_xlsx(sums)(report, printed)

    return check


def _complete(out: Path) -> None:
    kinds = sorted(path.suffix for path in out.glob("6-*"))
    _equal((kinds, (out / "2-can-sua.xlsx").is_file()), ([".docx", ".html", ".xlsx"], True))


def samples_year_ended(out: Path, _: str) -> None:
    """Check that ``year-end`` of the samples wrote every output, with the published figures in its page."""
    _complete(out)
    (page,) = out.glob("6-*.html")
    published(out, page.read_text("utf-8"))


def traced(measure: str, sums: Mapping[str, int]) -> Check:
    """Return a check of ``trace --format json``: the total of a measure, which its cells add up to."""

    def check(out: Path, _: str) -> None:
        found = json.loads(out.read_text("utf-8"))
        _equal((found["figure"]["value"], found["adds_up"]), (sums[measure], True))

    return check


def compared(before: Mapping[str, int], after: Mapping[str, int]) -> Check:
    """Return a check of ``compare --format json``: the totals of both periods.

    A flag of the villages cannot be compared where communes were merged.
    """

    def check(out: Path, _: str) -> None:
        measures = json.loads(out.read_text("utf-8"))["units"][0]["measures"]
        counts = [code for code in MEASURES if measures[code]["basis"] != "not-comparable"]
        _equal(set(MEASURES) - set(counts) <= FLAGS, True)
        for side, sums in (("from", before), ("to", after)):
            found = {code: measures[code][side]["value"] for code in counts}
            _equal(found, {code: sums[code] for code in counts})

    return check


def findings_listed(files: int) -> Check:
    """Return a check of ``validate --format xlsx``: hard findings of so many workbooks are listed."""

    def check(out: Path, _: str) -> None:
        from python_calamine import CalamineWorkbook

        rows = CalamineWorkbook.from_path(out).get_sheet_by_index(0).to_python()
        head = next(row for row in rows if "STT" in row)
        file, severity = head.index("Tệp"), head.index("Mức độ")
        _equal(len({row[file] for row in rows if row[severity] == "Lỗi phải sửa"}), files)

    return check


def parsed(files: int, rows: int) -> Check:
    """Return a check of the numbers of files and rows that were parsed."""

    def check(out: Path, _: str) -> None:
        _equal(json.loads(out.read_text("utf-8")), {"files": files, "rows": rows})

    return check


def inflated(files: int) -> Check:
    """Return a check that all files were inflated, to more bytes than there are files."""

    def check(out: Path, _: str) -> None:
        found = json.loads(out.read_text("utf-8"))
        _equal(found["files"], files)
        if found["bytes"] < 1000 * files:
            raise WrongError(f"only {found['bytes']} bytes came out of {files} files")

    return check


def validated(villages: int) -> Check:
    """Return a check of ``validate --format json``: every village read, every figure, nothing hard.

    Of 90,000 villages with figures drawn by lot a dozen lie far above the others, which is soft.
    """

    def check(out: Path, _: str) -> None:
        summary = json.loads(out.read_text("utf-8"))["summary"]
        found = {name: summary[name] for name in ("units_read", "values", "hard")}
        wanted = {"units_read": villages, "values": villages * len(MEASURES), "hard": 0}
        _equal(found, wanted)

    return check


def frictionless(rows: int) -> Check:
    """Return a check of the number of rows read, and that nothing was found."""

    def check(out: Path, _: str) -> None:
        _equal(json.loads(out.read_text("utf-8")), {"rows": rows, "errors": 0})

    return check


_PUBLISHED = ("1691", "46953", "206318", "176247", "928")


def published(_: Path, printed: str) -> None:
    """Check that the samples' published figures were printed, with thousands marks or without."""
    missing = [figure for figure in _PUBLISHED if figure not in printed.replace(".", "")]
    _equal(missing, [])


def help_shown(_: Path, printed: str) -> None:
    """Check that a help page names a command."""
    if "aggregate" not in printed:
        raise WrongError("the help names no commands")


def nothing(_: Path, __: str) -> None:
    """Check nothing: only the time of the run matters."""


def written(_: Path, printed: str) -> None:
    """Check that what was written is what was read back."""
    found = json.loads(printed)
    _equal(found["read back"], found["put in"])
