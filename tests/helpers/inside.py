"""What tests change inside the program, each private or internal name once, with the reason.

Tests use the public surface wherever they can. What stands here has no public way in; a rename in the program
breaks one line of this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from antq_stats import delimited_columns, plan
from antq_stats.reading.checks import table_checks
from antq_stats.reading.checks.table_checks import TableCheck
from antq_stats.reading.express.table import KnownTable
from antq_stats.reading.files import opening
from antq_stats.reading.files.quick import strict_zip
from antq_stats.reading.known_sheets.known_sheet import KnownSheet
from antq_stats.reading.long_text import plain_rows
from antq_stats.reading.processes import isolation
from antq_stats.reading.steps import Steps
from antq_stats.register import long_units
from antq_stats.render.page import data, standing, tables


def read_in_pieces(patch: pytest.MonkeyPatch, size: int) -> None:
    """Let long texts be read in pieces of so many bytes: the program's own are larger than a test's texts."""
    patch.setattr(plain_rows, "CHUNK", size)


def registers_by_columns(patch: pytest.MonkeyPatch, *, always: bool = True) -> None:
    """Read registers of any size by columns, or none: the program does only where it saves time."""
    patch.setattr(long_units, "LONG", 0 if always else 1 << 60)
    patch.setattr(delimited_columns, "CHUNK", 300)


def others_start_after(patch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let a patient pool start more workers so long after the first, if that gives no answer."""
    patch.setattr(isolation, "_SLOW", seconds)


@contextmanager
def workers_keep_columns() -> Iterator[None]:
    """Let workers keep the columns of a long register as they are: the program does for very long ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "VERY_LONG", 0)
        yield


def inflate_with(patch: pytest.MonkeyPatch, library: object) -> None:
    """Inflate workbooks with a module like `zlib`: which one the program takes depends on the machine."""
    patch.setattr(strict_zip, "inflate", library)


def _nothing(*_: object) -> Steps[None]:
    return None
    yield


@contextmanager
def without_quick_readers() -> Iterator[None]:
    """Read no file in one pass, so that the reader that proves or parses everything reads it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "read_quickly", _nothing)
        yield


def fail_in_layouts(patch: pytest.MonkeyPatch) -> None:
    """Let reading by a known layout fail with an error of its own: no file is known that makes it fail."""

    def fail(*_: object) -> None:
        raise KeyError(0)

    patch.setattr(KnownTable, "read", fail)


def fail_in_known_sheets(patch: pytest.MonkeyPatch) -> None:
    """Let reading by what is known of a sheet fail with an error of its own, as `fail_in_layouts` does."""

    def fail(*_: object) -> None:
        raise KeyError(0)

    patch.setattr(KnownSheet, "read", fail)


def add_table_check(patch: pytest.MonkeyPatch, check: TableCheck) -> None:
    """Add a check of tables, as a new line of the program's list would."""
    patch.setattr(table_checks, "TABLE_CHECKS", (*table_checks.TABLE_CHECKS, check))


def limit_units_of_page(patch: pytest.MonkeyPatch, *, in_script: int, in_lists: int) -> None:
    """Lower the numbers of units that a page holds: the program's own are those of a country."""
    patch.setattr(data, "_MOST_UNITS", in_script)
    patch.setattr(tables, "_MOST_STATIC_ROWS", in_lists)
    patch.setattr(standing, "_MOST_UNITS", in_lists)
