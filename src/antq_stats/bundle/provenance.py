"""The provenance of reports and figures, as PROV-JSON of the W3C."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from antq_stats.bundle.archive import Digest
from antq_stats.bundle.layout import Layout
from antq_stats.bundle.manifest import Output
from antq_stats.output_marks import GENERATOR

_PREFIX = {"antq": "urn:antq-stats:", "xsd": "http://www.w3.org/2001/XMLSchema#"}
_PROGRAM, _OFFICE, _READ, _ADD = "antq:program", "antq:office", "antq:reading", "antq:aggregation"

_Records = dict[str, dict[str, Any]]


class _Document:
    """A document in the making: kinds of records, each with its records by their names."""

    def __init__(self) -> None:
        self.kinds: dict[str, _Records] = {}

    def add(self, kind: str, name: str, **attributes: Any) -> str:  # noqa: ANN401 - values of JSON
        """Add an element, and return its name."""
        named = {key.replace("__", ":"): value for key, value in attributes.items()}
        self.kinds.setdefault(kind, {})[name] = named
        return name

    def relate(self, kind: str, **ends: str) -> None:
        """Add a relation between elements."""
        records = self.kinds.setdefault(kind, {})
        records[f"_:{kind}-{len(records) + 1}"] = {f"prov:{role}": name for role, name in ends.items()}


def provenance(
    layout: Layout,
    figures: Mapping[str, Output],
    reports: Sequence[Output],
    hashes: Mapping[str, Digest],
    version: str,
) -> str:
    """Return the provenance of a bundle's reports and figures. It names no person and no time.

    Parameters
    ----------
    layout : the periods and their files.
    figures : period -> the table of its figures.
    reports : the reports.
    hashes : size and SHA-256 of all files.
    version : version of the program that made the bundle.
    """
    document = _Document()
    _agents(document, layout, version)
    places = {name: f"antq:file-{number}" for number, name in enumerate(sorted(hashes), 1)}
    for name, entity in places.items():
        size, digest = hashes[name]
        document.add(
            "entity", entity, prov__label=name, antq__bytes={"$": str(size), "type": "xsd:integer"},
            antq__sha256=digest,
        )  # fmt: skip
    for number, (place, inputs) in enumerate(layout.inputs, 1):
        period = place.result.period.name
        reading = document.add("activity", f"{_READ}-{number}", prov__label=f"reading of {period}")
        document.relate("wasAssociatedWith", activity=reading, agent=_PROGRAM)
        for name in inputs:
            document.relate("used", activity=reading, entity=places[name])
        made = figures[period]
        adding = document.add("activity", f"{_ADD}-{number}", prov__label=made.command)
        document.relate("wasAssociatedWith", activity=adding, agent=_PROGRAM)
        document.relate("wasInformedBy", informed=adding, informant=reading)
        document.relate("wasGeneratedBy", entity=places[made.file], activity=adding)
    for number, output in enumerate(reports, 1):
        writing = document.add("activity", f"antq:report-{number}", prov__label=output.command)
        document.relate("wasAssociatedWith", activity=writing, agent=_PROGRAM)
        for at in range(1, len(layout.periods) + 1):
            document.relate("wasInformedBy", informed=writing, informant=f"{_READ}-{at}")
        document.relate("wasGeneratedBy", entity=places[output.file], activity=writing)
        document.relate("wasAttributedTo", entity=places[output.file], agent=_OFFICE)
        main = figures[layout.periods[0].result.period.name]
        document.relate("wasDerivedFrom", generatedEntity=places[output.file], usedEntity=places[main.file])
    return json.dumps({"prefix": _PREFIX, **document.kinds}, ensure_ascii=False, indent=1) + "\n"


def _agents(document: _Document, layout: Layout, version: str) -> None:
    """Add the program and the office that it works for."""
    kind = {"$": "prov:SoftwareAgent", "type": "prov:QUALIFIED_NAME"}
    document.add("agent", _PROGRAM, prov__type=kind, prov__label=GENERATOR, antq__version=version)
    issuer = layout.periods[0].result.form.about.issuer
    label = {} if issuer is None else {"prov__label": issuer.say("vi")}
    kind = {"$": "prov:Organization", "type": "prov:QUALIFIED_NAME"}
    document.add("agent", _OFFICE, prov__type=kind, **label)
    document.relate("actedOnBehalfOf", delegate=_PROGRAM, responsible=_OFFICE)
