"""Numbers and texts as most programs write them in XML."""

from __future__ import annotations

import re
from functools import lru_cache

from antq_stats.reading.files.quick.shared_strings import decoded

_NUMBER = re.compile(rb"-?[0-9]{1,17}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,2})?")
_MOST = 1 << 16


class Unusual(Exception):  # noqa: N818
    """Something is written in an unusual way, so another reader must read the file."""


class Numbers(dict[bytes, float]):
    """A cache of numbers as written -> their values; `Unusual` is raised for anything else."""

    def __missing__(self, written: bytes) -> float:
        if _NUMBER.fullmatch(written) is None:
            raise Unusual
        number = float(written)
        if len(self) < _MOST:
            self[written] = number
        return number


@lru_cache(maxsize=1 << 13)  # headers and names recur
def plain_text(written: bytes) -> str:
    """Return a text without tags in it; raise `Unusual` if it has space at its ends, or odd characters."""
    try:
        text = written.decode()
    except UnicodeDecodeError:
        raise Unusual from None
    found = decoded([text]) if "&" in text else [text]
    if found is None or "\r" in text or "\n" in text or text != text.strip():
        raise Unusual
    return found[0]
