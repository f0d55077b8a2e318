"""When the returns of a period arrived: as a list says, else by the times of their files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

from antq_stats.collection.collection import Collection
from antq_stats.reading.discover import SourceFile
from antq_stats.reading.files.enclosures import Enclosed


def arrivals(
    collection: Collection, sources: Iterable[SourceFile], received: Mapping[int, dt.date]
) -> dict[int, dt.date]:
    """Return the day on which each sender's return arrived first; senders without one are left out.

    Of several versions the first one counts: what is corrected later was not late. The time of a file is that
    of its last change on this computer; a file in an archive or a message has that of the archive. A unit
    with nothing to report answered, for all that is known, on the day of that decision.

    Parameters
    ----------
    collection : the returns.
    sources : the files that were read.
    received : what the office recorded, by the position of the unit; it counts before the times of files.
    """
    place_of = {source.file: source.path for source in sources}
    days: dict[int, dt.date] = {}
    for sender, files in _files_by_sender(collection).items():
        found = [time for file in files if (time := _changed(place_of.get(file))) is not None]
        if found:
            days[sender] = min(found).astimezone().date()
    senders = collection.register.senders
    for decision in collection.decisions.of_kind("nil"):
        unit = collection.register.units.by_code.get(decision.unit)
        for below in () if unit is None else collection.register.under(unit).tolist():
            days.setdefault(int(senders[below]), decision.date)
    return days | dict(received)


def _files_by_sender(collection: Collection) -> dict[int, set[str]]:
    """Return for each sender the files with its figures, and all earlier versions of these."""
    senders = collection.register.senders
    files: dict[int, set[str]] = {}
    for table in collection.tables:
        for unit, source in zip(table.units.tolist(), table.sources.of_rows().tolist(), strict=True):
            if source >= 0:
                files.setdefault(int(senders[unit]), set()).add(table.origins[source].file)
    earlier: dict[str, list[str]] = {}
    for finding in collection.findings:
        if finding.code == "F202" and finding.file is not None:
            earlier.setdefault(finding.facts["other"], []).append(finding.file)
    for names in files.values():
        waiting = list(names)
        while waiting:
            older = set(earlier.get(waiting.pop(), ())) - names
            names.update(older)
            waiting += older
    return files


def last_change(sources: Iterable[SourceFile]) -> dt.datetime | None:
    """Return the time, in UTC, of the last change of any file on this computer; None if there is none.

    Parameters
    ----------
    sources : the files that were read.
    """
    return max((time for source in sources if (time := _changed(source.path)) is not None), default=None)


def _changed(place: object) -> dt.datetime | None:
    """Return the time of a local file's last change; None for a file elsewhere, or one that is gone."""
    while isinstance(place, Enclosed):
        place = place.container.path
    if not isinstance(place, str):
        return None
    try:
        return dt.datetime.fromtimestamp(Path(place).stat().st_mtime, dt.UTC)
    except (OSError, OverflowError, ValueError):
        return None
