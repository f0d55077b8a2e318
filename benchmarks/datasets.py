"""The data of the benchmarks: made once, stored, and seeded so that they are the same on every machine."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from measures import FORM
from returns import SIZES, TABLES, make

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SAMPLES = ROOT / "data" / "samples" / "2021"
_MAKERS = (
    "returns.py",
    "workbooks.py",
    "senders.py",
    "blanks.py",
    "layouts.py",
    "zipped.py",
    "measures.py",
    FORM.name,
)


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
    def counts(self) -> dict[str, int]:
        """The numbers of files and of the rows in their sheets."""
        counts = self.folder.parent / f"{self.folder.name}-counts.json"
        return {name: int(value) for name, value in json.loads(counts.read_text("utf-8")).items()}

    def later(self) -> Dataset:
        """Return the year after ten days of changes; it is made on first use, of a nation takes a minute."""
        from later import make_later

        return Dataset(make_later(self.folder), self.size)

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

    def get(
        self, size: str, saved_by: str = "xlsxwriter", faults: str | None = None, *, copies: bool = False
    ) -> Dataset:
        """Return a data set; with copies every tenth file is there three times.

        Raises
        ------
        UnavailableError
            LibreOffice or xlwt is not installed and would have to save the workbooks.
        """
        data_folder = self.folder / "-".join(
            filter(None, (size, saved_by, faults, "copies" if copies else None))
        )
        mark = data_folder / "made.txt"
        if not mark.is_file() or mark.read_text("utf-8") != self._maker:
            if saved_by.startswith("libreoffice") and shutil.which("soffice") is None:
                raise UnavailableError("LibreOffice (soffice)")
            if saved_by == "senders" and find_spec("xlwt") is None:
                raise UnavailableError("xlwt")
            shutil.rmtree(data_folder, ignore_errors=True)
            make(size, data_folder / "2021", saved_by=saved_by, faults=faults, copies=copies)
            mark.write_text(self._maker, encoding="utf-8")
        return Dataset(data_folder / "2021", size)
