"""Unpacks the zip for Windows and drops the samples on it, as Explorer does. Runs on Windows only.

python packaging/windows/smoke.py dist/antq-stats-windows.zip
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLES = ROOT / "data" / "samples"
FOLDERS = ("2021", "Năm 2021 & các xã", "Xã&phường-2021", "100% xong!/2021")
"""Names of the folder: plain, quoted by Explorer, not quoted though it ought to be, with signs of cmd."""
SCREEN = ("173/173 xã đã gửi; 0 xã cần sửa; báo cáo chính thức.", "Số liệu: 1.365/1.365 ")
FIGURES = ("1.691", "46.953", "206.318", "176.247", "928")
OUTPUTS = (
    "1-tinh-hinh.txt",
    "2-can-sua.xlsx",
    "6-bao-cao-2021.xlsx",
    "6-bao-cao-2021.html",
    "6-bao-cao-2021.docx",
)


def main(zipped: Path) -> int:
    """Check what is printed and written for each name; return 1 if something is missing."""
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as work:
        place = Path(work) / "Cán bộ & máy"
        with zipfile.ZipFile(zipped) as archive:
            archive.extractall(place)
        program = place / "antq-stats"
        for name in FOLDERS:
            faults += _dropped(program, Path(work) / name)
        python = program / "python" / "python.exe"
        aggregate = subprocess.run(
            [python, "-X", "utf8", "-m", "antq_stats", "aggregate", SAMPLES / "2021"],
            check=False, capture_output=True, encoding="utf-8", env={**os.environ, "ANTQ_STATS_LANG": "vi"},
        )  # fmt: skip
        faults += [f"aggregate: no {figure}" for figure in FIGURES if figure not in aggregate.stdout]
        nothing = _run(program, "")
        faults += [] if nothing.returncode == 2 else [f"nothing dropped: status {nothing.returncode}"]
    print("\n".join(faults) or "the zip gives the published figures")
    return int(bool(faults))


def _dropped(program: Path, folder: Path) -> list[str]:
    """Return what is missing after a folder was dropped."""
    shutil.copytree(SAMPLES / "2021", folder)
    done = _run(program, f'"{folder}"' if " " in str(folder) else str(folder))
    print(done.stdout)
    results = folder.with_name(folder.name + "-ket-qua")
    return [
        *([] if done.returncode == 0 else [f"{folder.name}: status {done.returncode}"]),
        *(f"{folder.name}: not printed: {line}" for line in SCREEN if line not in done.stdout),
        *(f"{folder.name}: not written: {name}" for name in OUTPUTS if not (results / name).is_file()),
    ]


def _run(program: Path, argument: str) -> subprocess.CompletedProcess[str]:
    """Run the .cmd file by the command line that Explorer makes; nobody presses the key at its end."""
    return subprocess.run(
        f'cmd /c ""{program / "antq-stats.cmd"}" {argument}"',
        check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", errors="replace", timeout=300, env={**os.environ, "ANTQ_NO_OPEN": "1"},
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
