"""Opening a period's folder: find its form, its register and the period's name, and read its returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from antq_stats.collection.period_name import day_of, period_of, year_of
from antq_stats.collection.setup_files import nearest_form, nearest_register, own_decisions, own_releases
from antq_stats.decisions.decision import NO_DECISIONS, Decisions
from antq_stats.decisions.person_names import PlaceNames
from antq_stats.decisions.reading import with_decisions
from antq_stats.findings.finding import Finding
from antq_stats.findings.setup_error import SetupError
from antq_stats.form import Form, levels_below, load_form, reading_plan
from antq_stats.plan import Limits, ReadingPlan
from antq_stats.reading.discover import Discovered, discover, discover_files
from antq_stats.reading.files.remote import RemoteFolder, RemoteProblem, folder_at
from antq_stats.reading.processes.worker_errors import NoWorkerError
from antq_stats.register.register import UnitRegister, load_register
from antq_stats.release_list import PublishedReport
from antq_stats.ruled_reading import NOTHING_RULED

if TYPE_CHECKING:
    from antq_stats.collection.collection import Collection
    from antq_stats.reading.processes.workers import Reading
    from antq_stats.reading.returns import Return


@dataclass(repr=False)
class Intake:
    """A folder of one period, ready to be read."""

    folder: Path | RemoteFolder
    name: str
    """Name of the period."""
    form: Form
    register: UnitRegister
    form_file: Path | None
    """None for the built-in form."""
    units_file: Path
    plan: ReadingPlan
    """Form and register, compiled for the workers."""
    taken_from: str | None = None
    """The folder's name, if the period is only the year in it; else None."""
    discovered: Discovered = field(default_factory=Discovered)
    """The files of the folder; empty until `begin` is called."""
    jobs: int | None = None
    """Maximum number of worker processes; None for one per core."""
    scheduler: str | None = None
    """Address of a Dask cluster (``tcp://host:port``) that reads instead of this machine, or None."""
    only: tuple[Path, ...] = ()
    """Files that alone are read; empty for all of the folder."""
    may_be_empty: bool = False
    """Whether a folder without returns is read too, as on the first day."""
    decisions: Decisions = NO_DECISIONS
    """What was decided on the returns, as decisions.csv in the folder says."""
    published: tuple[PublishedReport, ...] = ()
    """The reports that were published of it, as published.csv in the folder says."""
    keeps_returns: bool = False
    """Whether the returns are kept, so that they can be combined with other decisions."""
    returns: tuple[Return, ...] = ()
    """The returns that were read, if they are kept."""
    _reading: Reading | None = None
    """The reading in progress, from `begin` until `collect`."""

    def __repr__(self) -> str:
        form = f"form {self.form.id} {self.form.version}"
        return f"<{type(self).__name__} {self.name}: {form}, {len(self.register)} units, {self.folder}>"

    @classmethod
    def open(
        cls,
        folder: Path | RemoteFolder | str,
        *,
        form: Path | None = None,
        units: Path | None = None,
        period: str | None = None,
        limits: Limits = Limits(),  # noqa: B008 - a tuple of numbers
        jobs: int | None = None,
        scheduler: str | None = None,
    ) -> Self:
        """Open a folder: find its form and register and compile the reading plan. No return is read yet.

        Parameters
        ----------
        folder : the folder. Its name, or the year in it, is the name of the period unless ``period`` or the
            form gives one. As text, it may be a URL that fsspec opens (``s3://bucket/2021``).
        form, units : files to use instead of the nearest ``form.toml`` and ``units.csv``, in the folder or
            above it. Without a ``form.toml``, the built-in form is used.
        period : name of the period; None for the form's or the folder's.
        limits : limits of time, memory and size for reading one file.
        jobs : maximum number of worker processes; None for one per core.
        scheduler : address of a Dask cluster (``tcp://host:port``) that reads instead of this machine.

        Raises
        ------
        SetupError
            The folder, the form or the register cannot be used. It has a finding for every fault.
        ValueError
            ``jobs`` is less than one.
        """
        if jobs is not None and jobs < 1:
            raise ValueError(f"jobs must be at least one, not {jobs}")
        if isinstance(folder, str):
            folder = folder_at(folder)
        _require_folder(folder)
        form_file = form or nearest_form(folder)
        units_file = units or nearest_register(folder)
        faults: list[Finding] = []
        folder_name = _name_of(folder)
        try:
            loaded: Form | None = load_form(form_file, year_of(period or period_of(folder_name)))
        except SetupError as error:
            loaded = None
            faults += error.findings
        stated = period or (loaded.about.period if loaded else None)
        name = stated or period_of(folder_name)
        register: UnitRegister | None = None
        if units_file is None:
            faults.append(Finding(code="S201", file="units.csv", facts={"problem": "not-there"}))
        else:
            try:
                register = register_for(loaded, units_file, name)
            except SetupError as error:
                faults += error.findings
        decisions = NO_DECISIONS
        try:
            decisions = own_decisions(folder, PlaceNames(register.units.names if register else ()))
        except SetupError as error:
            faults += error.findings
        published: tuple[PublishedReport, ...] = ()
        try:
            published = own_releases(folder)
        except SetupError as error:
            faults += error.findings
        if faults or loaded is None or register is None or units_file is None:
            raise SetupError(faults)
        decisions = decisions.with_lost_zeros(register.units.by_code)
        plan = with_decisions(reading_plan(loaded, register.units, name, limits), decisions)
        taken_from = None if stated or name == folder_name else folder_name
        return cls(
            folder, name, loaded, register, form_file, units_file, plan, taken_from,
            jobs=jobs, scheduler=scheduler, decisions=decisions, published=published,
        )  # fmt: skip

    def earlier(self, folder: Path | RemoteFolder | str) -> Self:
        """Open the folder of an earlier period, with the limits and workers of this one.

        Its form and its register are the nearest ones to that folder. If there is no register, that of this
        period is used.

        Parameters
        ----------
        folder : folder of the earlier period.

        Raises
        ------
        SetupError
            The folder, its form or its register cannot be used.
        """
        folder = folder_at(folder) if isinstance(folder, str) else folder
        units = None if nearest_register(folder) else self.units_file
        limits = self.plan.limits
        return self.open(folder, units=units, limits=limits, jobs=self.jobs, scheduler=self.scheduler)

    @property
    def year(self) -> int | None:
        """Year of the period, by its name or by the form's last day; None if neither gives one."""
        day = day_of(self.name, self.form)
        return None if day is None else day.year

    def inputs(self, collection: Collection) -> Iterator[str | Path]:
        """Yield the local files that a run reads: returns, form and register.

        Output of an earlier run in the folder is no input, so it may be overwritten.
        """
        passed_over = {return_.file for return_ in collection.files if return_.passed_over}
        for source in self.discovered.sources:
            if source.file not in passed_over and isinstance(source.path, str):
                yield source.path
        yield from (path for path in (self.form_file, self.units_file) if path is not None)

    @property
    def local_folder(self) -> Path | None:
        """The folder if it is on this machine; None behind a URL."""
        return self.folder if isinstance(self.folder, Path) else None

    def begin(self) -> None:
        """Start reading in the background, unless it was started.

        Raises
        ------
        SetupError
            S301: the folder cannot be listed, or holds no file that could be a return, unless it
            `may_be_empty`. S303: the URL cannot be listed. S304: the cluster cannot be used. S305: no worker
            process can be started.
        """
        if self._reading is None:
            self._reading = self._start(self._discover)

    def give_up(self) -> None:
        """End the reading in the background, if there is any."""
        if self._reading is not None:
            self._reading.give_up()
            self._reading = None

    def _discover(self) -> Discovered:
        try:
            if self.only and isinstance(self.folder, Path):
                self.discovered = discover_files(self.folder, self.only)
            else:
                self.discovered = discover(self.folder)
        except OSError as error:
            raise _unreadable_folder(self.folder) from error
        except RemoteProblem as problem:
            raise _out_of_reach("S303", problem, self.folder.name) from None
        self.discovered.folder = _name_of(self.folder)
        if not self.discovered.sources and not self.may_be_empty:
            raise SetupError([Finding(code="S301", file=self.folder.name), *self.discovered.findings])
        return self.discovered

    def _start(self, files: Callable[[], Discovered]) -> Reading:
        """Start a worker, list the files meanwhile, and read them in the background."""
        from antq_stats.reading.processes.workers import Reading

        try:
            reading = Reading(self.plan, self.jobs, self.scheduler)
            try:
                reading.begin(files())
            except BaseException:
                reading.give_up()
                raise
        except RemoteProblem as problem:
            raise _out_of_reach("S304", problem) from None
        except NoWorkerError as error:
            raise _no_worker(error) from error
        return reading

    def read_only(self, discovered: Discovered) -> list[Return]:
        """Read some files by the plan of this period, each as a return by itself.

        Parameters
        ----------
        discovered : the files.

        Raises
        ------
        SetupError
            S304: the cluster cannot be used. S305: no worker process can be started.
        """
        return _all_of(self._start(lambda: discovered), None)

    def under(self, decisions: Decisions) -> Self:
        """Return the period with other decisions; what was read is read again if they concern reading.

        Parameters
        ----------
        decisions : the decisions. The returns of this period must have been kept.

        Raises
        ------
        SetupError
            As for `read_only`.
        """
        of_reading, before = (list(each.of_kind("unit", "column")) for each in (decisions, self.decisions))
        if of_reading == before:
            return replace(self, decisions=decisions)
        plan = with_decisions(replace(self.plan, ruled=NOTHING_RULED), decisions)
        period = replace(self, decisions=decisions, plan=plan)
        period.returns = tuple(period.read_only(self.discovered))
        return period

    def collect(self, on_return: Callable[[Return], None] | None = None) -> Collection:
        """Read all returns and combine them.

        Parameters
        ----------
        on_return : called with each return as soon as it is read.

        Raises
        ------
        SetupError
            As for `begin`. S304 also if the cluster is lost while it reads, S305 if no worker can be
            replaced.
        """
        self.begin()
        assert self._reading is not None  # noqa: S101 - begin made it
        reading, self._reading = self._reading, None  # it can be used once; a further run reads again
        from antq_stats.collection import collection  # noqa: F401 - imported while the workers read

        self.register.prepare()
        returns = _all_of(reading, on_return)
        self.returns = tuple(returns) if self.keeps_returns else ()
        return self.combine(returns)

    def combine(self, returns: Sequence[Return]) -> Collection:
        """Return what was read with the decisions applied.

        Parameters
        ----------
        returns : all returns; they are not changed.
        """
        from antq_stats.collection.collection import collect
        from antq_stats.collection.decided import Rulings

        rulings = Rulings(self.decisions, self.plan) if self.decisions else None
        return collect(self.form, self.register, self.name, self.discovered, returns, rulings)


def _name_of(folder: Path | RemoteFolder) -> str:
    return folder.resolve().name if isinstance(folder, Path) else folder.name


def _all_of(reading: Reading, on_return: Callable[[Return], None] | None) -> list[Return]:
    """Return all returns that are being read.

    Raises
    ------
    SetupError
        S304: the cluster is lost. S305: no worker can be replaced.
    """
    try:
        return list(reading.returns(on_return))
    except RemoteProblem as problem:
        raise _out_of_reach("S304", problem) from None
    except NoWorkerError as error:
        raise _no_worker(error) from error


def _out_of_reach(code: str, problem: RemoteProblem, file: str | None = None) -> SetupError:
    return SetupError([Finding(code=code, file=file or None, facts=problem.facts)])


def _unreadable_folder(folder: Path | RemoteFolder) -> SetupError:
    return SetupError([Finding(code="S301", file=folder.name, facts={"problem": "not-readable"})])


def _no_worker(error: NoWorkerError) -> SetupError:
    return SetupError([Finding(code="S305", facts={"found": str(error)})])


def _require_folder(folder: Path | RemoteFolder) -> None:
    """Check that the folder exists.

    Raises
    ------
    SetupError
        S301: it does not exist, is no folder, or a folder above it cannot be entered. S303: the URL cannot be
        reached.
    """
    try:
        exists = folder.is_dir() if isinstance(folder, Path) else folder.is_there()
    except RemoteProblem as problem:
        raise _out_of_reach("S303", problem, folder.name) from None
    except (OSError, ValueError) as error:  # a folder above it may not be entered
        raise _unreadable_folder(folder) from error
    if not exists:
        name = folder.name or str(folder)
        raise SetupError([Finding(code="S301", file=name, facts={"problem": "not-a-folder"})])


def register_for(form: Form | None, units: Path, period: str) -> UnitRegister:
    """Return the register in force in a period, with every level of the form that is below its own levels.

    Parameters
    ----------
    form : the form; None if it cannot be used.
    units : file of the register.
    period : name of the period.

    Raises
    ------
    SetupError
        The register cannot be used; see `load_register`.
    """
    register = load_register(units, day_of(period, form))
    return register if form is None else register.down_to(levels_below(form, register.units))


def period_folder(folder: Path) -> Path:
    """Return the folder of the period that a folder of returns lies in: itself, or one above it.

    It is the nearest one whose name gives a year, up to the folder of the register, else that folder; without
    a register, the folder itself.

    Raises
    ------
    SetupError
        As for `nearest_register`.
    """
    here, register = folder.resolve(), nearest_register(folder)
    if register is None:
        return folder
    for place in (here, *here.parents):
        if year_of(period_of(place.name)) is not None or place == register.parent:
            return place
    return folder
