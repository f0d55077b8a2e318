"""Writes docs/terminal.svg: what the program prints on a terminal, drawn by rich; with --check only compares.

python scripts/make_pictures.py [--check]
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from rich.console import Console  # noqa: E402 - the script runs in a checkout that is not installed
from rich.text import Text  # noqa: E402

PICTURE = ROOT / "docs" / "terminal.svg"
WIDTH = 112
FIRST_LINES = 17
"""Lines shown of the second command: what follows is more of the same."""

SUMS = (
    "aggregate data/samples/2021 --measure to_tu_quan_antt --measure tv_to_tu_quan"
    " --measure ho_dang_ky_gdvh --measure ho_dat_gdvh --measure ty_le_ho_dat --measure ty_le_thon_dat"
)
FINDINGS = "validate data/samples/2021-messy"

# As rich draws it, but with the fonts of the reader's own machine: nothing is fetched.
SVG = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
  <!-- Made by scripts/make_pictures.py from the program's own output. -->
  <style>
    .{unique_id}-matrix {{
      font-family: "Cascadia Mono", Consolas, Menlo, "DejaVu Sans Mono", monospace;
      font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width;
    }}
    .{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: arial, sans-serif; }}
    {styles}
  </style>
  <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
    </clipPath>
    {lines}
  </defs>
  {chrome}
  <g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
    {backgrounds}
    <g class="{unique_id}-matrix">
    {matrix}
    </g>
  </g>
</svg>
"""


class _Terminal(io.StringIO):
    """A text stream that says it is a terminal, so that the program colours what it prints."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class _Notes(io.StringIO):
    """Where notes go: no terminal, so that no progress is drawn."""

    encoding = "utf-8"


def main(arguments: list[str]) -> int:
    """Write the picture, or compare it; return the exit status."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    made = picture()
    if not arguments:
        PICTURE.write_text(made, encoding="utf-8", newline="\n")
        return 0
    if PICTURE.is_file() and PICTURE.read_text(encoding="utf-8") == made:
        return 0
    print("docs/terminal.svg is not what the program prints: run scripts/make_pictures.py", file=sys.stderr)
    return 1


def picture() -> str:
    """Return the picture of both commands."""
    paper = Console(
        width=WIDTH, record=True, file=io.StringIO(), force_terminal=True, color_system="standard"
    )
    for command, most in ((SUMS, None), (FINDINGS, FIRST_LINES)):
        status, text = printed(command.split())
        expected = 0 if command is SUMS else 1
        if status != expected:
            raise SystemExit(f"{command} ended with {status}:\n{text}")
        lines = text.rstrip("\n").split("\n")
        paper.print(Text.from_markup(f"[bold green]$[/] [bold]antq-stats {command}[/]"))
        paper.print(Text.from_ansi("\n".join(lines[:most])))
        paper.print(Text("…\n" if most and len(lines) > most else ""))
    svg = paper.export_svg(title="antq-stats", code_format=SVG, unique_id="antq")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def printed(arguments: list[str]) -> tuple[int, str]:
    """Run the program as on a terminal; return its exit status and what it printed, notes last."""
    from antq_stats.cli.dispatch import run

    for name in ("NO_COLOR", "TERM", "ANTQ_STATS_LANG"):
        os.environ.pop(name, None)
    os.environ["COLUMNS"] = str(WIDTH)
    out, notes = _Terminal(), _Notes()
    with contextlib.chdir(ROOT), contextlib.redirect_stdout(out), contextlib.redirect_stderr(notes):
        status = run([*arguments, "--lang", "vi"])
    return status, out.getvalue() + notes.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
