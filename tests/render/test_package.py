"""The parts of a workbook are packed in pieces and in threads, and every program reads them."""

from __future__ import annotations

import io
import random
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_stats.render.writing.package import Package, PackageFullError


def _rest(parts: dict[str, bytes]) -> io.BytesIO:
    """Return a package as XlsxWriter leaves it."""
    rest = io.BytesIO()
    with zipfile.ZipFile(rest, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return rest


def _written(rest: dict[str, bytes], heads: dict[str, bytes], bodies: dict[str, list[bytes]]) -> bytes:
    target = io.BytesIO()
    with Package() as package:
        for name, pieces in bodies.items():
            part = package.part(name, heads[name])
            for piece in pieces:
                part.add(piece)
        package.write(_rest(rest), target)
    return target.getvalue()


_CONTENT = st.builds(bytes.__mul__, st.binary(max_size=300), st.integers(1, 20_000))
"""Up to 6 MB: part of them are packed in several pieces."""


@settings(max_examples=25, deadline=None)
@given(head=st.binary(max_size=50), tail=st.binary(max_size=50), body=st.lists(_CONTENT, max_size=4))
def test_a_part_is_its_head_its_body_and_its_tail_in_order(
    head: bytes, tail: bytes, body: list[bytes]
) -> None:
    rest = {"[Content_Types].xml": b"<Types/>", "xl/a.xml": head + tail, "xl/empty.xml": b""}
    content = _written(rest, {"xl/a.xml": head}, {"xl/a.xml": body})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [*rest]
        assert archive.read("xl/a.xml") == head + b"".join(body) + tail
        assert archive.read("xl/empty.xml") == b""
        assert archive.read("[Content_Types].xml") == b"<Types/>"
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_bytes_do_not_depend_on_which_thread_is_faster() -> None:
    source = random.Random(20211231)  # noqa: S311 - the same figures each time
    pieces = [
        b"".join(b'<c r="C%d"><v>%d</v></c>' % (row, source.randrange(400)) for row in range(at, at + 40_000))
        for at in range(0, 1_200_000, 40_000)
    ]
    assert sum(map(len, pieces)) > 25_000_000
    found = {_written({"a": b"<x></x>"}, {"a": b"<x>"}, {"a": pieces}) for _ in range(3)}
    assert len(found) == 1


def test_a_part_with_more_bytes_than_a_package_can_say_is_refused() -> None:
    with Package() as package:
        package.part("a", b"<x>").size += 2**32  # four GiB that were added before
        with pytest.raises(PackageFullError, match="a"):
            package.write(_rest({"a": b"<x></x>"}), io.BytesIO())
