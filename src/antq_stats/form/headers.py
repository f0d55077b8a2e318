"""The headers under which a return may give a column, as text keys.

Keys that a form states (label, code, aliases) come before keys derived from them (with the unit of
measure behind), and both before the words by which identity columns are known when a form is silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from antq_stats.form.entries import Identity, Measure, Ratio
from antq_stats.plan import IdentityPlan
from antq_stats.words.text import text_key

ALWAYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"code": ("code", "unit"), "name": ("name",), "parent": ("parent",)}
)
"""The words of the product's own CSV, known whatever the form says; there ``unit`` holds the code."""

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
            "Tên xã",
            "Tên xã, phường, thị trấn",
            "Parent name",
        ),
    }
)
"""What a form that is silent means; the first few of each are the documented ones."""


_ANSWERS = ("có/không", "yes/no")
"""What may stand behind the label of a flag in place of a unit of measure."""

_MEASURED_IN = ("", *(f" {text_key(word)}" for word in ("ĐVT", "Đơn vị tính", "Đơn vị", "unit")))
"""What may stand before a unit of measure behind a label: ``Số hộ (hộ)``, ``Số hộ (ĐVT: hộ)``."""


def stated_keys(column: Measure | Ratio) -> dict[str, str]:
    """Return the keys a form states for a column, each with the wording it comes from."""
    wordings = (column.label.vi, column.label.en, column.code, *column.aliases)
    keys: dict[str, str] = {}
    for wording in wordings:
        key = text_key(wording)
        if key:
            keys.setdefault(key, wording)
    return keys


def unit_keys(measure: Measure) -> frozenset[str]:
    """Return the text keys of a measure's unit of measure, in every language; a flag's may be its answers."""
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

    A derived key that another column states, or that two columns share, is nobody's.
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


def own_identity_keys(identity: Identity) -> dict[str, dict[str, str]]:
    """Return what the form itself says of each identity column: text key and wording."""
    return {
        kind: {text_key(wording): wording for wording in getattr(identity, kind) or () if text_key(wording)}
        for kind in DEFAULTS
    }


def identity_plan(identity: Identity, columns: Iterable[Measure | Ratio]) -> IdentityPlan:
    """Return the keys of the identity columns.

    A form's own words stand in place of the defaults of that column. Defaults give way to the keys
    of measures and to what the form says of another identity column.
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
