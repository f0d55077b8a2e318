"""Files and streams are written whole or not at all, and never over an input."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from antq_stats.render.writing.output import (
    Inputs,
    OutputError,
    can_carry,
    emit,
    fitting_name,
    is_among,
    kind_of,
    prepare,
    write_beside,
    write_bytes,
)
from antq_stats.render.writing.result_folder import ResultFolder
from antq_stats.words.language import LANGUAGES
from helpers.command import run
from helpers.returns import commune, setup, write_xlsx

pytestmark = pytest.mark.slow

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX: links, devices, owners")
linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux: /dev/full")


def reason(path: Path, content: bytes = b"new") -> str:
    with pytest.raises(OutputError) as caught:
        write_bytes(path, content)
    for lang in LANGUAGES:
        assert caught.value.message(lang)
    return caught.value.reason


def test_a_new_file_and_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "kết quả.csv"
    write_bytes(target, b"one")
    assert target.read_bytes() == b"one"
    write_bytes(target, b"two")
    assert target.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [target]


@posix
def test_permissions_are_those_of_the_old_file_or_the_users_own(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"x")
    old.chmod(0o640)
    write_bytes(old, b"y")
    assert old.stat().st_mode & 0o777 == 0o640
    before = os.umask(0o027)
    try:
        write_bytes(new, b"y")
    finally:
        os.umask(before)
    assert new.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failed_writer_leaves_the_old_file_whole(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "out.xlsx"
    target.write_bytes(b"old")

    def writer(stream: BinaryIO) -> None:
        stream.write(b"half")
        raise error

    with pytest.raises(error):
        write_beside(target, writer)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@posix
def test_a_write_that_breaks_off_leaves_the_old_file_whole(tmp_path: Path) -> None:
    import resource

    target = tmp_path / "out.csv"
    target.write_bytes(b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        assert reason(target, b"x" * 5000) == "disk-full"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_targets_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "folder").mkdir()
    assert reason(tmp_path / "none" / "out.csv") == "folder-missing"
    assert reason(tmp_path / "folder") == "is-a-directory"
    assert reason(tmp_path / ("x" * 300)) == "name-too-long"
    assert reason(tmp_path / "a\0b") == "name-not-allowed"
    assert reason(tmp_path / "file" / "out.csv") in {"not-a-folder", "folder-missing"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


@contextlib.contextmanager
def ordinary_user() -> Iterator[None]:
    """Root may write anywhere; run as somebody who may not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@posix
def test_a_folder_of_results_in_a_read_only_place_is_named_with_the_way_out(tmp_path: Path) -> None:
    shut = tmp_path / "shut"
    (shut / "old").mkdir(parents=True)
    for parent in (tmp_path, *tmp_path.parents):  # one level more where tests run beside each other
        if parent.stat().st_mode & 0o011 != 0o011:
            parent.chmod(parent.stat().st_mode | 0o011)
    for folder in (shut / "old", shut):
        folder.chmod(0o555)
    for folder in (shut / "old", shut / "new"):
        with ordinary_user(), pytest.raises(OutputError) as raised:
            ResultFolder(folder, "aside")
        assert raised.value.message("vi") == (
            f"Không ghi được vào thư mục {folder}: không có quyền ghi. Hãy chọn nơi khác bằng -o."
        )


@posix
def test_no_permission(tmp_path: Path) -> None:
    folder = tmp_path / "shut"
    folder.mkdir()
    (folder / "out.csv").write_bytes(b"old")
    (folder / "out.csv").chmod(0o444)
    folder.chmod(0o555)
    for parent in (tmp_path, *tmp_path.parents):  # one level more where tests run beside each other
        if parent.stat().st_mode & 0o011 != 0o011:
            parent.chmod(parent.stat().st_mode | 0o011)
    with ordinary_user():
        assert reason(folder / "new.csv") == "permission"
        assert reason(folder / "out.csv") == "permission"
    folder.chmod(0o777)
    with ordinary_user():  # the folder would allow it, the file says no
        assert reason(folder / "out.csv") == "permission"
        (folder / "~$out.csv").write_bytes(b"")
        assert reason(folder / "out.csv") == "open-elsewhere"
    assert (folder / "out.csv").read_bytes() == b"old"
    assert sorted(path.name for path in folder.iterdir()) == ["out.csv", "~$out.csv"]


@posix
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real, link = tmp_path / "real" / "out.csv", tmp_path / "out.csv"
    link.symlink_to(real)
    write_bytes(link, b"made through a link to nothing yet")
    write_bytes(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert reason(tmp_path / "loop") == "failed"
    (tmp_path / "astray").symlink_to(tmp_path / "none" / "out.csv")
    assert reason(tmp_path / "astray") == "folder-missing"


@linux
def test_devices_are_written_to_not_replaced(tmp_path: Path) -> None:
    write_bytes(Path("/dev/null"), b"x")
    assert not Path("/dev/null").is_file()
    assert reason(Path("/dev/full")) == "disk-full"
    code = "from pathlib import Path; from antq_stats.render.writing.output import write_bytes as w\n"
    code += "w(Path('/dev/stdout'), b'to the pipe')"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert run.stdout == b"to the pipe"
    with (tmp_path / "log").open("wb") as log:
        subprocess.run([sys.executable, "-c", code], stdout=log, check=True)
    assert (tmp_path / "log").read_bytes() == b"to the pipe"


def test_inputs_are_never_written_over(tmp_path: Path) -> None:
    returns = [tmp_path / f"{number}.xlsx" for number in range(3)]
    for path in returns:
        path.write_bytes(b"x")
    names = [returns[1], tmp_path / "sub" / ".." / "1.xlsx"]
    (tmp_path / "sub").mkdir()
    if os.name == "posix":
        (tmp_path / "link").symlink_to(returns[2])
        (tmp_path / "twin").hardlink_to(returns[0])
        names += [tmp_path / "link", tmp_path / "twin"]
    inputs = Inputs()
    inputs.add([*returns, tmp_path / "gone.xlsx"])
    for name in names:
        with pytest.raises(OutputError) as caught:
            inputs.refuse(name)
        assert caught.value.reason == "is-an-input"
    inputs.refuse(tmp_path / "new.xlsx")
    (tmp_path / "old.xlsx").write_bytes(b"x")
    inputs.refuse(tmp_path / "old.xlsx")


def stream_of(encoding: str, errors: str = "strict") -> tuple[io.BytesIO, io.TextIOWrapper]:
    raw = io.BytesIO()
    return raw, io.TextIOWrapper(raw, encoding=encoding, errors=errors, newline="\n")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp1258", "utf-8", "latin-1"])
def test_any_stream_takes_vietnamese(encoding: str) -> None:
    text = "Tổng cộng: 1.691 … ─ Nguyễn\n"
    raw, stream = stream_of(encoding)
    assert emit(text, stream)
    assert raw.getvalue().decode() == text
    raw, stream = stream_of(encoding)
    prepare(stream)
    assert can_carry(text, stream)


def test_a_stream_that_cannot_change_gets_question_marks() -> None:
    class Fixed(io.StringIO):
        encoding = "cp1258"  # type: ignore[assignment]

    fixed = Fixed()
    assert emit("Tổng 1.691\n", fixed)
    assert fixed.getvalue() == "T?ng 1.691\n"


def test_broken_characters_never_raise() -> None:
    raw, stream = stream_of("utf-8")
    assert emit("tệp \udcff.xlsx\n", stream)
    assert raw.getvalue() == "tệp ?.xlsx\n".encode()


def test_no_stream_and_a_closed_one() -> None:
    assert not emit("x", None)
    _, stream = stream_of("utf-8")
    stream.close()
    assert not emit("x", stream)


EMIT = """
import sys
import tempfile
from antq_stats.render.writing.output import emit
sys.exit(0 if emit(sys.argv[1] * int(sys.argv[2]), sys.stdout) else 9)
"""


def run_emit(
    text: str, times: int, stdout: int, environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", EMIT, text, str(times)]
    return subprocess.run(command, check=False, stdout=stdout, stderr=subprocess.PIPE, env=environ)


@posix
def test_a_reader_that_has_gone_is_no_fault() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        run = run_emit("x", 200_000, writer)
    finally:
        os.close(writer)
    assert (run.returncode, run.stderr) == (9, b"")


@linux
def test_a_full_disk_under_stdout_is_reported_once() -> None:
    code = (
        "import sys; from antq_stats.render.writing.output import OutputError, emit\n"
        "try: emit('x' * 100, sys.stdout)\n"
        "except OutputError as e: sys.stderr.write(e.reason); sys.exit(3)"
    )
    with Path("/dev/full").open("wb") as full:
        run = subprocess.run([sys.executable, "-c", code], check=False, stdout=full, stderr=subprocess.PIPE)
    assert (run.returncode, run.stderr) == (3, b"disk-full")


@pytest.mark.parametrize("encoding", ["ascii", "cp1258:strict", "cp1252"])
def test_a_real_stdout_of_any_code_page(encoding: str) -> None:
    environ = {**os.environ, "PYTHONIOENCODING": encoding, "LC_ALL": "C.UTF-8"}
    run = run_emit("Tổng cộng 1.691\n", 1, subprocess.PIPE, environ)
    assert run.returncode == 0, run.stderr
    assert run.stdout.decode().splitlines() == ["Tổng cộng 1.691"]


def year(folder: Path, name: str, figures: int) -> Path:
    """Make a year's folder with one commune's return."""
    place = setup(folder / name)
    write_xlsx(place / "xa.xlsx", commune((figures, 1), (figures, 1), (figures, 1)))
    return place


@pytest.mark.parametrize(
    "words",
    [
        "validate {this} --with {last} --format xlsx -o {last}",
        "validate {this} --with {last} --format xlsx -o {last}/back",
        "validate {this} --with {last} --format xlsx -o {last}/xa.xlsx",
        "validate {this} --with {last} --format csv -o {last}/units.csv",
        "validate {this} --with {last} --by-sender -o {last}/units.csv",
        "report {this} --with {last} -o {last}/xa.xlsx",
        "report {this} --with {last} -o {last}/twin.xlsx",
        "report {this} --with {last} -o {this}/form.toml",
        "check-text {this}/text.md {this} --with {last} --format json -o {this}/text.md",
        "check-text {this}/text.md {this} --with {last} -o {last}/units.csv",
        "aggregate {this} --format csv -o {this}/units.csv",
        "status {this} --format csv -o {this}/units.csv",
    ],
)
def test_no_file_that_any_part_of_a_run_reads_is_written_over(words: str, tmp_path: Path) -> None:
    this, last = year(tmp_path, "2021", 12), year(tmp_path, "2020", 10)
    (last / "twin.xlsx").hardlink_to(last / "xa.xlsx")
    (this / "text.md").write_text("# Báo cáo\n\nSố trâu: 36 con.\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    ran = run(*words.format(this=this, last=last).split())
    assert ran.status in {2, 3}
    assert "Traceback" not in ran.output
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


# -- names and places ----------------------------------------------------------------------------


def test_a_long_name_is_cut_to_a_hash_and_no_two_are_equal() -> None:
    assert fitting_name("Xã Mường Lai", ".xlsx") == "Xã Mường Lai.xlsx"
    names = [fitting_name("ế" * 83 + end, ".xlsx") for end in ("a", "b", "c" * 300)]
    assert len(set(names)) == 3
    for name in names:
        assert len(name.encode()) <= 210
        assert name.startswith("ế" * 50)
        assert name.endswith(".xlsx")


@posix
def test_the_file_at_a_target_is_identified_or_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert kind_of(tmp_path / "file") == "file"
    assert kind_of(tmp_path) == "folder"
    assert kind_of(tmp_path / "none" / "none") is None
    assert kind_of(tmp_path / "file" / "none") is None
    assert kind_of(Path("/dev/null")) == "other"
    for wrong in (tmp_path / "loop", tmp_path / ("x" * 300), Path("a\0b")):
        with pytest.raises(OutputError):
            kind_of(wrong)
    assert not is_among(tmp_path / "loop" / "x", tmp_path / "none")


@linux
def test_in_memory_a_file_is_written_beside_and_renamed_too() -> None:
    if not os.access("/dev/shm", os.W_OK):  # noqa: S108
        pytest.skip("no /dev/shm to write to")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        target = Path(folder) / "out.csv"
        target.write_bytes(b"old")
        before = target.stat().st_ino

        def breaks_off(stream: BinaryIO) -> None:
            stream.write(b"half")
            raise OSError(errno.ENOSPC, "")

        with pytest.raises(OutputError):
            write_beside(target, breaks_off)
        assert target.read_bytes() == b"old"
        write_bytes(target, b"new")
        assert target.read_bytes() == b"new"
        assert target.stat().st_ino != before
        assert [path.name for path in Path(folder).iterdir()] == ["out.csv"]
