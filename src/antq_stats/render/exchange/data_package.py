"""The data package of a long table: what its columns mean, for programs (Frictionless Data Package 1).

Units, measures and codes of the status stand in it as small tables, which the rows of the long table refer
to. The package names the sources, and no licence: the office alone knows under which one it publishes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from antq_stats.figures.publication import Source
from antq_stats.form import Form, Measure
from antq_stats.output_marks import JSON_KEY
from antq_stats.render.exchange.long_table import HEADS
from antq_stats.render.exchange.observations import Column, Observations, statuses_used
from antq_stats.render.writing.delimited import csv_text, to_json
from antq_stats.version import __version__
from antq_stats.words.language import LANGUAGES, Language, Wording
from antq_stats.words.text import ascii_key

SUFFIX = ".datapackage.json"
"""Ends the name of the package, which begins like that of the table: several tables may lie in one folder."""

_REFERENCES = {"unit": "units", "measure": "measures", "status": "statuses"}
"""Column -> the table that it refers to."""
_TYPES = {"value": "number", "low": "number", "high": "number", "given": "integer", "expected": "integer"} | {
    "decided": "boolean"
}
_KEY = ("unit", "period", "measure", "boundaries")
_MAY_BE_EMPTY = frozenset({"value", "low", "high", "reason", "decided"})
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")


def package_name(table: str) -> str:
    """Return the name of the data package of a table: ``sums.datapackage.json`` for ``sums.csv``.

    Parameters
    ----------
    table : name of the table's file.
    """
    return table.rpartition(".")[0] + SUFFIX if "." in table.lstrip(".") else table + SUFFIX


def data_package(observations: Observations, table: bytes, file_name: str, sources: Sequence[Source]) -> str:
    """Return the data package of a long table as JSON.

    Parameters
    ----------
    observations : the observations.
    table : the bytes of the table.
    file_name : name of its file, which lies beside the package.
    sources : the files that gave figures.
    """
    form = observations.form
    figures = {
        "name": "figures",
        "profile": "tabular-data-resource",
        "title": _both("exchange.figures"),
        "path": file_name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(table),
        "hash": f"sha256:{hashlib.sha256(table).hexdigest()}",
        "schema": {
            "fields": [_field(name, observations) for name in HEADS],
            "missingValues": [""],
            "primaryKey": list(_KEY),
            "foreignKeys": [
                {"fields": [name], "reference": {"resource": resource, "fields": ["code"]}}
                for name, resource in _REFERENCES.items()
            ],
        },
    }
    return to_json(
        {
            JSON_KEY: __version__,
            "profile": "tabular-data-package",
            "name": _slug(f"{form.id} {form.version} {observations.period}"),
            "title": f"{_in_both(form.about.title.say)} ({observations.period})",
            "description": _both("exchange.description", boundaries=observations.boundaries),
            "sources": [_source(source) for source in sources],
            "resources": [
                figures, _units(observations), _measures(form, observations.columns), _statuses(),
            ],
        }
    )  # fmt: skip


def _both(key: str, **facts: object) -> str:
    """Return a phrase in both languages."""
    return _in_both(lambda lang: Wording(lang).phrase(key, **facts))


def _in_both(say: Callable[[Language], str]) -> str:
    texts = [say(lang) for lang in LANGUAGES]
    return " · ".join(dict.fromkeys(texts))


def _slug(text: str) -> str:
    return _NOT_IN_A_NAME.sub("-", ascii_key(text)).strip("-") or "antq-stats"


def _source(source: Source) -> dict[str, str]:
    return {"title": source.file} | ({"hash": f"sha256:{source.sha256}"} if source.sha256 else {})


def _field(name: str, observations: Observations) -> dict[str, object]:
    kind = _TYPES.get(name, "string")
    constraints: dict[str, object] = {} if name in _MAY_BE_EMPTY else {"required": True}
    if kind == "integer":
        constraints["minimum"] = 0
    if name == "status":
        constraints["enum"] = [code for code, _ in statuses_used()]
    if name == "level":
        constraints["enum"] = list(observations.register.levels)
    described = {"title": _both(f"exchange.{name}"), "description": _both(f"exchange.{name}-means")}
    return {"name": name, "type": kind, **described, **({"constraints": constraints} if constraints else {})}


def _table(name: str, types: Mapping[str, str], rows: Iterable[Mapping[str, object]]) -> dict[str, object]:
    """Return a small table, whose rows stand in the package itself."""
    fields = [{"name": field, "type": kind} for field, kind in types.items()]
    return {
        "name": name,
        "profile": "tabular-data-resource",
        "title": _both(f"exchange.{name}"),
        "data": list(rows),
        "schema": {"fields": fields, "primaryKey": ["code"]},
    }


def _units(observations: Observations) -> dict[str, object]:
    units = [observations.register.at(unit) for unit in observations.units]
    rows = [
        # the codes of the table are guarded from being formulas: here they are the same
        {"code": csv_text(unit.code), "name": unit.display, "level": unit.level, "parent": unit.parent}
        for unit in units
    ]
    return _table("units", dict.fromkeys(("code", "name", "level", "parent"), "string"), rows)


def _measures(form: Form, columns: Sequence[Column]) -> dict[str, object]:
    types = dict.fromkeys(("code", "kind", "label_vi", "label_en", "unit_vi", "unit_en"), "string")
    types |= {"decimals": "integer", "time": "string", "numerator": "string", "denominator": "string"}
    rows = [
        {
            "code": column.code,
            "kind": column.kind if isinstance(column, Measure) else "ratio",
            **{f"label_{lang}": column.label.say(lang) for lang in LANGUAGES},
            **{f"unit_{lang}": form.unit(column.code, lang) for lang in LANGUAGES},
            "decimals": column.decimals,
            "time": column.time if isinstance(column, Measure) else None,
            "numerator": None if isinstance(column, Measure) else column.numerator,
            "denominator": None if isinstance(column, Measure) else column.denominator,
        }
        for column in columns
    ]
    return _table("measures", types, rows)


def _statuses() -> dict[str, object]:
    types = dict.fromkeys(("code", "label_vi", "label_en"), "string")
    rows = [
        {"code": code, **{f"label_{lang}": Wording(lang).phrase(key) for lang in LANGUAGES}}
        for code, key in statuses_used()
    ]
    return _table("statuses", types, rows)
