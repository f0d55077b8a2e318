"""Commands start fast: nothing heavy is imported before it is needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import antq_stats
from helpers.places import SAMPLES

pytestmark = pytest.mark.slow

HEAVY = {
    "babel", "docx", "jinja2", "lxml", "numpy", "openpyxl", "pandas", "pydantic", "python_calamine", "rich",
    "xlsxwriter",
}  # fmt: skip
OURS = {
    "antq_stats.collection.collection",
    "antq_stats.country",
    "antq_stats.form",
    "antq_stats.reading.receive",
    "antq_stats.register.register",
}


def imported(code: str) -> set[str]:
    """Top-level packages, and our own modules, that a fresh interpreter has after running code."""
    environment = {**os.environ, "PYTHONPATH": str(Path(antq_stats.__file__).parent.parent)}
    report = "\nimport sys; print('\\nMODULES', *sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code + report],
        check=True, capture_output=True, encoding="utf-8", timeout=600,
        env={**environment, "PYTHONUTF8": "1"},
    )  # fmt: skip
    names = done.stdout.rpartition("MODULES ")[2].split()
    return {name.partition(".")[0] for name in names} | {
        name for name in names if name.startswith("antq_stats.")
    }


def command(*arguments: str) -> str:
    return (
        f"import sys; sys.argv = {['antq-stats', *arguments]!r}\nfrom antq_stats.__main__ import main; main()"
    )


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h", "--lang", "en"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    found = imported(command(*arguments))
    assert not HEAVY & found
    assert "antq_stats.cli.app" in found
    assert not OURS & found


@pytest.mark.parametrize(
    "arguments", [["aggregate", "--help"], ["form", "-h"], ["aggregat"], ["status", "--no"]]
)
def test_help_of_a_command_and_misuse_import_nothing_of_ours(arguments: list[str]) -> None:
    found = imported(command(*arguments))
    # Typer itself asks pydantic what an option's type is, as soon as a command has options.
    assert not (HEAVY - {"pydantic"}) & found
    assert not OURS & found


def test_a_command_imports_no_other_command() -> None:
    commands = "antq_stats.cli.commands."
    found = {name.removeprefix(commands) for name in imported(command("verify", "-h"))}
    assert "bundle" in found
    assert not {"aggregate", "report", "validate", "setup.form"} & found


def test_an_aggregate_without_findings_imports_what_it_needs() -> None:
    found = imported(command("aggregate", str(SAMPLES / "2021")))
    assert "numpy" in found
    assert not (HEAVY - {"numpy", "pydantic", "rich"}) & found
    assert (
        not {
            "antq_stats.changes.composition",
            "antq_stats.figures.comparison",
            "antq_stats.figures.publication",
            "antq_stats.render.findings.lines",
        }
        & found
    )


def test_explain_needs_no_table_and_no_reader() -> None:
    assert not {"numpy", "pandas", "python_calamine", "xlsxwriter"} & imported(command("explain", "C302"))


def test_the_package_is_light_until_a_name_is_used() -> None:
    found = imported("import antq_stats; assert antq_stats.__version__")
    assert not HEAVY & found
    assert "typer" not in found
    assert {name for name in found if name.startswith("antq_stats.")} == {"antq_stats.version"}


def test_every_public_name_is_there() -> None:
    for name in antq_stats.__all__:
        home = getattr(antq_stats, name).__module__
        assert home.startswith("antq_stats.") or name == "Severity"
    assert set(antq_stats.__all__) <= set(dir(antq_stats))
    with pytest.raises(AttributeError):
        antq_stats.aggregat  # noqa: B018


def test_workers_import_nothing_heavy() -> None:
    found = imported("import antq_stats.reading.processes.workers, antq_stats.reading.receive")
    assert not (HEAVY - {"python_calamine"}) & found
    assert "typer" not in found
    assert (
        not {
            "antq_stats.form",
            "antq_stats.register.register",
            "antq_stats.cli",
            "antq_stats.findings.catalogue",
        }
        & found
    )


def test_the_entry_point_is_light_for_workers_import_it() -> None:
    assert not (HEAVY | {"typer"}) & imported("import antq_stats.__main__")


def test_no_command_but_those_about_the_country_reads_its_register() -> None:
    sample = str(SAMPLES / "2021")
    assert "antq_stats.country" not in imported(command("form", "check", sample))
    assert "antq_stats.country" not in imported(command("status", sample, "--jobs", "1"))
    found = imported(command("units", "--province", "15"))
    assert "antq_stats.country" in found
    assert not (HEAVY - {"pydantic"}) & found


def test_collecting_needs_no_pandas_until_a_frame_is_requested() -> None:
    assert "pandas" not in imported(
        "import antq_stats.collection.collection, antq_stats.figures.aggregation, antq_stats.edits"
    )
