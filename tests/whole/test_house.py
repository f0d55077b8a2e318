"""Modules and rooms stay small enough to be held in mind."""

from __future__ import annotations

import ast

from helpers.places import ROOT

SOURCE = ROOT / "src" / "antq_stats"
MODULES = sorted(SOURCE.rglob("*.py"))


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    lengths = {str(path.relative_to(SOURCE)): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_no_function_is_longer_than_sixty_lines() -> None:
    long = [
        f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and _body_lines(node) > 60
    ]
    assert long == []


def _body_lines(function: ast.FunctionDef) -> int:
    """Count a function's lines from its first statement on, without the docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_no_room_has_more_than_twelve_modules() -> None:
    rooms: dict[str, int] = {}
    for path in MODULES:
        if path.name != "__init__.py":
            rooms[str(path.parent.relative_to(SOURCE))] = (
                rooms.get(str(path.parent.relative_to(SOURCE)), 0) + 1
            )
    assert {room: count for room, count in rooms.items() if count > 12} == {}


def test_every_room_says_what_it_is_for() -> None:
    for path in SOURCE.rglob("__init__.py"):
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        assert len(docstring) > 20, path
