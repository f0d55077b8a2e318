"""The boundaries that periods are stated on: the register of a day, and the events between the days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from antq_stats.changes.built_in import country_history, country_register
from antq_stats.changes.change_file import KnownUnits, read_changes
from antq_stats.changes.fates import History
from antq_stats.changes.placement import Placement, place
from antq_stats.collection.intake import Intake
from antq_stats.collection.period_name import day_of
from antq_stats.collection.setup_files import nearest_changes
from antq_stats.register.register import UnitRegister, load_register
from antq_stats.register.unit_file import in_force, known_units


@dataclass(frozen=True, eq=False, repr=False)
class Boundaries:
    """The units of one day, on which figures of several periods are stated."""

    register: UnitRegister
    day: date | None
    """The day; None for a period whose name and form give none."""
    period: str | None
    """The period whose own units they are; None for units of another day."""
    history: History
    """The events, by which the units of other days are placed."""

    def __repr__(self) -> str:
        return f"<Boundaries {self.period or self.day}: {self.register!r}>"

    def placement(self, period: Intake) -> Placement:
        """Return where the units of a period belong in these boundaries.

        Parameters
        ----------
        period : the period.
        """
        if period.name == self.period and period.register is self.register:
            return self.itself()
        return place(period.register, self.register, self.history, day_of_period(period), self.day)

    def itself(self) -> Placement:
        """Return where the units themselves belong: each one at its own place."""
        return place(self.register, self.register, History(()), None, None)


class NoRegisterError(LookupError):
    """No register is known for a day.

    Parameters
    ----------
    day : the day.
    """

    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(day.isoformat())


def day_of_period(period: Intake) -> date | None:
    """Return the day whose units count in a period; None if neither its form nor its name gives one."""
    return day_of(period.name, period.form)


def order_of(period: Intake) -> tuple[date, str]:
    """Return a key that puts periods in the order of their days; those without a day come first."""
    return day_of_period(period) or date.min, period.name


def history_of(periods: Sequence[Intake]) -> History:
    """Return the events for a set of periods: the nearest changes.csv, else the built-in ones of the country.

    Parameters
    ----------
    periods : the periods, the latest last; its folder is searched first.

    Raises
    ------
    SetupError
        With every fault of changes.csv; see `read_changes`.
    """
    for period in reversed(periods):
        path = nearest_changes(period.folder)
        if path is not None:
            return read_changes(path, _known_units(periods))
    return country_history()


def _known_units(periods: Sequence[Intake]) -> KnownUnits:
    """Return what the registers of some periods say of codes and days."""
    dated, every = known_units(dict.fromkeys(period.units_file for period in periods))
    days = ((day_of_period(period), period.register.units.by_code) for period in periods)
    return KnownUnits(dated, [(day, codes) for day, codes in days if day is not None], every)


def own_boundaries(period: Intake, history: History) -> Boundaries:
    """Return the boundaries of a period's own day."""
    return Boundaries(period.register, day_of_period(period), period.name, history)


def boundaries_on(day: date, periods: Sequence[Intake], history: History) -> Boundaries:
    """Return the boundaries of any day.

    They are those of a period if no event lies between its day and this one; else a register of the periods
    that has units in force on the day and states when they changed; else the built-in register.

    Parameters
    ----------
    day : the day.
    periods : the periods that are to be stated on them.
    history : the events.

    Raises
    ------
    NoRegisterError
        No register is known for the day.
    """
    for period in periods:
        own = day_of_period(period)
        if own is not None and not history.between(own, day):
            return Boundaries(period.register, day, None, history)
    for period in periods:
        rows = in_force(period.units_file, day)
        if rows and any(row.first > date.min or row.last < date.max for row in rows.values()):
            return Boundaries(load_register(period.units_file, day), day, None, history)
    codes: set[str] = set()
    for period in periods:
        own = day_of_period(period)
        if own is not None:
            fates = history.fates(period.register.units.codes, own, day)
            codes |= {part.code for fate in fates.values() for part in fate.parts}
    register = country_register(codes, day)
    if register is None:
        raise NoRegisterError(day)
    return Boundaries(register, day, None, history)
