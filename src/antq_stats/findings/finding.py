"""What was found: one immutable record, shown by many faces.

A finding names its code and its place and carries the facts; the catalogue holds the words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

from antq_stats.words.text import column_letter

Severity = Literal["hard", "soft", "note"]

_NO_FACTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found, with its place.

    Parameters
    ----------
    code : a code of the catalogue.
    file : path relative to the folder, with ``/``.
    row : row of the sheet or record of the CSV, counted from 1 as the sender sees it.
    column : column of the sheet counted from 0.
    unit, measure, rule : codes of the register and the form.
    value : the value as found; always None where it could be personal.
    facts : what else the message names (``expected``, ``found``, ``suggestion`` …).
    severity : only where it is not the catalogue's own (an edit rule's severity is the form's).
    about : the unit a finding without ``unit`` bears on, for provisional marks; not shown.
    also : further cells of the same row that the finding is of, each by its column and measure.
    """

    code: str
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: int | None = None
    unit: str | None = None
    measure: str | None = None
    rule: str | None = None
    value: str | None = None
    facts: Mapping[str, str] = field(default_factory=lambda: _NO_FACTS)
    severity: Severity | None = None
    about: str | None = None
    also: tuple[tuple[int, str], ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by keyword: the read-only view of the facts has no pickle of its own."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values["facts"] = dict(self.facts)
        return (_restore, (values,))

    @property
    def cell(self) -> str | None:
        """The address, as in ``F12``, where both row and column are known."""
        if self.row is None or self.column is None:
            return None
        return f"{column_letter(self.column)}{self.row}"

    @property
    def measures(self) -> tuple[str, ...]:
        """All measures it is about."""
        own = () if self.measure is None else (self.measure,)
        return (*own, *(measure for _, measure in self.also))

    def each(self) -> Iterator[Finding]:
        """Yield it once for each of its cells."""
        if not self.also:
            yield self
            return
        facts = {key: value for key, value in self.facts.items() if key != "place"}
        for column, measure in ((self.column, self.measure), *self.also):
            yield replace(self, column=column, measure=measure, facts=facts, also=())


def _restore(values: dict[str, Any]) -> Finding:
    return Finding(**values)
