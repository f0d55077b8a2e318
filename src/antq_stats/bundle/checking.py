"""Verifying a bundle: every file compared with the manifest, every report and figure computed again."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from antq_stats.bundle.archive import Unpacked, sha256, unpack, unusable
from antq_stats.bundle.differences import compared
from antq_stats.bundle.layout import Layout, Named, laid_out
from antq_stats.bundle.manifest import Entry, Manifest, ManifestError, Output, periods_of
from antq_stats.bundle.names import MANIFEST, PROVENANCE, SETUP, is_safe
from antq_stats.bundle.outputs import (
    NotStatedError,
    Reports,
    figures_bytes,
    figures_outputs,
    report_output,
    stated_of,
)  # fmt: skip
from antq_stats.bundle.provenance import provenance
from antq_stats.bundle.verification import (
    OutputCheck,
    Verification,
    difference_findings,
    manifest_findings,
    version_findings,
)
from antq_stats.findings.finding import Finding
from antq_stats.findings.setup_error import SetupError
from antq_stats.output_marks import JSON_KEY
from antq_stats.plan import Limits
from antq_stats.render.template_fault import TemplateFault
from antq_stats.render.writing.output import OutputError
from antq_stats.run import Result, open_period, read
from antq_stats.words.language import Language


def verify(
    stream: BinaryIO,
    name: str,
    *,
    limits: Limits = Limits(),  # noqa: B008 - a tuple of numbers
    jobs: int | None = None,
    language: Language = "vi",
) -> Verification:
    """Compute the reports and figures of a bundle again from the returns in it, and compare.

    Parameters
    ----------
    stream : the open file, which is not trusted.
    name : its name, for errors.
    limits : limits of time, memory and size for reading one return.
    jobs : maximum number of worker processes; None for one per core.
    language : language of messages.

    Raises
    ------
    SetupError
        B101: it is no bundle, or one that is not safe to unpack.
    OSError
        It cannot be unpacked, as on a full disk.
    """
    with tempfile.TemporaryDirectory(prefix="antq-stats-", ignore_cleanup_errors=True) as folder:
        unpacked = unpack(stream, name, Path(folder))
        content = unpacked.content(MANIFEST)
        try:
            manifest = Manifest.parsed(content or b"")
            _check_places(manifest)
        except ManifestError as error:
            raise unusable(name, error.problem) from error
        found = Verification(manifest, sha256(content or b""))
        if unpacked.seal is not None and unpacked.seal != found.manifest_sha256:
            found.findings.append(Finding(code="B205", file=MANIFEST))
        changed = _check_files(found, unpacked)
        _compute(found, unpacked, changed, limits, jobs, language)
        found.findings += version_findings(found)
        found.findings.sort(key=lambda finding: (finding.code[:2], finding.file != MANIFEST))
        return found


def _check_places(manifest: Manifest) -> None:
    """Refuse a manifest that names files outside of the bundle."""
    named = (place for entry in manifest.periods for place in _named(entry).values())
    places = (*(str(entry["folder"]) for entry in manifest.periods), *named, *manifest.files)
    if not all(map(is_safe, places)):
        raise ManifestError


def _named(entry: Entry) -> dict[str, str]:
    """Return the places of form and register that the command line named for a period."""
    named = entry.get("named", {})
    if not isinstance(named, dict):
        raise ManifestError
    return {kind: str(named[kind]) for kind in ("form", "units") if kind in named}


def _check_files(found: Verification, unpacked: Unpacked) -> frozenset[str]:
    """Compare every file with the manifest, and return those that differ."""
    changed: set[str] = set()
    stated = found.manifest.files
    for name, (size, digest) in stated.items():
        finding = None
        if name not in unpacked.files:
            finding = Finding(code="B202", file=name)
        elif name in unpacked.damaged:
            finding = Finding(code="B201", file=name, facts={"problem": "archive-damaged"})
        elif name in unpacked.unwritable:
            finding = Finding(code="B206", file=name)
        else:
            is_so = unpacked.digests[name]
            if is_so != (size, digest):
                facts = {"expected": digest[:12], "found": is_so[1][:12]}
                finding = Finding(code="B201", file=name, facts=facts)
        if finding is not None:
            found.findings.append(finding)
            changed.add(name)
    for name in sorted(unpacked.files - stated.keys() - {MANIFEST}):
        found.findings.append(Finding(code="B203", file=name))
        changed.add(name)
    found.agreeing = len(stated.keys() - changed)
    return frozenset(changed)


def _compute(
    found: Verification,
    unpacked: Unpacked,
    changed: frozenset[str],
    limits: Limits,
    jobs: int | None,
    language: Language,
) -> None:
    """Read the periods, and compare manifest, reports, figures and provenance with what comes of them."""
    try:
        runs, named = _read(found.manifest, unpacked, limits, jobs, language)
        layout = laid_out(runs, named)
    except SetupError as error:
        found.findings += error.findings
        for output in found.manifest.outputs:
            _not_computed(found, output, "folder-not-usable")
        return
    found.result = runs[0]
    figures = figures_outputs(layout)
    period_of = {output.file: run for output, run in zip(figures.values(), runs, strict=True)}
    reports = Reports(runs, named.template)
    stated: list[Output] = []
    for output in found.manifest.outputs:
        content = unpacked.content(output.file)
        if content is None:
            found.outputs.append(OutputCheck(output, "missing"))
            stated += [output] if output.file not in period_of else []
            continue
        if output.file in period_of:
            _compare(found, output, content, figures_bytes(period_of[output.file]), limits)
            continue
        stated.append(_as_stated(layout, output, content, limits))
        try:
            computed = reports.content(output.file, output.stated)
        except NotStatedError as error:
            _not_computed(found, output, error.problem, error.found)
        except (TemplateFault, OutputError):
            _not_computed(found, output, "cannot-be-written")
        except SetupError as error:  # changes.csv is read when figures of two periods meet
            found.findings += [finding for finding in error.findings if finding not in found.findings]
            _not_computed(found, output, "folder-not-usable")
        else:
            _compare(found, output, content, computed, limits)
    hashes = {name: digest for name, digest in unpacked.digests.items() if name != MANIFEST}
    outputs = [*figures.values(), *stated]
    made = found.manifest._replace(
        period=runs[0].period.name, periods=periods_of(layout, hashes), outputs=outputs
    )
    found.findings += manifest_findings(found.manifest, made, changed)
    if not found.findings:
        hashes.pop(PROVENANCE, None)
        version = found.manifest.made_with[JSON_KEY]
        text = provenance(layout, figures, stated, hashes, version)
        _compare_provenance(found, unpacked.content(PROVENANCE) or b"", text.encode("utf-8"), limits)


def _read(
    manifest: Manifest, unpacked: Unpacked, limits: Limits, jobs: int | None, language: Language
) -> tuple[list[Result], Named]:
    """Read the periods of a bundle.

    Raises
    ------
    SetupError
        A folder, form or register cannot be used.
    """
    root, main = unpacked.folder, manifest.periods[0]
    own = {kind: root / place for kind, place in _named(main).items()}
    period = main["named"].get("period") if "named" in main else None
    opened = open_period(
        root / main["folder"], form=own.get("form"), units=own.get("units"),
        period=None if period is None else str(period), limits=limits, jobs=jobs,
    )  # fmt: skip
    earlier = [opened.earlier(root / entry["folder"]) for entry in manifest.periods[1:]]
    template = next((root / name for name in sorted(unpacked.files) if _is_template(manifest, name)), None)
    runs = [read(each, language) for each in (opened, *earlier)]
    name = None if period is None else opened.name
    return runs, Named(own.get("form"), own.get("units"), name, template)


def _is_template(manifest: Manifest, name: str) -> bool:
    """Return whether a file is the template of the reports: the one of the setup that no period names."""
    named = {place for entry in manifest.periods for place in _named(entry).values()}
    return name.startswith(f"{SETUP}/") and name not in named


def _as_stated(layout: Layout, output: Output, content: bytes, limits: Limits) -> Output:
    """Return a report as it states itself; as the manifest has it, if it states nothing usable."""
    try:
        return report_output(layout, output.file, stated_of(content, output.file, limits))
    except NotStatedError:
        return output


def _not_computed(found: Verification, output: Output, problem: str, value: str = "") -> None:
    facts = {"problem": problem} | ({"found": value} if value else {})
    found.findings.append(Finding(code="B302", file=output.file, facts=facts))
    found.outputs.append(OutputCheck(output, "not-computed"))


def _compare(found: Verification, output: Output, stated: bytes, computed: bytes, limits: Limits) -> None:
    suffix = PurePosixPath(output.file).suffix.lower()
    comparison = compared(stated, computed, suffix, limits)
    found.outputs.append(OutputCheck(output, comparison.agreement, comparison.number))
    found.findings += difference_findings(output.file, comparison)


def _compare_provenance(found: Verification, stated: bytes, computed: bytes, limits: Limits) -> None:
    found.findings += difference_findings(PROVENANCE, compared(stated, computed, ".json", limits))
