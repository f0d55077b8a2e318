"""Write decisions.csv."""

from __future__ import annotations

from pathlib import Path

HEADS = "date,decision,unit,measure,code,file,was,value,reason,by"
"""The header row."""


def decide(folder: Path, *lines: str) -> None:
    """Write decisions.csv into a folder: each line from ``decision`` to ``value``, on a day of its own."""
    numbered = [
        f"2021-12-{number:02},{line},agreed by telephone,office" for number, line in enumerate(lines, 1)
    ]
    (folder / "decisions.csv").write_text("\n".join([HEADS, *numbered, ""]), encoding="utf-8")
