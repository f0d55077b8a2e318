"""A period's folder opened: its form, its register, its period, its returns being read."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from antq_stats.findings import Finding, SetupError
from antq_stats.form import Form, load_form
from antq_stats.plan import Limits, ReadingPlan
from antq_stats.reading.discover import Discovered, discover
from antq_stats.register import UnitRegister, load_register

if TYPE_CHECKING:
    from antq_stats.collection import Collection
    from antq_stats.reading.returns import Return
    from antq_stats.reading.workers import Reading

_DATED = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[-_.](\d\d?)(?:[-_.](\d\d?))?)?(?!\d)")


@dataclass
class Period:
    """A folder of one period, ready to be read.

    ``form_file`` is None for the built-in form. ``reading`` is under way once `begin` was called.
    """

    folder: Path
    name: str
    form: Form
    register: UnitRegister
    form_file: Path | None
    units_file: Path
    plan: ReadingPlan
    discovered: Discovered = field(default_factory=Discovered)
    _reading: Reading | None = None

    def begin(self, jobs: int | None = None) -> None:
        """Start reading in the background.

        Raises
        ------
        SetupError
            S301: the folder holds no file that could be a return.
        """
        from antq_stats.reading.workers import Reading

        try:
            self.discovered = discover(self.folder)
        except OSError as error:
            raise SetupError(
                [Finding(code="S301", file=self.folder.name, facts={"problem": "not-readable"})]
            ) from error
        if not self.discovered.sources:
            raise SetupError([Finding(code="S301", file=self.folder.name), *self.discovered.findings])
        self._reading = Reading(self.plan, self.discovered.sources, jobs)

    def collect(self, heard: Callable[[Return], None] | None = None, jobs: int | None = None) -> Collection:
        """Read all returns and put them together; ``heard`` is called as each file is done."""
        if self._reading is None:
            self.begin(jobs)
        assert self._reading is not None  # noqa: S101 - begin made it
        from antq_stats.collection import collect  # imported while the workers read

        returns = list(self._reading.returns(heard))
        return collect(self.form, self.register, self.name, self.discovered, returns)


def open_period(
    folder: Path,
    *,
    form: Path | None = None,
    units: Path | None = None,
    period: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - a tuple of numbers
) -> Period:
    """Open a folder: find its form and register and compile the reading plan; nothing is read yet.

    Parameters
    ----------
    folder : its name is the period unless ``period`` or the form says otherwise.
    form, units : files to use instead of the nearest ``form.toml`` and ``units.csv``, here or above.
    limits : what one file may cost.

    Raises
    ------
    SetupError
        The folder, form or register cannot be used; with every fault found.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise SetupError(
            [Finding(code="S301", file=folder.name or str(folder), facts={"problem": "not-a-folder"})]
        )
    form_file = form or nearest(folder, "form.toml")
    units_file = units or nearest(folder, "units.csv")
    faults: list[Finding] = []
    try:
        loaded: Form | None = load_form(form_file)
    except SetupError as error:
        loaded = None
        faults += error.findings
    name = period or (loaded.about.period if loaded else None) or folder.resolve().name
    register: UnitRegister | None = None
    if units_file is None:
        faults.append(Finding(code="S201", file="units.csv", facts={"problem": "not-there"}))
    else:
        try:
            register = load_register(units_file, day_of(name, loaded))
        except SetupError as error:
            faults += error.findings
    if faults or loaded is None or register is None or units_file is None:
        raise SetupError(faults)
    plan = loaded.plan(register.units, name, limits)
    return Period(folder, name, loaded, register, form_file, units_file, plan)


def nearest(folder: Path, name: str) -> Path | None:
    """Return the file of that name in the folder or the nearest one above it; None if there is none."""
    here = folder.resolve()
    for place in (here, *here.parents):
        try:
            if (place / name).is_file():
                return place / name
        except OSError:
            continue
    return None


def day_of(period: str, form: Form | None) -> date | None:
    """Return the day whose units are in force: the form's last day, else the last that the period tells."""
    if form is not None and form.about.covers_to is not None:
        return form.about.covers_to
    found = _DATED.search(period)
    if found is None:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    if not 1 <= month <= 12:
        return date(year, 12, 31)
    last = monthrange(year, month)[1]
    return date(year, month, day if 1 <= day <= last else last)
