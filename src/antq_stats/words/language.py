"""The language of a run, its fixed words, and figures and dates written in it.

Two languages: Vietnamese (``vi``) and English (``en``). What is chosen here changes only what people
read; codes, JSON keys and CSV headers are the same in both. The signs of numbers and the names of
months are Babel's (CLDR); Babel is imported when the first figure is written, for it costs as much
as the rest of a ``--help`` together.

Words of findings are the catalogue's. Every other word is in ``phrases/``, a file for each group that is
read when the first of its phrases is asked for: one table per phrase, ``[group.name]``, with ``vi`` and
``en`` side by side and the same {placeholders}, and ``en_one`` where English says something else for one
thing (the fact ``count`` is 1). To add a phrase, add its table in alphabetical place; nothing else needs to
know of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from decimal import Decimal
    from fractions import Fraction

Language = Literal["vi", "en"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
"""The languages, the default first."""

VARIABLE = "ANTQ_STATS_LANG"
"""The environment variable that names the language where ``--lang`` does not."""

_LOCALE_NAMES: dict[str, Language] = {"vi": "vi", "vietnamese": "vi", "en": "en", "english": "en"}
_DATE_PATTERNS: dict[Language, str] = {"vi": "dd/MM/y", "en": "d MMMM y"}
_PHRASES = Path(__file__).with_name("phrases")
_PER_SIGNS = {100: "%", 1000: "‰"}


class _Phrase:
    """One phrase as its file has it."""

    __slots__ = ("en", "en_one", "vi")

    def __init__(self, vi: str, en: str, en_one: str | None = None) -> None:
        self.vi = vi
        self.en = en
        self.en_one = en_one


def choose(option: str | None, environ: Mapping[str, str]) -> Language:
    """Return the language of the run.

    The first that is given counts: the option, ``ANTQ_STATS_LANG``, then the locale (the first of
    ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` that is set, as POSIX has it) where it is a Vietnamese or
    an English one; else Vietnamese.

    Raises
    ------
    ValueError
        Its only argument is the word that is no language, where the option or the variable has one.
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
    """Return a phrase of the interface, its placeholders filled with the facts.

    A fact that is an ``int`` is written as a number of the language, so a year is given as text. With
    a fact ``count`` of 1 English takes its form for one.

    Raises
    ------
    KeyError
        If there is no such phrase, or a fact that it names was not given: a fault of the caller.
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
    """Return the keys of the phrases of some groups, or of all, in the order of the files."""
    wanted = groups or sorted(path.stem for path in _PHRASES.glob("*.toml"))
    return tuple(key for group in wanted for key in _phrases(group))


@cache
def _phrases(group: str) -> dict[str, _Phrase]:
    import tomllib

    path = _PHRASES / f"{group}.toml"
    if not path.is_file():
        raise KeyError(group)
    found: dict[str, _Phrase] = {}
    _gather("", tomllib.loads(path.read_text(encoding="utf-8")), found)
    return found


def _gather(prefix: str, table: dict[str, Any], found: dict[str, _Phrase]) -> None:
    """Flatten tables into ``group.name`` keys; a table that holds ``vi`` is a phrase."""
    for key, value in table.items():
        if "vi" in value:
            found[prefix + key] = _Phrase(**value)
        else:
            _gather(f"{prefix}{key}.", value, found)


@lru_cache(maxsize=2)
def _signs(lang: Language) -> tuple[str, str]:
    """Return the group and the decimal sign of a language, from Babel."""
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return get_group_symbol(lang), get_decimal_symbol(lang)


def number(value: int, lang: Language) -> str:
    """Return a whole number as the language writes it: ``1.691`` in Vietnamese, ``1,691`` in English."""
    text = f"{value:,}"
    group = _signs(lang)[0]
    return text if group == "," else text.replace(",", group)


def rounded(value: Fraction | Decimal | int, places: int) -> Decimal:
    """Return a value rounded half up (away from zero) to so many decimal places, exactly.

    The one rounding of the program: figures on the screen, in a workbook and in JSON agree because
    they all come from here. Binary floats are not taken, for 81.05 is not one.
    """
    from decimal import Decimal

    scaled = _scaled(value, places)
    digits = tuple(map(int, str(abs(scaled))))
    return Decimal((int(scaled < 0), digits, -places))


def _scaled(value: Fraction | Decimal | int, places: int) -> int:
    """Return the value times 10**places as a whole number, rounded half up."""
    numerator, denominator = value.as_integer_ratio()
    twice = 2 * abs(numerator) * 10**places + denominator
    scaled: int = twice // (2 * denominator)
    return -scaled if numerator < 0 else scaled


def decimal(value: Fraction | Decimal | int, places: int, lang: Language) -> str:
    """Return a value with so many decimal places, rounded half up: ``81,0`` or ``81.0``."""
    scaled = _scaled(value, places)
    if not places:
        return number(scaled, lang)
    whole, part = divmod(abs(scaled), 10**places)
    sign = "-" if scaled < 0 else ""
    return f"{sign}{number(whole, lang)}{_signs(lang)[1]}{part:0{places}d}"


def percent(value: Fraction | Decimal | int, places: int, lang: Language, per: int = 100) -> str:
    """Return a quotient as so many per hundred: 81/100 is ``81,0 %`` in Vietnamese, ``81.0%`` in English.

    Parameters
    ----------
    value : the quotient itself (numerator over denominator), not yet multiplied.
    per : what it is multiplied by; 1000 is written with ‰, others without a sign.
    """
    sign = _PER_SIGNS.get(per, "")
    space = " " if sign and lang == "vi" else ""
    return f"{decimal(value * per, places, lang)}{space}{sign}"


def date(value: dt.date, lang: Language) -> str:
    """Return a date as it stands in a table: ``05/12/2021`` or ``5 December 2021``."""
    from babel.dates import format_date

    return format_date(value, _DATE_PATTERNS[lang], locale=lang)


def date_in_words(value: dt.date, lang: Language) -> str:
    """Return a date as it stands in a letter: ``ngày 05 tháng 12 năm 2021``.

    Days below 10 and months below 3 have a leading zero (Decree 30/2020/NĐ-CP, appendix I).
    """
    if lang == "en":
        return date(value, lang)
    month = f"{value.month:02d}" if value.month < 3 else str(value.month)
    return f"ngày {value.day:02d} tháng {month} năm {value.year}"


class Bilingual(Protocol):
    """A text that is given in both languages, such as a label of a form."""

    def say(self, language: str) -> str:
        """Return the text in a language."""
        ...


@dataclass(frozen=True, slots=True)
class Wording:
    """The phrases, labels, figures and dates of one language.

    The faces in ``render`` make one at their entry, so that their inner functions need not pass the language
    on. Its methods are the functions of this module with the language filled in.

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

    def number(self, value: int) -> str:
        """Return a whole number; see `number`."""
        return number(value, self.lang)

    def decimal(self, value: Fraction | Decimal | int, places: int) -> str:
        """Return a value with a fixed number of decimal places; see `decimal`."""
        return decimal(value, places, self.lang)

    def percent(self, value: Fraction | Decimal | int, places: int, per: int = 100) -> str:
        """Return a quotient as a percentage, or per another base; see `percent`."""
        return percent(value, places, self.lang, per)

    def date(self, value: dt.date) -> str:
        """Return a date as a table shows it; see `date`."""
        return date(value, self.lang)

    def date_in_words(self, value: dt.date) -> str:
        """Return a date as a letter shows it; see `date_in_words`."""
        return date_in_words(value, self.lang)
