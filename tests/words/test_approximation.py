"""Rounding in words is always true, and both directions agree."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_stats.words.approximation import (
    EXACT_BELOW,
    Interval,
    claim,
    in_words,
    known_qualifiers,
    percent_in_words,
    rounding_unit,
    written_step,
)

COUNTS = st.integers(0, 200_000) | st.integers(0, 10**12)
LANGUAGES = st.sampled_from(["vi", "en"])
QUOTIENTS = st.builds(lambda whole, part: Fraction(part, whole + part), COUNTS, COUNTS.filter(bool))


def number_of(text: str) -> int:
    """Read the number at the end of words back, as a reader of the report would."""
    return int(text.rpartition(" ")[2].replace(".", "").replace(",", ""))


def qualifier_of(text: str) -> str | None:
    return text.rpartition(" ")[0] or None


def test_the_published_wordings_of_2021() -> None:
    assert in_words(1691, "vi").text == "1.691"
    assert in_words(46_953, "vi").text == "gần 47.000"
    assert in_words(206_318, "vi").text == "hơn 206.000"
    assert in_words(176_247, "vi", varied=True).text == "trên 176.000"
    assert in_words(928, "vi").text == "928"
    assert in_words(46_953, "en").text == "nearly 47,000"
    assert in_words(206_318, "en").text == "over 206,000"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (9_999, "9.999"),
        (10_000, "10.000"),
        (10_001, "hơn 10.000"),
        (10_499, "hơn 10.000"),
        (10_500, "gần 11.000"),
        (47_000, "47.000"),
        (99_999, "gần 100.000"),
        (999_500, "gần 1.000.000"),
        (1_234_567, "hơn 1.230.000"),
        (1_235_000, "gần 1.240.000"),
        (1_230_000, "1.230.000"),
        (98_765_432, "gần 98.800.000"),
    ],
)
def test_where_words_begin_and_end(value: int, words: str) -> None:
    assert in_words(value, "vi").text == words


@given(COUNTS, LANGUAGES, st.booleans())
def test_words_are_never_false(value: int, lang: str, varied: bool) -> None:
    said = in_words(value, lang, varied=varied)
    assert value in said.interval
    # and what a reader makes of the bare text is what the wording says of itself
    number, word = number_of(said.text), qualifier_of(said.text)
    assert claim(word, number, written_step(number)) == said.interval
    assert (word is None) == (value == number)


@given(COUNTS, LANGUAGES)
def test_words_stay_near(value: int, lang: str) -> None:
    shown = number_of(in_words(value, lang).text)
    assert abs(shown - value) * 2 <= rounding_unit(value)
    assert value >= EXACT_BELOW or shown == value
    assert abs(shown - value) * 20 <= value  # never more than a twentieth off


@given(COUNTS, COUNTS, LANGUAGES)
def test_greater_figures_have_no_lesser_words(one: int, other: int, lang: str) -> None:
    low, high = sorted((one, other))
    lower, higher = in_words(low, lang), in_words(high, lang)
    assert number_of(lower.text) <= number_of(higher.text)


@given(COUNTS, LANGUAGES)
def test_what_rounds_to_the_same_figure_is_said_alike(value: int, lang: str) -> None:
    said = in_words(value, lang)
    if qualifier_of(said.text) is None:
        assert value + 1 not in said.interval
        assert value - 1 not in said.interval
        return
    number = number_of(said.text)
    assert number not in said.interval  # "gần 47.000" is not 47.000
    side = 1 if value > number else -1
    nearest = number + side
    assert in_words(nearest, lang).text == said.text


@given(QUOTIENTS, LANGUAGES)
def test_percentages_are_never_false(value: Fraction, lang: str) -> None:
    said = percent_in_words(value, lang)
    assert value * 100 in said.interval
    if value < 1:
        assert said.text.replace(" ", "") != "100%"
    if value > 0:
        assert said.text.replace(" ", "") != "0%"


def test_percentages_in_words() -> None:
    assert percent_in_words(Fraction(176_247, 217_502), "vi").text == "81%"
    assert percent_in_words(Fraction(928, 1365), "vi").text == "68%"
    assert percent_in_words(Fraction(928, 1365), "en").text == "68%"
    assert percent_in_words(Fraction(999, 1000), "vi").text == "gần 100%"
    assert percent_in_words(Fraction(1, 1000), "vi").text == "dưới 1%"
    assert percent_in_words(Fraction(1), "vi").text == "100%"
    assert percent_in_words(Fraction(0), "vi").text == "0%"
    assert percent_in_words(Fraction(1001, 1000), "vi").text == "hơn 100%"
    assert percent_in_words(Fraction(3, 1000), "vi", 1000).text == "3‰"


@pytest.mark.parametrize(
    ("qualifier", "value", "inside", "outside"),
    [
        ("gần", 47_000, (46_001, 46_953, 46_999), (46_000, 47_000, 47_001)),
        ("hơn", 206_000, (206_001, 206_318, 206_999), (206_000, 207_000, 205_999)),
        ("trên", 176_000, (176_001, 176_247), (176_000, 177_000)),
        ("Trên", 176_000, (176_247,), (175_999,)),
        ("more than", 176_000, (176_247,), (175_999,)),
        ("hơn", 200_000, (200_001, 206_318), (200_000, 210_000, 299_000)),
        ("gần", 100, (96, 99), (95, 100, 50)),
        ("khoảng", 47_000, (46_500, 47_000, 47_500), (46_499, 47_501)),
        ("dưới", 1_000, (0, 999), (1_000,)),
        ("at least", 1_000, (1_000, 10**9), (999,)),
        ("không quá", 1_000, (0, 1_000), (1_001,)),
        (None, 47_000, (47_000,), (46_953, 47_001)),
    ],
)
def test_what_words_claim(
    qualifier: str | None, value: int, inside: tuple[int, ...], outside: tuple[int, ...]
) -> None:
    claimed = claim(qualifier, value, written_step(value))
    assert all(number in claimed for number in inside)
    assert not any(number in claimed for number in outside)


def test_a_number_with_decimals_is_rounded_half_up() -> None:
    claimed = claim(None, Fraction("81.2"), written_step(Fraction("81.2"), 1), counted=False)
    assert Fraction("81.15") in claimed
    assert Fraction("81.249999") in claimed
    assert Fraction("81.25") not in claimed
    assert claim(None, Fraction("81.2"), Fraction(1, 10)) == claimed  # decimals are never a count
    whole = claim(None, 81, 1, counted=False)
    assert Fraction("80.5") in whole
    assert Fraction("81.5") not in whole


def test_a_word_that_is_no_qualifier() -> None:
    with pytest.raises(KeyError):
        claim("chính xác", 5, 1)


def test_no_word_claims_two_things() -> None:
    from typing import get_args

    from antq_stats.words.approximation import Claim, qualifiers

    words = [w for kind in get_args(Claim) for lang in ("vi", "en") for w in qualifiers(kind, lang)]
    assert len(words) == len(set(words)) == len(known_qualifiers())
    assert all(word == " ".join(word.casefold().split()) for word in words)


@given(COUNTS, COUNTS, COUNTS)
def test_covers_is_every_value_between(low: int, width: int, value: int) -> None:
    interval = in_words(value, "vi").interval
    high = low + width
    expected = low in interval and high in interval
    assert interval.covers(low, high) == expected
    assert not interval.covers(low, None)
    assert Interval(Fraction(low), None).covers(high, None)
