"""Pages of a sheet that is wider than paper: where they begin, and the scale at which they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

PAGE_INCHES = 9.7
"""Width between the margins: A4 landscape minus 30 and 17 mm."""
SLACK = 0.96
"""Share of a page that is used, because some programs draw columns wider than Excel does."""
SMALLEST = 0.6
"""Smallest scale at which 11 points are legible; wider tables are spread over several pages."""


def inches(width: float) -> float:
    """Return the width in inches of a column of a width in characters: a digit of the font has 8 pixels."""
    return (width + 0.71) * 8 / 96


def pages(
    widths: Sequence[float],
    stub: int,
    breaks: Sequence[int],
    paper: float = PAGE_INCHES,
    smallest: float = SMALLEST,
) -> list[int]:
    """Return the columns at which a new page begins; an empty list if the table fits one page.

    Pages are as few as can be, and about equally wide. A page begins within a section only if that section
    is wider than a page.

    Parameters
    ----------
    widths : the widths of the columns, in characters.
    stub : number of columns that are repeated on each page.
    breaks : the first columns of sections, before which pages should end.
    paper : the width of a page between the margins, in inches.
    smallest : the smallest scale of the print.
    """
    sizes = list(map(inches, widths))
    room = paper / smallest
    if sum(sizes) <= room:
        return []
    room -= sum(sizes[:stub])
    parts: list[int] = []
    for first, last in pairwise(sorted({stub, *breaks, len(sizes)})):
        parts += _groups(sizes, [*range(first, last), last], room)
    return _groups(sizes, [*parts, len(sizes)], room)[1:]


def _groups(sizes: Sequence[float], edges: Sequence[int], room: float) -> list[int]:
    """Return the first columns of the fewest groups that fit, of which the widest is as narrow as can be.

    Parameters
    ----------
    sizes : the sizes of all columns.
    edges : the columns at which a group may begin, and the column after the last.
    room : the size that a group should not exceed.
    """
    parts = [(first, sum(sizes[first:last])) for first, last in pairwise(edges)]

    def begun(limit: float) -> list[int]:
        starts: list[int] = []
        filled = 0.0
        for first, size in parts:
            if not starts or filled + size > limit:
                starts.append(first)
                filled = 0.0
            filled += size
        return starts

    low = max(size for _, size in parts)
    high = max(room, low)
    fewest = len(begun(high))
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (low, middle) if len(begun(middle)) == fewest else (middle, high)
    return begun(high)


def print_scale(widths: Sequence[float], stub: int, starts: Sequence[int], paper: float = PAGE_INCHES) -> int:
    """Return the scale in per cent at which the widest page of a table fits; see `pages`."""
    edges, repeated = [stub, *starts, len(widths)], sum(map(inches, widths[:stub]))
    widest = max(repeated + sum(map(inches, widths[first:last])) for first, last in pairwise(edges))
    return max(10, min(100, int(100 * SLACK * paper / widest)))
