"""LibreOffice without a window: what another office program makes of the files written here.

Every run has a profile of its own, so that runs side by side do not meet.
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
    """A profile for this process, told to recalculate every formula on loading; gone when it ends."""
    folder = tempfile.TemporaryDirectory(prefix="antq-office-")
    user = Path(folder.name) / "user"
    user.mkdir()
    (user / "registrymodifications.xcu").write_text(_RECALCULATE, encoding="utf-8")
    return folder


def convert(path: Path, suffix: str, folder: Path, *, options: str = "", timeout: float = 600) -> Path:
    """Let LibreOffice open a file, recalculate it and save it in another format.

    Parameters
    ----------
    path : the file to open.
    suffix : ``xlsx``, ``ods``, ``pdf``, ``docx``, ``xls`` …; a leading dot is allowed.
    folder : where the new file goes; made where it is not there. Never the folder of ``path`` itself
        if the suffix is the same.
    options : an export filter with its options, such as ``calc_pdf_Export:{...}``.

    Returns
    -------
    Path
        The file that was written; it bears the name of ``path`` with the new suffix.
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
    """Save every sheet of a workbook, recalculated, as UTF-8 CSV; in the order of the sheets' names.

    Cells hold the values as they are, not as they are formatted.
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
    """Print a document to PDF and draw its pages as PNG, in order."""
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
