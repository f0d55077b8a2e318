"""Builds the zip for Windows: Python's embeddable distribution, the libraries, this program.

    python packaging/windows/build.py python-3.11.9-embed-amd64.zip -o dist/antq-stats-windows.zip

The embeddable distribution (a zip from python.org, or the folder it was unpacked into) is given; wheels are
fetched by pip as it is configured on this machine, in the versions of constraints.txt. Which libraries are
needed is worked out for Windows from the wheels' own metadata, on any system. Needs pip, hatchling and
packaging (all in the extra ``dev``).
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PLATFORM = "win_amd64"
TOP = "antq-stats"
"""The folder that the zip unpacks into."""
_PATH_FILE = re.compile(r"python3(\d+)\._pth")
_STAMP = (2000, 1, 1, 0, 0, 0)
_LEFT_OUT = re.compile(r"(?:^|/)tests?/|\.(?:pyi|lib|pxd|h)$|\.data/(?:scripts|headers|data)/")
"""Files of wheels that nothing imports at run time: the libraries' own tests, types, headers, commands."""


def main(arguments: list[str]) -> int:
    """Build the zip and print its size."""
    parser = argparse.ArgumentParser(description="Build the zip for Windows.")
    parser.add_argument("embeddable", type=Path, help="Python's embeddable distribution, zip or folder")
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "dist" / "antq-stats-windows.zip")
    parser.add_argument("--wheels", type=Path, help="folder to fetch wheels into, and to take them from")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / TOP
        python = folder / "python"
        _unpack(given.embeddable, python)
        minor = _write_path_file(python)
        wheels = fetch(given.wheels or Path(work) / "wheels", minor)
        for wheel in wheels:
            _install(wheel, python / "lib")
        shutil.copyfile(HERE / "drop.py", python / "drop.py")
        for name in ("antq-stats.cmd", "DOC-TRUOC.txt"):
            _copy_text(HERE / name, folder / name)
        _copy_text(ROOT / "LICENSE", folder / "LICENSE.txt")
        given.output.parent.mkdir(parents=True, exist_ok=True)
        _zip(folder, given.output)
    size = given.output.stat().st_size / 2**20
    print(f"{given.output}: {size:.0f} MiB, {len(wheels)} wheels for Python 3.{minor}")
    return 0


def _unpack(embeddable: Path, target: Path) -> None:
    if embeddable.is_dir():
        shutil.copytree(embeddable, target)
    else:
        with zipfile.ZipFile(embeddable) as archive:
            archive.extractall(target)


def _write_path_file(python: Path) -> int:
    """Let the embeddable find the libraries in its folder ``lib``; return the minor version of Python."""
    for path in python.iterdir():
        if found := _PATH_FILE.fullmatch(path.name):
            path.write_bytes(f"python3{found[1]}.zip\r\n.\r\nlib\r\n".encode())
            return int(found[1])
    raise SystemExit(f"{python}: no python3NN._pth; is it the embeddable distribution for Windows?")


def environment(minor: int) -> dict[str, str]:
    """Return the values of environment markers on Windows with a version of Python."""
    return {
        "implementation_name": "cpython", "implementation_version": f"3.{minor}.0", "os_name": "nt",
        "platform_machine": "AMD64", "platform_python_implementation": "CPython", "platform_release": "10",
        "platform_system": "Windows", "platform_version": "10.0", "python_full_version": f"3.{minor}.0",
        "python_version": f"3.{minor}", "sys_platform": "win32", "extra": "",
    }  # fmt: skip


def fetch(folder: Path, minor: int) -> list[Path]:
    """Return the wheels that the program needs on Windows, its own first.

    Parameters
    ----------
    folder : where wheels are fetched into. One that is there is not fetched again.
    minor : minor version of Python.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pinned = _pinned()
    wheels = [_own_wheel(folder)]
    known, wanted = {"antq-stats"}, needs(wheels[0], minor)
    while wanted:
        if unknown := wanted - pinned.keys():
            raise SystemExit(f"no version in constraints.txt: {', '.join(sorted(unknown))}")
        fetched = _fetched(folder, {name: pinned[name] for name in sorted(wanted)}, minor)
        wheels += fetched
        known |= wanted
        wanted = set().union(*(needs(wheel, minor) for wheel in fetched)) - known
    return wheels


def needs(wheel: Path, minor: int) -> set[str]:
    """Return the names of the libraries that a wheel requires on Windows, without extras."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
        metadata = HeaderParser().parsestr(archive.read(name).decode("utf-8"))
    requirements = map(Requirement, metadata.get_all("Requires-Dist") or [])
    return {
        canonicalize_name(requirement.name)
        for requirement in requirements
        if requirement.marker is None or requirement.marker.evaluate(environment(minor))
    }


def _pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if "==" in line)
    return {canonicalize_name(name): version for name, version in pairs}


def _own_wheel(folder: Path) -> Path:
    """Build the wheel of this program, anew each time."""
    for old in folder.glob("antq_stats-*.whl"):
        old.unlink()
    _pip("wheel", "--no-deps", "--no-build-isolation", "-w", str(folder), str(ROOT))
    (wheel,) = folder.glob("antq_stats-*.whl")
    return wheel


def _fetched(folder: Path, versions: dict[str, str], minor: int) -> list[Path]:
    """Return the wheels of libraries for Windows, by name; those that are not in the folder are fetched."""
    lacking = [
        f"{name}=={version}" for name, version in versions.items() if not _found(folder, name, version)
    ]
    if lacking:
        _pip(
            "download", "--no-deps", "--only-binary=:all:", "--platform", PLATFORM, "--implementation", "cp",
            "--python-version", f"3.{minor}", "-d", str(folder), *lacking,
        )  # fmt: skip
    return [wheel for name, version in versions.items() for wheel in _found(folder, name, version)]


def _found(folder: Path, name: str, version: str) -> list[Path]:
    return [
        path
        for path in folder.glob(f"*-{version}-*.whl")
        if canonicalize_name(path.name.split("-")[0]) == name
    ]


def _pip(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments], check=True
    )


def _install(wheel: Path, target: Path) -> None:
    """Unpack a wheel as an installer does, without commands: their .exe would be unsigned."""
    with zipfile.ZipFile(wheel) as archive:
        for info in archive.infolist():
            if info.is_dir() or _LEFT_OUT.search(info.filename):
                continue
            place = re.sub(r"^[^/]+\.data/(?:purelib|platlib)/", "", info.filename)
            path = target / PurePosixPath(place)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(info))


def _copy_text(source: Path, target: Path) -> None:
    """Copy a text with the line ends of Windows; one with letters beyond ASCII says that it is UTF-8."""
    text = source.read_text(encoding="utf-8")
    encoding = "utf-8" if text.isascii() else "utf-8-sig"
    target.write_bytes(text.replace("\n", "\r\n").encode(encoding))


def _zip(folder: Path, target: Path) -> None:
    """Write a folder as a zip; equal files give an equal zip."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                info = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), _STAMP)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, path.read_bytes())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
