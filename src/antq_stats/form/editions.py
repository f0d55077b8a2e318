"""The editions of the built-in form: which one asks for a year, and its text."""

from __future__ import annotations

from importlib import resources

EDITIONS = ("2021", "2025")
"""The editions, oldest first. Each asks from its own year on, the oldest for all years before it too."""


def edition_of(year: int | None) -> str:
    """Return the edition that asks for a year; the oldest one if the year is not known.

    Parameters
    ----------
    year : the year of the period, or None.
    """
    serving = [edition for edition in EDITIONS if year is not None and int(edition) <= year]
    return serving[-1] if serving else EDITIONS[0]


def file_of(edition: str) -> str:
    """Return the name of the file of an edition."""
    return f"antq-{edition}.toml"


def edition_bytes(edition: str) -> bytes:
    """Return the file of an edition, as it is to be copied into a folder as ``form.toml``.

    Parameters
    ----------
    edition : one of `EDITIONS`.
    """
    return resources.files("antq_stats.forms").joinpath(file_of(edition)).read_bytes()
