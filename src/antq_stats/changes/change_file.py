"""Checks changes.csv as a whole: what an event says, and whether the events follow from each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from antq_stats.changes.change_rows import ChangeRow, events_of, read_rows
from antq_stats.changes.events import Event, Part
from antq_stats.changes.fates import History
from antq_stats.findings.finding import Finding
from antq_stats.findings.setup_error import SetupError, folded
from antq_stats.register.lost_zeros import known_codes, zeros_note


class KnownUnits(NamedTuple):
    """What the registers at hand say of codes and days."""

    dated: Mapping[str, Sequence[tuple[date, date]]]
    """First and last day of every unit of a code, for codes whose units all have a date."""
    lists: Sequence[tuple[date, Collection[str]]] = ()
    """All codes in force on a day, for some days."""
    codes: Collection[str] = ()
    """All codes of the registers, of any day."""

    def in_force(self, code: str, day: date, event_days: Collection[date]) -> bool | None:
        """Return whether a unit of a code was in force on a day; None if nobody knows.

        A list holds for all days up to the next event.

        Parameters
        ----------
        code, day : the code and the day.
        event_days : the days of all events.
        """
        spans = self.dated.get(code)
        if spans is not None:
            return any(first <= day <= last for first, last in spans)
        for listed, codes in self.lists:
            first, last = sorted((listed, day))
            if not any(first < event <= last for event in event_days):
                return code in codes
        return None


_DAY = timedelta(days=1)
_ALL = Fraction(1)


def read_changes(path: Path, known: KnownUnits | None = None) -> History:
    """Read changes.csv.

    Parameters
    ----------
    path : the file.
    known : what the registers at hand say; None if there are none.

    Raises
    ------
    SetupError
        With every fault found at once, those of a kind after the first ones as a number: S211 the file
        cannot be read; S212 a row is incomplete or its kind does not fit; S213 a code is not in force on its
        day; S214 an event loses or invents a unit; S215 shares do not add up to 1; S216 a chain of events
        has a gap.
    """
    rows, faults = read_rows(path)
    rows, notes = _with_zeros(rows, path.name, known.codes if known else ())
    faults += _mixed_events(rows, path.name)
    events = list(events_of(rows))
    for event in events:
        faults += _faults_of(event, path.name)
    if not faults:  # the rest would only repeat what follows from them
        faults += _chain_faults(events, path.name)
        if known is not None:
            faults += _faults_in_force(events, known, path.name)
    if faults:
        raise SetupError(folded(sorted(faults, key=lambda fault: (fault.row or 0, fault.code))))
    return History(events, notes)


def _with_zeros(
    rows: list[ChangeRow], file: str, known: Collection[str]
) -> tuple[list[ChangeRow], tuple[Finding, ...]]:
    """Return the rows with the zeros that their codes lost, and S208 if there are any."""
    full = known_codes((code for row in rows for code in (row.old, row.new) if code), known)
    if not full:
        return rows, ()
    restored = [row._replace(old=full.get(row.old, row.old), new=full.get(row.new, row.new)) for row in rows]
    return restored, zeros_note(file, len(full), *next(iter(full.items())))


def _fault(
    code: str, file: str, part: Part | None, problem: str, found: str, on: date | None = None
) -> Finding:
    facts = {"problem": problem, "found": found} | ({} if on is None else {"first": on.isoformat()})
    return Finding(code=code, file=file, row=None if part is None else part.row, facts=facts)


def _mixed_events(rows: Sequence[ChangeRow], file: str) -> Iterator[Finding]:
    """Yield S212 for rows of an event whose day or kind is not that of its first row."""
    first: dict[str, ChangeRow] = {}
    for row in rows:
        head = first.setdefault(row.event, row)
        if (row.day, row.kind) != (head.day, head.kind):
            facts = {"problem": "event-of-two-days" if row.day != head.day else "event-of-two-kinds"}
            yield Finding(code="S212", file=file, row=row.row, value=row.event, facts=facts)


def _faults_of(event: Event, file: str) -> Iterator[Finding]:
    """Yield the faults of one event by itself."""
    yield from _wrong_shape(event, file)
    of_old: dict[str, list[Part]] = defaultdict(list)
    for part in event.parts:
        of_old[part.old].append(part)
    for old, parts in of_old.items():
        twice = next((part for at, part in enumerate(parts) if part.new in {p.new for p in parts[:at]}), None)
        if twice is not None:
            yield _fault("S212", file, twice, "row-twice", f"{old} → {twice.new}")
        shares = [part.share for part in parts]
        known = [share for share in shares if share is not None]
        total = sum(known, Fraction(0))
        if known and (len(known) < len(shares) or total != _ALL):
            found = f"{old}: {total.numerator}/{total.denominator}" if len(known) == len(shares) else old
            problem = "shares-not-one" if len(known) == len(shares) else "share-missing"
            yield _fault("S215", file, parts[-1], problem, found)


def _wrong_shape(event: Event, file: str) -> Iterator[Finding]:
    """Yield S212 if the rows of an event do not fit its kind."""
    pairs = [(part.old, part.new) for part in event.parts]
    single = len(pairs) == 1
    fits = {
        "rename": all(old == new for old, new in pairs),
        "recode": single and pairs[0][0] != pairs[0][1],
        "merge": bool(event.merged) and not event.divided,
        "split": bool(event.divided),
        "transfer": all(old == new for old, new in pairs) or single,
        "abolish-level": not pairs,
    }
    if not fits[event.kind]:
        head = event.parts[0] if event.parts else None
        yield _fault("S212", file, head, f"not-a-{event.kind}", event.code)


def _chain_faults(events: Iterable[Event], file: str) -> Iterator[Finding]:
    """Yield S216 where a unit changes again after it has ended, or begins while it still exists."""
    ended: dict[str, date] = {}
    begun: dict[str, date] = {}
    days: dict[date, list[Part]] = defaultdict(list)
    of_day: dict[date, list[Event]] = defaultdict(list)
    for event in events:
        days[event.day] += event.parts
        of_day[event.day].append(event)
    for day in sorted(days):
        yield from _contradictions(of_day[day], file)
        parts = days[day]
        olds, news = {part.old for part in parts}, {part.new for part in parts}
        for part in parts:
            if part.old in ended:
                yield _fault("S216", file, part, "ended", part.old, on=ended[part.old])
            if part.new in begun and part.new not in olds:
                yield _fault(
                    "S214",
                    file,
                    part,
                    "still-there",
                    part.new,
                    on=begun[part.new],
                )
        for code in olds - news:
            ended[code] = day
            begun.pop(code, None)
        for code in news:
            begun[code] = day
            ended.pop(code, None)


def _contradictions(events: Iterable[Event], file: str) -> Iterator[Finding]:
    """Yield S212 for a unit that goes to other units by one event of a day than by another one."""
    gone: dict[str, frozenset[str]] = {}
    for event in events:
        news: dict[str, set[str]] = defaultdict(set)
        for part in event.parts:
            news[part.old].add(part.new)
        for part in event.parts:
            if gone.setdefault(part.old, frozenset(news[part.old])) != news[part.old]:
                yield _fault("S212", file, part, "two-events", part.old)
                break


def _faults_in_force(events: Sequence[Event], known: KnownUnits, file: str) -> Iterator[Finding]:
    """Yield S213 for codes that are not in force on their day, and S214 for units an event forgets."""
    leaving: dict[date, set[str]] = defaultdict(set)
    for event in events:
        leaving[event.day].update(part.old for part in event.parts)
    told: set[tuple[str, str, date]] = set()

    def in_force(code: str, day: date) -> bool | None:
        return known.in_force(code, day, leaving)

    for event in events:
        before = event.day - _DAY
        for part in event.parts:
            for code, day, side in ((part.old, before, "old"), (part.new, event.day, "new")):
                if in_force(code, day) is False and (side, code, day) not in told:
                    told.add((side, code, day))
                    yield _fault("S213", file, part, f"not-in-force-{side}", code, on=day)
            is_forgotten = part.new not in leaving[event.day] and in_force(part.new, before)
            if is_forgotten and ("forgotten", part.new, before) not in told:
                told.add(("forgotten", part.new, before))
                yield _fault("S214", file, part, "forgotten", part.new, on=before)
