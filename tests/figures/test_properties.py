"""Sums equal a naive recomputation over random trees, forms and faults, in any order of the files."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from antq_stats.findings import catalogue
from helpers.reading import Outcome, read_folder
from helpers.returns import setup, write_csv, write_xlsx

pytestmark = pytest.mark.slow

LEVELS = ("bang", "quan", "tong", "lang", "xom")
MEASURES = ("so_a", "so_b", "co_c", "so_d")
"""A required count, an optional count, a flag, a count whose blank is zero."""

FORM = """
[form]
id = "ngau-nhien"
version = "1"
title = {{ vi = "Ngẫu nhiên", en = "Random" }}

[[table]]
code = "B"
level = "{level}"
title = {{ vi = "Biểu B", en = "Table B" }}

[[measure]]
code = "so_a"
label = {{ vi = "Số A", en = "Count of A" }}
unit = {{ vi = "cái", en = "pieces" }}
kind = "count"

[[measure]]
code = "so_b"
label = {{ vi = "Số B", en = "Count of B" }}
kind = "count"
required = false

[[measure]]
code = "co_c"
label = {{ vi = "Có C", en = "Has C" }}
kind = "flag"
required = false

[[measure]]
code = "so_d"
label = {{ vi = "Số D", en = "Count of D" }}
kind = "count"
required = false
blank = "zero"

[[ratio]]
code = "b_tren_a"
label = {{ vi = "B trên A", en = "B of A" }}
numerator = "so_b"
denominator = "so_a"
decimals = 1

[[ratio]]
code = "c_tren_lang"
label = {{ vi = "Tỷ lệ có C", en = "Share with C" }}
numerator = "co_c"
denominator = "units"
decimals = 1
"""

TWO = "code,name,level,parent\nR,Xã 1,bang,\n11,Thôn 1,quan,R\n12,Thôn 2,quan,R\n"
"""A commune and its two villages."""

LARGEST = 10**12 - 1

counts = st.one_of(
    st.integers(0, 2000).map(lambda n: (n, n)),
    st.integers(0, LARGEST).map(lambda n: (n, n)),
    st.integers(1000, 999_999).map(lambda n: (f"{n:,}".replace(",", "."), n)),
    st.integers(1000, 999_999).map(lambda n: (f"{n:,}", n)),
    st.sampled_from(
        [
            ("-", 0),
            ("–", 0),
            ("không", 0),
            ("…", None),
            ("abc", None),
            (-5, None),
            ("81%", None),
            ("1.691,5", None),
        ]
    ),
)
flags = st.sampled_from([("x", 1), ("có", 1), (1, 1), ("không", 0), (0, 0), ("…", None), ("2", None)])
rows = st.tuples(
    st.one_of(counts, st.just(("", None))),
    st.one_of(counts, st.just(("", None))),
    st.one_of(flags, st.just(("", None))),
    st.one_of(counts, st.just(("", 0))),
)
Row = tuple[tuple[object, int | None], ...]


@dataclass
class Made:
    """A random register and what its units answered."""

    parents: dict[str, str | None]
    level_of: dict[str, int]
    asked: list[str]
    rows: list[tuple[str, Row]]
    level: str

    def values(self) -> dict[str, list[int | None]]:
        """What each unit gave, naively: one row, or several that say the same."""
        found: dict[str, list[int | None]] = {}
        if self.is_blank:
            return {unit: [None] * len(MEASURES) for unit in self.asked}
        for unit in self.asked:
            said = [[value for _, value in row] for name, row in self.rows if name == unit]
            speaking = [values for values in said if any(v is not None for v in values)]
            same = all(values == speaking[0] for values in speaking)
            found[unit] = speaking[0] if speaking and same else [None] * len(MEASURES)
        return found

    @property
    def is_blank(self) -> bool:
        """Nothing was filled in: then a blank cell is no zero either, and one finding says so (F209)."""
        return bool(self.rows) and all(cell == "" for _, row in self.rows for cell, _ in row)

    def under(self, head: str) -> list[str]:
        def climbs(unit: str | None) -> bool:
            return unit is not None and (unit == head or climbs(self.parents[unit]))

        return [unit for unit in self.asked if climbs(unit)]


@st.composite
def made(draw: st.DrawFn) -> Made:
    depth = draw(st.integers(2, 5))
    parents: dict[str, str | None] = {"R": None}
    level_of = {"R": 0}
    above = ["R"]
    width = draw(st.integers(1, 4))
    for level in range(1, depth):
        here = []
        for parent in above:
            for number in range(draw(st.integers(1, 3 if level < 4 else 2))):
                code = f"{'' if parent == 'R' else parent}{number + 1:0{width}d}"
                parents[code], level_of[code] = parent, level
                here.append(code)
        above = here
    asked_level = draw(st.sampled_from(sorted({depth - 1, max(1, depth - 2)})))
    asked = [code for code in parents if level_of[code] == asked_level]
    answered = [(unit, draw(rows)) for unit in asked if draw(st.integers(0, 9))]
    again = [
        (unit, row if draw(st.booleans()) else draw(rows))
        for unit, row in answered
        if not draw(st.integers(0, 6))
    ]
    return Made(parents, level_of, asked, draw(st.permutations(answered + again)), LEVELS[asked_level])


def write(folder: Path, random: Made, order: list[int], *, as_workbook: bool) -> None:
    """Write units and rows; ``order`` is the order of the five columns."""
    units = ["code,name,level,parent"]
    units += [
        f"{code},Đơn vị {code},{LEVELS[random.level_of[code]]},{parent or ''}"
        for code, parent in random.parents.items()
    ]
    setup(folder, form=FORM.format(level=random.level), units="\n".join(units) + "\n")
    head = ["Mã", "Số A", "Số B", "Có C", "Số D"]
    table = [head, *([unit, *(cell for cell, _ in row)] for unit, row in random.rows)]
    turned = [[row[place] for place in order] for row in table]
    (write_xlsx if as_workbook else write_csv)(folder / ("r.xlsx" if as_workbook else "r.csv"), turned)


def naive(random: Made, head: str) -> dict[str, tuple[int | None, int, int]]:
    values, units = random.values(), random.under(head)
    sums = {}
    for place, code in enumerate(MEASURES):
        given = [value for unit in units if (value := values[unit][place]) is not None]
        sums[code] = (sum(given) if given else None, len(given), len(units))
    return sums


BLANK = Made(
    {"R": None, "1": "R"},
    {"R": 0, "1": 1},
    ["1"],
    [("1", (("", None), ("", None), ("", None), ("", 0)))],
    "quan",
)
"""A return in which nothing was filled in."""

SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@SETTINGS
@example(BLANK, [0, 1, 2, 3, 4], True)
@given(made(), st.permutations(range(5)), st.booleans())
def test_sums_coverage_and_ratios_are_those_of_a_naive_recomputation(
    random: Made, order: list[int], as_workbook: bool
) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "2021"
        write(folder, random, order, as_workbook=as_workbook)
        outcome = read_folder(folder)
    assert not outcome.faults
    values = random.values()
    positions = outcome.collection.register.units.by_code
    for head in random.parents:
        expected = naive(random, head)
        for code in MEASURES:
            value, given_, of, provisional, *_ = outcome.figure(code, head)
            assert (value, given_, of) == expected[code], (head, code)
            # a blank beside another row's value of the same unit is a fault all the same
            faulty = {
                f.unit for f in outcome.findings if f.measure == code and catalogue.severity(f) == "hard"
            }
            assert provisional == (given_ < of or not faulty.isdisjoint(random.under(head))), (head, code)
        units = random.under(head)
        both = [(b, a) for unit in units for a, b, _, _ in [values[unit]] if a is not None and b is not None]
        ratio = outcome.total.ratio(positions[head], "b_tren_a")
        over, under = sum(b for b, _ in both), sum(a for _, a in both)
        assert (ratio.numerator, ratio.denominator, ratio.given, ratio.expected) == (
            over,
            under,
            len(both),
            len(units),
        )
        assert ratio.value == (Fraction(100 * over, under) if under else None)
        flags_given = [values[unit][2] for unit in units if values[unit][2] is not None]
        share = outcome.total.ratio(positions[head], "c_tren_lang")
        assert (share.numerator, share.denominator) == (sum(flags_given), len(flags_given))


def _sums(outcome: Outcome) -> dict[str, tuple[int | None, int, int, bool]]:
    return {code: outcome.figure(code) for code in MEASURES}


@settings(SETTINGS, max_examples=25)
@given(made(), st.permutations(range(5)), st.data())
def test_the_order_of_files_sheets_rows_and_columns_changes_no_sum(
    random: Made, order: list[int], data: st.DataObject
) -> None:
    # A file in which nothing was filled in is no answer; beside other rows the same row is one.
    assume(all(any(cell != "" for cell, _ in row) for _, row in random.rows))
    with tempfile.TemporaryDirectory() as place:
        plain = Path(place) / "a" / "2021"
        write(plain, random, list(range(5)), as_workbook=False)
        first = read_folder(plain)
        turned = Path(place) / "b" / "2021"
        write(turned, random, order, as_workbook=False)
        (turned / "r.csv").unlink()
        head = [["Mã", "Số A", "Số B", "Có C", "Số D"][at] for at in order]
        shuffled = data.draw(st.permutations(random.rows))
        parts: list[list[list[object]]] = [[head] for _ in range(4)]
        for at, (unit, row) in enumerate(shuffled):
            cells = [unit, *(cell for cell, _ in row)]
            parts[at % 4].append([cells[place] for place in order])
        write_csv(turned / "z.csv", parts[0])
        write_csv(turned / "sub" / "a.csv", parts[1])
        write_xlsx(turned / "m.xlsx", {"2": parts[2], "1": parts[3]})
        second = read_folder(turned)
    assert _sums(first) == _sums(second)


@settings(SETTINGS, max_examples=40)
@example(BLANK)
@given(made())
def test_a_finding_s_cell_holds_its_value_and_every_lost_value_has_one(random: Made) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "2021"
        write(folder, random, list(range(5)), as_workbook=False)
        outcome = read_folder(folder)
    table = [
        ["Mã", "Số A", "Số B", "Có C", "Số D"],
        *([unit, *(cell for cell, _ in row)] for unit, row in random.rows),
    ]
    for finding in outcome.findings:
        if finding.cell and finding.value is not None and finding.code != "P103":
            cell = str(table[finding.row - 1][finding.column])  # type: ignore[index, operator]
            if finding.code == "U202":  # of rows that differ the number is told, as it was read
                cell = str(random.rows[finding.row - 2][1][finding.column - 1][1])  # type: ignore[operator]
            assert finding.value == cell
    if random.is_blank:
        assert "F209" in outcome.codes
        return
    places = {(f.row, f.column) for f in outcome.findings}
    for number, (_, row) in enumerate(random.rows, start=2):
        for column, (cell, value) in enumerate(row, start=1):
            if value is None and (cell != "" or column == 1):
                assert (number, column) in places, (cell, number, column)


words = st.sampled_from([
    "Mã", "Tên đơn vị", "Đơn vị", "Số A", "Số B", "Có C", "Số D", "Tổng cộng", "Xã 1", "R", "11", "12",
    "Thôn 1",
    "Năm 2020", "Năm 2021", "Kế hoạch", "Trong đó", "%", "x", "-", "…", "STT", "(1)", "1", "2", "3=2/1", "I",
    "", "", "", 1, 2, 3.5, 2021, "Biểu B", "Người lập", "12 cái",
])  # fmt: skip


@settings(SETTINGS, max_examples=300)
@given(st.lists(st.lists(words, max_size=6), min_size=1, max_size=9), st.booleans())
def test_no_sheet_makes_the_reader_fail(grid: list[list[object]], as_workbook: bool) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = setup(
            Path(place) / "2021",
            form=FORM.format(level="quan"),
            units=TWO,
        )
        (write_xlsx if as_workbook else write_csv)(folder / ("r.xlsx" if as_workbook else "r.csv"), grid)
        outcome = read_folder(folder)
    assert not outcome.faults, outcome.faults
    for code in MEASURES:
        value, given_, of, provisional, *_ = outcome.figure(code)
        assert (value is None) == (given_ == 0)
        assert provisional or given_ == of
