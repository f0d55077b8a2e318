"""Skip the tests of programs and packages that are not installed here.

A test says by a marker what it needs; ``[tool.pytest.ini_options]`` in ``pyproject.toml`` lists the markers.
"""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from helpers import browser, office


def _missing_packages() -> str:
    names = ("distributed", "fsspec", "s3fs", "moto", "flask")
    return ", ".join(name for name in names if find_spec(name) is None)


def _reasons() -> dict[str, str]:
    """Return the marker of each kind of test that cannot run here, and why."""
    reasons = {}
    if office.PROGRAM is None:
        reasons["office"] = "LibreOffice (soffice) is not installed"
    if browser.PROGRAM is None:
        reasons["browser"] = "Chromium is not installed"
    if packages := _missing_packages():
        reasons["cluster"] = f"not installed: {packages} (pip install -e '.[dev]')"
    return reasons


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip each test whose marker names something that is not installed."""
    for marker, reason in _reasons().items():
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
