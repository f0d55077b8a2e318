"""Paths of the folders of the repository that tests read."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "data" / "samples"
GOLDEN = ROOT / "tests" / "golden"
PROSE = ROOT / "tests" / "prose"
