"""Where the files of periods stand in a bundle, so that each period finds there what it found before.

A form, a register and a list of changes may lie above the folder of a period. Periods that found the same
ones share a folder in the bundle, with these files in it. No other name of a folder above is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from antq_stats.bundle.names import DATA, SETUP, encodable, file_name, free_name
from antq_stats.collection.setup_files import nearest_changes, nearest_contacts, nearest_register
from antq_stats.reading.discover import DECISIONS_FILE, PUBLISHED_FILE
from antq_stats.run import Result

_Needs = dict[str, Path | None]
"""For the form, the register and the changes: the file found above the folder of a period, or None if nothing
may be found there. What lies in the folder itself is not among them."""


PLAIN_REASONS = ("contacts", "link", "no-return")
"""A list of telephone numbers; a link to a file outside of the folder; a text, picture or program: no figure
comes from it, and nobody has looked for data of persons in it."""


@dataclass(frozen=True)
class Named:
    """What the command line named in place of what a folder holds."""

    form: Path | None = None
    units: Path | None = None
    period: str | None = None
    template: Path | None = None


@dataclass(frozen=True)
class PeriodPlace:
    """A period, and where it stands in the bundle."""

    result: Result
    folder: str
    form: str | None = None
    """Place of the form if the command line named it."""
    units: str | None = None
    """Place of the register if the command line named it."""
    period: str | None = None
    """Name of the period if the command line gave it."""


@dataclass
class Layout:
    """Periods with the files that they are read from."""

    periods: list[PeriodPlace] = field(default_factory=list)
    """The period of the reports first, then earlier ones."""
    files: dict[str, Path] = field(default_factory=dict)
    """Place in the bundle -> the file."""
    left_out: dict[str, str] = field(default_factory=dict)
    """Place that a file would have -> why it is not packed: one of `PLAIN_REASONS`, or a finding's code."""
    template: str | None = None
    """Place of the template that the command line named."""

    @property
    def inputs(self) -> Iterator[tuple[PeriodPlace, list[str]]]:
        """Each period with the places of the files that it is read from."""
        for place in self.periods:
            above = place.folder.split("/")[0]
            setup = {place.form, place.units}
            yield place, [
                name
                for name in sorted(self.files)
                if name.startswith(f"{place.folder}/")
                or name in setup
                or name.rpartition("/")[0] == above
            ]  # fmt: skip


def laid_out(runs: Sequence[Result], named: Named) -> Layout:
    """Return where the files of a period and of earlier ones stand in a bundle.

    Parameters
    ----------
    runs : the period, then earlier ones, with the returns kept; their folders are on this machine.
    named : what the command line named.

    Raises
    ------
    SetupError
        A file that lies above a folder cannot be told; see `nearest_register`.
    """
    layout = Layout()
    groups: list[_Needs] = []
    layout.template = _named(layout, named.template)
    for run in runs:
        own = named if run is runs[0] else Named()
        needs = _needs(run, own)
        number = next((at for at, group in enumerate(groups) if _agree(group, needs)), len(groups))
        groups[number:] = groups[number:] or [{}]
        groups[number] |= needs
        above = DATA if number == 0 else f"{DATA}-{number + 1}"
        taken = {place.folder.lower() for place in layout.periods}
        folder = free_name(above, encodable(_folder(run).name) or DATA, taken)
        form, units = _named(layout, own.form), _named(layout, own.units)
        layout.periods.append(PeriodPlace(run, folder, form, units, own.period))
        layout.files |= {f"{above}/{path.name}": path for path in needs.values() if path is not None}
        _add_folder(layout, run, folder, own)
    return layout


def _folder(run: Result) -> Path:
    folder = run.period.local_folder
    assert folder is not None  # noqa: S101 - checked by the command
    return folder.resolve()


def _named(layout: Layout, path: Path | None) -> str | None:
    """Add a file that the command line named, and return its place."""
    if path is None:
        return None
    place = free_name(SETUP, file_name(path.name), {name.lower() for name in layout.files})
    layout.files[place] = path
    return place


def _needs(run: Result, named: Named) -> _Needs:
    """Return what a period finds above its folder."""
    period, folder = run.period, _folder(run)
    own_units = period.units_file if nearest_register(folder) is not None else None
    found = {"form": period.form_file, "units": own_units, "changes": nearest_changes(folder)}
    needs = {kind: path for kind, path in found.items() if path is None or path.resolve().parent != folder}
    for kind, is_named in (("form", named.form), ("units", named.units)):
        if is_named is not None:
            needs.pop(kind, None)
    return needs


def _agree(group: _Needs, needs: _Needs) -> bool:
    """Return whether what periods find above their folders is the same file of each kind."""
    return all(group.get(kind, path) == path for kind, path in needs.items())


def _add_folder(layout: Layout, run: Result, folder: str, named: Named) -> None:
    """Add the files of a period's folder: form, register, changes, decisions, releases and returns."""
    period, here = run.period, _folder(run)
    inside = [nearest_changes(here)]
    inside += [] if named.form else [period.form_file]
    inside += [] if named.units else [period.units_file]
    own = [path for path in inside if path is not None and path.resolve().parent == here]
    for path in (*own, here / DECISIONS_FILE, here / PUBLISHED_FILE):  # links to these are followed
        if path.is_file():
            layout.files[f"{folder}/{path.name}"] = path
    for record in sorted({each.record for each in period.published if each.figures}):
        if (here / record).is_file():
            layout.files[f"{folder}/{record}"] = here / record
    contacts = nearest_contacts(here)
    if contacts is not None:
        layout.left_out[f"{folder}/{contacts.name}"] = "contacts"
    persons = _with_persons(run)
    passed_over = {each.file for each in run.collection.files if each.passed_over and not each.findings}
    no_returns = {each.file for each in run.collection.files if {f.code for f in each.findings} == {"F204"}}
    for source in period.discovered.sources:
        if not isinstance(source.path, str) or source.file in passed_over:
            continue
        place = Path(source.path)
        if source.file in persons:
            layout.left_out[f"{folder}/{source.file}"] = persons[source.file]
        elif source.file in no_returns:
            layout.left_out[f"{folder}/{source.file}"] = "no-return"
        elif place.is_symlink() and not place.resolve().is_relative_to(here):
            layout.left_out[f"{folder}/{source.file}"] = "link"
        else:
            layout.files[f"{folder}/{source.file}"] = Path(source.path)


def _with_persons(run: Result) -> dict[str, str]:
    """Return the files that hold data of persons, also those that were set aside, each with a finding's code.

    An archive holds what the files in it hold.
    """
    found: dict[str, str] = {}
    local = {each.file for each in run.period.discovered.sources if isinstance(each.path, str)}
    for return_ in run.period.returns or run.collection.files:
        for finding in return_.findings:
            if finding.code.startswith("D1"):
                file = return_.file
                while file not in local and "/" in file:
                    file = file.rpartition("/")[0]
                found.setdefault(file, finding.code)
    return found
