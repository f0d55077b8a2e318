"""Read thousands of mutated files by every fast path and by other libraries, and report differences.

``python scripts/compare_lanes.py [--count N] [--seed N] [--folder DIR]... [--page FILE]`` mutates clean
files N times by each family of mutations (`tests/helpers/mutations.py`), reads each with and without the fast
paths, and compares the figures with those of openpyxl and xlrd. ``--folder`` reads the files of a folder too.
It prints a table, writes it into a page on request, and exits with status 1 if anything differs.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from helpers import fast_paths, sender_sheets  # noqa: E402 - it lives beside the tests

HEAD = (
    "what was changed", "files", "by a quick lane", "without a figure", "read by another library too",
    "figures compared", "differences",
)  # fmt: skip


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=100, help="mutants of each family and making")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, action="append", default=[], help="read these files as well")
    parser.add_argument("--page", type=Path, help="write the table into this page")
    return parser.parse_args()


def _row(name: str, tally: fast_paths.Tally) -> str:
    counts = (
        tally.read, tally.by_fast_path, tally.refused, tally.compared, tally.figures, len(tally.differing)
    )  # fmt: skip
    return f"| {name} | {' | '.join(f'{count:,}' for count in counts)} |"


def _page(command: str, rows: list[str]) -> str:
    marks = "|".join([" --- ", *[" --: "] * (len(HEAD) - 1)])
    return "\n".join(
        (
            "# Every way of reading held against the others",
            "",
            "A quick lane may only change how fast a file is read. So files are changed at random, in the",
            "ways files go wrong; each is read with the lanes and without, and the returns must be equal,",
            "finding by finding. Where another library reads the file too (openpyxl, xlrd), every figure",
            "that was taken must be the one it gives. Made by",
            "",
            f"    {command}",
            "",
            f"| {' | '.join(HEAD)} |",
            f"|{marks}|",
            *rows,
            "",
        )
    )


def main() -> int:
    """Run the comparison; return the exit status."""
    given = _arguments()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a reader that panics says so at length
    rows: list[str] = []
    whole = fast_paths.Tally()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        parts = chain(
            fast_paths.workbooks(given.count, given.seed, folder),
            fast_paths.binary_workbooks(given.count, given.seed, folder),
            fast_paths.texts(given.count, given.seed, folder),
            fast_paths.amounts(given.count, given.seed, folder),
            sender_sheets.senders(given.count, given.seed, folder),
            sender_sheets.spreadsheets(given.count, given.seed, folder),
            ((f"as they are: {each.name}", fast_paths.files(each)) for each in given.folder),
        )
        for name, tally in parts:
            rows.append(_row(name, tally))
            print(rows[-1], flush=True)
            for text in tally.differing[:20]:
                print(f"    {text[:400]}")
            whole.add(tally)
    rows.append(_row("all", whole))
    print(rows[-1])
    if given.page is not None:
        words = [f"--count {given.count}", f"--seed {given.seed}"]
        words += [f"--folder {folder.as_posix()}" for folder in given.folder]
        given.page.write_text(
            _page(f"python scripts/compare_lanes.py {' '.join(words)}", rows), encoding="utf-8"
        )
    return int(bool(whole.differing))


if __name__ == "__main__":
    raise SystemExit(main())
