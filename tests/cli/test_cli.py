"""The command line, run as processes: exit statuses, streams, languages, terminals."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

import antq_stats
from antq_stats.cli.dispatch import run as run_here
from antq_stats.findings import catalogue
from antq_stats.words.language import LANGUAGES, Language
from helpers import places
from helpers.command import TIME_LIMIT, run
from helpers.returns import FORM, RATIO, V1, W1, W2, commune, setup, sheet, write_csv, write_form, write_xlsx

pytestmark = pytest.mark.slow

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX: signals, pseudo terminals, limits")
SAMPLES = places.SAMPLES / "2021"
SILENT = ("Traceback", "UnicodeEncodeError", "Exception ignored", "Error:")


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """A folder of two communes, nothing wrong in it: 10 + 20 + 30 and 1000 + 1691 buffaloes."""
    folder = setup(tmp_path / "2021", RATIO)
    write_xlsx(folder / "nguyen-thai-hoc.xlsx", commune((10, 1), (20, 2), (30, 3)))
    write_csv(folder / "minh-quan.csv", commune((1000, 10), (1691, 20), villages=[W1, W2]))
    return folder


@pytest.fixture
def faulty(clean: Path) -> Path:
    """The same with a word where a number should be, and one soft fault."""
    write_xlsx(clean / "nguyen-thai-hoc.xlsx", commune((10, "hai"), ("20 con", 2), (30, 3)))
    return clean


def environment(**more: str) -> dict[str, str]:
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("LC_", "LANG", "PYTHON", "ANTQ_"))
    }
    kept.pop("COLUMNS", None)
    kept.pop("NO_COLOR", None)
    return {**kept, "PYTHONPATH": str(Path(antq_stats.__file__).parent.parent), **more}


def program(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "antq_stats", *map(str, arguments)]


def whole(text: str, figure: str) -> bool:
    """Return whether a text holds a figure with no digit cut off or added."""
    return re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d.,…])", text) is not None


# -- exit statuses -------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["validate", "status", "aggregate"])
def test_nothing_wrong_is_0_and_hard_findings_are_1(command: str, clean: Path) -> None:
    assert run(command, clean).status == 0
    write_xlsx(clean / "nguyen-thai-hoc.xlsx", commune((10, "hai")))
    done = run(command, clean)
    assert done.status == 1
    assert done.stdout


def test_soft_findings_alone_are_0(clean: Path) -> None:
    write_csv(clean / "minh-quan.csv", commune((1000, 10), ("1,691", 20), villages=[W1, W2]))
    done = run("validate", clean)
    assert done.status == 0
    assert "C201" in done.stdout
    assert whole(run("aggregate", clean).stdout, "2,751")


def test_misused_or_unusable_is_2(clean: Path, tmp_path: Path) -> None:
    assert run("status", tmp_path / "none").status == 2
    (tmp_path / "empty").mkdir()
    assert "units.csv" in run("status", tmp_path / "empty").stderr
    (clean / "form.toml").write_text("[form]\nid = 3\n", encoding="utf-8")
    done = run("aggregate", clean)
    assert done.status == 2
    assert not done.stdout
    assert "form.toml" in done.stderr


def test_all_faults_of_the_setup_are_reported_at_once(clean: Path) -> None:
    (clean / "form.toml").write_text("[form\n", encoding="utf-8")
    (clean / "units.csv").write_text("code,name,level,parent\n1,A,province,9\n", encoding="utf-8")
    done = run("status", clean)
    assert done.status == 2
    assert {"S101", "S202"} <= set(re.findall(r"^S\d+", done.stderr, re.MULTILINE))


def test_not_written_is_3(clean: Path, tmp_path: Path) -> None:
    done = run("aggregate", clean, "-o", tmp_path / "none" / "out.csv")
    assert done.status == 3
    assert not done.stdout
    assert "folder" in done.stderr
    assert str(tmp_path) in done.stderr  # as the user named it


_AS_SET = """
import os, signal, sys
signal.signal(signal.Signals(int(sys.argv[1])), signal.Handlers(int(sys.argv[2])))
os.execv(sys.executable, [sys.executable, *sys.argv[3:]])
"""
"""Begins a program with a signal as a terminal leaves it, or ignored, whatever these tests were given."""


def begun(number: int, handler: signal.Handlers, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _AS_SET, str(int(number)), str(int(handler)), *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env=environment(**variables),
    )  # fmt: skip


@posix
@pytest.mark.parametrize("command", ["validate", "aggregate"])
@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_ends_the_run_and_all_it_has_started(
    command: str, name: str, status: int, tmp_path: Path
) -> None:
    number = signal.Signals[name]
    arguments = ("-m", "antq_stats", command, str(SAMPLES), "--jobs", "1", "--verbose", "--lang", "en")
    started = begun(number, signal.SIG_DFL, *arguments, TMPDIR=str(tmp_path))
    assert started.stderr is not None
    assert "173" in started.stderr.readline()  # the setup is told before the reading
    started.send_signal(number)
    # Every process of the run has inherited stdout: it ends when the last of them has gone.
    stdout, stderr = started.communicate(timeout=TIME_LIMIT)
    assert started.returncode == status
    assert "Stopped.\n" in stderr
    assert not any(word in stderr for word in (*SILENT, "KeyboardInterrupt"))
    assert not stdout
    assert not [*tmp_path.iterdir()]


@posix
def test_ctrl_c_while_the_program_is_still_being_loaded_says_nothing_of_its_inside() -> None:
    started = begun(
        signal.SIGINT, signal.SIG_DFL, "-X", "importtime", "-m", "antq_stats", "validate", str(SAMPLES)
    )
    assert started.stderr is not None
    while "antq_stats.words.language" not in (line := started.stderr.readline()):
        assert line, "it has ended by itself"
    started.send_signal(signal.SIGINT)
    _, stderr = started.communicate(timeout=TIME_LIMIT)
    assert started.returncode == 130
    assert not any(word in stderr for word in (*SILENT, "KeyboardInterrupt"))


@posix
def test_a_job_in_the_background_does_not_hear_ctrl_c() -> None:
    arguments = ("-m", "antq_stats", "aggregate", str(SAMPLES), "--jobs", "1", "--verbose", "--lang", "en")
    started = begun(signal.SIGINT, signal.SIG_IGN, *arguments)
    assert started.stderr is not None
    assert "173" in started.stderr.readline()
    started.send_signal(signal.SIGINT)
    stdout, _ = started.communicate(timeout=TIME_LIMIT)
    assert started.returncode == 0
    assert stdout


@posix
@pytest.mark.parametrize("arguments", ["--help", "form check --help", "--version"])
def test_a_full_disk_under_help_is_3(arguments: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("Linux: /dev/full")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            program(*arguments.split()), check=False, stdout=full, stderr=subprocess.PIPE,
            env=environment(ANTQ_STATS_LANG="en"), timeout=TIME_LIMIT,
        )  # fmt: skip
    assert done.returncode == 3
    assert "the disk is full" in done.stderr.decode("utf-8")


@posix
@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full", ">&- 2>&-"])
@pytest.mark.parametrize("wrong", [("status", "none"), ("aggregat",), ("explain", "X999")])
def test_misuse_exits_with_2_even_where_nothing_can_be_written(closed: str, wrong: tuple[str, ...]) -> None:
    line = f'"$0" -m antq_stats "$@" {closed}'
    done = subprocess.run(
        ["/bin/sh", "-c", line, sys.executable, *wrong],
        check=False, capture_output=True, env=environment(), timeout=TIME_LIMIT,
    )  # fmt: skip
    assert done.returncode == 2
    assert not done.stderr


_WITHOUT_DESCRIPTORS = """
import pathlib, resource, sys, antq_stats
period = antq_stats.open_period(pathlib.Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))
try:
    period.collect()
except antq_stats.SetupError as error:
    print([(finding.code, finding.facts) for finding in error.findings])
"""


@posix
def test_a_system_that_starts_no_process_is_a_setup_error(clean: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_DESCRIPTORS, str(clean)],
        check=False, capture_output=True, encoding="utf-8", env=environment(), timeout=TIME_LIMIT,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("[('S305', {'found': 'EMFILE'})]\n", "")


# -- misuse in words -----------------------------------------------------------------------------

MISUSES = [
    (("agregate", "X"), "aggregate"),
    (("--langg", "en"), "--lang"),
    (("form",), "check, show, schema"),
    (("form", "shw"), "show"),
    (("form", "check", "a", "b"), "“b”"),
    (("status", "FOLDER", "--formt", "csv"), "--format"),
    (("status", "FOLDER", "--format", "xml"), "table, csv, json"),
    (("status", "FOLDER", "--by"), "--by"),
    (("status", "FOLDER", "--quiet=yes"), "--quiet"),
    (("validate", "FOLDER", "--format", "pdf"), "text, json, csv, xlsx"),
    (("validate", "FOLDER", "--format", "xlsx"), "-o"),
    (("aggregate", "FOLDER", "--format", "xlsx"), "-o"),
    (("aggregate", "FOLDER", "--by", "distric"), "“distric”"),
    (("aggregate", "FOLDER", "--under", "Minh Quán"), "Minh Quân"),
    (("aggregate", "FOLDER", "--under", "Thôn 1"), "070101, 070201"),
    (("aggregate", "FOLDER", "--measure", "trauu"), "trau"),
    (("aggregate", "FOLDER", "-o", "out.html"), ".html"),
    (("status", "FOLDER", "-o", "out.xlsx"), ".xlsx"),
    (("status", "FOLDER", "--jobs", "0"), "--jobs"),
    (("status", "FOLDER", "--jobs", "two"), "--jobs"),
    (("status", "FOLDER", "--limit", "hours=1"), "seconds, memory, file, expanded, cells"),
    (("status", "FOLDER", "--limit", "seconds=-1"), "seconds=60"),
    (("status", "FOLDER", "--limit", "seconds"), "seconds=60"),
    (("explain", "C3O2"), "C302"),
    (("explain", "not-a-cuont"), "not-a-count"),
    (("explain", "C302", "--lang", "fr"), "vi"),
]


@pytest.mark.parametrize(
    ("arguments", "told"), MISUSES, ids=lambda value: value if isinstance(value, str) else value[0]
)
def test_misuse_is_reported_in_both_languages(
    arguments: tuple[str, ...],
    told: str,
    clean: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = [str(clean) if word == "FOLDER" else word for word in arguments]
    said = {}
    for lang in LANGUAGES:
        monkeypatch.setenv("ANTQ_STATS_LANG", lang)
        assert run_here(given) == 2
        out, said[lang] = capsys.readouterr()
        assert not out
        assert told in said[lang]
        assert "--help" in said[lang]
        assert not any(word in said[lang] for word in SILENT)
    if "--lang" not in arguments:
        assert said["vi"].startswith("Gọi lệnh chưa đúng: ")
        assert said["en"].startswith("The command cannot be run: ")
    assert not (clean / "out.html").exists()


def test_a_missing_folder_is_named_in_words() -> None:
    assert "chưa ghi tên thư mục số liệu" in run("status", "--lang", "vi").stderr
    assert "the folder of returns is missing" in run("status", "--lang", "en").stderr


def test_measures_are_offered_by_what_was_meant() -> None:
    done = run("aggregate", SAMPLES, "--measure", "ho_dat", "--lang", "vi")
    assert "có phải ho_dat_gdvh (Hộ đạt gia đình văn hóa" in done.stderr
    done = run("aggregate", SAMPLES, "--measure", "pledge", "--lang", "en")
    assert "gia_dinh_ky_cam_ket_antt (Households that signed" in done.stderr


def test_levels_are_offered_in_the_words_of_the_user() -> None:
    assert "tỉnh, huyện, xã, thôn" in run("status", SAMPLES, "--by", "huyen_x", "--lang", "vi").stderr


@pytest.mark.parametrize("command", ["status", "validate", "aggregate", "form", "explain", "check-text"])
def test_help_has_no_word_of_another_language(command: str) -> None:
    text = run(command, "--help", "--lang", "vi", env={"ANTQ_STATS_LANG": "vi"}).stdout
    assert not re.search(r"\b(?:OPTIONS|DIR|FILE|COMMAND|ARGS|LEVEL|UNIT|TEXT)\b|<\w+>", text)
    assert "[TÙY CHỌN]" in text


def test_control_characters_of_an_argument_are_not_printed() -> None:
    for arguments in (["\x1b[31mred"], ["explain", "\x1b]0;title\x07"], ["status", "x", "--\x1b[2J"]):
        done = run(*arguments)
        assert done.status == 2
        assert "\x1b" not in done.stderr
        assert "\x07" not in done.stderr


def test_no_command_at_all_is_the_help() -> None:
    done = run()
    assert (done.status, done.stdout) == (0, run("--help").stdout)


# -- streams -------------------------------------------------------------------------------------


def test_results_go_to_stdout_and_all_else_to_stderr(faulty: Path) -> None:
    for command in ("validate", "status", "aggregate"):
        done = run(command, faulty, "--format", "json", "--verbose")
        assert done.data is not None
        assert "1 hard, 1 soft" in done.stderr
        assert run(command, faulty, "--quiet").stderr == ""


def test_quiet_still_tells_what_failed(clean: Path) -> None:
    assert run("status", clean / "none", "--quiet").stderr
    assert run("status", clean, "--quiet", "-o", clean).stderr


@pytest.mark.parametrize("encoding", ["cp1258", "cp1252", "ascii", "latin-1", ""])
@pytest.mark.parametrize(
    "arguments",
    [("aggregate", "FOLDER"), ("validate", "FOLDER"), ("explain", "C302"), ("--help",), ("aggregat",)],
    ids=lambda value: value[0],
)
def test_no_code_page_breaks_the_output(encoding: str, arguments: tuple[str, ...], faulty: Path) -> None:
    given = [str(faulty) if word == "FOLDER" else word for word in arguments]
    variables = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    if encoding:
        variables["PYTHONIOENCODING"] = encoding
    done = subprocess.run(
        program(*given), check=False, capture_output=True, env=environment(**variables), timeout=TIME_LIMIT
    )
    assert done.returncode == {"FOLDER": 1, "C302": 0, "--help": 0, "aggregat": 2}[arguments[-1]]
    said = done.stdout.decode("utf-8") + done.stderr.decode("utf-8")
    assert re.search("[ạảấầậếềệốộớợứựữ]", said)
    assert not any(word in said for word in SILENT)


def test_a_stream_that_demands_its_encoding_gets_all_it_can_carry(faulty: Path) -> None:
    variables = environment(
        PYTHONIOENCODING="ascii:strict", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"
    )
    done = subprocess.run(
        program("aggregate", faulty), check=False, capture_output=True, env=variables, timeout=TIME_LIMIT
    )
    assert done.returncode == 1
    assert whole(done.stdout.decode("utf-8"), "2.691")


@posix
@pytest.mark.parametrize(
    "arguments", [("explain",), ("form", "show"), ("form", "schema"), ("aggregate", "FOLDER")]
)
def test_a_reader_that_leaves_early_is_no_fault(arguments: tuple[str, ...], clean: Path) -> None:
    given = [str(clean) if word == "FOLDER" else word for word in arguments]
    started = subprocess.Popen(
        program(*given), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )
    assert started.stdout is not None
    assert started.stderr is not None
    started.stdout.close()
    said = started.stderr.read().decode("utf-8")
    started.stderr.close()
    assert started.wait(600) == 0
    assert not any(word in said for word in (*SILENT, "Broken"))


@posix
def test_a_full_disk_under_stdout_is_3(clean: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("Linux: /dev/full")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            program("aggregate", clean, "--lang", "en"),
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            timeout=TIME_LIMIT,
        )
    assert done.returncode == 3
    assert "the disk is full" in done.stderr.decode("utf-8")


@posix
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&-"])
def test_closed_streams_are_no_internal_error(closed: str, clean: Path) -> None:
    line = f'"$0" -m antq_stats aggregate "$1" {closed}'
    done = subprocess.run(
        ["/bin/sh", "-c", line, sys.executable, str(clean)],
        check=False,
        capture_output=True,
        env=environment(),
        timeout=TIME_LIMIT,
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stdout + done.stderr


# -- where results go ----------------------------------------------------------------------------


def test_the_suffix_of_the_output_is_its_format(faulty: Path, tmp_path: Path) -> None:
    out = tmp_path / "kết quả"
    out.mkdir()
    for command, suffixes in (
        ("aggregate", ("csv", "json", "md", "xlsx", "txt")),
        ("validate", ("csv", "json", "xlsx", "txt")),
        ("status", ("csv", "json", "txt")),
    ):
        for suffix in suffixes:
            done = run(command, faulty, "-o", out / f"{command}.{suffix}")
            assert (done.status, done.stdout) == (1, "")
            assert f"{command}.{suffix}" in done.stderr
    assert len(list(out.iterdir())) == 12  # nothing is left beside them

    units = json.loads((out / "aggregate.json").read_text(encoding="utf-8"))
    assert units[0]["measures"]["trau"] == {"value": 2751, "given": 5, "expected": 5}
    assert units[0]["measures"]["bo"] == {"value": 35, "given": 4, "expected": 5}
    assert "bo" in units[0]["provisional"]
    given = (out / "aggregate.csv").read_bytes()
    assert given.startswith(b"\xef\xbb\xbfunit,name,level,parent,trau,bo,ty_le_bo,provisional\n07,")
    rows = list(csv.DictReader(io.StringIO(given.decode("utf-8-sig"))))
    assert [(row["unit"], row["trau"], row["bo"]) for row in rows[:2]] == [
        ("07", "2751", "35"),
        ("0701", "60", "5"),
    ]
    assert "**2,751**" in (out / "aggregate.md").read_text(encoding="utf-8")
    cells = [
        cell
        for row in openpyxl.load_workbook(out / "aggregate.xlsx").active.iter_rows(values_only=True)
        for cell in row
    ]
    assert {2751, 35, 60} <= set(cells)
    found = json.loads((out / "validate.json").read_text(encoding="utf-8"))
    assert [(item["code"], item["cell"]) for item in found["findings"]] == [("C302", "D2"), ("C202", "C3")]
    rows = list(csv.DictReader(io.StringIO((out / "validate.csv").read_bytes().decode("utf-8-sig"))))
    assert [row["code"] for row in rows] == ["C302", "C202"]
    book = [
        row
        for row in openpyxl.load_workbook(out / "validate.xlsx").active.iter_rows(values_only=True)
        if row[1]
    ]
    code, cell = book[0].index("Code"), book[0].index("Cell")
    assert [(row[code], row[cell]) for row in book[1:]] == [("C302", "D2"), ("C202", "C3")]
    assert "D2" in (out / "validate.txt").read_text(encoding="utf-8")
    assert json.loads((out / "status.json").read_text(encoding="utf-8"))[0]["read"] == 5


def test_the_format_option_counts_above_the_suffix(clean: Path, tmp_path: Path) -> None:
    assert run("aggregate", clean, "--format", "csv", "-o", tmp_path / "out.txt").status == 0
    assert (tmp_path / "out.txt").read_bytes().startswith(b"\xef\xbb\xbfunit,")


@pytest.mark.parametrize("name", ["minh-quan.csv", "nguyen-thai-hoc.xlsx", "units.csv", "form.toml"])
def test_an_input_is_never_written_over(name: str, clean: Path) -> None:
    before = (clean / name).read_bytes()
    (clean.parent / f"link-{name}").symlink_to(clean / name)
    for target in (clean / name, clean.parent / f"link-{name}"):
        for command in ("aggregate", "status", "validate"):
            done = run(command, clean, "--format", "json", "-o", target)
            assert done.status == 3
            assert "being read" in done.stderr
    assert (clean / name).read_bytes() == before


def test_an_input_named_by_an_option_is_never_written_over(clean: Path, tmp_path: Path) -> None:
    form = write_form(tmp_path / "elsewhere")
    done = run("aggregate", clean, "--form", form, "--format", "csv", "-o", form)
    assert done.status == 3
    assert form.read_text(encoding="utf-8").startswith("\n[form]")


@posix
def test_a_write_that_fails_leaves_the_old_file_whole(clean: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.xlsx"
    target.write_bytes(b"old")
    line = 'ulimit -f 1; exec "$0" -m antq_stats aggregate "$1" -o "$2"'
    done = subprocess.run(
        ["/bin/sh", "-c", line, sys.executable, str(clean), str(target)],
        check=False,
        capture_output=True,
        env=environment(ANTQ_STATS_LANG="en", PYTHONDONTWRITEBYTECODE="1"),
        timeout=TIME_LIMIT,
    )
    assert done.returncode == 3, done.stderr
    assert target.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2021", "out.xlsx"]


def test_reading_writes_nothing_into_the_folder(faulty: Path) -> None:
    def state() -> dict[Path, tuple[int, bytes]]:
        return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in faulty.iterdir()}

    before = state()
    for command in ("validate", "status", "aggregate"):
        run(command, faulty)
    assert state() == before


def test_the_same_input_gives_the_same_bytes(faulty: Path, tmp_path: Path) -> None:
    for name in ("sums.xlsx", "sums.json", "sums.csv", "sums.md"):
        for turn in ("a", "b"):
            (tmp_path / turn).mkdir(exist_ok=True)
            run("aggregate", faulty, "-o", tmp_path / turn / name, "--jobs", "1" if turn == "a" else "2")
        content = (tmp_path / "a" / name).read_bytes()
        assert content == (tmp_path / "b" / name).read_bytes()
        assert str(tmp_path).encode() not in content


# -- terminals -----------------------------------------------------------------------------------


def on_terminal(*arguments: object, columns: int, **more: str) -> tuple[int, str]:
    """Run the program on a pseudo terminal of so many columns; return its status and all it printed."""
    import fcntl
    import pty
    import struct
    import termios

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    started = subprocess.Popen(
        program(*arguments), stdin=follower, stdout=follower, stderr=follower, close_fds=True,
        env=environment(**{"TERM": "xterm-256color", "PYTHONUTF8": "1", **more}),
    )  # fmt: skip
    os.close(follower)
    printed = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:  # Linux says EIO when the other end is closed
            break
        if not piece:
            break
        printed += piece
    os.close(leader)
    return started.wait(600), printed.decode("utf-8").replace("\r\n", "\n")


def without_escapes(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


@posix
@pytest.mark.parametrize("columns", [60, 80, 140])
def test_digits_are_never_cut_on_a_terminal(columns: int) -> None:
    units = run("aggregate", SAMPLES, "--format", "json").data
    status, printed = on_terminal("aggregate", SAMPLES, "--lang", "vi", "--quiet", columns=columns)
    assert status == 0
    assert "\x1b[" in printed
    text = without_escapes(printed)
    assert max(map(len, text.splitlines())) <= columns
    counted = 0
    for unit in units:
        lines = [line for line in text.splitlines() if line.strip().startswith(unit["name"])]
        assert lines, unit["name"]
        for figure in unit["measures"].values():
            if figure["value"] is not None:
                assert whole("\n".join(lines), f"{figure['value']:,}".replace(",", ".")), (
                    unit["name"],
                    figure,
                )
                counted += 1
    assert counted >= 10 * 17
    assert "…" not in text


@posix
def test_columns_and_no_color_are_respected(clean: Path) -> None:
    for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        status, printed = on_terminal("aggregate", clean, columns=100, **variables)
        assert status == 0
        assert "\x1b" not in printed
    wide = on_terminal("aggregate", SAMPLES, "--quiet", columns=80, COLUMNS="140", NO_COLOR="1")[1]
    narrow = on_terminal("aggregate", SAMPLES, "--quiet", columns=140, COLUMNS="80", NO_COLOR="1")[1]
    assert 80 < max(map(len, wide.splitlines())) <= 140
    assert max(map(len, narrow.splitlines())) <= 80


@posix
def test_progress_is_gone_at_the_end_and_never_in_a_pipe() -> None:
    status, printed = on_terminal("validate", SAMPLES, "--lang", "en", columns=90)
    assert status == 0
    assert printed.rstrip().splitlines()[-1] == "0 hard, 0 soft findings, 0 notes."
    assert run("validate", SAMPLES).stderr == "0 hard, 0 soft findings, 0 notes.\n"


def test_a_pipe_gets_no_escape_codes_and_the_whole_width(clean: Path) -> None:
    done = run("aggregate", clean, env={"COLUMNS": ""})
    assert "\x1b" not in done.output
    line = next(line for line in done.stdout.splitlines() if "Hà Trung" in line)
    assert re.split(r"\s{2,}", line.strip()) == ["Tỉnh Hà Trung", "5/5", "2,751", "36", "1.3%"]


# -- languages -----------------------------------------------------------------------------------


def test_the_language_is_the_options_then_the_variables_then_the_locales(clean: Path) -> None:
    vi, en = "Tình hình báo cáo", "Response status"
    for arguments, variables, words in (
        (("--lang", "en"), {"ANTQ_STATS_LANG": "vi", "LC_ALL": "vi_VN.UTF-8"}, en),
        (("--lang=vi",), {"ANTQ_STATS_LANG": "en"}, vi),
        ((), {"ANTQ_STATS_LANG": "en", "LC_ALL": "vi_VN.UTF-8"}, en),
        ((), {"LC_ALL": "en_GB.UTF-8"}, en),
        ((), {"LANG": "vi_VN.UTF-8"}, vi),
        ((), {"LC_ALL": "de_DE.UTF-8"}, vi),
        ((), {}, vi),
    ):
        done = subprocess.run(
            program("status", clean, *arguments),
            check=False,
            capture_output=True,
            env=environment(PYTHONUTF8="1", **variables),
            timeout=TIME_LIMIT,
        )
        assert words in done.stdout.decode("utf-8"), (arguments, variables)


def test_figures_are_written_as_the_language_has_them(clean: Path) -> None:
    assert whole(run("aggregate", clean, "--lang", "vi").stdout, "2.751")
    assert "1,3%" in run("aggregate", clean, "--lang", "vi").stdout
    assert whole(run("aggregate", clean, "--lang", "en").stdout, "2,751")


def test_codes_keys_and_headers_do_not_change_with_the_language(faulty: Path) -> None:
    for command in ("aggregate", "status"):
        for form in ("json", "csv"):
            one, other = (run(command, faulty, "--format", form, "--lang", lang).stdout for lang in LANGUAGES)
            assert one == other
    found = [run("validate", faulty, "--format", "json", "--lang", lang).data for lang in LANGUAGES]
    for item in found:
        for finding in item["findings"]:
            del finding["message"], finding["hint"]
    assert found[0] == found[1]


def test_an_unknown_language_in_the_environment_is_reported_and_vietnamese_used(clean: Path) -> None:
    done = run("status", clean, env={"ANTQ_STATS_LANG": "tlh"})
    assert done.status == 0
    assert "tlh" in done.stderr
    assert "Tình hình báo cáo" in done.stdout


# -- explain and form ----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_is_explained(lang: Language, capsys: pytest.CaptureFixture[str]) -> None:
    for entry in catalogue.entries():
        told = catalogue.explain(entry.code, lang)
        for named in (entry.code, entry.code.lower(), entry.name):
            assert run_here(["explain", named, "--lang", lang]) == 0
            printed = capsys.readouterr().out
            assert printed.startswith(f"{entry.code} · {entry.name}")
            for words in (told.hint, told.why):
                assert " ".join(words.split()) in " ".join(printed.split())


def test_explain_lists_every_code() -> None:
    listed = run("explain").stdout
    for entry in catalogue.entries():
        assert (entry.code in listed) == (entry.status == "active")


BROKEN_FORM = """
[form]
id = "x"
version = "1"

[[table]]
code = "01"
level = "village"
title = { vi = "a", en = "a" }

[[measure]]
code = "a"
label = { vi = "Số a", en = "a" }
unit = { vi = "c", en = "c" }
kind = "number"

[[measure]]
code = "b"
label = { vi = "Số b", en = "b" }
unit = { vi = "c", en = "c" }
kind = "count"
table = "09"
colour = "red"
"""


def test_form_check_tells_every_fault_with_its_place(tmp_path: Path) -> None:
    form = tmp_path / "form.toml"
    form.write_text(BROKEN_FORM, encoding="utf-8")
    for arguments in ([form], [tmp_path], ["--form", form]):
        done = run("form", "check", *arguments)
        assert done.status == 2
        assert not done.stdout
        for word in ("title", "kind", "number", "colour", "count", "flag"):
            assert word in done.stderr, word
        assert len(re.findall(r"^S102 ", done.stderr, re.MULTILINE)) >= 3
    form.write_text(
        FORM
        + '[[rule]]\ncode = "r1"\ncheck = "trau <= vit"\nseverity = "hard"\nmessage = { vi = "a", en = "a" }'
        + "\n"
        '[[rule]]\ncode = "r2"\ncheck = "trau <= "\nseverity = "hard"\nmessage = { vi = "a", en = "a" }\n',
        encoding="utf-8",
    )
    done = run("form", "check", form)
    assert done.status == 2
    assert {"S103", "S105"} <= set(re.findall(r"^S\d+", done.stderr, re.MULTILINE))


def test_form_check_of_files_that_are_no_forms(tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00\x01")
    (tmp_path / "empty.toml").write_text("", encoding="utf-8")
    for place in (tmp_path / "none.toml", tmp_path / "binary.toml", tmp_path / "empty.toml"):
        done = run("form", "check", place)
        assert done.status == 2
        assert place.name in done.stderr


def test_form_check_show_and_schema(clean: Path) -> None:
    done = run("form", "check", clean)
    assert (done.status, "giong 3" in done.stdout) == (0, True)
    assert run("form", "check").status == 0
    shown = run("form", "show", clean).stdout
    for words in ("Planting", "trau", "Buffaloes", "head", "ty_le_bo"):
        assert words in shown
    schema = run("form", "schema").data
    assert {"form", "table", "measure", "ratio", "rule"} <= set(schema["properties"])


# -- what is shown -------------------------------------------------------------------------------


def test_status_says_who_has_answered(clean: Path) -> None:
    write_csv(clean / "minh-quan.csv", commune((1000, 10), villages=[W1]))
    (clean / "nguyen-thai-hoc.xlsx").unlink()
    done = run("status", clean, "--format", "json")
    states = {unit["unit"]: (unit["read"], unit["expected"], unit["state"]) for unit in done.data}
    assert states == {"07": (1, 5, "partial"), "0701": (0, 3, "missing"), "0702": (1, 2, "partial")}
    assert done.data[2]["files"] == ["minh-quan.csv"]
    rows = list(csv.DictReader(io.StringIO(run("status", clean, "--format", "csv").stdout)))
    assert [(row["unit"], row["read"], row["state"]) for row in rows] == [
        ("07", "1", "partial"), ("0701", "0", "missing"), ("0702", "1", "partial"),
    ]  # fmt: skip
    text = run("status", clean).stdout
    assert "Xã Nguyễn Thái Học" in text
    assert "Bản Lý" in text
    assert len(run("status", clean, "--by", "village", "--format", "json").data) == 8
    assert [unit["unit"] for unit in run("status", clean, "--under", "0702", "--format", "json").data] == [
        "0702"
    ]


def test_receipts_say_what_was_read_of_each_return(faulty: Path, tmp_path: Path) -> None:
    out = tmp_path / "phiếu"
    done = run("status", faulty, "--receipts", out)
    assert done.status == 1
    texts = {path.name: path.read_text(encoding="utf-8") for path in out.iterdir()}
    assert sorted(texts) == ["minh-quan.csv.txt", "nguyen-thai-hoc.xlsx.txt"]
    for figure in ("2,691", "30 head", "2 of 2"):
        assert figure in texts["minh-quan.csv.txt"], figure
    assert whole(texts["nguyen-thai-hoc.xlsx.txt"], "60")
    assert str(tmp_path) not in "".join(texts.values())
    (tmp_path / "file").write_bytes(b"")
    assert run("status", faulty, "--receipts", tmp_path / "file").status == 3


def test_aggregate_shows_the_requested_units(clean: Path) -> None:
    def shown(*arguments: object) -> list[str]:
        return [unit["unit"] for unit in run("aggregate", clean, *arguments, "--format", "json").data]

    assert shown() == ["07", "0701", "0702"]
    assert shown("--by", "province") == ["07"]
    assert len(shown("--by", "village")) == 8
    assert shown("--by", "Village", "--under", "0702") == ["0702", "070201", "070202"]
    assert shown("--under", "Minh Quân") == shown("--under", "0702") == ["0702", "070201", "070202"]
    assert shown("--under", V1[0]) == [V1[0]]
    unit = run("aggregate", clean, "--measure", "ty_le_bo", "--measure", "bo", "--format", "json").data[0]
    assert list(unit["measures"]) == ["bo"]
    assert unit["ratios"]["ty_le_bo"] == {"value": 1.3, "numerator": 36, "denominator": 2751}
    header = run(
        "aggregate", clean, "--measure", "ty_le_bo", "--measure", "bo", "--format", "csv"
    ).stdout.splitlines()[0]
    assert header == "unit,name,level,parent,bo,ty_le_bo,provisional"


def test_provisional_figures_are_marked_wherever_they_are_shown(faulty: Path) -> None:
    done = run("aggregate", faulty, env={"COLUMNS": ""})
    assert re.search(r"(?<!\d)35\*", done.stdout)
    assert "* provisional" in done.stdout
    assert "provisional" in done.stderr
    assert "4 of 5" in done.stdout
    assert (
        r"35\*" in run("aggregate", faulty, "--format", "md").stdout
        or "35*" in run("aggregate", faulty, "--format", "md").stdout
    )
    minh_quan = run("aggregate", faulty, "--format", "json").data[2]
    assert (minh_quan["unit"], minh_quan["provisional"]) == ("0702", [])


def test_missing_is_not_zero(clean: Path) -> None:
    (clean / "nguyen-thai-hoc.xlsx").unlink()
    units = {unit["unit"]: unit for unit in run("aggregate", clean, "--format", "json").data}
    assert units["0701"]["measures"]["trau"] == {"value": None, "given": 0, "expected": 3}
    assert units["0701"]["ratios"]["ty_le_bo"] == {"value": None, "numerator": None, "denominator": None}
    rows = list(csv.DictReader(io.StringIO(run("aggregate", clean, "--format", "csv").stdout)))
    assert rows[1]["trau"] == ""


def test_the_form_the_register_and_the_period_can_be_named(clean: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    for name in ("form.toml", "units.csv"):
        elsewhere.mkdir(exist_ok=True)
        (clean / name).rename(elsewhere / name)
    assert run("aggregate", clean).status == 2
    done = run("validate", clean, "--form", elsewhere / "form.toml", "--units", elsewhere / "units.csv",
               "--period", "quý 3", "--format", "json")  # fmt: skip
    assert (done.status, done.data["period"], done.data["form"]) == (
        0,
        "quý 3",
        {"id": "giong", "version": "3"},
    )
    (elsewhere / "form.toml").rename(tmp_path / "form.toml")
    (elsewhere / "units.csv").rename(tmp_path / "units.csv")
    assert run("aggregate", clean).status == 0  # the nearest ones above
    assert run("status", clean, "--form", tmp_path / "none.toml").status == 2


def test_limits_can_be_set(clean: Path) -> None:
    done = run("validate", clean, "--limit", "cells=3", "--limit", "seconds=30", "--format", "json")
    assert done.status == 1
    assert {item["code"] for item in done.data["findings"] if item["file"]} == {"F106"}
    assert run("validate", clean, "--limit", "cells=100", "--limit", "memory=2048").status == 0


def test_the_verbose_run_names_its_form_and_register(clean: Path) -> None:
    done = run("status", clean, "--verbose")
    for words in ("giong 3", "form.toml", "units.csv", "8 units", "2 files"):
        assert words in done.stderr.splitlines()[0]


def test_findings_of_one_kind_are_folded_and_counted(clean: Path) -> None:
    rows = [["Mã thôn", "Tên thôn", "Số trâu", "Số bò"], *([code, name, "?", "?"] for code, name in (W1, W2))]
    write_csv(clean / "minh-quan.csv", rows)
    write_xlsx(
        clean / "nguyen-thai-hoc.xlsx",
        sheet("Mã thôn | Tên thôn | Số trâu | Số bò\n'070101 | Thôn 1 | ? | ?"),
    )
    done = run("validate", clean, "--format", "json")
    hard = [item for item in done.data["findings"] if item["code"] == "C302"]
    assert len(hard) == done.data["summary"]["hard"] - sum(
        item["code"] in {"U301", "U302"} for item in done.data["findings"]
    )
    assert {(item["file"], item["cell"], item["value"]) for item in hard} == {
        *(("minh-quan.csv", cell, "?") for cell in ("C2", "D2", "C3", "D3")),
        *(("nguyen-thai-hoc.xlsx", cell, "?") for cell in ("C2", "D2")),
    }
