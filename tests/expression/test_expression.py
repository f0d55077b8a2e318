"""The rule language: its meaning, what it refuses, and its exact arithmetic."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_stats.expression import Expression, ExpressionError, parse
from antq_stats.expression.columns import Column

NAMES = ("a", "b", "c")


def columns(**values: list[int | None]) -> dict[str, Column]:
    return {
        name: (
            np.array([-1 if value is None else value for value in column], dtype=np.int64),
            np.array([value is not None for value in column], dtype=np.bool_),
        )
        for name, column in values.items()
    }


def outcomes(text: str, **values: list[int | None]) -> list[bool | None]:
    """Judge rows: True, False, or None where not judged."""
    judgement = parse(text).judge(columns(**values))
    assert not (judgement.holds & ~judgement.judged).any()
    assert (judgement.failed == (judgement.judged & ~judgement.holds)).all()
    pairs = zip(judgement.holds.tolist(), judgement.judged.tolist(), strict=True)
    return [holds if judged else None for holds, judged in pairs]


def refusal(text: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as refused:
        parse(text)
    return refused.value


# --- meaning


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a <= b", [True, True, False]),
        ("a = b", [False, True, False]),
        ("a == b", [False, True, False]),
        ("a != b", [True, False, True]),
        ("a < b or a > b", [True, False, True]),
        ("not a == b", [True, False, True]),
        ("NOT a == b AND a > 0", [True, False, True]),
        ("a + 1 >= 2 * b - 1", [False, True, True]),
        ("-a < 0 and +a > 0", [True, True, True]),
        ("a / b >= 1.0", [False, True, True]),
        ("1 <= a <= 2 < 3", [True, True, False]),
        ("a > 1 -> b == 2", [True, True, True]),
        ("a > 1 => b == 3", [True, False, False]),
        ("a > 2 -> b > 2 -> a == b", [True, True, True]),
        ("(a > 2 -> b > 2) -> a == b", [False, True, True]),
        ("(a == 1) == (b == 2)", [True, False, False]),
        ("(a == 1) != (b == 2)", [False, True, True]),
        ("a - b - 1 == 2 - 2 - 1 or a * 2 / 2 != a", [False, True, False]),
        ("a > 100 or a > 0 and b > 2", [False, False, False]),
    ],
)
def test_meaning(text: str, expected: list[bool]) -> None:
    assert outcomes(text, a=[1, 2, 3], b=[2, 2, 2]) == expected


def test_rows_with_a_missing_value_or_a_zero_divisor_are_not_judged() -> None:
    assert outcomes("a <= b", a=[1, None, 3, None], b=[None, 1, 1, None]) == [None, None, False, None]
    assert outcomes("a / b <= 3", a=[1, 9, 2], b=[0, 3, 0]) == [None, True, None]
    assert outcomes("b == 0 or a / b <= 3", a=[1, 99], b=[0, 3]) == [None, False]
    assert outcomes("a / (b - b) == 0", a=[1], b=[2]) == [None]
    assert outcomes("a / 0 == 1", a=[1]) == [None]
    assert outcomes("a > 0 -> b > 0", a=[0, 1], b=[None, 1]) == [None, True]


def test_what_stands_in_a_missing_cell_never_matters() -> None:
    huge = np.array([2**63 - 1, 5], dtype=np.int64)
    given = np.array([False, True])
    judgement = parse("a * a * a == 125").judge({"a": (huge, given)})
    assert judgement.holds.tolist() == [False, True]
    assert judgement.judged.tolist() == [False, True]


def test_no_rows() -> None:
    assert outcomes("a * 999999999999999 * 999999999999999 <= b", a=[], b=[]) == []


def test_an_unknown_column_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        parse("a <= b").judge(columns(a=[1]))


def test_decimals_are_exact() -> None:
    # in binary floats 0.1 * 3 > 0.3, and 2**53 + 1 is 2**53
    assert outcomes("0.1 * a == 0.3", a=[3]) == [True]
    assert outcomes("a / 10 + b / 10 == 0.3", a=[1], b=[2]) == [True]
    assert outcomes("a == b", a=[2**53 + 1], b=[2**53]) == [False]
    assert outcomes("a / 3 * 3 == a", a=[1, 2, 7]) == [True] * 3


def test_sixty_four_bits_are_not_passed_unseen() -> None:
    largest = 10**12 - 1
    assert outcomes("a * b * a > b", a=[largest], b=[largest]) == [True]
    assert outcomes("a * b * a * b == a * a * b * b", a=[largest], b=[largest - 1]) == [True]
    assert outcomes("a + a * b * a - a * b * a == b", a=[largest], b=[largest]) == [True]


# --- exactness, against a naive evaluator of its own

_COMPARE: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_ARITHMETIC: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
Row = Mapping[str, int | Fraction]
Naive = tuple[str, Callable[[Row], Fraction]]
NaiveTruth = tuple[str, Callable[[Row], bool]]


def _number(text: str) -> Naive:
    return text, lambda _: Fraction(text)


def _name(name: str) -> Naive:
    return name, lambda row: Fraction(row[name])


def _pair(parts: tuple[Naive, str, Naive]) -> Naive:
    (left, one), sign, (right, two) = parts
    return f"({left} {sign} {right})", lambda row: _ARITHMETIC[sign](one(row), two(row))


def _minus(part: Naive) -> Naive:
    return f"-({part[0]})", lambda row: -part[1](row)


amounts = st.recursive(
    st.one_of(
        st.sampled_from(NAMES).map(_name),
        st.integers(0, 10**13).map(str).map(_number),
        st.decimals(0, 1000, places=3).map(lambda number: f"{number:f}").map(_number),
    ),
    lambda inner: st.one_of(st.tuples(inner, st.sampled_from("+-*/"), inner).map(_pair), inner.map(_minus)),
    max_leaves=8,
)


def _compare(parts: tuple[Naive, str, Naive]) -> NaiveTruth:
    (left, one), sign, (right, two) = parts
    return f"{left} {sign} {right}", lambda row: _COMPARE[sign](one(row), two(row))


def _link(parts: tuple[NaiveTruth, str, NaiveTruth]) -> NaiveTruth:
    (left, one), sign, (right, two) = parts

    def truth(row: Row) -> bool:
        first, second = one(row), two(row)  # both, always: a zero divisor anywhere leaves the row unjudged
        return {
            "and": first and second,
            "or": first or second,
            "->": not first or second,
            "==": first == second,
        }[sign]

    return f"({left}) {sign} ({right})", truth


def _contrary(part: NaiveTruth) -> NaiveTruth:
    return f"not ({part[0]})", lambda row: not part[1](row)


truths = st.recursive(
    st.tuples(amounts, st.sampled_from(list(_COMPARE)), amounts).map(_compare),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or", "->", "=="]), inner).map(_link), inner.map(_contrary)
    ),
    max_leaves=4,
)
counts = st.one_of(st.none(), st.integers(0, 5), st.integers(0, 10**12 - 1))
rows = st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, counts)), min_size=1, max_size=4)


def _naive(
    expression: Expression, truth: Callable[[Row], bool], row: Mapping[str, int | Fraction | None]
) -> bool | None:
    if any(row[name] is None for name in expression.names):
        return None
    try:
        return truth({name: value for name, value in row.items() if value is not None})
    except ZeroDivisionError:
        return None


@settings(max_examples=250, deadline=None)
@given(truths, rows)
def test_columns_are_judged_as_exact_fractions_row_by_row(
    rule: NaiveTruth, table: list[dict[str, int | None]]
) -> None:
    text, truth = rule
    expression = parse(text)
    found = outcomes(text, **{name: [row[name] for row in table] for name in NAMES})
    assert found == [_naive(expression, truth, row) for row in table]


@settings(max_examples=250, deadline=None)
@given(truths, rows, st.tuples(*(st.sampled_from((1, 10, 1000)) for _ in NAMES)))
def test_values_in_steps_are_judged_by_what_they_stand_for(
    rule: NaiveTruth, table: list[dict[str, int | None]], steps: tuple[int, ...]
) -> None:
    text, truth = rule
    expression, scales = parse(text), dict(zip(NAMES, steps, strict=True))
    given_steps = columns(**{name: [row[name] for row in table] for name in NAMES})
    judgement = expression.judge(given_steps, scales)
    pairs = zip(judgement.holds.tolist(), judgement.judged.tolist(), strict=True)
    values = [
        {name: None if value is None else Fraction(value, scales[name]) for name, value in row.items()}
        for row in table
    ]
    assert [holds if judged else None for holds, judged in pairs] == [
        _naive(expression, truth, row) for row in values
    ]


@settings(max_examples=250, deadline=None)
@given(truths, rows)
def test_a_rule_called_constant_is_constant(rule: NaiveTruth, table: list[dict[str, int | None]]) -> None:
    expression = parse(rule[0])
    if expression.always is not None:
        judged = set(outcomes(rule[0], **{name: [row[name] for row in table] for name in NAMES})) - {None}
        assert judged <= {expression.always}


@settings(max_examples=150, deadline=None)
@given(truths, truths, rows)
def test_rules_called_alike_are_alike(
    one: NaiveTruth, two: NaiveTruth, table: list[dict[str, int | None]]
) -> None:
    text = f"({one[0]}) and ({two[0]})"
    turned = f"not (not ({two[0]}) or not ({one[0]}))"
    assert parse(text).normal == parse(turned).normal
    values = {name: [row[name] for row in table] for name in NAMES}
    assert outcomes(text, **values) == outcomes(turned, **values)


# --- what is said of a rule without data


def test_names_in_the_order_written() -> None:
    assert parse("b + a <= a * c or b == 1").names == ("b", "a", "c")
    assert parse("1 < 2").names == ()


@pytest.mark.parametrize(
    ("text", "always"),
    [
        ("1 <= 2", True),
        ("1 > 2", False),
        ("a <= a", True),
        ("a < a", False),
        ("a + b >= b + a", True),
        ("2 * a - a == a", True),
        ("a / a == 1", True),
        ("a * 0 > 1", False),
        ("a < b or b <= a", True),
        ("a < b and b <= a", False),
        ("a < b -> a < b", True),
        ("(a < b) == (b > a)", True),
        ("a + 1 > a", True),
        ("a <= b", None),
        ("a >= 0", None),
        ("a == b -> a == c", None),
    ],
)
def test_constant_rules(text: str, always: bool | None) -> None:
    assert parse(text).always is always


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("a <= b", "b >= a"),
        ("a <= b", "2 * a - 2 * b <= 0"),
        ("a <= b", "not b < a"),
        ("a == b and c > 0", "0 < c and b - a = 0"),
        ("a > 0 -> b > 0", "b > 0 or not a > 0"),
        ("1 <= a <= 2", "a >= 1 and 2 >= a"),
    ],
)
def test_the_same_rule_written_otherwise(one: str, two: str) -> None:
    assert parse(one).normal is not None
    assert parse(one).normal == parse(two).normal


def test_other_rules_are_not_the_same() -> None:
    texts = [
        "a <= b",
        "a < b",
        "a >= b",
        "a <= 2 * b",
        "a <= c",
        "a / b <= 1",
        "a > 0 -> b > 0",
        "a > 0 and b > 0",
    ]
    assert len({parse(text).normal for text in texts}) == len(texts)


def test_a_rule_too_large_to_compare_is_judged_all_the_same() -> None:
    text = " * ".join(f"(a + {number} * b + c)" for number in range(1, 20)) + " >= 0"
    assert parse(text).normal is None
    assert parse(text).always is None
    assert outcomes(text, a=[1], b=[1], c=[1]) == [True]


# --- what is refused


@pytest.mark.parametrize(
    ("text", "problem", "position"),
    [
        ("", "empty", 0),
        (" \n ", "empty", 0),
        ("a", "not-a-comparison", 0),
        ("a + b", "not-a-comparison", 0),
        ("5", "not-a-comparison", 0),
        ("a <", "unexpected-end", 3),
        ("a b", "unexpected", 2),
        ("a <= b)", "unexpected", 6),
        ("(a <= b", "parenthesis-open", 0),
        ("a and b > 1", "needs-comparison", 2),
        ("not a", "needs-comparison", 0),
        ("a -> b > 1", "needs-comparison", 2),
        ("(a < b) + 1 > 0", "needs-number", 8),
        ("(a < b) < (b < c)", "needs-number", 8),
        ("(a < b) == c", "needs-number", 8),
        ("a <=> b", "unexpected", 4),
        ("a <> b", "unexpected", 3),
        ("a ** 2 > 1", "unexpected", 3),
        ("10**10**10 > a", "unexpected", 3),
        ("a // 2 > 1", "unexpected", 3),
        ("a + not b > 1", "unexpected", 4),
        ("1,5 < a", "unknown-sign", 1),
        ("1.691.000 < a", "number-malformed", 0),
        ("1. < a", "number-malformed", 0),
        (".5 < a", "unknown-sign", 0),
        ("1e9 < a", "number-malformed", 0),
        ("0x10 < a", "number-malformed", 0),
        ("1_000 < a", "number-malformed", 0),
        ("1j < a", "number-malformed", 0),
        ("a < " + "9" * 17, "number-too-long", 4),
        ("9" * 5000 + " < a", "too-long", 4000),
    ],
)
def test_refusals_say_what_and_where(text: str, problem: str, position: int) -> None:
    error = refusal(text)
    assert (error.problem, error.position) == (problem, position)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true') == 0",
        "a.__class__ == 1",
        "a[0] == 1",
        "len(a) == 1",
        "a(b) == 1",
        "(lambda: a)() == 1",
        "[x for x in a] == 1",
        "(a := 1) == 1",
        "f'{a}' == 1",
        "'a' == 'a'",
        '"a" == a',
        "a if b > 1 else c == 1",
        "a is b",
        "a in (1, 2)",
        "a == 1; b == 1",
        "a == 1 # comment",
        "a == {}",
        "a & b == 1",
        "~a == 1",
        "a @ b == 1",
        "a % b == 1",
        "a ＜ b",
        "ａ <= b",
        "tổng <= b",
        "a ≤ b",
        "a <= ١",
        "a <= 1²",
        "a\u00a0<= b",
        "a\u200b <= b",
        "a <= b\x00",
        "a <= \\b",
        "await a == 1",
        "...",
        "a == `b`",
        "a == 1 == ",
    ],
)
def test_what_is_not_in_the_language_is_refused(text: str) -> None:
    error = refusal(text)
    assert error.problem
    assert 0 <= error.position <= len(text)


@pytest.mark.parametrize("opening", ["(", "not ", "-", "a > 0 -> ", "not (", "-("])
@pytest.mark.parametrize("count", [60, 1200, 100_000])
def test_depth_is_limited(opening: str, count: int) -> None:
    assert refusal(opening * count + "a > 0").problem in {"too-deep", "too-long"}


def test_length_is_limited_but_long_sums_are_not_refused() -> None:
    assert refusal("a" + " + a" * 100_000 + " > 0").problem == "too-long"
    text = "a" + " + a" * 240 + " == 241 * a"
    assert outcomes(text, a=[3, 10**12 - 1]) == [True, True]
    assert parse(text).always is True


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab01. ()<>=!-+*/andotr\u00e0\n'\"[]{}:,", max_size=60) | st.text(max_size=40))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    refused: ExpressionError | None = None
    try:
        expression = parse(text)
    except ExpressionError as error:
        refused = error
    if refused is not None:
        assert refused.problem
        assert 0 <= refused.position <= len(text)
        return
    rows: dict[str, list[int | None]] = {name: [0, 1, 5] for name in expression.names}
    values = columns(**rows)
    assert expression.judge(values).judged.shape == ((3,) if values else (0,))


def test_every_token_of_a_refusal_stands_where_it_says() -> None:
    text = "a <= b and c <= (d"
    error = refusal(text)
    assert text[error.position] == error.found == "("
