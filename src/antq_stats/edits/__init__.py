"""Checks on a collection: the form's edit rules and missing units.

The reader checks cells; the checks here need whole returns. A check is a function from a collection to
findings, which registers itself with `check`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable

from antq_stats.collection.collection import Collection
from antq_stats.findings.columns import Findings
from antq_stats.findings.finding import Finding

Check = Callable[[Collection], Iterable[Iterable[Finding]]]
"""Yields groups of findings: columns of them, or single ones."""

_CHECKS: dict[str, Check] = {}
_MODULES = ("units", "rules")


def check(name: str) -> Callable[[Check], Check]:
    """Return a decorator that registers a check.

    Parameters
    ----------
    name : name of the check.

    Raises
    ------
    ValueError
        Another check has the name.
    """

    def register(function: Check) -> Check:
        if _CHECKS.setdefault(name, function) is not function:
            raise ValueError(name)
        return function

    return register


def load() -> None:
    """Import the modules whose checks register themselves."""
    for module in _MODULES:
        importlib.import_module(f"{__name__}.{module}")


def edit(collection: Collection) -> Findings:
    """Run all checks and return their findings with those of the collection, ordered by file."""
    load()
    checks = sorted(_CHECKS.values(), key=_place)
    return Findings([collection.findings, *(group for run in checks for group in run(collection))])


def _place(run: Check) -> int:
    """Return the place of the module of a check; those of other packages come last."""
    module = getattr(run, "__module__", "").rpartition(".")
    return _MODULES.index(module[2]) if module[0] == __name__ else len(_MODULES)
