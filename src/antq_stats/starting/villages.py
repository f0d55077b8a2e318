"""Villages as rows of a new register, and the codes they get."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from antq_stats.plan import VILLAGE_TYPES
from antq_stats.words.text import text_key

_DIGITS = 3
_SHORT_TYPES = {"tdp": "tổ dân phố", "kdc": "khu dân cư", "kp": "khu phố"}


@dataclass(frozen=True, slots=True)
class Village:
    """A village of the new register; dates and households as units.csv has them."""

    code: str
    name: str
    kind: str
    """The type word: ``thôn``; may be empty."""
    parent: str
    """Code of its commune."""
    valid_from: str = ""
    valid_to: str = ""
    households: str = ""
    aliases: tuple[str, ...] = ()


class VillageCodes:
    """New codes for villages: the commune's and three digits, above those that were ever used.

    Parameters
    ----------
    used : codes that are or were in use.
    """

    def __init__(self, used: Iterable[str] = ()) -> None:
        self._used = set(used)
        self._last: dict[str, int] = {}

    def new(self, commune: str) -> str:
        """Return a code for a village of a commune that no unit has or had."""
        if commune not in self._last:
            rests = (code.removeprefix(commune) for code in self._used if code.startswith(commune))
            self._last[commune] = max(
                (int(rest) for rest in rests if rest.isascii() and rest.isdigit()), default=0
            )
        self._last[commune] += 1
        return f"{commune}{self._last[commune]:0{_DIGITS}d}"


def in_full(name: str) -> str:
    """Return a village's name with its type in full: ``Tổ dân phố 3`` for ``TDP 3``."""
    short, _, rest = text_key(name).partition(" ")
    return f"{_SHORT_TYPES[short].capitalize()} {rest}" if rest and short in _SHORT_TYPES else name


def kind_of(name: str) -> str:
    """Return the type word a village's name begins with, in full: ``thôn``, ``tổ dân phố``; else ``""``."""
    key = text_key(in_full(name))
    return next((word for word in VILLAGE_TYPES if key.startswith(f"{word} ")), "")
