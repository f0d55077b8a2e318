"""Open files in LibreOffice, without a window: recalculate, convert, print.

Mark a test that does so with ``pytest.mark.office``. Each process has a profile of its own, so that
processes do not disturb each other.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

PROGRAM = shutil.which("soffice") or shutil.which("libreoffice")
PDFTOPPM = shutil.which("pdftoppm")

needs_pdftoppm = pytest.mark.skipif(PDFTOPPM is None, reason="pdftoppm is not installed")

_RECALCULATE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    + "".join(
        '<item oor:path="/org.openoffice.Office.Calc/Formula/Load">'
        f'<prop oor:name="{mode}" oor:op="fuse"><value>0</value></prop></item>'
        for mode in ("OOXMLRecalcMode", "ODFRecalcMode")
    )
    + "</oor:items>"
)


@functools.cache
def _profile() -> tempfile.TemporaryDirectory[str]:
    """Return this process's profile, which recalculates every formula on loading."""
    folder = tempfile.TemporaryDirectory(prefix="antq-office-")
    user = Path(folder.name) / "user"
    user.mkdir()
    (user / "registrymodifications.xcu").write_text(_RECALCULATE, encoding="utf-8")
    return folder


def convert(path: Path, suffix: str, folder: Path, *, options: str = "", timeout: float = 600) -> Path:
    """Open a file, recalculate it and save it in another format.

    Parameters
    ----------
    path : the file to open.
    suffix : ``xlsx``, ``ods``, ``pdf``, ``docx``, ``xls`` …; a leading dot is allowed.
    folder : where the new file goes; created if missing. Not the folder of ``path`` if it has the suffix.
    options : an export filter with its options, such as ``calc_pdf_Export:{...}``.
    timeout : seconds after which the program is stopped.

    Returns
    -------
    Path
        The new file: the name of ``path`` with the new suffix.
    """
    assert PROGRAM is not None, "mark the test with pytest.mark.office"
    suffix = suffix.lstrip(".")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{path.stem}.{suffix}"
    assert target.resolve() != path.resolve()
    done = subprocess.run(
        [
            PROGRAM,
            f"-env:UserInstallation={Path(_profile().name).as_uri()}",
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--convert-to",
            f"{suffix}:{options}" if options else suffix,
            "--outdir",
            str(folder),
            str(path),
        ],
        check=False,
        capture_output=True,
        timeout=timeout,
    )
    assert target.is_file(), (done.stdout + done.stderr).decode("utf-8", "replace")
    return target


def sheets_as_csv(path: Path, folder: Path) -> list[Path]:
    """Recalculate a workbook and save each sheet as UTF-8 CSV, with values as stored, not as formatted.

    The files are in the order of their names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = set(folder.glob("*.csv"))
    assert PROGRAM is not None, "mark the test with pytest.mark.office"
    subprocess.run(
        [
            PROGRAM,
            f"-env:UserInstallation={Path(_profile().name).as_uri()}",
            "--headless",
            "--norestore",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1",
            "--outdir",
            str(folder),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=600,
    )
    return sorted(set(folder.glob("*.csv")) - before)


def pictures(
    path: Path, folder: Path, *, dpi: int = 60, first: int = 1, last: int | None = None
) -> list[Path]:
    """Print a document to PDF and return its pages as PNG files, in order."""
    assert PDFTOPPM is not None, "mark the test with needs_pdftoppm"
    printed = path if path.suffix == ".pdf" else convert(path, "pdf", folder)
    pages = ["-l", str(last)] if last else []
    subprocess.run(
        [
            PDFTOPPM,
            "-png",
            "-r",
            str(dpi),
            "-f",
            str(first),
            *pages,
            str(printed),
            str(folder / printed.stem),
        ],
        check=True,
        capture_output=True,
        timeout=600,
    )
    return sorted(folder.glob(f"{printed.stem}-*.png"))
