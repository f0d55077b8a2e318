"""Columns of very many texts without an object for each: short codes as integers, texts by their numbers."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, overload

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

T = TypeVar("T")
LONGEST = 8
"""Number of characters of the longest code that is held as an integer."""


class Numbered(Sequence[T]):
    """A column by its distinct values: row i holds ``values[ids[i]]``."""

    def __init__(self, values: Sequence[T], ids: Sequence[int]) -> None:
        self.values = tuple(values)
        self.ids = ids

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[T, ...]: ...
    def __getitem__(self, at: int | slice) -> T | tuple[T, ...]:
        found = self.ids[at]
        return self.values[found] if isinstance(found, int) else tuple(map(self.values.__getitem__, found))

    def __iter__(self) -> Iterator[T]:
        return map(self.values.__getitem__, self.ids)


def all_at(column: Sequence[T], positions: Iterable[int]) -> list[T]:
    """Return what a column holds at many positions."""
    if isinstance(column, Numbered):
        positions, column = map(column.ids.__getitem__, positions), column.values
    return list(map(column.__getitem__, positions))


def key_of(code: object) -> int | None:
    """Return a code as an integer, its first character in the highest byte; None if it cannot be one."""
    if not isinstance(code, str) or len(code) > LONGEST or not (code.isascii() and code.isalnum()):
        return None
    return int.from_bytes(code.encode("ascii").ljust(LONGEST, b"\0"), "big")


def _code_of(key: int) -> str:
    return key.to_bytes(LONGEST, "big").rstrip(b"\0").decode("ascii")


class ShortCodes(Sequence[str]):
    """Codes of up to eight ASCII letters and digits, each as one integer (`key_of`)."""

    def __init__(self, keys: array[int]) -> None:
        self.keys = keys

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...
    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        if isinstance(at, slice):
            return tuple(map(_code_of, self.keys[at]))
        return _code_of(self.keys[at])

    def __iter__(self) -> Iterator[str]:
        return map(_code_of, self.keys)


class CodeIndex(Mapping[str, int]):
    """Position of each of very many codes, of which no two are the same."""

    def __init__(self, codes: ShortCodes) -> None:
        self._codes = codes

    @cached_property
    def _sorted(self) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32]]:
        """The keys in order, and the position of each."""
        import numpy as np

        keys = np.frombuffer(self._codes.keys, dtype=np.uint64)
        order = np.argsort(keys, kind="stable").astype(np.int32)  # fast on keys that are mostly in order
        return keys[order], order

    def positions(self, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """Return the positions of n keys; -1 for a key that no code has."""
        import numpy as np

        every, order = self._sorted
        at = np.minimum(np.searchsorted(every, keys), len(every) - 1)
        return np.where(every[at] == keys, order[at], -1)

    def has_twice(self) -> bool:
        """Return whether two codes are the same."""
        every = self._sorted[0]
        return bool((every[1:] == every[:-1]).any())

    def __getitem__(self, code: str) -> int:
        key = key_of(code)
        if key is not None:
            every, order = self._sorted
            at = bisect_left(every.data, key)
            if at < len(every) and int(every[at]) == key:
                return int(order[at])
        raise KeyError(code)

    def __iter__(self) -> Iterator[str]:
        return iter(self._codes)

    def __len__(self) -> int:
        return len(self._codes)
