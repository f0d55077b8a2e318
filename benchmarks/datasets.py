"""The data of the benchmarks: made once, stored, and seeded so that they are the same on every machine."""

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
    """A benchmark needs something that this machine does not have; the message names it."""


@dataclass(frozen=True)
class Dataset:
    """The folder of a period, with the true totals."""

    folder: Path
    size: str

    @property
    def table(self) -> Path:
        """The same figures in one CSV without faults."""
        return self.folder.parent / f"{self.folder.name}.csv"

    @property
    def communes(self) -> int:
        """Number of communes, which is the number of workbooks."""
        return (SIZES | TABLES)[self.size][2]

    @property
    def villages(self) -> int:
        """Number of villages."""
        return (SIZES | TABLES)[self.size][3]

    @cached_property
    def sums(self) -> dict[str, int]:
        """The true totals by measure."""
        return {
            str(code): int(value)
            for code, value in json.loads((self.folder / "sums.json").read_text("utf-8")).items()
        }

    def warm(self) -> None:
        """Read every file once, so that disk access does not count for any side."""
        for path in self.folder.rglob("*"):
            if path.is_file():
                path.read_bytes()


@dataclass(frozen=True)
class Datasets:
    """A folder of data sets; each is made on first use, and again after its generator has changed."""

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
        data_folder = self.folder / "-".join(filter(None, (size, saved_by, faults)))
        mark = data_folder / "made.txt"
        if not mark.is_file() or mark.read_text("utf-8") != self._maker:
            if saved_by == "libreoffice" and shutil.which("soffice") is None:
                raise UnavailableError("LibreOffice (soffice)")
            shutil.rmtree(data_folder, ignore_errors=True)
            make(size, data_folder / "2021", saved_by=saved_by, faults=faults)
            mark.write_text(self._maker, encoding="utf-8")
        return Dataset(data_folder / "2021", size)
