"""The documents say what is true: they are generated, executed, or compared with the program."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from antq_stats.findings import catalogue
from antq_stats.words.language import LANGUAGES
from helpers.command import run
from helpers.places import ROOT

pytestmark = pytest.mark.slow

DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "benchmarks").glob("*.md"),
        ROOT / "data/samples/README.md",
    ]
)
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
READMES = [ROOT / "README.md", ROOT / "README.vi.md"]
COMMANDS = {
    "year-end",
    "init",
    "adopt",
    "units",
    "template",
    "validate",
    "status",
    "decide",
    "aggregate",
    "compare",
    "trace",
    "report",
    "bundle",
    "verify",
    "check-text",
    "explain",
    "form",
}
FORM_COMMANDS = {"check", "show", "schema"}


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def script(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        check=False, capture_output=True, encoding="utf-8", cwd=ROOT, timeout=600,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"},
    )  # fmt: skip


@pytest.mark.parametrize("name", ["make_docs.py", "make_pictures.py", "run_pages.py"])
def test_generated_documents_are_what_the_scripts_make(name: str) -> None:
    done = script(f"scripts/{name}", "--check")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["make_docs.py", "make_pictures.py", "run_pages.py"])
def test_the_scripts_refuse_what_they_do_not_know(name: str) -> None:
    done = script(f"scripts/{name}", "--chek")
    assert done.returncode == 2
    assert "--check" in done.stderr


def test_every_command_is_documented() -> None:
    page = text_of(ROOT / "docs/cli.md")
    listed = {
        line.split()[0]
        for line in run("--help").stdout.partition("Commands:")[2].splitlines()
        if re.match(r"  \w", line)
    }
    assert {word for word in listed if word in page} >= COMMANDS
    assert listed >= COMMANDS
    for command in [*COMMANDS, *(f"form {name}" for name in FORM_COMMANDS)]:
        assert f"## antq-stats {command}\n" in page


def test_every_code_is_documented() -> None:
    page = text_of(ROOT / "docs/codes.md")
    for entry in catalogue.entries():
        assert f"\n### {entry.code} " in page


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_documents_name_only_commands_and_options_that_are_there(path: Path) -> None:
    text = text_of(path)
    for command, after in re.findall(
        r"(?:^|[`(/])(?:\.venv/bin/)?antq-stats ([a-z][\w-]*)(?: ([\w-]+))?", text, re.MULTILINE
    ):
        assert command in COMMANDS
        assert command != "form" or after in FORM_COMMANDS or not after
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text_of(ROOT / "docs/cli.md")))
    of_others = {
        "--check", "--copies", "--data", "--faults", "--only", "--results", "--runs", "--saved-by", "--seed",
        "--size", "--strict",
    }  # fmt: skip
    assert set(re.findall(r"`[^`\n]*?(?<![\w-])(--[a-z][a-z-]+)", text)) <= options | of_others


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text_of(path)):
        assert not target.startswith("http")
        assert (path.parent / target).exists(), target


def commands_of(path: Path) -> list[str]:
    return re.findall(r"^(?:python3|py -3) -m venv .*$", text_of(path), re.MULTILINE)


def test_both_readmes_give_the_same_four_commands() -> None:
    first, second = map(commands_of, READMES)
    assert sorted(first) == sorted(second)
    assert len(first) == 4
    posix = [command for command in first if command.startswith("python3")]
    assert [command.count(" && ") for command in posix] == [2, 2]
    assert all("&&" not in command for command in first if command.startswith("py "))


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_the_readmes_command_gives_the_published_figures(path: Path) -> None:
    command = next(line for line in commands_of(path) if line.startswith("python3") and "pytest" not in line)
    program, *arguments = command.rpartition(" && ")[2].split()
    assert program == ".venv/bin/antq-stats"
    folder = arguments.pop()
    done = run(*arguments, ROOT / folder, "--lang", "vi", env={"COLUMNS": ""})
    assert done.status == 0, done.output
    province = next(line for line in done.stdout.splitlines() if line.startswith("Tỉnh Yên Bái"))
    for figure in ("1.365/1.365", "1.691", "46.953", "206.318", "176.247", "928", "81,2%", "68,0%"):
        assert re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d.,])", province), figure
    for figure in ("1.691", "46.953", "206.318", "176.247", "928"):
        assert figure in text_of(path)


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_the_test_command_installs_what_the_tests_need(path: Path) -> None:
    command = next(line for line in commands_of(path) if line.startswith("python3") and "pytest" in line)
    assert command.endswith("&& .venv/bin/python -m pytest -q -n 2")
    assert "'.[test]'" in command


def test_the_library_example_runs_and_prints_what_it_says(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", text_of(ROOT / "docs/python.md"), re.DOTALL)
    (expected,) = re.findall(r"print\(.*\)  # (.+)$", code, re.MULTILINE)
    report = tmp_path / "tong-hop-2021.xlsx"
    example = tmp_path / "example.py"
    example.write_text(code.replace(f'"{report.name}"', repr(str(report))), encoding="utf-8")
    done = script(str(example))
    assert (done.returncode, done.stdout, done.stderr) == (0, expected + "\n", "")
    assert report.stat().st_size > 0


@pytest.mark.parametrize("path", [ROOT / "docs/reading.md", ROOT / "docs/vi/reading.md"], ids=["en", "vi"])
def test_the_exit_statuses_are_all_there(path: Path) -> None:
    for status in (0, 1, 2, 3, 70, 130):
        assert re.search(rf"(?:^\| |[ ;]){status} (?:\||là)", text_of(path), re.MULTILINE), status


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_a_readme_is_a_page_long(path: Path) -> None:
    assert len(text_of(path).splitlines()) <= 60


def test_the_pages_are_in_both_languages() -> None:
    english = {path.name for path in (ROOT / "docs/how-to").glob("*.md")}
    assert english == {path.name for path in (ROOT / "docs/vi/how-to").glob("*.md")}
    for name in ("tutorial.md", *(f"how-to/{name}" for name in sorted(english))):
        pages = [text_of(ROOT / "docs" / name), text_of(ROOT / "docs/vi" / name)]
        ran = [re.findall(r"^\$ antq-stats (\S+)", page, re.MULTILINE) for page in pages]
        assert ran[0] == ran[1], name


def test_a_command_shown_in_the_pages_is_run() -> None:
    for path in (ROOT / "docs").rglob("*.md"):
        shown = text_of(path).count("```console")
        assert shown == len(re.findall(r"<!-- run[^>]* -->\n+```console\n\$ antq-stats ", text_of(path))), (
            path
        )


def test_every_page_is_in_the_sites_menu() -> None:
    menu = set(re.findall(r"[\w/-]+\.md", text_of(ROOT / "mkdocs.yml").partition("\nnav:")[2]))
    assert {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")} <= menu


def test_the_site_fetches_no_fonts_and_no_scripts() -> None:
    settings = text_of(ROOT / "mkdocs.yml")
    assert "  font: false" in settings
    assert not re.search(r"https?://", settings)
    for path in (ROOT / "docs/assets").iterdir():
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text_of(path)), path.name


def test_every_requirement_has_a_tested_version() -> None:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    pinned = re.findall(r"^([\w.-]+)==[\w.]+$", text_of(ROOT / "constraints.txt"), re.MULTILINE)
    names = {name.lower().replace("_", "-") for name in pinned}
    for requirement in [
        *project["dependencies"],
        *project["optional-dependencies"]["test"],
        *project["optional-dependencies"]["docs"],
    ]:
        name = re.split(r"[<>=\[ ]", requirement)[0].lower()
        assert name in names, name


def test_both_languages_are_in_the_pages() -> None:
    for lang, word in zip(LANGUAGES, ("Cách dùng:", "Usage:"), strict=True):
        assert text_of(ROOT / "docs/cli.md").count(word) == 1 + len(COMMANDS) + len(FORM_COMMANDS), lang
