"""The data of the benchmarks, made once and kept: seeded, so that every machine has the same."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from measures import FORM
from returns import SIZES, TABLES, make

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SAMPLES = ROOT / "data" / "samples" / "2021"
_MAKERS = ("returns.py", "workbooks.py", "senders.py", "zipped.py", "measures.py", FORM.name)


class UnavailableError(Exception):
    """Something that a benchmark needs is not on this machine; the message says what."""


@dataclass(frozen=True)
class Dataset:
    """A period's folder, and what must come out of it."""

    folder: Path
    size: str

    @property
    def table(self) -> Path:
        """The same figures as one clean CSV."""
        return self.folder.parent / f"{self.folder.name}.csv"

    @property
    def communes(self) -> int:
        """Of the whole folder: workbooks, where each is one."""
        return (SIZES | TABLES)[self.size][2]

    @property
    def villages(self) -> int:
        """Of the whole folder."""
        return (SIZES | TABLES)[self.size][3]

    @cached_property
    def sums(self) -> dict[str, int]:
        """The true totals by measure."""
        return {
            str(code): int(value)
            for code, value in json.loads((self.folder / "sums.json").read_text("utf-8")).items()
        }

    def warm(self) -> None:
        """Read every file once, so that no side pays for the disk."""
        for path in self.folder.rglob("*"):
            if path.is_file():
                path.read_bytes()


@dataclass(frozen=True)
class Datasets:
    """A folder that keeps data sets; each is made when first asked for, and again when its maker changed."""

    folder: Path

    @cached_property
    def _maker(self) -> str:
        digest = hashlib.sha256()
        for name in _MAKERS:
            digest.update((HERE / name).read_bytes())
        return digest.hexdigest()

    def get(self, size: str, saved_by: str = "xlsxwriter", faults: str | None = None) -> Dataset:
        """Return a data set.

        Raises
        ------
        UnavailableError
            LibreOffice is not installed and would have to save the workbooks.
        """
        kept = self.folder / "-".join(filter(None, (size, saved_by, faults)))
        mark = kept / "made.txt"
        if not mark.is_file() or mark.read_text("utf-8") != self._maker:
            if saved_by == "libreoffice" and shutil.which("soffice") is None:
                raise UnavailableError("LibreOffice (soffice)")
            shutil.rmtree(kept, ignore_errors=True)
            make(size, kept / "2021", saved_by=saved_by, faults=faults)
            mark.write_text(self._maker, encoding="utf-8")
        return Dataset(kept / "2021", size)
