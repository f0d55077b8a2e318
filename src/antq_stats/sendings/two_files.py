"""Two files compared as two sendings of one return."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from antq_stats.collection.intake import Intake
from antq_stats.findings.finding import Finding
from antq_stats.reading.discover import Discovered, discover_files
from antq_stats.reading.returns import Return
from antq_stats.sendings.difference import Difference, Sending, difference
from antq_stats.sendings.resent import sendings


def compare_files(opened: Intake, old: Path, new: Path) -> tuple[Difference, Sending]:
    """Read two files and compare them; return what changed, and the new file with all findings on it.

    Parameters
    ----------
    opened : the period that both are of.
    old, new : the files.

    Raises
    ------
    SetupError
        As for `Intake.begin`.
    """
    assert isinstance(opened.folder, Path)  # noqa: S101 - files are on this machine
    discovered = discover_files(opened.folder, (old, new))
    names = {Path(str(source.path)): source.file for source in discovered.sources}
    read = {return_.file: return_ for return_ in opened.read_only(discovered)}
    first, last = (
        _sending(opened, discovered, _return_of(read, names.get(path.resolve(), "")), path)
        for path in (old, new)
    )
    return difference(opened.form, opened.plan, first, last), last


def _return_of(read: Mapping[str, Return], file: str) -> Return | None:
    """Return what was read of a file; of an archive or a message, the only file in it."""
    inside = [each for name, each in read.items() if name.startswith(f"{file}/") and not each.enclosed]
    return inside[0] if len(inside) == 1 else read.get(file)


def _sending(opened: Intake, discovered: Discovered, return_: Return | None, path: Path) -> Sending:
    """Return a file with its findings; one that could not even be opened has those of the folder."""
    if return_ is None:
        unread: list[Finding] = [found for found in discovered.findings if found.file == path.name]
        return Sending(Return(path.name), unread)
    return sendings(opened.form, opened.register, opened.name, [return_])[return_.file]
