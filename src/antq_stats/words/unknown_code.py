"""The error for a code that does not exist: it says what does."""

from __future__ import annotations

from collections.abc import Collection

from antq_stats.words.near import near

_LISTED = 8


class UnknownCodeError(KeyError):
    """A unit, measure, ratio or table was asked for by a code that does not exist.

    Parameters
    ----------
    kind : what was asked for, as in ``measure``.
    code : the code asked for.
    known : the codes that exist.
    """

    def __init__(self, kind: str, code: object, known: Collection[str]) -> None:
        self.kind, self.code, self.known = kind, code, known
        super().__init__(kind, code)

    def __str__(self) -> str:
        alike = near(str(self.code), self.known, most=_LISTED)
        shown = alike or sorted(self.known)[:_LISTED]
        more = "" if alike or len(self.known) <= _LISTED else f" … ({len(self.known)} in all)"
        label = "near" if alike else "known"
        return f"no {self.kind} {self.code!r}; {label}: {', '.join(map(repr, shown))}{more}"
