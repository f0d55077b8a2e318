"""The validation report of the European Statistical System: its structure, and that it says no value."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

import pytest

from helpers.command import run
from helpers.places import SAMPLES
from helpers.returns import FORM, V1, V2, V3, W1, W2, setup, write_csv

TEXT = {"type": "string", "minLength": 1}
TEXTS = {"type": "array", "items": TEXT}
EVENT = {
    "type": "object",
    "properties": {"time": TEXT, "actor": TEXT, "agent": TEXT, "trigger": TEXT},
    "required": ["time", "actor"],
    "additionalProperties": False,
}
DATA = {
    "type": "object",
    "properties": {"source": TEXTS, "target": TEXTS, "description": TEXT},
    "required": ["source", "target"],
    "additionalProperties": False,
}


def _rule(*more: str) -> dict[str, Any]:
    names = {"language": TEXT, "expression": TEXT, "description": TEXT}
    return {
        "type": "object",
        "properties": names | ({"severity": {"enum": ["information", "warning", "error"]}} if more else {}),
        "required": ["language", "expression", *more],
        "additionalProperties": False,
    }


def _record(kind: str, **parts: Any) -> dict[str, Any]:
    named = {"id": TEXT, "type": {"const": kind}, "event": EVENT, "data": DATA, **parts}
    return {
        "type": "object",
        "properties": named,
        "required": sorted(named),
        "additionalProperties": False,
    }


SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "array",
    "items": {
        "oneOf": [
            _record("validation", rule=_rule("severity"), value={"enum": ["0", "1", "NA"]}),
            _record("aggregation", aggregate=_rule(), value={"type": "string"}),
        ]
    },
}
"""The structure of version 1.0.0 in our own words: the published schema states no licence.

It is stricter: it allows no other keys, and all parts of a record must be there.
"""
RULES = """
[[rule]]
code = "K1"
check = "bo <= trau"
severity = "hard"
message = { vi = "Bò nhiều hơn trâu", en = "More cattle than buffaloes" }

[[rule]]
code = "K2"
check = "bo <= 4321"
severity = "soft"
message = { vi = "Quá nhiều bò", en = "Too many cattle" }
"""
SEVERITIES = {"hard": "error", "soft": "warning", "note": "information"}


def _report(*arguments: object, **environment: str) -> list[dict[str, Any]]:
    done = run("validate", *arguments, "--format", "ess", env=environment)
    assert done.status in (0, 1), done.output
    jsonschema = pytest.importorskip("jsonschema", reason="it reads the structure")
    jsonschema.validate(done.data, SCHEMA)
    found: list[dict[str, Any]] = done.data
    return found


def _of_rules(report: list[dict[str, Any]], check: str) -> list[tuple[str, str, list[str]]]:
    return [
        (record["value"], record["rule"]["severity"], record["data"]["target"])
        for record in report
        if record.get("rule", {}).get("expression") == check
    ]


def _planted(folder: Path, *bo: object) -> Path:
    setup(folder, RULES, form=FORM)
    places = zip((V1, V2, V3, W1, W2), bo, strict=True)
    write_csv(
        folder / "a.csv", [["Mã thôn", "Tên thôn", "Số trâu", "Số bò"], *([*v, 500, n] for v, n in places)]
    )
    return folder


def test_each_finding_is_a_record() -> None:
    folder = SAMPLES / "2021-messy"
    findings = run("validate", folder, "--format", "json").data["findings"]
    records = [record for record in _report(folder) if record["type"] == "validation"]
    for finding, record in zip(findings, records, strict=False):
        assert record["rule"]["severity"] == SEVERITIES[finding["severity"]]
        assert record["value"] == ("NA" if finding["code"] == "R201" else "0")
        if finding["rule"] is None:
            assert record["rule"]["expression"] == f"{finding['code']} {finding['name']}"
            also = [each["measure"] for each in finding["also"] or ()]
            if finding["measure"] is not None and finding["unit"] is not None:
                points = [
                    f"2021/unit/{finding['unit']}/measure/{code}" for code in (finding["measure"], *also)
                ]
                assert record["data"]["target"] == points
        if finding["file"] is not None:
            assert record["data"]["description"].startswith(finding["file"])
    rest = records[len(findings) :]
    assert {record["value"] for record in rest} <= {"1", "NA"}
    assert len({record["id"] for record in records}) == len(records)


def test_a_rule_is_kept_broken_or_not_judged(tmp_path: Path) -> None:
    report = _report(_planted(tmp_path / "2021", 1, 2, 3, 501, 5))
    assert _of_rules(report, "bo <= trau") == [
        ("0", "error", ["2021/unit/070201/measure/bo", "2021/unit/070201/measure/trau"])
    ]
    assert _of_rules(report, "bo <= 4321") == [("1", "warning", ["2021/measure/bo"])]
    some = _report(_planted(tmp_path / "b" / "2021", 1, 2, 3, "…", 5))
    assert _of_rules(some, "bo <= 4321") == [("NA", "information", ["2021/measure/bo"])]
    none = _report(_planted(tmp_path / "c" / "2021", *["…"] * 5))
    assert _of_rules(none, "bo <= 4321") == [("NA", "warning", ["2021/measure/bo"])]


def test_counts_are_records_of_their_own() -> None:
    folder = SAMPLES / "2021-messy"
    summary = run("validate", folder, "--format", "json").data["summary"]
    counts = {
        record["aggregate"]["expression"]: record["value"]
        for record in _report(folder)
        if record["type"] == "aggregation"
    }
    assert counts == {name: str(count) for name, count in summary.items()}


def test_no_value_gets_into_the_report(tmp_path: Path) -> None:
    folder = _planted(tmp_path / "2021", "7.771", "chín trăm", 501, "3333 con", 88_888)
    told = json.dumps(run("validate", folder, "--format", "json").data, ensure_ascii=False)
    report = run("validate", folder, "--format", "ess").stdout
    for value in ("chín trăm", "501", "3333", "88888"):
        assert value in told.replace(".", "").replace(",", ""), value
        assert value not in report.replace(".", "").replace(",", ""), value
    assert "500" in told
    assert "500" not in report


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_descriptions_are_in_the_language_of_the_run(lang: str, tmp_path: Path) -> None:
    report = _report(_planted(tmp_path / "2021", 1, 2, 3, 501, 5), "--lang", lang)
    (record,) = [each for each in report if each["value"] == "0" and each["type"] == "validation"]
    expected = {"vi": "Bò nhiều hơn trâu", "en": "More cattle than buffaloes"}[lang]
    assert record["rule"]["description"] == expected


def test_the_same_files_give_the_same_report(tmp_path: Path) -> None:
    folder = _planted(tmp_path / "2021", 1, 2, 3, 4, 5)
    changed = dt.datetime(2021, 12, 5, 9, 30, tzinfo=dt.UTC)
    os.utime(folder / "a.csv", (changed.timestamp(),) * 2)
    first, second = _report(folder), _report(folder)
    assert first == second
    assert {record["event"]["time"] for record in first} == {"2021-12-05T09:30:00+00:00"}
    given = _report(folder, SOURCE_DATE_EPOCH="0")
    assert {record["event"]["time"] for record in given} == {"1970-01-01T00:00:00+00:00"}
