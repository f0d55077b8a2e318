"""XML parts of a package: parsing them, and the names and references in them."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from antq_stats.reading.files.container import FileProblem


def parse(
    data: bytes,
    part: str,
    start: Callable[..., None],
    end: Callable[..., None] | None = None,
    text: Callable[..., None] | None = None,
) -> None:
    """Parse a part, refusing document types and entities; raise F102 where it is not well-formed."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text

    def refuse(*_: object) -> None:
        raise FileProblem("F102", problem="document-type", place=part)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # LookupError: an encoding nobody knows
        raise FileProblem("F102", problem="xml-malformed", place=part) from error


def local(name: str) -> str:
    """Return a name without its prefix."""
    return name.rpartition(":")[2]


def index_of(reference: str) -> tuple[int, int] | None:
    """Return row and column of a reference such as C5, or None if it is none."""
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if not digits or not letters.isascii() or not letters.isalpha() or len(letters) > 3:
        return None
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return int(digits[:8]) - 1, column - 1
