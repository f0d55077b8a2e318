"""Checks the tables of a report: each figure by the labels of its row and column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple, get_args

from antq_stats.text_check.earlier.areas import ANSWERED
from antq_stats.text_check.earlier.years import NOW, Time
from antq_stats.text_check.numbers.non_figures import NonFigure
from antq_stats.text_check.numbers.number import Number
from antq_stats.text_check.numbers.numerals import is_foreign, parse_digits
from antq_stats.text_check.published import Comparison, Part, Reading
from antq_stats.text_check.report_checker import ReportChecker
from antq_stats.text_check.results import Skipped
from antq_stats.text_check.topics import best_of
from antq_stats.text_check.vocabulary import Match, Topic
from antq_stats.words.approximation import written_step
from antq_stats.words.language import LANGUAGES, phrase
from antq_stats.words.text import text_key

Rows = tuple[tuple[str, ...], ...]

_FIGURE = re.compile(
    r"(?P<least>(?:từ|at least)\s+)?(?P<sign>[-+−–]\s*)?(?P<digits>\d[\d.,\u00a0\u202f ]*)\s*"
    r"(?P<points>điểm(?: phần trăm| ?%)?|pts?|points?)?\s*(?P<per>%|‰)?\s*[*†]*(?:\s*trở lên)?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_ORDINAL = frozenset({"stt", "tt", "số tt", "no", "số thứ tự"})
_NUMBERING = re.compile(r"\(?\s*(?:\d{1,2}|[A-Da-d])\s*\)?(?:\s*=.*)?")
_CHANGE = re.compile(
    r"\btăng\b|\bgiảm\b|\bchênh lệch\b|\bthay đổi\b|\bso với\b|\bchange\b|\bdifference\b|±", re.IGNORECASE
)
_TOTAL = re.compile(r"(?:tổng(?: cộng| số)?|cộng|toàn (?:tỉnh|huyện|xã)|total)\b", re.IGNORECASE)
_PARTS: dict[str, Part] = {
    text_key(phrase(f"series.split-{part}", lang)): part for part in get_args(Part) for lang in LANGUAGES
}
"""Heads of the tables that split a ratio's change, by their text key."""
_DECISIONS = [{text_key(phrase(f"decided.{head}", lang)) for head in ("was", "value")} for lang in LANGUAGES]
"""Heads of the list of decisions, which has figures that do not count, by their text key."""
_REMARK = re.compile(r"(?:[\W\d_]*|(?:từ\s+)?\d[\d.,]*\W*\s(?:to|đến)\s\d[\d.,]*\W*)")
"""Marks of notes, a coverage, the bounds of a figure that is not known: beside a figure they are no label."""
_NOT_COMPARED = {text_key(phrase("break.not-compared", lang)) for lang in LANGUAGES}
_PROSE = 12  # least number of words in a cell that is checked as a paragraph


class _Labels(NamedTuple):
    """The head of a column, or the stub of a row."""

    text: str
    last: str
    """Last line of a head of several rows, without the section above it."""
    units: tuple[int, ...]
    time: Time | None
    base: Time | None = None
    """The period that a change is since; None for the previous one."""
    part: Part | None = None
    """The part of a ratio's change that a column has."""


def check_table(checker: ReportChecker, rows: Rows) -> None:
    """Check every figure of a table.

    The cells of a table without figures are checked as paragraphs: it only serves the layout.

    Parameters
    ----------
    checker : checks the figures and collects the results.
    rows : the text of the cells, rows of equal length.
    """
    first = next((at for at, row in enumerate(rows) if _is_data(row)), None)
    if first is None:
        for row in rows:
            for cell in row:
                for line in cell.splitlines():
                    checker.check_paragraph(line)
        return
    above_data = _without_bands(rows[:first])
    parts = [_head(above_data, column) for column in range(len(rows[0]))]
    heads = [" ".join(part) for part in parts]
    if any(known <= set(map(text_key, heads)) for known in _DECISIONS):
        _pass_over(checker, rows[first:])
        return
    columns = [
        _Labels(
            head, part[-1] if part else "", *_units_and_years(checker, head), part=_PARTS.get(text_key(head))
        )
        for head, part in zip(heads, parts, strict=True)
    ]
    area = checker.area
    if any(column.part is not None for column in columns):
        area = ANSWERED
        other = next((column.time for column in columns if column.time and column.time.is_past), None)
        columns = [column._replace(base=other) for column in columns]
    ordinals = {at for at, head in enumerate(heads) if text_key(head) in _ORDINAL}
    ordinals |= {0} if _counts_up(rows[first:]) else set()
    above: list[int] = [checker.root]
    for row in rows[first:]:
        stub = " · ".join(cell for at, cell in enumerate(row) if at not in ordinals and _is_label(cell))
        units, rest = _units(checker, stub, above)
        if units:
            above = [*checker.above(units[0]), units[0]]
        for at, cell in enumerate(row):
            if len(cell.split()) >= _PROSE:
                checker.check_paragraph(cell)
            if (match := _FIGURE.fullmatch(cell)) is None:
                continue
            where = f"{stub} | {heads[at]} | {cell}"
            if at in ordinals:
                checker.skipped.append(Skipped(where, NonFigure(0, len(cell), cell, "numbering")))
            else:
                own = _Labels(rest, "", units, checker.years.time_of(stub))
                _check_cell(checker, where, match, columns[at], own, area)


def _pass_over(checker: ReportChecker, rows: Rows) -> None:
    """Add the figures of the list of decisions to those that are not checked."""
    for row in rows:
        stub = " · ".join(cell for cell in row if cell and not _FIGURE.fullmatch(cell))
        figures = (cell for cell in row if _FIGURE.fullmatch(cell))
        checker.skipped += [Skipped(stub, NonFigure(0, len(cell), cell, "decision")) for cell in figures]


def _is_data(row: tuple[str, ...]) -> bool:
    """Return whether a row has figures and is not the row that numbers the columns."""
    filled = [cell for cell in row if cell]
    if all(_NUMBERING.fullmatch(cell) for cell in filled):
        return False
    return any(_FIGURE.fullmatch(cell) and not _YEAR.fullmatch(cell) for cell in filled)


def _is_label(cell: str) -> bool:
    """Return whether a cell may say what the figures of its row are."""
    is_mark = _FIGURE.fullmatch(cell) or _REMARK.fullmatch(cell) or text_key(cell) in _NOT_COMPARED
    return bool(cell) and not is_mark


def _without_bands(rows: Rows) -> Rows:
    """Return the rows above the figures without the bands at their end, each the name of a section."""
    kept = list(rows)
    while len(kept) > 1 and len(kept[-1]) > 1 and len(set(kept[-1])) == 1:
        kept.pop()
    return tuple(kept)


def _head(rows: Rows, column: int) -> list[str]:
    cells = (row[column] for row in rows if not all(_NUMBERING.fullmatch(cell) for cell in row if cell))
    return list(dict.fromkeys(" ".join(cell.split()) for cell in cells if cell))


def _counts_up(rows: Rows) -> bool:
    """Return whether the first column numbers the rows."""
    numbers = [row[0] for row in rows if row[0].isdecimal()]
    return len(numbers) > 1 and len(rows[0]) > 2 and numbers[:3] == ["1", "2", "3"][: len(numbers)]


def _units_and_years(checker: ReportChecker, head: str) -> tuple[tuple[int, ...], Time | None, Time | None]:
    """Return the units that a head names, its period, and for a change the period that it is since."""
    places = checker.gazetteer.mentions(head)
    time = checker.years.time_of(head)
    is_since = time is not None and time.is_past and _CHANGE.search(head)
    return (places[-1].units if places else ()), *((None, time) if is_since else (time, None))


def _units(checker: ReportChecker, stub: str, above: list[int]) -> tuple[tuple[int, ...], str]:
    """Return the units of a row, and the rest of its stub.

    The name is looked up under the units above, then as in prose. A row of totals is of the root.
    """
    units = checker.publication.register.units
    for piece in stub.split(" · "):
        for parent in reversed(above):
            if named := units.children_named(parent, text_key(piece)):
                return named, stub.replace(piece, "")
    places = checker.gazetteer.mentions(stub)
    for place in reversed(places):
        stub = stub[: place.start] + "·" + stub[place.end :]
    if places:
        return places[-1].units, stub
    return ((checker.root,) if _TOTAL.match(stub) and checker.area == checker.root else ()), stub


def _check_cell(
    checker: ReportChecker, where: str, match: re.Match[str], head: _Labels, stub: _Labels, area: int
) -> None:
    names = checker.vocabulary.names
    is_change = head.part is not None or bool(
        _CHANGE.search(names.sub("", head.text) if names else head.text)
    )
    shares = bool(match["per"] or match["points"]) or checker.vocabulary.says_ratio(head.text)
    topics = _topics(checker, head, stub, shares=shares, is_change=is_change)
    is_ratio = bool(topics) and not checker.vocabulary.is_measure(topics[0].code)
    is_share = shares or is_ratio
    is_amount = bool(topics) and not is_share and checker.vocabulary.has_decimals(topics[0].code)
    number = _number(checker, match, where, is_share=is_share, is_amount=is_amount, is_change=is_change)
    time = head.time or stub.time or NOW
    base = head.base or checker.years.last
    units = (ANSWERED,) if area == ANSWERED else stub.units or head.units or (area,)
    readings: list[Reading] = []
    for topic in topics:
        for unit in units:
            readings += (
                Reading(topic, unit, *way) for way in _ways(time, base, match, head.part, is_change=is_change)
            )
    checker.judge(where, number, readings, [Reading(topic, checker.root) for topic in topics], in_table=True)


def _ways(
    time: Time, base: Time, match: re.Match[str], part: Part | None, *, is_change: bool
) -> Iterator[tuple[Time, Comparison, Time]]:
    if not is_change:
        yield time, "none", NOW
        return
    ways: tuple[Comparison, ...] = ("amount", "percent")
    if part is not None:
        ways = (part,)
    elif match["points"]:
        ways = ("points",)
    elif match["per"]:
        ways = ("percent", "points")
    yield from ((NOW, way, base) for way in ways)


def _topics(
    checker: ReportChecker, head: _Labels, stub: _Labels, *, shares: bool, is_change: bool
) -> list[Topic]:
    """Return the topics of a cell by the label that fits best: the head, its last line, or the stub."""
    words = checker.vocabulary
    found: list[Match] = []
    for text in (head.text, head.last, stub.text):
        matches = [] if shares and not is_change else words.counts(text)
        if is_change or shares or words.says_ratio(text):
            matches = sorted((*matches, *words.ratios(text)), key=lambda one: -one.score)
        if matches and (not found or matches[0].score > found[0].score):
            found = matches
    return best_of(found)


def _number(
    checker: ReportChecker,
    match: re.Match[str],
    where: str,
    *,
    is_share: bool,
    is_amount: bool,
    is_change: bool,
) -> Number:
    is_count = not is_share and not is_amount
    value, decimals = parse_digits(match["digits"].strip(), checker.lang, is_count=is_count)
    sign = (match["sign"] or "").strip()
    at = len(where) - len(match[0])
    per = 1000 if match["per"] == "‰" else 100 if is_share else 1
    exact = not is_share and not decimals
    return Number(
        start=at, digits=at, end=len(where), text=match[0].strip(), value=value,
        step=written_step(value, decimals) if decimals else Fraction(1), decimals=decimals,
        sort="percent" if is_share or (decimals and not is_amount) else "count", per=per, is_exact=exact,
        qualifier=match["least"] and match["least"].strip(),
        is_foreign=exact and is_count and is_foreign(match["digits"], decimals, checker.lang),
        change=("down" if sign in ("-", "−", "–") else "up") if is_change and value else None, part=None,
    )  # fmt: skip
