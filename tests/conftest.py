"""Which tests are slow: ``pytest -m "not slow"`` leaves them out and takes about a minute on two cores."""

from __future__ import annotations

import pytest

SLOW = frozenset({
    "annotated", "blank", "blank_office", "book", "calls", "cli", "cluster", "december", "docs",
    "enclosures", "every_table", "files", "formats_office", "growth", "isolation", "lanes", "layouts",
    "leaving", "long_text", "output", "page", "properties", "prose", "samples", "start", "text_bounds",
    "text_check", "text_word",
})  # fmt: skip
"""Modules that run the whole program, LibreOffice, a browser or a cluster, or spoil files by the thousand."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of a slow module."""
    for item in items:
        if item.path.stem.removeprefix("test_") in SLOW:
            item.add_marker(pytest.mark.slow)
