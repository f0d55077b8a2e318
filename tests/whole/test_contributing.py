"""The worked examples of CONTRIBUTING.md, applied to a copy of the source tree and run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.places import ROOT

pytestmark = pytest.mark.slow

TREE = ("src", "tests", "scripts", "docs", "pyproject.toml")
BLOCK = re.compile(
    r"^(?:New file `(?P<new>[^`]+)`"
    r"|In `(?P<old>[^`]+)`, (?P<how>above|below|instead of) `(?P<line>[^`]+)`):\n\n"
    r"```\w+\n(?P<text>.*?)```$",
    re.DOTALL | re.MULTILINE,
)


def apply(block: re.Match[str], tree: Path) -> None:
    if block["new"]:
        assert not (tree / block["new"]).exists()
        (tree / block["new"]).write_text(block["text"], encoding="utf-8")
        return
    path = tree / block["old"]
    text, line = path.read_text(encoding="utf-8"), block["line"] + "\n"
    assert text.count(line) == 1, f"{block['old']} has not exactly one line {line}"
    made = {
        "above": block["text"] + line,
        "below": line + block["text"],
        "instead of": block["text"],
    }[block["how"]]
    path.write_text(text.replace(line, made), encoding="utf-8")


def python(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=tree, check=False, capture_output=True, encoding="utf-8", timeout=600,
        env={**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONUTF8": "1"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("tree")
    for name in TREE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / name, tree / name)
    return tree


def test_the_worked_examples_work_on_the_source_as_it_is(tree: Path) -> None:
    blocks = list(BLOCK.finditer((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    tests = [block["new"] for block in blocks if block["new"] and block["new"].startswith("tests/")]
    assert (len(blocks), len(tests)) == (11, 2)
    for block in blocks:  # first the tests alone: they can fail
        if block["new"] in tests:
            apply(block, tree)
    pytest_run = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert python(tree, *pytest_run, *tests).returncode == 1
    for block in blocks:
        if block["new"] not in tests:
            apply(block, tree)
    page = python(tree, "scripts/make_docs.py")
    assert page.returncode == 0, page.stderr
    assert "### P190 all-rounded" in (tree / "docs/codes.md").read_text(encoding="utf-8")
    done = python(tree, *pytest_run, *tests)
    assert done.returncode == 0, done.stdout
    done = python(tree, *pytest_run, "tests/findings/test_catalogue.py", "-k", "P190 or as_they_were")
    assert done.returncode == 0, done.stdout
