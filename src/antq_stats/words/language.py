"""The language of a run: its phrases, and figures and dates in its notation.

There are two languages, Vietnamese (``vi``) and English (``en``). The language changes only texts for people;
codes, JSON keys and CSV headers are the same in both. The signs of numbers and the names of months are those
of CLDR. For the latter Babel is imported when a date is written, which takes as long as ``--help``.

The texts of findings are in the catalogue. All other texts are in ``phrases/``, with one file per group,
which is read when one of its phrases is first used. A phrase is a table ``[group.name]`` with ``vi`` and
``en``, which have the same {placeholders}. A phrase whose English differs for one thing (the fact ``count``
is 1) also has ``en_one``. To add a phrase, add its table in alphabetical order; no other change is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping
    from decimal import Decimal
    from fractions import Fraction

    from antq_stats.words.amounts import Amount

Language = Literal["vi", "en"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
"""The languages, the default first."""

VARIABLE = "ANTQ_STATS_LANG"
"""The environment variable with the language, for a run without ``--lang``."""

_LOCALE_NAMES: dict[str, Language] = {"vi": "vi", "vietnamese": "vi", "en": "en", "english": "en"}
_DATE_PATTERNS: dict[Language, str] = {"vi": "dd/MM/y", "en": "d MMMM y"}
_SIGNS: dict[Language, tuple[str, str]] = {"vi": (".", ","), "en": (",", ".")}
"""The separator of groups of three digits, and the sign before decimals."""
_PHRASES = Path(__file__).with_name("phrases")
_PER_SIGNS = {100: "%", 1000: "‰"}


class _Phrase:
    """A phrase in both languages."""

    __slots__ = ("en", "en_one", "vi")

    def __init__(self, vi: str, en: str, en_one: str | None = None) -> None:
        self.vi = vi
        self.en = en
        self.en_one = en_one


def choose(option: str | None, environ: Mapping[str, str]) -> Language:
    """Return the language of the run.

    It is the option, else the variable ``ANTQ_STATS_LANG``, else that of the locale (the first of
    ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` that is set, as in POSIX) if it is Vietnamese or English, else
    Vietnamese.

    Parameters
    ----------
    option : the value of the option; None if it is not used.
    environ : the environment variables.

    Raises
    ------
    ValueError
        If the option or the variable is no language. The only argument of the error is that word.
    """
    for word in (option, environ.get(VARIABLE)):
        if word:
            language = word.strip().casefold()
            if language == "vi":
                return "vi"
            if language == "en":
                return "en"
            raise ValueError(word)
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if locale := environ.get(variable):
            name = locale.replace("-", "_").replace(".", "_").split("_", 1)[0].casefold()
            return _LOCALE_NAMES.get(name, "vi")
    return "vi"


def phrase(key: str, lang: Language, /, **facts: object) -> str:
    """Return a phrase with its placeholders replaced by facts.

    A fact of type ``int`` is written as a number of the language, so pass a year as text. If the fact
    ``count`` is 1, English uses its form for one.

    Parameters
    ----------
    key : the key of the phrase, ``group.name``.
    lang : the language.
    **facts : the values of the placeholders; others are ignored.

    Raises
    ------
    KeyError
        If there is no such phrase, or if a fact for one of its placeholders is missing.
    """
    entry = _phrases(key.partition(".")[0])[key]
    template = entry.vi if lang == "vi" else entry.en
    if lang == "en" and entry.en_one is not None and facts.get("count") == 1:
        template = entry.en_one
    if "{" not in template:
        return template
    return template.format_map(
        {
            name: number(fact, lang) if isinstance(fact, int) and not isinstance(fact, bool) else fact
            for name, fact in facts.items()
        }
    )


def phrase_keys(*groups: str) -> tuple[str, ...]:
    """Return the keys of the phrases of some groups, by default of all, in the order of the files."""
    wanted = groups or sorted(path.stem for path in _PHRASES.glob("*.toml"))
    return tuple(key for group in wanted for key in _phrases(group))


@cache
def _phrases(group: str) -> dict[str, _Phrase]:
    import tomllib

    path = _PHRASES / f"{group}.toml"
    if not path.is_file():
        raise KeyError(group)
    phrases: dict[str, _Phrase] = {}
    _gather("", tomllib.loads(path.read_text(encoding="utf-8")), phrases)
    return phrases


def _gather(prefix: str, table: dict[str, Any], phrases: dict[str, _Phrase]) -> None:
    """Add the phrases of a table under ``group.name`` keys; a table with the key ``vi`` is a phrase."""
    for key, value in table.items():
        if "vi" in value:
            phrases[prefix + key] = _Phrase(**value)
        else:
            _gather(f"{prefix}{key}.", value, phrases)


def number(value: Amount, lang: Language) -> str:
    """Return an amount in the notation of a language: ``1.691`` in Vietnamese, ``1,691`` in English.

    A Decimal is written with the decimals it has: ``1.691,5``.
    """
    text = f"{value:,}"
    group, sign = _SIGNS[lang]
    return text if group == "," else text.translate({ord(","): group, ord("."): sign})


def rounded(value: Fraction | Decimal | int, places: int) -> Decimal:
    """Return a value rounded exactly, half up (away from zero), to a number of decimal places.

    All rounding in the program is done here, so figures on the screen, in a workbook and in JSON agree.
    Binary floats are not accepted, because they cannot represent 81.05.

    Parameters
    ----------
    value : the value.
    places : the number of decimal places.
    """
    return _decimal(_scaled(*value.as_integer_ratio(), places), places)


def rounded_quotients(
    numerators: Iterable[int], denominators: Iterable[int], places: int
) -> list[Decimal | None]:
    """Return quotients of whole numbers rounded as by `rounded`; None where the denominator is 0.

    Parameters
    ----------
    numerators : the numerators.
    denominators : as many, none below 0.
    places : the number of decimal places.
    """
    decimal_of = cache(_decimal)  # percentages are few
    return [
        decimal_of(_scaled(above, below, places), places) if below else None
        for above, below in zip(numerators, denominators, strict=True)
    ]


def _decimal(scaled: int, places: int) -> Decimal:
    from decimal import Decimal

    return Decimal((int(scaled < 0), tuple(map(int, str(abs(scaled)))), -places))


def _scaled(numerator: int, denominator: int, places: int) -> int:
    """Return a quotient times 10**places as a whole number, rounded half up (away from zero)."""
    twice = 2 * abs(numerator) * 10**places + denominator
    scaled: int = twice // (2 * denominator)
    return -scaled if numerator < 0 else scaled


def decimal(value: Fraction | Decimal | int, places: int, lang: Language) -> str:
    """Return a value with a fixed number of decimal places, rounded half up: ``81,0`` or ``81.0``.

    Parameters
    ----------
    value : the value.
    places : the number of decimal places.
    lang : the language.
    """
    scaled = _scaled(*value.as_integer_ratio(), places)
    if not places:
        return number(scaled, lang)
    whole, part = divmod(abs(scaled), 10**places)
    sign = "-" if scaled < 0 else ""
    return f"{sign}{number(whole, lang)}{_SIGNS[lang][1]}{part:0{places}d}"


def percent(value: Fraction | Decimal | int, places: int, lang: Language, per: int = 100) -> str:
    """Return a quotient as a percentage: 81/100 is ``81,0%`` in Vietnamese, ``81.0%`` in English.

    Parameters
    ----------
    value : the quotient (numerator over denominator), not yet multiplied.
    places : the number of decimal places.
    lang : the language.
    per : the base by which it is multiplied: 100, 1000 (written with ‰), or another (written without a sign).
    """
    return decimal(value * per, places, lang) + _PER_SIGNS.get(per, "")


def date(value: dt.date, lang: Language) -> str:
    """Return a date in the format of tables: ``05/12/2021`` or ``5 December 2021``."""
    from babel.dates import format_date

    return format_date(value, _DATE_PATTERNS[lang], locale=lang)


def moment(value: dt.datetime, lang: Language) -> str:
    """Return a time given in UTC as clocks in Vietnam show it: ``09:30 ngày 05/12/2025``."""
    from datetime import timedelta

    here = value + timedelta(hours=7)
    return f"{here:%H:%M} {'ngày' if lang == 'vi' else 'on'} {date(here.date(), lang)}"


def date_in_words(value: dt.date, lang: Language) -> str:
    """Return a date in the format of letters: ``ngày 05 tháng 12 năm 2021``.

    Days below 10 and months below 3 have a leading zero (Decree 30/2020/NĐ-CP, appendix I).
    """
    if lang == "en":
        return date(value, lang)
    month = f"{value.month:02d}" if value.month < 3 else str(value.month)
    return f"ngày {value.day:02d} tháng {month} năm {value.year}"


def period(name: str, lang: Language, *, heading: bool = False) -> str:
    """Return the name of a period within a sentence (``năm 2021``, ``kỳ 2021-quý-1``), or as a heading.

    Parameters
    ----------
    name : the name of the period.
    lang : the language.
    heading : whether it stands alone: ``Năm 2021``.
    """
    is_year = len(name) == 4 and name.isascii() and name.isdigit()
    where = "head" if heading else "within"
    return phrase(f"period.{where}-{'year' if is_year else 'other'}", lang, period=name)


class Bilingual(Protocol):
    """A text that is given in both languages, such as a label of a form."""

    def say(self, language: str) -> str:
        """Return the text in a language."""
        ...


@dataclass(frozen=True, slots=True)
class Wording:
    """The phrases, labels, figures and dates of one language.

    The entry points of ``render`` take a language and make a wording, which the functions behind them share.
    Its methods are the functions of this module for that language.

    Parameters
    ----------
    lang : the language.
    """

    lang: Language

    def phrase(self, key: str, /, **facts: object) -> str:
        """Return a phrase of the interface; see `phrase`."""
        return phrase(key, self.lang, **facts)

    def say(self, label: Bilingual) -> str:
        """Return a label of the form, or another text in both languages, in this one."""
        return label.say(self.lang)

    def number(self, value: Amount) -> str:
        """Return a whole number, or an amount with its decimals; see `number`."""
        return number(value, self.lang)

    def decimal(self, value: Fraction | Decimal | int, places: int) -> str:
        """Return a value with a fixed number of decimal places; see `decimal`."""
        return decimal(value, places, self.lang)

    def percent(self, value: Fraction | Decimal | int, places: int, per: int = 100) -> str:
        """Return a quotient as a percentage or per another base; see `percent` for the parameters."""
        return percent(value, places, self.lang, per)

    def period(self, name: str, *, heading: bool = False) -> str:
        """Return the name of a period within a sentence, or as a heading; see `period`."""
        return period(name, self.lang, heading=heading)

    def date(self, value: dt.date) -> str:
        """Return a date as a table shows it; see `date`."""
        return date(value, self.lang)

    def date_in_words(self, value: dt.date) -> str:
        """Return a date as a letter shows it; see `date_in_words`."""
        return date_in_words(value, self.lang)
