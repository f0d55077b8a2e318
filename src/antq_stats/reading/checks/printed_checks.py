"""Checks of what a sheet states about itself: printed totals, printed ratios, the arithmetic of its header.

Printed figures are recomputed, compared and reported. They are never added up or used instead of sums.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

from antq_stats.plan import MISSING, RatioPlan, ReadingPlan, TablePlan, Units
from antq_stats.reading import coerce
from antq_stats.reading.checks import arithmetic
from antq_stats.reading.checks.matched_rows import MatchedRows
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.reporter import Report
from antq_stats.reading.tables.body import Body, TotalRow
from antq_stats.reading.tables.locate import LocatedTable
from antq_stats.reading.units.names import NOWHERE

_PER_HUNDRED = 100
_EXACT_FLOATS = 1e5
"""Below it a quotient of floats errs by less than the slack of a printed figure."""


def _cell(grid: Grid, row: int, column: int) -> object:
    cells = grid.rows[row]
    return cells[column] if 0 <= column < len(cells) else ""


def check_totals(
    plan: ReadingPlan,
    grid: Grid,
    located: LocatedTable,
    body: Body,
    report: Report,
    before: Sequence[Body] = (),
    after: Sequence[Body] = (),
) -> None:
    """Compare each printed total with the rows it may be the total of; report T301 if no sum agrees.

    A row of a unit above the table's level that has no row of a unit below it is no total: U108.

    Parameters
    ----------
    plan : the reading plan.
    grid, located, body : the sheet, its table and the rows as read.
    report : called with each finding.
    before, after : the blocks of the same table above and below on the sheet, in order.
    """
    table = plan.tables[located.table]
    width = len(located.measures)
    measured = [(c, m) for c, m in zip(located.measures, table.measures, strict=True) if c >= 0 and m.summed]
    cuts = [0, *sorted({total.above for total in body.totals}), len(body.raw)]
    rows = _Rows(body, before, after) if body.totals else None
    met: set[int] = set()
    for total in body.totals:
        assert rows is not None  # noqa: S101 - there is a total
        spans = _spans(plan, rows, total, cuts, is_second=total.above in met)
        met.add(total.above)
        likely = 0  # the span that the total before was the sum of
        if not spans and any(coerce.total(_cell(grid, total.row, c), m) > 0 for c, m in measured):
            report("U108", row=total.row, column=max(located.name, located.code, 0), unit=total.unit)
        for place, column in enumerate(located.measures):
            if column < 0 or place in located.twice or not table.measures[place].summed:
                continue
            cell = _cell(grid, total.row, column)
            remark = grid.remarks.get((total.row, column))
            if remark is not None and not remark.taken:
                report(
                    remark.code, row=total.row, column=column, measure=table.measures[place].code,
                    unit=total.unit if total.unit != NOWHERE else None,
                    value=remark.value, facts=remark.facts,
                )  # fmt: skip
                continue
            printed = coerce.total(cell, table.measures[place])
            if printed == MISSING:
                continue
            if spans and rows.sum(spans[likely], place, width)[0] == printed:
                continue
            expected = None
            for at, span in enumerate(spans):
                value, is_complete = rows.sum(span, place, width)
                if value == printed:
                    likely = at
                    break
                if is_complete and expected is None:
                    expected = value
            else:
                if expected is not None:
                    report(
                        "T301", row=total.row, column=column, measure=table.measures[place].code,
                        unit=total.unit if total.unit != NOWHERE else None,
                        value=coerce.shown(cell),
                        facts={
                            "expected": table.measures[place].text(expected),
                            "found": table.measures[place].text(printed),
                        },
                    )  # fmt: skip


def totals_may_differ(rows: MatchedRows) -> bool:
    """Return whether `check_totals` could find something in rows of a fast way of reading."""
    return not rows.totals_compared


class _Rows:
    """The rows that a total may add up, numbered: unit rows of the block, its strays, rows of other blocks.

    There may be as many totals as rows, so sums that several totals need are kept.

    Parameters
    ----------
    body : the block.
    before, after : the blocks of the same table above and below on the sheet, in order.
    """

    def __init__(self, body: Body, before: Sequence[Body], after: Sequence[Body]) -> None:
        self.body = body
        self.own = len(body.raw)
        self.strays = range(self.own, self.own + len(body.strays))
        self.stray_places = [place for place, _ in body.strays]
        self.all: list[int] = list(range(self.strays.stop))
        """Numbers of the block's own rows and its strays."""
        self._known: dict[tuple[int, int], tuple[int, bool]] = {}
        self._members: dict[int, list[int]] | None = None
        self._sums: dict[int, tuple[list[int], list[int]]] = {}
        """Place of a measure -> sums and counts of the values in the first n rows of the block, by n."""
        self.others: list[tuple[Body, int]] = []
        """Rows of the other blocks: the block, and the row's number in it, strays after unit rows."""
        end = self.strays.stop
        self.blocks: list[list[int]] = []
        """Numbers of the rows of the block and its nearest neighbours, with one neighbour more each time."""
        reach = list(range(end))
        for blocks in (reversed(before), after):
            reach = list(range(end))
            for block in blocks:
                count = len(block.raw) + len(block.strays)
                first = end + len(self.others)
                self.others += [(block, row) for row in range(count)]
                reach = [*reach, *range(first, first + count)]
                self.blocks.append(reach)
        if before and after:
            self.blocks.append(list(range(end + len(self.others))))

    def strays_of(self, first: int, last: int) -> range:
        """Return the strays that have ``first`` to ``last`` unit rows above them, inclusive."""
        places = self.stray_places
        return range(self.own + bisect_left(places, first), self.own + bisect_right(places, last))

    def members(self, units: Units, scope: int) -> list[int]:
        """Return the rows of a unit and of those below it."""
        if self._members is None:
            self._members = {}
            own = [*self.body.given.units, *(NOWHERE for _ in self.body.strays)]
            others = [
                block.given.units[row] if row < len(block.raw) else NOWHERE for block, row in self.others
            ]
            for row, unit in enumerate(own + others):
                for above in units.ancestors(unit) if unit != NOWHERE else ():
                    self._members.setdefault(above, []).append(row)
        return self._members.get(scope, [])

    def sum(self, span: Sequence[int], place: int, width: int) -> tuple[int, bool]:
        """Return the sum of a measure over rows, and whether every row has a value."""
        if isinstance(span, range) and span.stop <= self.own:
            sums, counts = self._sums.get(place) or self._summed(place, width)
            count = counts[span.stop] - counts[span.start]
            return sums[span.stop] - sums[span.start], bool(span) and count == len(span)
        key = (id(span), place)
        if key in self._known:
            return self._known[key]
        values = [self._value(row, place, width) for row in span]
        given = [value for value in values if value != MISSING]
        found = sum(given), bool(values) and len(given) == len(values)
        if span is self.all or any(span is block for block in self.blocks):
            self._known[key] = found
        return found

    def _summed(self, place: int, width: int) -> tuple[list[int], list[int]]:
        own = self.body.given.values[place::width]
        sums = [0, *accumulate(0 if value == MISSING else value for value in own)]
        counts = [0, *accumulate(int(value != MISSING) for value in own)]
        self._sums[place] = sums, counts
        return sums, counts

    def _value(self, row: int, place: int, width: int) -> int:
        body = self.body
        if row >= self.strays.stop:
            body, row = self.others[row - self.strays.stop]
        count = len(body.raw)
        return body.given.values[row * width + place] if row < count else body.strays[row - count][1][place]


def _spans(
    plan: ReadingPlan, rows: _Rows, total: TotalRow, cuts: list[int], *, is_second: bool
) -> list[Sequence[int]]:
    """Return the sets of rows a total may add up, the most likely first.

    A second total below the same rows is more likely that of several blocks.
    """
    at = bisect_left(cuts, total.above)
    before = cuts[at - 1] if at else 0
    above = bisect_right(cuts, total.above)
    after = cuts[above] if above < len(cuts) else rows.own
    block, following = range(before, total.above), range(total.above, after)
    spans: list[Sequence[int]] = [
        range(rows.own),
        rows.all,
        _with(block, rows.strays_of(before, total.above)),
        _with(following, rows.strays_of(total.above, after - 1)),
        block,
        range(total.above),
        following,
    ]
    spans = [*reversed(rows.blocks), *spans] if is_second else [*spans, *rows.blocks]
    if total.unit != NOWHERE:
        members = rows.members(plan.units, total.unit)
        if not members:
            return []
        spans = [members, *spans]
    return spans


def _with(rows: range, strays: range) -> Sequence[int]:
    return [*rows, *strays] if strays else rows


def check_ratios(plan: ReadingPlan, grid: Grid, located: LocatedTable, body: Body, report: Report) -> None:
    """Recompute printed ratios from their row; report T302 if they differ by more than rounding."""
    table = plan.tables[located.table]
    width = len(table.measures)
    for place, column in enumerate(located.ratios):
        ratio = table.ratios[place]
        if column < 0 or ~place in located.twice or ratio.denominator < 0:
            continue
        are_whole = not (
            table.measures[ratio.numerator].decimals or table.measures[ratio.denominator].decimals
        )
        for position, row in enumerate(body.raw):
            given = body.given.values[position * width : (position + 1) * width]
            cell = _cell(grid, row, column)
            printed = coerce.ratio(cell)
            numerator, denominator = given[ratio.numerator], given[ratio.denominator]
            if printed is None or numerator == MISSING or denominator in (MISSING, 0):
                continue
            if are_whole and is_near(printed, numerator, denominator, ratio):
                continue
            expected = _expected(table, ratio, given, ratio.denominator)
            if not _is_ratio(printed, expected, ratio.per, ratio.decimals):
                facts = {"expected": f"{float(expected):.{ratio.decimals}f}", "found": coerce.shown(cell)}
                base = _fitting_base(table, ratio, given, printed)
                if base is not None:
                    facts |= {"base": table.measures[ratio.denominator].code, "fits": base}
                report(
                    "T302", row=row, column=column, unit=body.given.units[position],
                    measure=ratio.code, value=coerce.shown(cell), facts=facts,
                )  # fmt: skip


def _expected(table: TablePlan, ratio: RatioPlan, given: Sequence[int], base: int) -> Fraction:
    """Return a ratio of the figures of a row, with the measure at place ``base`` as denominator."""
    numerator, denominator = table.measures[ratio.numerator], table.measures[base]
    over = given[ratio.numerator] * 10**denominator.decimals
    return Fraction(over * ratio.per, given[base] * 10**numerator.decimals)


def ratios_may_differ(rows: MatchedRows) -> bool:
    """Return whether `check_ratios` could find something in rows of a fast way of reading."""
    return any(column >= 0 for column in rows.located.ratios) and not rows.ratios_compared


def _fitting_base(
    table: TablePlan, ratio: RatioPlan, given: Sequence[int], printed: tuple[float, int]
) -> str | None:
    """Return the only measure that a printed ratio fits as denominator; None if there is none, or several.

    The denominators of the form's other ratios with the same numerator are tried first, then all measures
    counted in the same unit as the true denominator. Measures of other units would fit by chance only.
    """
    own = table.measures[ratio.denominator].unit_keys
    others = [place for place in range(len(given)) if place not in (ratio.numerator, ratio.denominator)]
    stated = {other.denominator for other in table.ratios if other.numerator == ratio.numerator}
    alike = {place for place in others if own & table.measures[place].unit_keys}
    for bases in (stated, alike):
        fitting = [
            place
            for place in others
            if place in bases
            and given[place] > 0
            and _is_ratio(printed, _expected(table, ratio, given, place), ratio.per, ratio.decimals)
        ]
        if fitting:
            return table.measures[fitting[0]].code if len(fitting) == 1 else None
    return None


def is_near(printed: tuple[float, int], numerator: int, denominator: int, ratio: RatioPlan) -> bool:
    """Return whether a printed ratio surely agrees with its figures; if not, `is_printed` decides exactly.

    Parameters
    ----------
    printed : the ratio as printed, and its number of decimals.
    numerator, denominator : the figures, of measures without decimals; the denominator is not 0.
    ratio : the ratio of the form.
    """
    value, written = printed
    expected = numerator * ratio.per / denominator
    if expected >= _EXACT_FLOATS:
        return False
    if abs(value - expected) <= 0.5 / 10 ** min(written, ratio.decimals):
        return True
    half: float = 0.5 / 10 ** _places_of_share(written, ratio.per, ratio.decimals)
    return abs(value * ratio.per - expected) <= half


def is_printed(printed: tuple[float, int], numerator: int, denominator: int, ratio: RatioPlan) -> bool:
    """Return whether a printed ratio agrees with its figures.

    Parameters
    ----------
    printed : the ratio as printed, and its number of decimals.
    numerator, denominator : the figures, of measures without decimals; the denominator is not 0.
    ratio : the ratio of the form.
    """
    return _is_ratio(printed, Fraction(numerator * ratio.per, denominator), ratio.per, ratio.decimals)


def _is_ratio(printed: tuple[float, int], expected: Fraction, per: int, decimals: int) -> bool:
    """Return whether a printed ratio is the expected one, printed per hundred or as a fraction (0,81)."""
    value, written = printed
    if arithmetic.agrees(value, min(written, decimals), expected, share=False):
        return True
    return arithmetic.agrees(value * per, _places_of_share(written, per, decimals), expected, share=False)


def _places_of_share(written: int, per: int, decimals: int) -> int:
    """Return the number of decimals that a share, printed with so many (0,813), has per ``per`` (81,3)."""
    return max(0, min(written, decimals + 2) - 2) if per == _PER_HUNDRED else min(written, decimals)


def check_header_arithmetic(
    plan: ReadingPlan, grid: Grid, located: LocatedTable, body: Body, report: Report
) -> None:
    """Check the formulas of the column numbers (``5=3+4``) on every unit row; report T304."""
    column_of = {number: column for column, (number, _) in body.formulas.items()}
    for column, (number, text) in body.formulas.items():
        if not text or column in located.ratios:  # ratios of the form have a check of their own
            continue
        try:
            term, references = arithmetic.formula(text)
        except arithmetic.FormulaError:
            continue
        if not references <= column_of.keys() or number in references:
            continue
        share = any(sign in text for sign in "/:")
        for position, row in enumerate(body.raw):
            printed = coerce.ratio(_cell(grid, row, column))
            operands = {n: coerce.ratio(_cell(grid, row, column_of[n])) for n in references}
            if printed is None or any(operand is None for operand in operands.values()):
                continue
            try:
                expected = term({n: Fraction(str(operand[0])) for n, operand in operands.items() if operand})
            except ZeroDivisionError:
                continue
            decimals = printed[1] if share else max(printed[1], 6)
            if not arithmetic.agrees(
                printed[0], min(decimals, 1) if share else decimals, expected, share=share
            ):
                report(
                    "T304", row=row, column=column, unit=body.given.units[position],
                    measure=_measure_at(plan.tables[located.table], located, column),
                    value=coerce.shown(_cell(grid, row, column)),
                    facts={"title": f"{number}={text}", "expected": _figure(expected)},
                )  # fmt: skip


def arithmetic_may_differ(rows: MatchedRows) -> bool:
    """Return whether `check_header_arithmetic` could find something in rows of a fast way of reading."""
    return any(text and column not in rows.located.ratios for column, (_, text) in rows.formulas.items())


def _figure(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.2f}"


def _measure_at(table: TablePlan, located: LocatedTable, column: int) -> str | None:
    for place, at in enumerate(located.measures):
        if at == column:
            return table.measures[place].code
    for place, at in enumerate(located.ratios):
        if at == column:
            return table.ratios[place].code
    return None
