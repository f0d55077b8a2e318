"""The rooms as the import contracts of pyproject.toml have them: docs/house.md and docs/house.svg."""

from __future__ import annotations

import ast
import textwrap
import tomllib
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"

Layers = list[list[str]]
"""From the top down; modules in one layer do not import each other."""

INTRODUCTION = """\
<!-- Made by scripts/make_docs.py from the import contracts in pyproject.toml and from docstrings. -->

# The house

Data goes one way. A room imports only from rooms below it, and inside a room a module imports only from the
modules below it. import-linter checks both on every run; a module without a place fails the check.

![The rooms of the program, from the command line down to the words](house.svg)

An arrow `›` inside a room means *imports from*. Modules joined by `|` stand side by side and do not import
each other.

## Other rules
"""

WIDTH = 960
PADDING = 16
GAP = 26
LINE = 18
STYLE = (
    "text{font-family:system-ui,'Segoe UI',Arial,sans-serif;fill:#1f2430}"
    ".name{font-size:16px;font-weight:700}.about{font-size:13px}"
    ".parts{font-family:Consolas,Menlo,'DejaVu Sans Mono',monospace;font-size:12px;fill:#3b4a6b}"
    ".box{fill:#f4f6fb;stroke:#4051b5;stroke-width:1.2}.arrow{stroke:#4051b5;stroke-width:1.6;fill:none}"
)


class Box(NamedTuple):
    """What the picture says of a room."""

    name: str
    about: list[str]
    parts: list[str]

    @property
    def height(self) -> int:
        """Pixels that it needs."""
        return 2 * PADDING + LINE * (1 + len(self.about) + len(self.parts))


def house_pages() -> dict[str, str]:
    """Return the page and the picture by their file names."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layered = {
        contract["containers"][0]: _layers(contract)
        for contract in contracts["contracts"]
        if contract["type"] == "layers"
    }
    forbidden = [contract for contract in contracts["contracts"] if contract["type"] == "forbidden"]
    return {"house.md": _page(layered, forbidden), "house.svg": _picture(layered)}


def _layers(contract: dict[str, Any]) -> Layers:
    return [[name.strip() for name in layer.split("|")] for layer in contract["layers"]]


def _docstring(module: str) -> str:
    """Return the docstring of a module or package, read without importing it."""
    path = SOURCE / module.replace(".", "/")
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def _first(module: str) -> str:
    """Return the first paragraph of a module's docstring on one line."""
    return " ".join(_docstring(module).partition("\n\n")[0].split()).replace("``", "`")


def _page(layered: dict[str, Layers], forbidden: list[dict[str, Any]]) -> str:
    parts = [INTRODUCTION]
    parts += [f"- {contract['name']}." for contract in forbidden]
    for container, layers in layered.items():
        room = container.removeprefix("antq_stats").lstrip(".")
        path = room.replace(".", "/")
        parts.append(f"\n## `{path}/`\n" if room else "\n## The rooms\n")
        if room:
            parts.append(_about(container) + "\n")
        parts.append("| | module | what it is |\n| --: | --- | --- |")
        for floor, layer in enumerate(reversed(layers), 1):
            for name in layer:
                text = _first(f"{container}.{name}").replace("|", "\\|")
                parts.append(f"| {floor} | `{name}` | {text} |")
    return "\n".join(parts) + "\n"


def _about(package: str) -> str:
    text = "\n\n".join(" ".join(part.split()) for part in _docstring(package).split("\n\n"))
    return text.replace("``", "`")


def _picture(layered: dict[str, Layers]) -> str:
    """Return the picture: a row of boxes for each layer of rooms."""
    shapes, top = [], 8
    rows = layered["antq_stats"]
    for number, row in enumerate(rows):
        width = (WIDTH - 16 - (len(row) - 1) * 12) // len(row)
        boxes = [_box(name, layered, width) for name in row]
        height = max(box.height for box in boxes)
        for place, box in enumerate(boxes):
            shapes += _drawn(box, 8 + place * (width + 12), top, width, height)
        top += height
        if number < len(rows) - 1:
            middle = WIDTH // 2
            shapes.append(f'<path class="arrow" d="M{middle} {top + 4}v{GAP - 10}m-5 -6l5 6l5 -6" />')
            top += GAP
    body = "\n".join(shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top + 8}" role="img">\n'
        f"<title>The rooms of antq-stats</title>\n<style>{STYLE}</style>\n"
        f'<rect width="{WIDTH}" height="{top + 8}" rx="8" fill="#fff" />\n{body}\n</svg>\n'
    )


def _box(name: str, layered: dict[str, Layers], width: int) -> Box:
    container = f"antq_stats.{name}"
    about = _first(container).replace("`", "")
    parts = " › ".join(" | ".join(layer) for layer in layered.get(container, []))
    letters, monospaced = (width - 2 * PADDING) / 6.6, (width - 2 * PADDING) / 7.3
    return Box(name, textwrap.wrap(about, int(letters)), textwrap.wrap(parts, int(monospaced)))


def _drawn(box: Box, left: int, top: int, width: int, height: int) -> list[str]:
    shapes = [f'<rect class="box" x="{left}" y="{top}" width="{width}" height="{height}" rx="6" />']
    lines = [
        ("name", box.name),
        *(("about", line) for line in box.about),
        *(("parts", line) for line in box.parts),
    ]
    for number, (kind, text) in enumerate(lines):
        y = top + PADDING + 12 + LINE * number
        shapes.append(f'<text class="{kind}" x="{left + PADDING}" y="{y}">{escape(text)}</text>')
    return shapes
