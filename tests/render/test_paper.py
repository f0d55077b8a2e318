"""Pages of wide sheets: as few as can be, and no section is parted without need."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from antq_stats.render.writing.paper import PAGE_INCHES, SLACK, inches, pages, print_scale

WIDTHS = st.lists(st.floats(4, 40), min_size=1, max_size=40)


def printed(widths: list[float], first: int, last: int) -> float:
    return sum(map(inches, widths[first:last]))


@given(
    widths=WIDTHS,
    stub=st.floats(5, 30),
    inner=st.sets(st.integers(1, 40)),
    paper=st.floats(8, 12),
    smallest=st.floats(0.5, 1),
)
def test_a_section_is_parted_only_if_it_is_wider_than_a_page(
    widths: list[float], stub: float, inner: set[int], paper: float, smallest: float
) -> None:
    widths = [stub, *widths]
    breaks = sorted({1, *(at for at in inner if at < len(widths))})
    room = paper / smallest - inches(stub)
    starts = pages(widths, 1, breaks, paper, smallest)
    assert starts == sorted(set(starts))
    if printed(widths, 0, len(widths)) <= paper / smallest:
        assert starts == []
    for first, last in pairwise([*breaks, len(widths)]):
        if printed(widths, first, last) <= room:
            assert not any(first < start < last for start in starts)
    for first, last in pairwise([1, *starts, len(widths)]):
        assert printed(widths, first, last) <= room + 1e-6 or last - first == 1


@given(widths=st.lists(st.floats(4, 12), min_size=12, max_size=40))
def test_a_section_wider_than_a_page_is_parted_evenly(widths: list[float]) -> None:
    widths = [10.0, *widths]
    starts = pages(widths, 1, [1], 4.0, 1.0)
    sizes = [printed(widths, first, last) for first, last in pairwise([1, *starts, len(widths)])]
    room = 4.0 - inches(10)
    if starts:
        fewest = -(-sum(sizes) // room)
        assert len(sizes) <= 2 * fewest
        even = sum(sizes) / len(sizes)
        assert max(sizes) <= even + inches(12) + 1e-6


def test_small_sections_share_a_page_and_pages_are_about_equally_wide() -> None:
    widths = [10.0, *[10.0] * 16]
    breaks = [1, 3, 5, 7, 9, 11, 13, 15]
    paper = inches(10) * 11.5
    assert pages(widths, 1, breaks, paper, 1.0) == [9]
    assert pages(widths[:12], 1, breaks[:6], paper, 1.0) == [7]
    assert pages(widths[:11], 1, breaks[:5], paper, 1.0) == []


@given(widths=WIDTHS, smallest=st.floats(0.5, 0.9))
def test_the_scale_fits_the_widest_page(widths: list[float], smallest: float) -> None:
    widths = [10.0, *widths]
    starts = pages(widths, 1, [1], PAGE_INCHES, smallest)
    scale = print_scale(widths, 1, starts)
    assert scale >= int(100 * SLACK * smallest) or any(inches(width) > PAGE_INCHES / 2 for width in widths)
    for first, last in pairwise([1, *starts, len(widths)]):
        assert (inches(10) + printed(widths, first, last)) * scale / 100 <= SLACK * PAGE_INCHES + 1e-6
