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
    """Parse an XML part. Document types and entities are refused.

    Parameters
    ----------
    data : the bytes of the part.
    part : its name, for the finding.
    start, end, text : handlers of start tags, end tags and character data, as `expat` calls them.

    Raises
    ------
    FileProblem
        F102 if the part is not well-formed, or declares a document type or an entity.
    """
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
    except (expat.ExpatError, LookupError, ValueError) as error:  # LookupError: unknown encoding
        raise FileProblem("F102", problem="xml-malformed", place=part) from error


def local(name: str) -> str:
    """Return the name of an element or attribute without its namespace prefix."""
    return name.rpartition(":")[2]


def index_of(reference: str) -> tuple[int, int] | None:
    """Return row and column, from 0, of a reference such as C5; None if it is not a cell reference."""
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if not digits or not letters.isascii() or not letters.isalpha() or len(letters) > 3:
        return None
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return int(digits[:8]) - 1, column - 1
