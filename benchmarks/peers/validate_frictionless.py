"""Checks the same figures as one clean CSV with frictionless: types, bounds, the key, the rules.

    python benchmarks/peers/validate_frictionless.py CSV OUT [--without-rules]

There are no sums, because frictionless only checks.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from frictionless import Checklist, Resource, Schema, checks, system
from measures import MEASURES, RULES, bounds


def main(table: Path, out: Path, rules: tuple[str, ...]) -> None:
    """Check, and write how many rows and faults there are."""
    fields: list[dict[str, object]] = [
        {"name": name, "type": "string", "constraints": {"required": True}} for name in ("code", "name")
    ]
    for code, (least, most) in bounds().items():
        limits = {"required": True, "minimum": least, "maximum": most}
        fields.append({"name": code, "type": "integer", "constraints": limits})
    if len(fields) != len(MEASURES) + 2:
        raise SystemExit("the schema lacks a measure")
    schema = Schema.from_descriptor({"fields": fields, "primaryKey": ["code"]})
    checklist = Checklist(checks=[checks.row_constraint(formula=rule) for rule in rules])
    with system.use_context(trusted=True):
        report = Resource(path=str(table), schema=schema).validate(checklist)
    stats = report.tasks[0].stats
    out.write_text(json.dumps({"rows": stats["rows"], "errors": stats["errors"]}), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), () if "--without-rules" in sys.argv[3:] else RULES)
