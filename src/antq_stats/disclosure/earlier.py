"""The releases that were published before, as the lists of folders say, and those that cannot be known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from antq_stats.collection.collection import Collection
from antq_stats.collection.intake import Intake
from antq_stats.collection.setup_files import release_record
from antq_stats.disclosure.knowledge import BESIDE
from antq_stats.disclosure.proof import Proof, prove, published_release, told_by
from antq_stats.disclosure.record import record_of, releases_in
from antq_stats.disclosure.release import Release
from antq_stats.figures.aggregation import Aggregate
from antq_stats.findings.finding import Finding
from antq_stats.release_list import PublishedReport


@dataclass(frozen=True)
class EarlierReleases:
    """What is known of the reports that were published of a period."""

    releases: tuple[Release, ...]
    """What they showed, in the order of their days; equal ones once."""
    reports: tuple[PublishedReport, ...]
    """The report that each of them was published by first."""
    unknown: tuple[Finding, ...]
    """S233 for each report of which it is not known what it showed."""

    def given_away(self, proof: Proof) -> tuple[Finding, ...]:
        """Return S234 for each figure that these releases disclose whatever is withheld now.

        Parameters
        ----------
        proof : of what is about to be published, beside these releases.
        """
        report_of = {id(release): report for release, report in zip(self.releases, self.reports, strict=True)}
        return tuple(
            Finding(
                code="S234", file=report_of[id(release)].file, unit=breach.name[2].removesuffix(BESIDE),
                measure=breach.name[1], facts={"given": report_of[id(release)].date.isoformat()},
            )
            for breach, release in told_by(proof, self.releases)
        )  # fmt: skip


def prove_beside(collection: Collection, aggregate: Aggregate, earlier: EarlierReleases) -> Proof:
    """Return what must be withheld of a period's figures beside what was published of it.

    A report that showed just what is shown without a thought of it tells nothing new.

    Parameters
    ----------
    collection : the values of the period.
    aggregate : their sums.
    earlier : what was published before.
    """
    alone = prove(collection, aggregate)
    if not earlier.releases:
        return alone
    same = record_of([published_release(collection, alone.disclosure)])
    if all(record_of([release]) == same for release in earlier.releases):
        return alone
    return prove(collection, aggregate, earlier.releases)


def earlier_releases(period: Intake, others: Sequence[Intake] = ()) -> EarlierReleases:
    """Return what was published of a period.

    Parameters
    ----------
    period : the period.
    others : further periods of the run; reports that were published of these may show this one too.
    """
    found: dict[str, tuple[PublishedReport, Release]] = {}
    unknown: list[Finding] = []
    seen: set[str] = set()
    listed = [(report, each) for each in (period, *others) for report in each.published]
    for report, owner in sorted(listed, key=lambda pair: pair[0].date):
        if period.name not in (report.period, *_periods(report.earlier)):
            continue
        shown = _shown(report, owner)
        if isinstance(shown, str):
            if (report.figures or report.file) not in seen:  # the faces of one report have one record
                seen.add(report.figures or report.file)
                unknown.append(_unknown(report, shown))
            continue
        for release in shown:
            if release.period != period.name or report.figures in found:
                continue
            found[report.figures] = report, release
            if not _is_on(release, period):
                unknown.append(_unknown(report, "release-on-other-units"))
    return EarlierReleases(
        tuple(release for _, release in found.values()),
        tuple(report for report, _ in found.values()),
        tuple(unknown),
    )


def _periods(text: str) -> Iterator[str]:
    return (name.strip() for name in text.split(";"))


def _shown(report: PublishedReport, owner: Intake) -> tuple[Release, ...] | str:
    """Return what a report showed, or a keyword of the catalogue that says why it is not known."""
    if not report.figures:
        return "release-none"
    record = release_record(owner.folder, report)
    if record is None:
        return "release-missing"
    if hashlib.sha256(record).hexdigest() != report.figures:
        return "release-changed"
    try:
        return releases_in(record)
    except ValueError:
        return "release-unreadable"


def _is_on(release: Release, period: Intake) -> bool:
    """Return whether each unit that a release shows or withholds a value of is one of the period's units."""
    known = period.register.units.by_code
    return all(leaf.unit in known for shown in release.measures.values() for leaf in shown.leaves)


def _unknown(report: PublishedReport, problem: str) -> Finding:
    return Finding(
        code="S233", file=report.file, facts={"problem": problem, "given": report.date.isoformat()}
    )
