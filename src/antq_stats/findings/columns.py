"""Findings stored as columns, so that a rule broken in every village does not cost an object for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import getitem
from typing import TYPE_CHECKING, overload

import numpy as np
import numpy.typing as npt

from antq_stats.findings import catalogue
from antq_stats.findings.catalogue import MORE, severity
from antq_stats.findings.finding import Finding, Severity
from antq_stats.words.language import Language

if TYPE_CHECKING:
    import pandas as pd

Integers = npt.NDArray[np.int64]

_LAST = "\U0010ffff"
"""Sort key of findings without a file: they come last."""
_CHUNK = 1 << 16
_SHOWN = 20
_COLUMNS = ("code", "severity", "file", "sheet", "cell", "unit", "measure", "value", "message")


@dataclass(frozen=True, eq=False, repr=False)
class FindingColumns(Sequence[Finding]):
    """A sequence of n findings that have the code in common; a `Finding` is made on access.

    Parameters
    ----------
    code, severity, rule : those of all findings.
    units : positions of the units in the register, n.
    files : names of files; the last is None.
    file_of : for each finding the place of its file in ``files``, -1 for none, n.
    make : takes a place, 0 to n - 1, and returns the finding.
    measures : codes of the measures that the findings are on; empty if they are on units.
    """

    code: str
    severity: Severity
    units: Integers
    files: Sequence[str | None]
    file_of: Integers
    make: Callable[[int], Finding]
    measures: tuple[str, ...]
    rule: str | None = None

    def __len__(self) -> int:
        return len(self.units)

    def __repr__(self) -> str:
        return f"<FindingColumns {self.code}: {len(self)}>"

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with all findings made, because ``make`` may be a closure."""
        make = partial(getitem, tuple(map(self.make, range(len(self)))))
        columns = (self.code, self.severity, self.units, self.files, self.file_of)
        return FindingColumns, (*columns, make, self.measures, self.rule)

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, index: int | slice) -> Finding | tuple[Finding, ...]:
        if isinstance(index, slice):
            return tuple(map(self.make, range(*index.indices(len(self)))))
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        return self.make(at)


class Findings(Sequence[Finding]):
    """All findings of a period, ordered by file; those of one file in the order in which they were made.

    Parameters
    ----------
    blocks : collections of findings: `FindingColumns`, `Findings` or any iterables.
    """

    def __init__(self, blocks: Iterable[Iterable[Finding]]) -> None:
        self._blocks: list[Sequence[Finding]] = []
        for block in blocks:
            if isinstance(block, Findings):
                self._blocks += block.blocks()
            else:
                self._blocks.append(block if isinstance(block, FindingColumns) else tuple(block))
        self._blocks = [block for block in self._blocks if block]
        self._ends = np.cumsum(np.array([len(block) for block in self._blocks], dtype=np.int64))
        self._order = self._sorted()

    def _sorted(self) -> Integers:
        """Return the order of the findings by file, as places in the concatenated blocks."""
        tables = [_files_of(block) for block in self._blocks]
        ranks = {name: rank for rank, name in enumerate(sorted({n for names, _ in tables for n in names}))}
        keys = [np.array([ranks[name] for name in names], dtype=np.int64)[at] for names, at in tables]
        return np.argsort(np.concatenate(keys), kind="stable") if keys else np.zeros(0, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._order)

    def __repr__(self) -> str:
        tally = counts(self)
        return f"<Findings: {tally['hard']} hard, {tally['soft']} soft, {tally['note']} notes>"

    def _repr_html_(self) -> str:
        from html import escape

        more = "" if len(self) <= _SHOWN else f"<p>… {len(self) - _SHOWN} more</p>"
        return f"<p>{escape(repr(self).strip('<>'))}</p>{self.frame(first=_SHOWN).to_html(index=False)}{more}"

    def frame(
        self, language: Language = "vi", names: catalogue.Names | None = None, *, first: int | None = None
    ) -> pd.DataFrame:
        """Return the findings as a frame, one row each, with their messages.

        Parameters
        ----------
        language : language of the messages.
        names : returns the name of a unit, measure or rule by its code; None to show the codes.
        first : maximum number of findings; None for all.
        """
        import pandas as pd

        rows = [
            (
                finding.code, severity(finding), finding.file, finding.sheet, finding.cell, finding.unit,
                finding.measure, finding.value, catalogue.message(finding, language, names),
            )
            for finding in self[:first]
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(_COLUMNS))

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, index: int | slice) -> Finding | tuple[Finding, ...]:
        if isinstance(index, slice):
            return tuple(self._made(self._order[index]))
        return next(self._made(self._order[[index]]))

    def __iter__(self) -> Iterator[Finding]:
        for start in range(0, len(self), _CHUNK):
            yield from self._made(self._order[start : start + _CHUNK])

    def _made(self, order: Integers) -> Iterator[Finding]:
        blocks = np.searchsorted(self._ends, order, side="right")
        lengths = np.array([len(block) for block in self._blocks], dtype=np.int64)
        places = order - (self._ends - lengths)[blocks] if len(order) else order
        for block, place in zip(blocks.tolist(), places.tolist(), strict=True):
            yield self._blocks[block][place]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(self) != len(other):
            return False
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def blocks(self) -> Iterator[Sequence[Finding]]:
        """Yield the blocks: columns of findings, and tuples of single findings."""
        yield from self._blocks

    def of_code(self, code: str) -> Findings:
        """Return the findings of a code."""
        return Findings(
            block if isinstance(block, FindingColumns) else [f for f in block if f.code == code]
            for block in self._blocks
            if not isinstance(block, FindingColumns) or block.code == code
        )

    def without_family(self, family: str) -> Findings:
        """Return the findings whose codes do not begin with a letter."""
        return Findings(
            block if isinstance(block, FindingColumns) else [f for f in block if f.code[0] != family]
            for block in self._blocks
            if not isinstance(block, FindingColumns) or block.code[0] != family
        )

    def of_severity(self, *severities: Severity) -> Findings:
        """Return the findings that have one of some severities."""
        return Findings(
            block if isinstance(block, FindingColumns) else [f for f in block if severity(f) in severities]
            for block in self._blocks
            if not isinstance(block, FindingColumns) or block.severity in severities
        )


def _files_of(block: Sequence[Finding]) -> tuple[list[str], Integers]:
    """Return the sort keys of a block's files, and for each finding the place of its key."""
    if isinstance(block, FindingColumns):
        return [name or _LAST for name in block.files], block.file_of
    return [finding.file or _LAST for finding in block], np.arange(len(block))


def blocks_of(findings: Iterable[Finding]) -> Iterator[Sequence[Finding]]:
    """Yield findings as blocks: columns as they are, other findings as tuples."""
    if isinstance(findings, Findings):
        yield from findings.blocks()
    elif isinstance(findings, FindingColumns):
        yield findings
    else:
        yield tuple(findings)


def counts(findings: Iterable[Finding]) -> Counter[str]:
    """Return the number of findings of each severity; `catalogue.MORE` counts as those it stands for."""
    tally: Counter[str] = Counter()
    for block in blocks_of(findings):
        if isinstance(block, FindingColumns):
            tally[block.severity] += len(block)
        else:
            for finding in block:
                tally[severity(finding)] += int(finding.facts["count"]) if finding.code == MORE else 1
    return tally
