"""Check the numbers of a text against the publication of the samples."""

from __future__ import annotations

import functools

from antq_stats.collection.intake import Intake
from antq_stats.edits import edit
from antq_stats.figures.aggregation import aggregate
from antq_stats.figures.publication import Publication, publish
from antq_stats.findings.columns import Findings
from antq_stats.plausibility import implausible
from antq_stats.text_check.check import check
from antq_stats.text_check.documents.blocks import Paragraph
from antq_stats.text_check.results import Checked, TextCheck
from helpers.places import SAMPLES


@functools.cache
def published(year: str = "2021", last: str | None = None) -> Publication:
    """Return the publication of a year of the samples, with last year beside it on request."""
    opened = Intake.open(SAMPLES / year)
    collection = opened.collect()
    findings = Findings([edit(collection), implausible(collection)])
    earlier = None
    if last is not None:
        before = published(last)
        earlier = aggregate(before.collection, before.findings)
    return publish(collection, findings, earlier)


def checked_prose(text: str, last: str | None = None) -> TextCheck:
    """Check a text against the publication of 2021."""
    return check([Paragraph(part) for part in text.split("\n")], published(last=last))


def numbers_and_verdicts(result: TextCheck) -> list[tuple[str, str]]:
    """Return each number of a checked text with its verdict."""
    return [(one.number.text, one.judged.verdict) for one in result.checked]


def verdicts(text: str, last: str | None = None) -> dict[str, str]:
    """Check a text; return its numbers and their verdicts."""
    return dict(numbers_and_verdicts(checked_prose(text, last)))


def only_number(text: str, last: str | None = None) -> Checked:
    """Check a text of one number; return the result."""
    (one,) = checked_prose(text, last).checked
    return one
