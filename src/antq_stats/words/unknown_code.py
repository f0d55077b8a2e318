"""The error for a code that does not exist: it says what does."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

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
        near = get_close_matches(str(self.code), self.known, _LISTED)
        shown = near or sorted(self.known)[:_LISTED]
        more = "" if near or len(self.known) <= _LISTED else f" … ({len(self.known)} in all)"
        label = "near" if near else "known"
        return f"no {self.kind} {self.code!r}; {label}: {', '.join(map(repr, shown))}{more}"
