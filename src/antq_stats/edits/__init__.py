"""The checks on a collection. A check registers itself; all run, and each gives findings.

The reader judges cells; here whole returns are judged: the form's edit rules, who is missing, what
is not plausible. A check is a function from a collection to findings.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable

from antq_stats.collection.collection import Collection
from antq_stats.findings.columns import Findings
from antq_stats.findings.finding import Finding

Check = Callable[[Collection], Iterable[Iterable[Finding]]]
"""Gives findings in lots: columns of them, or some that stand alone."""

_CHECKS: dict[str, Check] = {}
_MODULES = ("units", "rules", "plausibility")


def check(name: str) -> Callable[[Check], Check]:
    """Register a check under a name; a name taken twice is an error."""

    def register(function: Check) -> Check:
        if _CHECKS.setdefault(name, function) is not function:
            raise ValueError(name)
        return function

    return register


def load() -> None:
    """Import the modules of checks, which register themselves."""
    for module in _MODULES:
        importlib.import_module(f"{__name__}.{module}")


def edit(collection: Collection) -> Findings:
    """Run every check; return the collection's own findings and theirs, ordered by file."""
    load()
    return Findings([collection.findings, *(found for run in _CHECKS.values() for found in run(collection))])
