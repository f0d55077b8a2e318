"""What is found of faults planted into the samples: a few draws of what docs/detection.md promises."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

import pytest

from helpers.places import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def curves() -> ModuleType:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        return importlib.import_module("detection_curves")
    finally:
        sys.path.pop(0)


def test_the_faults_with_a_goal_are_found_and_few_others_are_named(curves: ModuleType) -> None:
    samples = curves.Samples.read()
    counts = {fault: curves.measured(samples, fault, range(1, 5)) for fault in curves.FAULTS if fault.goal}
    assert len(counts) == 7
    assert all(count.planted > 50 for count in counts.values())
    assert curves.missed(counts) == []


def test_the_interval_is_that_of_wilson(curves: ModuleType) -> None:
    low, high = curves.wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)  # Newcombe, Statistics in Medicine 17 (1998)
    assert curves.wilson(0, 20)[0] == 0.0
