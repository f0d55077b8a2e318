"""The zip for Windows, as far as it can be looked at elsewhere. A workflow runs it on Windows."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import antq_stats
from helpers.places import ROOT, SAMPLES

WINDOWS = ROOT / "packaging" / "windows"
SOURCE = Path(antq_stats.__file__).parent

OF_EXTRAS = {"distributed", "fsspec", "matplotlib"}
"""Libraries of the extras `cluster` and `plot`, which the zip does not have."""
LEFT_OUT_OF_THE_EMBEDDABLE = {"ensurepip", "idlelib", "lib2to3", "test", "tkinter", "turtle", "venv"}
ONLY_ON_UNIX = {"curses", "fcntl", "grp", "pwd", "readline", "resource", "syslog", "termios", "tty"}


def drop(folder: str = "", line: str = "") -> subprocess.CompletedProcess[str]:
    """Run drop.py as the .cmd file does."""
    return subprocess.run(
        [sys.executable, "-X", "utf8", WINDOWS / "drop.py"],
        check=False, capture_output=True, encoding="utf-8",
        env={
            **os.environ, "PYTHONPATH": str(SOURCE.parent), "ANTQ_STATS_LANG": "vi", "ANTQ_NO_OPEN": "1",
            "ANTQ_FOLDER": folder, "ANTQ_LINE": line,
        },
    )  # fmt: skip


@pytest.fixture(params=["2021", "Năm 2021 & các xã", "Xã&phường^2021", "100% xong!/2021"])
def returns(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / str(request.param)
    shutil.copytree(SAMPLES / "2021-messy", folder)
    return folder


@pytest.mark.slow
def test_the_folder_that_was_dropped_is_run_whatever_its_name(returns: Path) -> None:
    quoted = f'"{returns}"' if " " in str(returns) else str(returns)
    cut = str(returns) if " " in str(returns) else str(returns).partition("&")[0]
    done = drop(cut, rf'C:\WINDOWS\system32\cmd.exe /c ""C:\Cán bộ\antq-stats.cmd" {quoted}"')
    assert done.returncode == 1, done.stdout + done.stderr
    assert "16/18 xã đã gửi" in done.stdout
    assert (returns.with_name(returns.name + "-ket-qua") / "6-bao-cao-2021.docx").is_file()


@pytest.mark.slow
def test_the_first_argument_counts_where_the_command_line_names_no_folder(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / "2021-messy", tmp_path / "2021")
    for line in ("", r"C:\WINDOWS\system32\cmd.exe", rf'cmd /c ""C:\a\antq-stats.cmd" {tmp_path}/khong-co"'):
        assert "16/18 xã đã gửi" in drop(str(tmp_path / "2021"), line).stdout


def test_nothing_dropped_or_a_file_dropped_is_told(tmp_path: Path) -> None:
    book = shutil.copyfile(SAMPLES / "2021" / "luc-yen" / "an-lac.xlsx", tmp_path / "an-lac.xlsx")
    for done, told in ((drop(), "Kéo thư mục"), (drop(str(book)), "“an-lac.xlsx” không phải là một thư mục")):
        assert done.returncode == 2
        assert told in done.stdout
        assert done.stderr == ""


def test_the_cmd_file_is_plain_and_keeps_the_window_open() -> None:
    text = (WINDOWS / "antq-stats.cmd").read_bytes()
    assert text.isascii()
    lines = text.decode().splitlines()
    assert lines[0] == "@echo off"
    assert "chcp 65001 >nul" in lines
    assert '"!ANTQ_HERE!python\\python.exe" -X utf8 "!ANTQ_HERE!python\\drop.py"' in lines
    assert lines.index("pause") > lines.index('set "ANTQ_STATUS=!ERRORLEVEL!"')
    assert lines[-1] == "exit !ANTQ_STATUS!"


def test_the_workflow_builds_the_zip_and_drops_the_samples_on_it() -> None:
    yaml = pytest.importorskip("yaml")
    text = (ROOT / ".github" / "workflows" / "windows.yml").read_text(encoding="utf-8")
    (job,) = yaml.safe_load(text)["jobs"].values()
    assert job["runs-on"] == "windows-latest"
    scripts = "\n".join(step.get("run", "") for step in job["steps"])
    for name in re.findall(r"packaging/windows/\w+\.py", scripts):
        assert (ROOT / name).is_file()
    assert scripts.index("build.py") < scripts.index("smoke.py")


def imports_of(path: Path) -> set[tuple[str, bool]]:
    """Return the top modules that a file imports, and whether each is imported inside a function."""
    found = set()
    tree = ast.parse(path.read_text("utf-8"))
    outside = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {(name.name.partition(".")[0], id(node) not in outside) for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(((node.module or "").partition(".")[0], id(node) not in outside))
    return found


OURS = set().union(*map(imports_of, SOURCE.rglob("*.py"))) - {("antq_stats", True), ("antq_stats", False)}


def test_no_module_needs_a_part_of_python_that_windows_or_the_embeddable_lacks() -> None:
    names = {name for name, _ in OURS}
    assert not names & LEFT_OUT_OF_THE_EMBEDDABLE
    assert not {name for name, is_inside in OURS if not is_inside} & ONLY_ON_UNIX


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the zip on a stand-in for the embeddable distribution, and return it unpacked."""
    work = tmp_path_factory.mktemp("windows")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    probe = ["download", "--no-deps", "--retries", "0", "--timeout", "5", "-d", str(work / "probe"), "six"]
    if subprocess.run([*pip, *probe], check=False, capture_output=True).returncode:
        pytest.skip("pip finds no index of packages here, so no wheels for Windows can be fetched")
    pytest.importorskip("hatchling", reason="builds the wheel of this program")
    pytest.importorskip("packaging")
    embeddable = work / "embeddable"
    embeddable.mkdir()
    for name in ("python.exe", "pythonw.exe", "python3.dll", "python311.dll", "python311.zip", "LICENSE.txt"):
        (embeddable / name).write_bytes(b"stand-in")
    path_file = "python311.zip\r\n.\r\n\r\n# Uncomment to run site.main() automatically\r\n#import site\r\n"
    (embeddable / "python311._pth").write_bytes(path_file.encode())
    zipped = work / "antq-stats-windows.zip"
    subprocess.run([sys.executable, WINDOWS / "build.py", embeddable, "-o", zipped], check=True)
    with zipfile.ZipFile(zipped) as archive:
        assert {name.partition("/")[0] for name in archive.namelist()} == {"antq-stats"}
        archive.extractall(work)
    assert 20 < zipped.stat().st_size / 2**20 < 60
    return work / "antq-stats" / "python" / "lib"


@pytest.mark.slow
def test_the_zip_is_laid_out_as_its_cmd_file_expects(library: Path) -> None:
    python = library.parent
    assert (python / "python311._pth").read_bytes() == b"python311.zip\r\n.\r\nlib\r\n"
    assert (python / "drop.py").is_file()
    texts = {path.name for path in python.parent.iterdir()}
    assert texts == {"DOC-TRUOC.txt", "LICENSE.txt", "antq-stats.cmd", "python"}
    command = (python.parent / "antq-stats.cmd").read_bytes()
    assert command.count(b"\r\n") == command.count(b"\n")
    assert (python.parent / "DOC-TRUOC.txt").read_text("utf-8-sig").startswith("ANTQ-STATS TRÊN WINDOWS\n")


@pytest.mark.slow
def test_all_libraries_are_there_for_windows_and_no_other(library: Path) -> None:
    assert not [*library.rglob("*.so"), *library.rglob("*.exe")]
    assert len([*library.rglob("*.pyd")]) > 50
    for wheel in library.glob("*.dist-info/WHEEL"):
        tags = re.findall(r"^Tag: (.+)$", wheel.read_text("utf-8"), re.MULTILINE)
        assert any(tag.endswith(("-any", "-win_amd64")) for tag in tags), (wheel.parent.name, tags)
    modules = {path.name.partition(".")[0] for path in library.iterdir() if not path.name.endswith("-info")}
    third_party = {name for name, _ in OURS} - sys.stdlib_module_names - OF_EXTRAS
    assert third_party <= modules, third_party - modules
    pinned = dict(
        line.lower().replace("_", "-").split("==")
        for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
        if "==" in line
    )
    versions = [path.name.removesuffix(".dist-info").split("-") for path in library.glob("*.dist-info")]
    fetched = {name.lower().replace("_", "-"): version for name, version in versions if name != "antq_stats"}
    assert fetched.items() <= pinned.items()


@pytest.mark.slow
def test_what_the_libraries_import_is_there_too(library: Path) -> None:
    """Every requirement of every library on Windows is met, and nothing is there that none requires."""
    sys.path.insert(0, str(WINDOWS))
    try:
        import build  # type: ignore[import-not-found]

        environment = build.environment(11)
    finally:
        sys.path.remove(str(WINDOWS))
    from email.parser import HeaderParser

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    required: dict[str, set[str]] = {}
    for path in library.glob("*.dist-info/METADATA"):
        metadata = HeaderParser().parsestr(path.read_text("utf-8"))
        wanted = map(Requirement, metadata.get_all("Requires-Dist") or [])
        required[canonicalize_name(metadata["Name"])] = {
            canonicalize_name(one.name)
            for one in wanted
            if not one.marker or one.marker.evaluate(environment)
        }
    everything = set().union(*required.values())
    assert everything == required.keys() - {"antq-stats"}
    assert {"colorama", "tzdata"} <= everything, "libraries that only Windows needs"
