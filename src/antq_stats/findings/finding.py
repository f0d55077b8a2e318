"""The record of a finding: its code, its place and its facts. The catalogue has the words."""

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
    """One fault, doubt or note, with its place.

    Parameters
    ----------
    code : a code of the catalogue.
    file : path relative to the folder, with ``/``.
    sheet : name of the sheet; None in files without sheets.
    row : row of the sheet or record of the CSV, counted from 1 as the sender sees it.
    column : column of the sheet, counted from 0.
    unit, measure, rule : codes of the register and the form.
    value : the value in the cell; always None if it could be personal data.
    facts : further placeholders of the message (``expected``, ``found``, ``suggestion`` …).
    severity : only if it differs from the catalogue's (the severity of an edit rule is set in the form).
    about : code of the unit that a finding without ``unit`` concerns; it is used for provisional marks and
        coverage, and not shown.
    also : further cells of the same row that the finding is on, each as column and measure.
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
        """Pickle by keyword, because the read-only view of the facts cannot be pickled."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values["facts"] = dict(self.facts)
        return (_restore, (values,))

    @property
    def cell(self) -> str | None:
        """The address of the cell, as in ``F12``; None unless row and column are known."""
        if self.row is None or self.column is None:
            return None
        return f"{column_letter(self.column)}{self.row}"

    @property
    def measures(self) -> tuple[str, ...]:
        """Codes of all measures that the finding is on."""
        first = () if self.measure is None else (self.measure,)
        return (*first, *(measure for _, measure in self.also))

    def each(self) -> Iterator[Finding]:
        """Yield a finding for each of the cells."""
        if not self.also:
            yield self
            return
        facts = {key: value for key, value in self.facts.items() if key != "place"}
        for column, measure in ((self.column, self.measure), *self.also):
            yield replace(self, column=column, measure=measure, facts=facts, also=())


def _restore(values: dict[str, Any]) -> Finding:
    return Finding(**values)
