"""Making a bundle, which is verified before it is kept: it never states what is not so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from antq_stats.bundle.archive import Content, Digest, content_of, digest_of, pack, sha256
from antq_stats.bundle.checking import verify
from antq_stats.bundle.layout import Layout, Named, laid_out
from antq_stats.bundle.manifest import Manifest, Output, left_out_of, periods_of, versions
from antq_stats.bundle.names import MANIFEST, MARK, PROVENANCE, REPORTS, file_name, free_name
from antq_stats.bundle.outputs import (
    NotStatedError,
    figures_bytes,
    figures_outputs,
    report_output,
    stated_of,
)  # fmt: skip
from antq_stats.bundle.provenance import provenance
from antq_stats.findings.finding import Finding
from antq_stats.output_marks import JSON_KEY
from antq_stats.run import Result


class NotBundledError(Exception):
    """A bundle would not agree with itself, so it was not made.

    Parameters
    ----------
    findings : what does not agree, and why.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(f"{len(findings)} findings")


@dataclass(frozen=True)
class Bundle:
    """A bundle that was written.

    Parameters
    ----------
    manifest_sha256 : hash of its manifest.
    files : number of its files.
    left_out : findings on files that are not in it.
    """

    manifest_sha256: str
    files: int
    left_out: tuple[Finding, ...]


def make_bundle(
    runs: Sequence[Result], reports: Sequence[Path], named: Named, stream: BinaryIO, name: str
) -> Bundle:
    """Write a bundle, and verify it.

    Parameters
    ----------
    runs : the period of the reports, compared with nothing; then earlier ones. Their returns are kept, and
        their folders are on this machine.
    reports : the reports.
    named : what the command line named.
    stream : an open file that can be read too.
    name : its name.

    Raises
    ------
    NotBundledError
        A report was not made by the program, or not from these returns; or a file cannot be read, or has
        changed since it was read.
    SetupError
        A file above a folder cannot be told.
    OSError
        A file cannot be read, or the bundle cannot be written.
    """
    layout = laid_out(runs, named)
    outputs, files = _reports(layout, reports)
    figures = figures_outputs(layout)
    files |= layout.files | {MARK: b""}
    files |= {output.file: figures_bytes(run) for output, run in zip(figures.values(), runs, strict=True)}
    made_with, hashes = versions(), _hashes(layout, files)
    _refuse(layout, "changed-meanwhile", _changed(layout, hashes))
    text = provenance(layout, figures, outputs, hashes, made_with[JSON_KEY]).encode("utf-8")
    manifest = Manifest(
        made_with,
        runs[0].period.name,
        periods_of(layout, hashes),
        [*figures.values(), *outputs],
        left_out_of(layout),
        dict(sorted((hashes | {PROVENANCE: (len(text), sha256(text))}).items())),
    )
    stated = manifest.text().encode("utf-8")
    first = {MANIFEST: stated, PROVENANCE: text}
    _refuse(layout, "changed-meanwhile", pack(stream, first, files, hashes, sha256(stated)))
    stream.flush()
    stream.seek(0)
    left_out = tuple(_left_out(layout))
    period = runs[0].period
    found = verify(stream, name, limits=period.plan.limits, jobs=period.jobs, language=runs[0].language)
    stream.seek(0, 2)
    if not found.agrees:
        raise NotBundledError((*left_out, *found.obstacles))
    return Bundle(found.manifest_sha256, len(files) + 2, left_out)


def _hashes(layout: Layout, files: Mapping[str, Content]) -> dict[str, Digest]:
    """Return size and SHA-256 of files; refuse those that cannot be read, as returns that nobody may open.

    Raises
    ------
    NotBundledError
        With F101 for each.
    """
    hashes: dict[str, Digest] = {}
    unreadable = []
    for name in sorted(files):
        try:
            hashes[name] = digest_of(files[name])
        except OSError:
            unreadable.append(name)
    _refuse(layout, "cannot-be-opened", unreadable)
    return hashes


def _changed(layout: Layout, hashes: Mapping[str, Digest]) -> Iterator[str]:
    """Yield the places of returns that are no longer as they were when their figures were read."""
    for place in layout.periods:
        for return_ in place.result.period.returns or place.result.collection.files:
            name = f"{place.folder}/{return_.file}"
            if return_.sha256 and name in hashes and hashes[name][1] != return_.sha256:
                yield name


def _refuse(layout: Layout, problem: str, names: Iterable[str]) -> None:
    """Refuse files.

    Raises
    ------
    NotBundledError
        With F101 for each.
    """
    findings = []
    for name in names:
        folder = next((p.folder for p in layout.periods if name.startswith(f"{p.folder}/")), "")
        file = name.removeprefix(f"{folder}/")
        findings.append(Finding(code="F101", file=file, facts={"problem": problem}))
    if findings:
        raise NotBundledError(findings)


def _reports(layout: Layout, reports: Sequence[Path]) -> tuple[list[Output], dict[str, Content]]:
    """Return the reports with the command lines that make them, and their files.

    Raises
    ------
    NotBundledError
        One does not say how it was made, or cannot be made from these periods.
    """
    outputs: list[Output] = []
    files: dict[str, Content] = {}
    findings: list[Finding] = []
    limits = layout.periods[0].result.period.plan.limits
    for path in reports:
        try:
            content = content_of(path)
        except OSError:
            findings.append(Finding(code="F101", file=path.name, facts={"problem": "cannot-be-opened"}))
            continue
        file = free_name(REPORTS, file_name(path.name), {place.lower() for place in files})
        files[file] = content
        try:
            outputs.append(report_output(layout, file, stated_of(content, path.name, limits)))
        except NotStatedError as error:
            facts = {"problem": error.problem} | ({"found": error.found} if error.found else {})
            findings.append(Finding(code="B302", file=path.name, facts=facts))
    if findings:
        raise NotBundledError(findings)
    return outputs, files


def _left_out(layout: Layout) -> Sequence[Finding]:
    """Return a finding on each return that is not in the bundle: one with data of persons, or a link."""
    return [
        Finding(
            code="B305",
            file=name.removeprefix(f"{place.folder}/"),
            facts={"given": "F111" if reason == "link" else reason},
        )
        for place in layout.periods
        for name, reason in sorted(layout.left_out.items())
        if name.startswith(f"{place.folder}/") and reason not in ("contacts", "no-return")
    ]
