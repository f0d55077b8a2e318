"""No way to complete the missing values that the form accepts takes a figure out of its bounds."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_stats.figures.bounds import RatioSpan, Span
from antq_stats.figures.publication import Publication, publish
from helpers.reading import read_folder
from helpers.returns import V1, V2, V3, W1, W2, setup, write_csv


def measure(code: str, label: str, *more: str, kind: str = "count") -> str:
    said = "\n".join(more)
    return f"""
[[measure]]
code = "{code}"
table = "01"
label = {{ vi = "{label}" }}
kind = "{kind}"
{said}
"""


FORM = "".join(
    (
        """
[form]
id = "can"
version = "1"
title = { vi = "Cận" }

[[table]]
code = "01"
level = "village"
title = { vi = "Biểu 01" }
""",
        measure("ho", "Tổng số hộ", "min = 1", "max = 30"),
        measure("dang_ky", "Hộ đăng ký", "max = 30"),
        measure("dat", "Hộ đạt", "max = 30"),
        measure("them", "Hộ thêm", "max = 12", "required = false"),
        measure("tuy", "Số tùy ý"),
        measure("dien", "Có điện", kind="flag"),
    )
)
RULES = """
[[ratio]]
code = "ty_le"
label = { vi = "Tỷ lệ đạt" }
numerator = "dat"
denominator = "ho"

[[ratio]]
code = "ty_le_them"
label = { vi = "Tỷ lệ thêm" }
numerator = "them"
denominator = "dat"

[[ratio]]
code = "ty_le_dien"
label = { vi = "Tỷ lệ có điện" }
numerator = "dien"
denominator = "units"

[[rule]]
code = "dat"
check = "dat <= dang_ky <= ho"
severity = "hard"
message = { vi = "đạt không quá đăng ký, đăng ký không quá tổng số" }

[[rule]]
code = "them"
check = "2 * them < dat + 3"
severity = "hard"
message = { vi = "thêm quá nhiều" }

[[rule]]
code = "tuy"
check = "tuy <= ho + dat"
severity = "hard"
message = { vi = "tùy ý quá nhiều" }

[[rule]]
code = "mem"
check = "ho <= 1"
severity = "soft"
message = { vi = "chỉ là nghi vấn" }
"""
CODES = ("ho", "dang_ky", "dat", "them", "tuy", "dien")
HEAD = ["Mã thôn", "Tên thôn", "Tổng số hộ", "Hộ đăng ký", "Hộ đạt", "Hộ thêm", "Số tùy ý", "Có điện"]
VILLAGES = (V1, V2, V3, W1, W2)
Row = tuple[int | None, ...]


def read(folder: Path, rows: dict[tuple[str, str], Row], rules: str = RULES, form: str = FORM) -> Publication:
    """Publish what the rows say; a village that is not among them gave nothing."""
    setup(folder, rules, form=form)
    table: list[list[object]] = [HEAD]
    table += [[*village, *rows[village]] for village in VILLAGES if village in rows]
    write_csv(folder / "tinh.csv", table)
    outcome = read_folder(folder)
    return publish(outcome.collection, outcome.findings)


def spans(publication: Publication, unit: str = "07") -> dict[str, Span | None]:
    position = publication.register.units.by_code[unit]
    return {code: publication.span(position, code) for code in CODES}


@st.composite
def truths(draw: st.DrawFn) -> Row:
    """A row that the form accepts: within its limits and its hard rules; ``them`` may stay blank."""
    ho = draw(st.integers(1, 30))
    dang_ky = draw(st.integers(0, ho))
    dat = draw(st.integers(0, dang_ky))
    them = draw(st.none() | st.integers(0, min(12, (dat + 2) // 2)))
    return ho, dang_ky, dat, them, draw(st.integers(0, ho + dat)), draw(st.integers(0, 1))


@st.composite
def told(draw: st.DrawFn, truth: Row) -> Row | None:
    """What was given of a true row: all, nothing, parts of it, or one that breaks a rule."""
    how = draw(st.sampled_from(("all", "nothing", "parts", "parts", "broken")))
    if how == "nothing":
        return None
    if how == "broken":
        # achieved beyond registered: a hard finding names both, and either may be the slip
        dang_ky = draw(st.integers(0, 28))
        return (truth[0], dang_ky, draw(st.integers(dang_ky + 1, 30)), None, *truth[4:])
    if how == "all":
        return truth
    hidden = draw(st.lists(st.booleans(), min_size=len(truth), max_size=len(truth)))
    return tuple(None if hide else value for hide, value in zip(hidden, truth, strict=True))


cases = st.lists(truths(), min_size=5, max_size=5).flatmap(
    lambda rows: st.tuples(st.just(rows), st.tuples(*(told(row) for row in rows)))
)


@settings(deadline=None, max_examples=120)
@given(cases)
def test_every_completion_lies_within(case: tuple[list[Row], tuple[Row | None, ...]]) -> None:
    truth, given_rows = case
    rows = {village: row for village, row in zip(VILLAGES, given_rows, strict=True) if row is not None}
    with tempfile.TemporaryDirectory() as folder:
        publication = read(Path(folder), rows)
    # what the reader kept of a broken row stands where no finding names it: then the truth must agree
    codes = publication.register.units.by_code
    under = {"07": range(5), "0701": range(3), "0702": range(3, 5)}
    under |= {village[0]: range(at, at + 1) for at, village in enumerate(VILLAGES)}
    for unit, members in under.items():
        true = [truth[at] for at in members]
        for place, code in enumerate(CODES):
            span = publication.span(codes[unit], code)
            total = sum(row[place] or 0 for row in true)
            assert span is not None
            assert span.low <= total, (unit, code)
            assert span.high is None or total <= span.high, (unit, code)
        for code, over, under_ in (("ty_le", 2, 0), ("ty_le_them", 3, 2), ("ty_le_dien", 5, None)):
            pairs = [(r[over], 1 if under_ is None else r[under_]) for r in true if r[over] is not None]
            denominator = sum(pair[1] or 0 for pair in pairs)
            if denominator:
                value = Fraction(100 * sum(pair[0] or 0 for pair in pairs), denominator)
                ratio = publication.ratio_span(codes[unit], code)
                assert ratio is not None
                assert ratio.low <= value, (unit, code)
                assert ratio.high is None or value <= ratio.high, (unit, code)


FULL: Row = (20, 18, 15, 4, 30, 1)


def everyone(**changed: Row) -> dict[tuple[str, str], Row]:
    return {village: changed.get(f"v{village[0]}", FULL) for village in VILLAGES}


def test_what_is_given_and_not_doubted_is_certain(tmp_path: Path) -> None:
    publication = read(tmp_path, everyone())
    assert spans(publication) == {
        code: Span(5 * value, 5 * value) for code, value in zip(CODES, FULL, strict=True) if value is not None
    }
    assert publication.ratio_span(publication.root, "ty_le") == RatioSpan(Fraction(75), Fraction(75))


def test_the_hard_rules_narrow_what_is_missing(tmp_path: Path) -> None:
    publication = read(
        tmp_path, everyone(v070101=(20, None, None, 4, 30, 1), v070201=(None, 18, 15, 4, 30, 1))
    )
    # tuy <= ho + dat asks for dat >= 10; 2 them < dat + 3 for dat >= 6
    assert spans(publication, "070101")["dat"] == Span(10, 20)
    assert spans(publication, "070101")["dang_ky"] == Span(10, 20)
    assert spans(publication, "070201")["ho"] == Span(18, 30)
    assert spans(publication)["dat"] == Span(4 * 15 + 10, 4 * 15 + 20)


def test_a_soft_rule_narrows_nothing_and_no_limit_is_none(tmp_path: Path) -> None:
    publication = read(tmp_path, everyone(v070101=(None, 18, 15, 4, None, 1)))
    assert spans(publication, "070101")["ho"] == Span(18, 30)
    assert spans(publication, "070101")["tuy"] == Span(0, 45)
    free = read(tmp_path / "free", everyone(v070101=(20, 18, 15, 4, None, 1)), rules="")
    assert spans(free)["tuy"] == Span(120, None)


def test_a_village_that_gave_nothing_can_become_anything_the_form_accepts(tmp_path: Path) -> None:
    rows = everyone()
    del rows[V1]
    publication = read(tmp_path, rows)
    assert spans(publication, "070101") == {
        "ho": Span(1, 30), "dang_ky": Span(0, 30), "dat": Span(0, 30), "them": Span(0, 12),
        "tuy": Span(0, 60), "dien": Span(0, 1),
    }  # fmt: skip
    assert spans(publication)["ho"] == Span(81, 110)
    # at worst none of 30 achieved it; at best all of the 30
    assert publication.ratio_span(publication.root, "ty_le") == RatioSpan(
        Fraction(60 * 100, 110), Fraction(90 * 100, 110)
    )
    assert publication.ratio_span(publication.root, "ty_le_dien") == RatioSpan(Fraction(80), Fraction(100))


def test_a_value_that_need_not_be_given_may_stay_blank(tmp_path: Path) -> None:
    publication = read(tmp_path, everyone(v070101=(20, 18, 15, None, 30, 1)))
    assert spans(publication, "070101")["them"] == Span(0, 8)


def test_a_rule_over_a_value_that_may_stay_blank_narrows_nothing_else(tmp_path: Path) -> None:
    rule = '[[rule]]\ncode = "x"\ncheck = "tuy <= them"\nseverity = "hard"\nmessage = { vi = "x" }\n'
    publication = read(tmp_path, everyone(v070101=(20, 18, 15, None, None, 1)), rules=rule)
    assert spans(publication, "070101")["tuy"] == Span(0, None)


def test_what_an_edit_rule_names_is_doubted_and_the_rest_of_the_row_is_not(tmp_path: Path) -> None:
    publication = read(tmp_path, everyone(v070101=(20, 12, 15, 4, 25, 1)))
    found = spans(publication, "070101")
    assert found["dat"] == Span(6, 30)
    assert found["dang_ky"] == Span(6, 30)
    assert found["them"] == Span(4, 4)
    assert found["tuy"] == Span(25, 25)
    assert spans(publication, "070102")["dat"] == Span(15, 15)


def test_measures_of_different_decimals_narrow_each_other_by_their_true_values(tmp_path: Path) -> None:
    form = (
        FORM.replace('label = { vi = "Hộ đạt" }', 'label = { vi = "Hộ đạt" }\ndecimals = 1')
        .replace('label = { vi = "Số tùy ý" }', 'label = { vi = "Số tùy ý" }\ndecimals = 3')
        .replace("max = 12", "max = 12.5\ndecimals = 2")
    )
    rules = RULES.replace("tuy <= ho + dat", "tuy < 0.25 * ho + dat")
    full = dict.fromkeys(("v070102", "v070103", "v070202"), (20, 18, 15, 4, 19, 1))
    rows = everyone(**full, v070101=(20, 18, None, 4, None, 1), v070201=(20, 18, 15, None, 19, 1))
    publication = read(tmp_path, rows, rules=rules, form=form)
    found = spans(publication, "070101")
    assert [str(end) for end in found["dat"] or ()] == ["5.1", "18.0"]  # 2 them < dat + 3
    assert [str(end) for end in found["tuy"] or ()] == ["0.000", "22.999"]  # tuy < 5 + dat
    assert [str(end) for end in spans(publication, "070201")["them"] or ()] == ["0.00", "8.99"]
    units = publication.register.units.by_code
    assert publication.ratio_span(units["070101"], "ty_le") == RatioSpan(Fraction(51, 2), Fraction(90))
    assert publication.ratio_span(units["070201"], "ty_le") == RatioSpan(Fraction(75), Fraction(75))


def test_a_finding_that_knows_no_unit_doubts_nothing_that_was_given(tmp_path: Path) -> None:
    setup(tmp_path, RULES, form=FORM)
    rows = [HEAD, *([*village, *FULL] for village in VILLAGES)]
    write_csv(tmp_path / "tinh.csv", rows)
    (tmp_path / "hong.xlsx").write_bytes(b"PK\x03\x04 damaged")
    outcome = read_folder(tmp_path)
    assert any(code.startswith("F") for code, _ in outcome.hard)
    publication = publish(outcome.collection, outcome.findings)
    assert publication.is_provisional
    assert spans(publication)["ho"] == Span(100, 100)


def test_a_row_that_no_completion_can_satisfy_keeps_the_form_s_limits(tmp_path: Path) -> None:
    # nothing was found: the rules are chained over the value that is missing
    publication = read(tmp_path, everyone(v070101=(10, None, 15, None, 20, 1)))
    assert spans(publication, "070101")["dang_ky"] == Span(0, 30)
    unit = publication.register.units.by_code["070101"]
    assert publication.ratio_span(unit, "ty_le") == RatioSpan(Fraction(150), Fraction(150))
    commune = publication.register.units.by_code["0701"]
    rows = {V1: (10, None, 15, 4, 20, 1), V2: (None, 18, 15, 4, 30, 1), V3: FULL}
    second = read(tmp_path / "second", rows)
    # 15 of 10, 15 of 18 at least, 15 of 20
    assert second.ratio_span(commune, "ty_le") == RatioSpan(Fraction(45 * 100, 60), Fraction(45 * 100, 48))
    alone = read(tmp_path / "alone", {V1: (1, None, 30, 4, 20, 1), V2: rows[V2]})
    span = alone.ratio_span(commune, "ty_le")
    assert span is not None
    assert span.high is not None
    assert span.high >= Fraction(46 * 100, 20)


@pytest.mark.parametrize("check", ["dat < dat_1", "dat_1 > dat", "dat - dat_1 <= -1", "dat + 1 <= dat_1"])
def test_a_rule_may_be_written_in_many_ways(tmp_path: Path, check: str) -> None:
    rule = f'[[rule]]\ncode = "x"\ncheck = "{check.replace("dat_1", "ho")}"\nseverity = "hard"\nmessage = {{ vi = "x" }}\n'  # noqa: E501
    publication = read(tmp_path, everyone(v070101=(20, 18, None, 4, 30, 1)), rules=rule)
    assert spans(publication, "070101")["dat"] == Span(0, 19)


def test_large_factors_and_no_limits_stay_exact(tmp_path: Path) -> None:
    rule = '[[rule]]\ncode = "x"\ncheck = "tuy >= 100000 * ho"\nseverity = "hard"\nmessage = { vi = "x" }\n'
    publication = read(tmp_path, everyone(v070101=(20, 18, 15, 4, None, 1)), rules=rule)
    assert spans(publication, "070101")["tuy"] == Span(2_000_000, None)
