"""Runs the commands shown in docs/ and writes below each what it prints; with --check only compares.

    python scripts/run_pages.py [--check] [PAGE ...]

A page's commands run in one folder, from the top of the page to its end: in Vietnamese for pages in docs/vi,
else in English. What a reader does by hand stands in comments, which the site does not show:

    <!-- copy data/samples/2021 2021 -->                  a file or folder of the repository, copied
    <!-- cell 2021/luc-yen/an-lac.xlsx sheet1 H14 12O -->  a text typed into a cell
    <!-- run status=1 lines=1-5,-1 -->             above a block: its exit status, the lines shown

A block begins with ``$`` and the command; of what is printed, results first and notes last, it shows the
lines named, by number (from the end where it is negative) or by ``/pattern/``, and … where some are left out.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
WIDTH = "88"

_STEP = re.compile(
    r"<!-- (?P<word>copy|cell|remove) (?P<given>.*?) -->"
    r"|<!-- run(?P<options>[^>]*?) -->\n+```console\n\$ (?P<command>[^\n]*)\n(?P<shown>.*?)```\n",
    re.DOTALL,
)


def main(arguments: list[str]) -> int:
    """Run the pages; return 1 where one shows something else than its commands print."""
    names = [argument for argument in arguments if argument != "--check"]
    if any(name.startswith("-") for name in names):
        print(__doc__, file=sys.stderr)
        return 2
    is_check = "--check" in arguments
    pages = [DOCS / name for name in names] or pages_with_commands()
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(with_outputs, pages))
    differing = [
        (page, text)
        for page, text in zip(pages, made, strict=True)
        if text != page.read_text(encoding="utf-8")
    ]
    for page, text in differing:
        if is_check:
            name = page.relative_to(ROOT).as_posix()
            print(
                f"{name} shows something else than its commands print: run scripts/run_pages.py",
                file=sys.stderr,
            )
        else:
            page.write_text(text, encoding="utf-8", newline="\n")
    return int(is_check and bool(differing))


def pages_with_commands() -> list[Path]:
    """Return the pages that show commands to be run."""
    return [page for page in sorted(DOCS.rglob("*.md")) if "<!-- run" in page.read_text(encoding="utf-8")]


def with_outputs(page: Path) -> str:
    """Return the text of a page with what its commands print now."""
    text = page.read_text(encoding="utf-8")
    lang = "vi" if (DOCS / "vi") in page.parents else "en"
    with tempfile.TemporaryDirectory() as folder:

        def done(step: re.Match[str]) -> str:
            try:
                return _done(step, Path(folder), lang)
            except (OSError, LookupError, ValueError) as error:
                raise SystemExit(f"{page.relative_to(ROOT)}: {step[0].splitlines()[0]}: {error}") from error

        return _STEP.sub(done, text)


def _done(step: re.Match[str], folder: Path, lang: str) -> str:
    if step["word"] is None:
        options = dict(option.split("=") for option in step["options"].split())
        printed = _run(step["command"], folder, lang, int(options.get("status", "0")))
        lines = _chosen(printed.rstrip("\n").split("\n"), options.get("lines"))
        head = step[0].partition("```console\n")[0]
        return f"{head}```console\n$ {step['command']}\n" + "".join(f"{line}\n" for line in lines) + "```\n"
    given = shlex.split(step["given"])
    if step["word"] == "copy":
        source, target = ROOT / given[0], folder / given[1]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copyfile(source, target)
    elif step["word"] == "remove":
        (folder / given[0]).unlink()
    else:
        type_in_cell(folder / given[0], *given[1:])
    return step[0]


def _run(command: str, folder: Path, lang: str, status: int) -> str:
    """Run a command line; return what it prints, results first and notes last."""
    program, *arguments = shlex.split(command)
    if program != "antq-stats":
        raise ValueError(f"only antq-stats is run, not {program}")
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1", "COLUMNS": WIDTH,
        "ANTQ_STATS_LANG": lang,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "antq_stats", *arguments],
        cwd=folder, env=environment, capture_output=True, check=False, encoding="utf-8", timeout=300,
    )  # fmt: skip
    if done.returncode != status:
        raise ValueError(f"exit status {done.returncode}, not {status}:\n{done.stdout}{done.stderr}")
    return "\n".join(line.rstrip() for line in (done.stdout + done.stderr).splitlines()) + "\n"


def _chosen(lines: list[str], wanted: str | None) -> list[str]:
    """Return the lines named, with … in the place of others."""
    if wanted is None:
        return lines
    places: set[int] = set()
    for part in wanted.split(","):
        if part.startswith("/"):
            matching = [place for place, line in enumerate(lines) if re.search(part.strip("/"), line)]
            if not matching:
                raise LookupError(f"no line matches {part}")
            places.update(matching)
            continue
        first, last = re.fullmatch(r"(-?\d+)(?:-(-?\d+))?", part).groups()  # type: ignore[union-attr]
        low, high = (
            int(end) - 1 if int(end) > 0 else len(lines) + int(end) for end in (first, last or first)
        )
        places.update(range(low, high + 1))
    shown: list[str] = []
    for place, line in enumerate(lines):
        if place in places:
            shown.append(line)
        elif not shown or shown[-1] != "…":
            shown.append("…")
    return shown


def type_in_cell(book: Path, sheet: str, cell: str, text: str) -> None:
    """Put a number or a text into a cell of a workbook, as Excel stores it; nothing else changes."""
    with zipfile.ZipFile(book) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    name = f"xl/worksheets/{sheet}.xml"
    is_number = re.fullmatch(r"\d+(\.\d+)?", text)
    value = f"><v>{text}</v></c>" if is_number else f' t="inlineStr"><is><t>{escape(text)}</t></is></c>'
    pattern = rf'<c r="{cell}"((?: s="\d+")?)[^>]*?(?:/>|>(?P<formula><f>[^<]*</f>)?.*?</c>)'

    def filled(old: re.Match[str]) -> str:
        """Return the cell with the new value; a formula stays, and the value is its result."""
        return f'<c r="{cell}"{old[1]}' + value.replace(">", f">{old['formula'] or ''}", 1)

    xml, changed = re.subn(pattern, filled, parts[name].decode(), count=1)
    if not changed:
        raise LookupError(f"no cell {cell}")
    parts[name] = xml.encode()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
