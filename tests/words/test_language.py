"""Languages, numbers, dates and phrases in Vietnamese and English."""

from __future__ import annotations

import datetime as dt
import string
import subprocess
import sys
import tomllib
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from antq_stats.form.entries import Label
from antq_stats.words import language
from antq_stats.words.language import LANGUAGES, Language, phrase

PHRASES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in sorted(Path(language.__file__).with_name("phrases").glob("*.toml"))
)
LANGS = st.sampled_from(LANGUAGES)


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def flat(table: dict[str, object], prefix: str = "") -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for key, value in table.items():
        assert isinstance(value, dict), key
        if "vi" in value or "en" in value:
            found[prefix + key] = value
        else:
            found |= flat(value, f"{prefix}{key}.")
    return found


@pytest.mark.parametrize(
    ("option", "environ", "expected"),
    [
        (None, {}, "vi"),
        ("en", {"ANTQ_STATS_LANG": "vi"}, "en"),
        ("VI", {"LANG": "en_US.UTF-8"}, "vi"),
        (None, {"ANTQ_STATS_LANG": "en", "LC_ALL": "vi_VN.UTF-8"}, "en"),
        ("", {"ANTQ_STATS_LANG": "", "LANG": "en_GB"}, "en"),
        (None, {"LC_ALL": "en_US.UTF-8", "LANG": "vi_VN"}, "en"),
        (None, {"LC_ALL": "C", "LANG": "en_US.UTF-8"}, "vi"),
        (None, {"LC_MESSAGES": "en", "LANG": "vi_VN"}, "en"),
        (None, {"LANG": "fr_FR.UTF-8"}, "vi"),
        (None, {"LANG": "English_United States.1252"}, "en"),
        (None, {"LANG": "eng"}, "vi"),
        (None, {"LANG": "vi-VN"}, "vi"),
    ],
)
def test_choose(option: str | None, environ: dict[str, str], expected: Language) -> None:
    assert language.choose(option, environ) == expected


@pytest.mark.parametrize(
    ("option", "environ"), [("fr", {}), (None, {"ANTQ_STATS_LANG": "vn"}), ("vi_VN", {"LANG": "en"})]
)
def test_an_unknown_language_is_an_error_and_not_guessed(option: str | None, environ: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=option or environ["ANTQ_STATS_LANG"]) as caught:
        language.choose(option, environ)
    assert caught.value.args == (option or environ["ANTQ_STATS_LANG"],)


def test_numbers_as_published() -> None:
    assert language.number(1691, "vi") == "1.691"
    assert language.number(1691, "en") == "1,691"
    assert language.number(-206000, "vi") == "-206.000"
    assert language.decimal(Fraction(81), 1, "vi") == "81,0"
    assert language.percent(Fraction(81, 100), 1, "vi") == "81,0%"
    assert language.percent(Fraction(81, 100), 1, "en") == "81.0%"
    assert language.percent(Fraction(928, 1365), 0, "vi") == "68%"
    assert language.percent(Fraction(1, 8), 1, "en", per=1000) == "125.0‰"
    assert language.percent(Fraction(3, 2), 1, "vi", per=10_000) == "15.000,0"


def test_halves_go_up_and_away_from_zero() -> None:
    assert language.decimal(Fraction(1, 2), 0, "en") == "1"
    assert language.decimal(Fraction(5, 2), 0, "en") == "3"
    assert language.decimal(Fraction(-5, 2), 0, "en") == "-3"
    assert language.decimal(Decimal("0.805"), 2, "vi") == "0,81"
    assert language.decimal(Fraction(-1, 100), 1, "vi") == "0,0"
    assert language.percent(Fraction(8105, 10000), 1, "en") == "81.1%"


@given(st.integers(-(10**18), 10**18), LANGS)
def test_numbers_are_babels(value: int, lang: Language) -> None:
    assert language.number(value, lang) == format_decimal(value, locale=lang)


@given(st.fractions(max_denominator=10**6), st.integers(0, 6), LANGS)
def test_decimals_are_exact_and_babels(value: Fraction, places: int, lang: Language) -> None:
    rounded = language.rounded(value, places)
    assert rounded.as_tuple().exponent == -places
    error = Fraction(rounded) - value
    half = Fraction(1, 2 * 10**places)
    assert abs(error) <= half
    if abs(error) == half:
        assert abs(Fraction(rounded)) > abs(value)
    with localcontext(prec=400, rounding=ROUND_HALF_UP):
        pattern = "#,##0." + "0" * places if places else "#,##0"
        expected = format_decimal(abs(rounded), format=pattern, locale=lang)
    assert language.decimal(value, places, lang) == ("-" if rounded < 0 else "") + expected


def test_dates() -> None:
    day = dt.date(2021, 2, 5)
    assert language.date(day, "vi") == "05/02/2021"
    assert language.date(day, "en") == "5 February 2021"
    assert language.date_in_words(day, "vi") == "ngày 05 tháng 02 năm 2021"
    assert language.date_in_words(dt.date(2021, 3, 28), "vi") == "ngày 28 tháng 3 năm 2021"
    assert language.date_in_words(day, "en") == "5 February 2021"


def test_every_phrase_is_in_both_languages_with_the_same_facts() -> None:
    found = flat(tomllib.loads(PHRASES))
    assert found
    for key, texts in found.items():
        assert {"vi", "en"} <= set(texts) <= {"vi", "en", "en_one"}, key
        assert all(isinstance(text, str) and text.strip() == text and text for text in texts.values()), key
        assert fields(texts["vi"]) == fields(texts["en"]), key
        if "en_one" in texts:
            assert "count" in fields(texts["en"]), key
            assert fields(texts["en"]) - {"count"} <= fields(texts["en_one"]) <= fields(texts["en"]), key
    assert set(language.phrase_keys()) == set(found)


def test_phrases_stand_in_order() -> None:
    heads = [line.strip("[]") for line in PHRASES.splitlines() if line.startswith("[")]
    assert heads == sorted(heads)


def test_phrases_are_filled_with_facts() -> None:
    assert phrase("sign.missing", "en") == "not available"
    assert phrase("table.continued", "vi", section="Hộ {x}") == "Hộ {x} (tiếp)"
    templates = flat(tomllib.loads(PHRASES))
    for key in language.phrase_keys():
        for lang in LANGUAGES:
            facts = dict.fromkeys(fields(templates[key][lang]), 12345)
            written = phrase(key, lang, **facts)
            assert "{" not in written
            if facts:
                assert language.number(12345, lang) in written


def test_a_phrase_that_is_not_there_or_lacks_a_fact_is_a_fault() -> None:
    with pytest.raises(KeyError):
        phrase("sign.nothing", "vi")
    with pytest.raises(KeyError):
        phrase("table.continued", "vi")


def test_importing_the_module_costs_nothing_heavy() -> None:
    code = (
        "import sys, antq_stats.words.language as l; l.phrase('sign.missing', 'vi');"
        "print(sorted({'babel','decimal','fractions','rich','pandas'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_wording_writes_as_the_functions_do(lang: Language) -> None:
    wording = language.Wording(lang)
    day = dt.date(2021, 2, 5)
    assert wording.phrase("table.continued", section="A") == phrase("table.continued", lang, section="A")
    assert wording.number(1691) == language.number(1691, lang)
    assert wording.decimal(Fraction(1, 3), 2) == language.decimal(Fraction(1, 3), 2, lang)
    assert wording.percent(Fraction(1, 3), 1, 1000) == language.percent(Fraction(1, 3), 1, lang, 1000)
    assert wording.date(day) == language.date(day, lang)
    assert wording.date_in_words(day) == language.date_in_words(day, lang)
    assert wording.say(Label(vi="Hộ", en="Household")) == {"vi": "Hộ", "en": "Household"}[lang]
