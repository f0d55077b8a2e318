"""Publishing: a line in published.csv for each report, and a record of the protected figures it showed."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path

from antq_stats.disclosure.proof import published_release
from antq_stats.disclosure.record import record_of
from antq_stats.figures.disclosure import disclosure
from antq_stats.findings.columns import Findings
from antq_stats.reading.discover import PUBLISHED_FILE
from antq_stats.release_list import COLUMNS, HEADS, RECORDS, REQUIRED, Kind, PublishedReport, read_published
from antq_stats.render.writing.delimited import csv_text
from antq_stats.render.writing.office_list import OfficeList
from antq_stats.render.writing.output import as_output_error, make_folder, write_bytes
from antq_stats.run import Result
from antq_stats.series.boundaries import day_of_period
from antq_stats.words.today import today


def publish(
    result: Result, reports: Sequence[Path], boundaries: dt.date | None = None
) -> tuple[PublishedReport, ...]:
    """Record that reports were published; return the lines that were added.

    A report that is on the list already, with the same bytes, is not added again. What is recorded is what a
    report shows: a table of some of it, or of its sums on other boundaries, tells no more.

    Parameters
    ----------
    result : the period, whose folder is on this machine.
    reports : the files, each written from the result: reports, or tables of observations.
    boundaries : the day whose units they are stated on; None for the period's own.

    Raises
    ------
    SetupError
        The list cannot be read.
    OutputError
        The list or the record cannot be written, or another run writes it.
    """
    folder = result.period.local_folder
    assert folder is not None  # noqa: S101 - checked by the caller
    record = _record(result)
    figures = hashlib.sha256(record).hexdigest() if record else ""
    kind: Kind = "provisional" if result.publication.is_provisional else "final"
    period, earlier = result.period, "; ".join(each.period.name for each in result.earlier)
    rest = csv_text(period.name), boundaries or day_of_period(period), kind, csv_text(earlier), figures
    lines = [PublishedReport(today(), csv_text(path.name), _hash_of(path), *rest) for path in reports]
    kept = OfficeList(folder / PUBLISHED_FILE, COLUMNS, HEADS, REQUIRED)
    with kept.held():
        known = {each[1:] for each in read_published(kept.path)} if kept.path.exists() else set()
        added = tuple(line for line in lines if line[1:] not in known)
        if added and record:
            make_folder(folder / RECORDS)
            write_bytes(folder / added[0].record, record)
        if added:
            kept.add([line.cells() for line in added])
    return added


def given_away(result: Result) -> Findings:
    """Return S234 for each figure that earlier releases disclose, of all periods of a run."""
    proven = ((each.proof, each.releases) for each in (result, *result.earlier) if each.proof is not None)
    return Findings([releases.given_away(proof) for proof, releases in proven])


def _hash_of(path: Path) -> str:
    with as_output_error(path):
        return hashlib.sha256(path.read_bytes()).hexdigest()


def _record(result: Result) -> bytes:
    """Return the record of what a report shows; empty if no form of its periods protects a measure."""
    shown = [
        published_release(each.collection, each.disclosed or disclosure(each.aggregate))
        for each in (result, *result.earlier)
        if any(measure.below for measure in each.form.measures)
    ]
    return record_of(shown) if shown else b""
