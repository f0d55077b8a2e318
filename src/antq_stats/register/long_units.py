"""The fast way for a units.csv of very many units. It changes speed, never a result.

It reads nothing but a list without any fault: UTF-8 without quotes, every row as wide as the header, short
codes of letters and digits, each given once, and every parent above its units. Whatever else there is, it
gives up, and the list is read by `unit_file`, which tells what is wrong.
"""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import TYPE_CHECKING

from antq_stats.delimited import NotText, UnknownEncoding, decode, delimiter_of, has_separator_line
from antq_stats.findings.setup_error import SetupError
from antq_stats.plan import Units
from antq_stats.register.lost_zeros import short_codes
from antq_stats.register.unit_columns import HEADER_ROWS, Coded, Numbering, coded_by
from antq_stats.register.unit_levels import plain_levels
from antq_stats.register.unit_source import LARGEST_MIB, header_of
from antq_stats.register.unit_workbook import SUFFIXES
from antq_stats.words.long_columns import LONGEST, CodeIndex, Numbered, ShortCodes

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Integers = npt.NDArray[np.integer]
    Truths = npt.NDArray[np.bool_]
    Words = npt.NDArray[np.uint64]

LONG = 3 << 20
"""Size in bytes from which whole columns save more than importing numpy costs."""
_HEAD = 1 << 22
"""Bytes from which encoding and delimiter are determined."""
_SAMPLE = 500
"""Lines of a longer text that must not be blank, so that the delimiter is found in them alone."""
_BOM = b"\xef\xbb\xbf"
_UNUSUAL = (b'"', b"\0", b"\x1a")
_TEXTS = ("name", "level", "kind")
_KNOWN = {"code", "parent", *_TEXTS}


def long_units(path: Path) -> Units | None:
    """Return the units of a long list without faults, none of which has dates; None for any other list.

    Parameters
    ----------
    path : the file.
    """
    try:
        if path.suffix.lower() in SUFFIXES or not path.is_file():
            return None
        if not LONG <= path.stat().st_size <= LARGEST_MIB << 20:
            return None
        data = path.read_bytes().removeprefix(_BOM)
    except (OSError, ValueError):
        return None
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    if any(sign in data for sign in (*_UNUSUAL, b"\r")):
        return None
    if not data.endswith(b"\n"):
        data += b"\n"
    head = _head(data)
    return None if head is None else _units(head, data, path.name)


def _head(data: bytes) -> str | None:
    """Return the beginning of a text, whose delimiter is that of the whole text; None if it is not plain."""
    try:
        decoded = decode(data[: data.rfind(b"\n", 0, _HEAD) + 1])
    except (NotText, UnknownEncoding):
        return None
    if not decoded.encoding.startswith("utf-8") or has_separator_line(decoded.text):
        return None
    lines = decoded.text.split("\n", _SAMPLE)
    is_enough = len(data) <= _HEAD or (len(lines) > _SAMPLE and all(map(str.strip, lines)))
    return decoded.text if is_enough else None


def _units(head: str, data: bytes, file: str) -> Units | None:
    delimiter = delimiter_of(head)
    lines = head.split("\n", HEADER_ROWS)[:HEADER_ROWS]
    try:
        header, places = header_of([line.split(delimiter) for line in lines], file)
    except SetupError:
        return None
    if not delimiter.isascii() or places.keys() - _KNOWN:
        return None
    start = len("".join(f"{line}\n" for line in lines[: header + 1]).encode())
    found = _Columns.read(data, start, delimiter, lines[header].count(delimiter) + 1, places)
    return None if found is None else found.units()


class _Columns:
    """The columns of the list: codes and parents as integers, texts by their numbers."""

    def __init__(self, codes: Words, parents: Words, coded: dict[str, Coded]) -> None:
        self.codes, self.parents, self.coded = codes, parents, coded

    @classmethod
    def read(
        cls, data: bytes, start: int, delimiter: str, width: int, places: dict[str, int]
    ) -> _Columns | None:
        import numpy as np

        from antq_stats.delimited_columns import CHUNK, chunks, even_fields, texts_of, words_of

        lines = data.count(b"\n", start)
        numbered = {name: (Numbering(), array("i", [0]) * lines) for name in _TEXTS if name in places}
        ids_of = {name: np.frombuffer(ids, dtype=np.intc) for name, (_, ids) in numbered.items()}
        keys_of = {name: np.empty(lines, dtype=np.uint64) for name in ("code", "parent")}
        padding, line = bytes(LONGEST), 0
        for begin, end in chunks(data, start, CHUNK):
            padded = np.frombuffer(data[begin:end] + padding, dtype=np.uint8)
            written = padded[:-LONGEST]
            fields = even_fields(written, ord(delimiter), width)
            if fields is None or (width > len(places) and not _is_utf8(data[begin:end])):
                return None
            starts, lengths = fields
            here = slice(line, line := line + len(starts))
            for name, keys in keys_of.items():
                place = places[name]
                if lengths[:, place].max(initial=0) > LONGEST:
                    return None
                keys[here] = words_of(padded, starts[:, place], lengths[:, place])
            if not lengths[:, places["code"]].all():
                return None
            for name, (numbers, _) in numbered.items():
                at, size = starts[:, places[name]], lengths[:, places[name]]
                heads = np.flatnonzero(_differs(words_of(padded, at, size), size))
                texts = texts_of(written, at[heads], size[heads])
                if texts is None:
                    return None
                ids = np.fromiter(map(numbers.__getitem__, texts), dtype=np.int32, count=len(texts))
                ids_of[name][here] = np.repeat(ids, np.diff(heads, append=len(size)))
        coded = {name: coded_by(list(numbers), ids) for name, (numbers, ids) in numbered.items()}
        return cls(keys_of["code"], keys_of["parent"], coded) if lines else None

    def units(self) -> Units | None:
        """Return the units; None if there is anything to tell of them."""
        import numpy as np

        codes = ShortCodes(_array("Q", self.codes))
        index = CodeIndex(codes)
        heads = np.flatnonzero(np.diff(self.parents, prepend=~self.parents[:1]) != 0)
        above = self.parents[heads]
        if not _is_alphanumeric(self.codes) or not _is_alphanumeric(above[above > 0]) or index.has_twice():
            return None
        places = np.where(above > 0, index.positions(above), _NONE)
        parents = np.repeat(places, np.diff(heads, append=len(codes))).astype(np.int32)
        if (places[above > 0] < 0).any() or np.count_nonzero(parents == _NONE) != 1:
            return None
        if (parents >= np.arange(len(parents))).any():
            return None  # a parent below its units: there may be a cycle
        names, level = self.coded["name"], self.coded["level"]
        if not all(any(map(str.isalnum, text)) for column in (names, level) for text in column.values):
            return None
        of_level = np.asarray(level.ids, dtype=np.int32)
        sizes = (self.codes.view(np.uint8).reshape(-1, LONGEST) > 0).sum(axis=1, dtype=np.int32)
        short = short_codes(level.values, _pairs(of_level, sizes))
        if short and not any(
            self._begins_with_zero((of_level == at) & (sizes == size)) for at, size in short
        ):
            return None
        is_below = parents >= 0
        steps = _pairs(of_level[parents[is_below]], of_level[is_below])
        levels = plain_levels(level.values, steps)
        if levels is None:
            return None
        kind = self.coded.get("kind")
        none = bytes(len(codes))
        kinds = Numbered(kind.values, array("i", kind.ids)) if kind else Numbered(("",), none)
        units = Units(
            level_names=levels[0],
            codes=codes,
            names=Numbered(names.values, array("i", names.ids)),
            kinds=kinds,
            aliases=Numbered(((),), none),
            levels=_array("i", np.array(levels[1])[of_level]),
            parents=_array("i", parents),
        )
        vars(units)["by_code"] = index  # fills the cached property
        return units

    def _begins_with_zero(self, rows: Truths) -> bool:
        return bool((self.codes[rows] >> 8 * (LONGEST - 1) == ord("0")).any())


_NONE = -1


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _differs(words: Integers, lengths: Integers) -> Truths:
    """Return whether each field may differ from the one above it."""
    import numpy as np

    differs = np.ones(len(words), dtype=np.bool_)
    differs[1:] = (words[1:] != words[:-1]) | (lengths[1:] != lengths[:-1]) | (lengths[1:] > LONGEST)
    return differs


def _is_alphanumeric(keys: Integers) -> bool:
    """Return whether codes are of ASCII letters and digits alone."""
    import numpy as np

    allowed = np.zeros(256, dtype=np.bool_)
    allowed[[0, *(sign for sign in range(128) if chr(sign).isalnum())]] = True
    return bool(allowed[np.ascontiguousarray(keys).view(np.uint8)].all())


def _pairs(first: Integers, second: Integers) -> set[tuple[int, int]]:
    """Return the different pairs of numbers in two columns; none is negative."""
    import numpy as np

    width = int(second.max(initial=0)) + 1
    found = np.flatnonzero(np.bincount(first.astype(np.int64) * width + second))
    return {divmod(pair, width) for pair in found.tolist()}


def _array(code: str, numbers: Integers) -> array[int]:
    import numpy as np

    found = array(code)
    found.frombytes(np.ascontiguousarray(numbers, dtype=found.typecode).tobytes())
    return found
