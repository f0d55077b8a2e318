"""The headers that a column may have in a return, as text keys.

Keys that a form states (label, code, aliases) take precedence over keys derived from them (followed by the
unit of measure), and both over the default headers of identity columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from antq_stats.form.entries import Ambiguity, Identity, Measure, Ratio
from antq_stats.plan import IdentityPlan
from antq_stats.words.text import text_key

ALWAYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"code": ("code", "unit"), "name": ("name",), "parent": ("parent",)}
)
"""Headers of this program's own CSV, always known; its column ``unit`` has the code."""

DEFAULTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "code": (
            "Mã đơn vị",
            "Mã thôn",
            "Mã",
            "Mã số",
            "Mã đơn vị hành chính",
            "Mã thôn, bản, tổ dân phố",
            "Unit code",
        ),
        "name": (
            "Tên đơn vị",
            "Thôn, bản, tổ dân phố",
            "Tên thôn",
            "Đơn vị",
            "Tên",
            "Thôn",
            "Bản",
            "Thôn, bản",
            "Làng, thôn, bản, tổ dân phố",
            "Thôn, bản, TDP",
            "Tổ dân phố",
            "TDP",
            "Khu dân cư",
            "Tên thôn, bản",
            "Tên thôn bản, tổ dân phố",
            "Tên thôn, tổ dân phố",
            "Tên tổ dân phố",
            "Tên khu dân cư",
            "Unit name",
        ),
        "parent": (
            "Xã, phường, thị trấn",
            "Xã",
            "Xã, phường",
            "Xã, phường, đặc khu",
            "Tên xã",
            "Tên xã, phường, thị trấn",
            "Tên xã, phường, đặc khu",
            "Parent name",
        ),
    }
)
"""Default headers of the identity columns; the first few of each are documented."""


_ANSWERS = ("có/không", "yes/no")
"""Answers that may follow the label of a flag in place of a unit of measure."""

_MEASURED_IN = ("", *(f" {text_key(word)}" for word in ("ĐVT", "Đơn vị tính", "Đơn vị", "unit")))
"""Words before the unit of measure that follows a label: ``Số hộ (hộ)``, ``Số hộ (ĐVT: hộ)``."""


def stated_keys(column: Measure | Ratio) -> dict[str, str]:
    """Return the keys that a form states for a column, each with its wording."""
    wordings = (column.label.vi, column.label.en, column.code, *column.aliases)
    keys: dict[str, str] = {}
    for wording in wordings:
        key = text_key(wording)
        if key:
            keys.setdefault(key, wording)
    return keys


def unit_keys(measure: Measure) -> frozenset[str]:
    """Return the text keys of a measure's unit of measure in both languages, and of a flag's answers."""
    units = [] if measure.unit is None else [measure.unit.vi, measure.unit.en]
    if measure.kind == "flag":
        units += _ANSWERS
    return frozenset(filter(None, map(text_key, units)))


def _derived_keys(column: Measure | Ratio) -> Iterable[str]:
    for key in stated_keys(column):
        if isinstance(column, Measure):
            yield from (f"{key}{word} {unit}" for unit in unit_keys(column) for word in _MEASURED_IN)
        elif column.per == 100:
            yield key.removesuffix(" %") if key.endswith(" %") else f"{key} %"


def header_keys(columns: Iterable[Measure | Ratio]) -> dict[str, str]:
    """Return every key of the columns of one table, with the column's code.

    A derived key belongs to no column if another column states it or two columns share it.
    """
    columns = tuple(columns)
    stated = {key: column.code for column in columns for key in stated_keys(column)}
    derived: dict[str, set[str]] = {}
    for column in columns:
        for key in _derived_keys(column):
            derived.setdefault(key, set()).add(column.code)
    for key, codes in derived.items():
        if len(codes) == 1:
            stated.setdefault(key, next(iter(codes)))
    return stated


def ambiguous_keys(entry: Ambiguity, measures: Iterable[Measure]) -> Iterator[str]:
    """Yield every key of headers that may mean several measures, also with a unit of measure behind it.

    Parameters
    ----------
    entry : the headers.
    measures : the measures.
    """
    behind = {
        f"{word} {unit}" for measure in measures for unit in unit_keys(measure) for word in _MEASURED_IN
    }
    for word in entry.words:
        if key := text_key(word):
            yield key
            yield from (f"{key}{end}" for end in behind)


def own_identity_keys(identity: Identity) -> dict[str, dict[str, str]]:
    """Return the headers that the form states for each identity column, as text key and wording."""
    return {
        kind: {text_key(wording): wording for wording in getattr(identity, kind) or () if text_key(wording)}
        for kind in DEFAULTS
    }


def identity_plan(identity: Identity, columns: Iterable[Measure | Ratio]) -> IdentityPlan:
    """Return the keys of the identity columns.

    Headers that the form states for a column replace the defaults of that column. A default that is a key of
    a measure or ratio, or is stated for another identity column, is left out.

    Parameters
    ----------
    identity : the headers that the form states.
    columns : measures and ratios of the form.
    """
    taken = {key for column in columns for key in stated_keys(column)}
    own = own_identity_keys(identity)
    for words in own.values():
        taken.update(words)
    found: dict[str, frozenset[str]] = {}
    for kind, defaults in DEFAULTS.items():
        known = ALWAYS[kind] if own[kind] else (*defaults, *ALWAYS[kind])
        found[kind] = frozenset(own[kind]) | ({text_key(word) for word in known} - taken)
    return IdentityPlan(**found)
