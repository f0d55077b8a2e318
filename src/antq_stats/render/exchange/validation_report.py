"""The validation report of the European Statistical System (ESS), version 1.0.0, as JSON.

A report is a list of records. A *validation* says of a rule and of data points whether the data keep the rule
(``1``), break it (``0``), or cannot be judged (``NA``). An *aggregation* is a count over the others. The
structure is that of van der Loo and ten Bosch, *Design of a generic machine-readable validation report
structure* (ESSnet Validat Integration, 2017).

No record has a value: neither what was found in a cell nor what a rule worked out. The report says where
something is wrong, and with what rule, so that it can go where restricted figures must not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from antq_stats.collection.collection import Collection
from antq_stats.edits.rules import judged_columns
from antq_stats.findings import catalogue
from antq_stats.findings.catalogue import Names
from antq_stats.findings.columns import Findings
from antq_stats.findings.finding import Finding, Severity
from antq_stats.form import EditRule
from antq_stats.output_marks import REPORT_ID
from antq_stats.render.words import FindingWording
from antq_stats.version import __version__
from antq_stats.words.language import Language, Wording
from antq_stats.words.text import one_line

_SEVERITIES: Mapping[Severity, str] = {"hard": "error", "soft": "warning", "note": "information"}
_RULE, _NOT_JUDGED = "R101", "R201"
_FORM_RULES, _CATALOGUE = "antq-stats edit rule", "antq-stats catalogue of findings"
"""Languages of the rules: the conditions of a form, and the codes that `antq-stats explain` explains."""


def validation_report(
    collection: Collection,
    findings: Findings,
    summary: Mapping[str, object],
    names: Names,
    lang: Language,
    judged_at: dt.datetime,
) -> list[dict[str, object]]:
    """Return the records of a validation report: findings, rules of the form without findings, and counts.

    Parameters
    ----------
    collection : what was read.
    findings : all findings.
    summary : counts of what was read and found, as `render.findings.validation` returns them.
    names : the names of codes.
    lang : language of the descriptions.
    judged_at : state of the data that was judged, with its time zone.
    """
    event = {
        "time": judged_at.isoformat(timespec="seconds"),
        "actor": f"antq-stats {__version__}",
        "trigger": "antq-stats validate",
    }
    report = _Report(collection, FindingWording(Wording(lang), names), lang)
    records = [
        *(report.validation(finding) for finding in findings),
        *report.rules_without_findings(findings),
        *report.counts(summary),
    ]
    return [
        {"id": f"{REPORT_ID}{collection.period}-{number}", "type": record["type"], "event": event} | record
        for number, record in enumerate(records, 1)
    ]


class _Report:
    """The records of a report, without identifier and event."""

    def __init__(self, collection: Collection, words: FindingWording, lang: Language) -> None:
        self._collection = collection
        self._words = words
        self._lang = lang
        self._rules = {rule.code: rule for rule in collection.form.rules}

    def validation(self, finding: Finding) -> dict[str, object]:
        """Return the record of a finding."""
        rule = self._rules.get(finding.rule or "")
        points = self._points(finding, rule)
        where = [one_line(finding.file, 200)] if finding.file else []
        where += [place] if (place := self._words.place(finding)) else []
        data: dict[str, object] = {"source": points, "target": points}
        return {
            "type": "validation",
            "rule": self._rule(finding.code, rule, catalogue.severity(finding)),
            "data": data | ({"description": " · ".join(where)} if where else {}),
            "value": "NA" if finding.code == _NOT_JUDGED else "0",
        }

    def rules_without_findings(self, findings: Findings) -> Iterator[dict[str, object]]:
        """Yield a record for each rule of the form that all units keep, or that no unit can be judged by."""
        broken = {finding.rule for finding in findings.of_code(_RULE)}
        broken |= {finding.rule for finding in findings.of_code(_NOT_JUDGED)}
        for rule in self._collection.form.rules:
            if rule.code not in broken:
                points = self._of_rule(rule, None)
                _, columns = judged_columns(self._collection, rule.expression.names)
                is_judged = all(given.any() for _, given in columns.values())
                yield {
                    "type": "validation",
                    "rule": self._rule(_RULE, rule, rule.severity),
                    "data": {"source": points, "target": points},
                    "value": "1" if is_judged else "NA",
                }

    def counts(self, summary: Mapping[str, object]) -> Iterator[dict[str, object]]:
        """Yield a record for each count of the summary."""
        period = [self._collection.period]
        for name, count in summary.items():
            yield {
                "type": "aggregation",
                "aggregate": {"language": "antq-stats summary", "expression": name},
                "data": {"source": period, "target": period},
                "value": str(count),
            }

    def _rule(self, code: str, rule: EditRule | None, severity: Severity) -> dict[str, object]:
        if rule is not None:
            language, expression = _FORM_RULES, rule.check
            description = rule.message.say(self._lang)
        else:
            language, expression = _CATALOGUE, f"{code} {catalogue.entry(code).name}"
            description = catalogue.explain(code, self._lang).message
        return {
            "language": language,
            "expression": expression,
            "severity": _SEVERITIES[severity],
            "description": description,
        }

    def _points(self, finding: Finding, rule: EditRule | None) -> list[str]:
        """Return the data points that a finding is on; of a file without known units, the file."""
        if rule is not None:
            return self._of_rule(rule, finding.unit)
        if finding.measures:
            return [self._point(finding.unit, measure) for measure in finding.measures]
        if finding.unit is None and finding.file is not None:
            return [f"{self._collection.period}/file/{one_line(finding.file, 200)}"]
        return [self._point(finding.unit)]

    def _of_rule(self, rule: EditRule, unit: str | None) -> list[str]:
        return [self._point(unit, measure) for measure in rule.expression.names]

    def _point(self, unit: str | None, measure: str | None = None) -> str:
        """Return a data point: period, unit and measure, of which the last two may be left out for all."""
        parts = [self._collection.period]
        parts += ["unit", unit] if unit is not None else []
        parts += ["measure", measure] if measure is not None else []
        return "/".join(parts)
