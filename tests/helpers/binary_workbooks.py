"""Build binary workbooks record by record: compound files, xls streams (BIFF8), xlsb parts (BIFF12)."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(
    streams: Mapping[str, bytes], inside: Mapping[str, bytes] | None = None, *, tree: bool = True
) -> bytes:
    """Return a compound file.

    Parameters
    ----------
    streams : name -> content, of the root storage.
    inside : name -> content, of a storage ``Object`` in the root; its entries come first.
    tree : False leaves out the links between the entries of the directory.
    """
    entries: list[tuple[str, int, int, int, int, int]] = []  # name, sort, right, child, start, size
    sectors: list[bytes] = []
    table: list[int] = []

    def stored(data: bytes) -> tuple[int, int]:
        data = data.ljust(4096, b"\x00")
        start, count = len(sectors), -(-len(data) // 512)
        sectors.extend(data[512 * n : 512 * (n + 1)].ljust(512, b"\x00") for n in range(count))
        table.extend([*range(start + 1, start + count), _END])
        return start, len(data)

    def row(names: Sequence[str], first: int) -> int:
        return first if names and tree else _FREE

    deeper = inside or {}
    at_root = [*(["Object"] if deeper else []), *streams]
    first_deep, first_root = 1, 1 + len(deeper)
    entries.append(("Root Entry", 5, _FREE, row(at_root, first_root), _END, 0))
    for place, (name, data) in enumerate(deeper.items()):
        right = first_deep + place + 1 if tree and place + 1 < len(deeper) else _FREE
        entries.append((name, 2, right, _FREE, *stored(data)))
    for place, name in enumerate(at_root):
        right = first_root + place + 1 if tree and place + 1 < len(at_root) else _FREE
        if name == "Object" and deeper:
            entries.append((name, 1, right, row(list(deeper), first_deep), 0, 0))
        else:
            entries.append((name, 2, right, _FREE, *stored(streams[name])))
    directory = b"".join(map(_entry, entries))
    directory += b"\x00" * (-len(directory) % 512)
    at = len(sectors)
    sectors.extend(directory[n : n + 512] for n in range(0, len(directory), 512))
    table.extend([*range(at + 1, len(sectors)), _END])
    fats = 1
    while (len(table) + fats) > 128 * fats:
        fats += 1
    table.extend([_FAT] * fats)
    table.extend([_FREE] * (-len(table) % 128))
    first_fat = len(sectors)
    raw = struct.pack(f"<{len(table)}I", *table)
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", header, 40, 0, fats, at, 0, 4096, _END, 0, _END, 0)
    places = [*range(first_fat, first_fat + fats)]
    struct.pack_into("<109I", header, 76, *places, *[_FREE] * (109 - fats))
    return bytes(header) + b"".join(sectors) + raw


def _entry(entry: tuple[str, int, int, int, int, int]) -> bytes:
    name, sort, right, child, start, size = entry
    raw = name.encode("utf-16-le") + b"\x00\x00"
    out = bytearray(128)
    out[: len(raw)] = raw
    struct.pack_into("<HBB", out, 64, len(raw), sort, 1)
    struct.pack_into("<III", out, 68, _FREE, right, child)
    struct.pack_into("<II", out, 116, start, size)
    return bytes(out)


# -- xls -----------------------------------------------------------------------------------------


def rec(sort: int, body: bytes = b"") -> bytes:
    """Return a record of BIFF8."""
    return struct.pack("<HH", sort, len(body)) + body


def text8(text: str, runs: Sequence[tuple[int, int]] = ()) -> bytes:
    """Return a text of BIFF8; a run is (first letter, font)."""
    wide = any(ord(letter) > 255 for letter in text)
    raw = text.encode("utf-16-le" if wide else "latin-1")
    head = struct.pack("<HB", len(raw) // (2 if wide else 1), wide | (8 if runs else 0))
    head += struct.pack("<H", len(runs)) if runs else b""
    return head + raw + b"".join(struct.pack("<HH", *run) for run in runs)


def font(*, struck: bool = False, raised: int = 0) -> bytes:
    """Return a FONT record; ``raised`` is 1 for superscript, 2 for subscript."""
    body = struct.pack("<HHHHHBBBB", 200, 8 if struck else 0, 0x7FFF, 400, raised, 0, 0, 0, 0)
    return rec(0x31, body + b"\x05\x00Arial")


def style(font: int = 0, format_: int = 0) -> bytes:
    """Return an XF record."""
    return rec(0xE0, struct.pack("<HH", font, format_) + b"\x00" * 16)


def formula(
    row: int, column: int, tokens: bytes, value: float | bytes = 0.0, style: int = 0, sort: int = 6
) -> bytes:
    """Return a FORMULA record; ``value`` is the stored number, or the eight bytes of another result."""
    stored = value if isinstance(value, bytes) else struct.pack("<d", value)
    head = (
        struct.pack("<HHH", row, column, style) + stored + b"\x00\x00" + (b"\x00" * 4 if sort == 6 else b"")
    )
    return rec(sort, head + struct.pack("<H", len(tokens)) + tokens)


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    """Return a NUMBER record."""
    return rec(0x203, struct.pack("<HHHd", row, column, style, value))


def shared(row: int, column: int, place: int, style: int = 0) -> bytes:
    """Return a LABELSST record: a cell with the shared text at ``place``."""
    return rec(0xFD, struct.pack("<HHHI", row, column, style, place))


def workbook(
    *cells: bytes,
    texts: Iterable[bytes] = (),
    fonts: Iterable[bytes] = (),
    styles: Iterable[bytes] = (),
    before: bytes = b"",
    version: int = 0x600,
    name: str = "Biểu 01",
    sort: int = 0x10,
) -> bytes:
    """Return the stream of a workbook of one sheet; ``before`` are further records of the workbook."""
    bof = struct.pack("<HHHHII", version, 5, 0, 0, 0, 0)
    letters = text8(name)
    label = letters[:1] + letters[2:] if version == 0x600 else bytes([len(name)]) + name.encode("cp1252")
    shared_texts = list(texts)
    head = rec(0x809, bof) + before + b"".join(fonts or [font()]) + b"".join(styles or [style()])
    strings = rec(0xFC, struct.pack("<II", len(shared_texts), len(shared_texts)) + b"".join(shared_texts))
    size = len(head) + 4 + 6 + len(label) + (len(strings) if shared_texts else 0) + 4
    sheet = rec(0x85, struct.pack("<IBB", size, 0, 0) + label)
    body = rec(0x809, bof[:2] + struct.pack("<H", sort) + bof[4:]) + b"".join(cells) + rec(0x0A)
    return head + sheet + (strings if shared_texts else b"") + rec(0x0A) + body


def xls(*cells: bytes, **options: object) -> bytes:
    """Return an xls file of one sheet; see `workbook` for the options."""
    return compound({"Workbook": workbook(*cells, **options)})  # type: ignore[arg-type]


def locked(stream: bytes, filepass: bytes, encrypt: Callable[[int, int, bytes], bytes]) -> bytes:
    """Return a workbook stream with its records encrypted.

    ``encrypt`` takes place, length and content of a record. The places of the sheets move by the length of
    the FILEPASS record, which stands behind the first.
    """
    lock = rec(0x2F, filepass)
    out, at, into = b"", 0, 0
    while at + 4 <= len(stream):
        sort, length = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + length]
        if sort == 0x85:
            body = struct.pack("<I", struct.unpack_from("<I", body)[0] + len(lock)) + body[4:]
        into = len(out) + 4
        plain = length if sort == 0x809 else 4 if sort == 0x85 else 0
        out += stream[at : at + 4] + body[:plain] + encrypt(into, length, body)[plain:]
        out += lock if not at else b""
        at += 4 + length
    return out


# -- xlsb ----------------------------------------------------------------------------------------

_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def brt(sort: int, body: bytes = b"") -> bytes:
    """Return a record of BIFF12."""
    kind = bytes([sort]) if sort < 0x80 else bytes([sort & 0x7F | 0x80, sort >> 7])
    size, length = b"", len(body)
    while length > 0x7F:
        size, length = size + bytes([length & 0x7F | 0x80]), length >> 7
    return kind + size + bytes([length]) + body


def wide(text: str) -> bytes:
    """Return an XLWideString."""
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def rich(text: str, *runs: tuple[int, int]) -> bytes:
    """Return a RichStr; a run is (first letter, font)."""
    tail = struct.pack("<I", len(runs)) + b"".join(struct.pack("<HH", *run) for run in runs) if runs else b""
    return (b"\x01" if runs else b"\x00") + wide(text) + tail


def brt_row(place: int, height: int = 300, flags: int = 0) -> bytes:
    """Return a BrtRowHdr record."""
    return brt(0, struct.pack("<IIHBBBI", place, 0, height, 0, flags, 0, 0))


def brt_font(*, struck: bool = False, raised: int = 0) -> bytes:
    """Return a BrtFont record."""
    return brt(43, struct.pack("<HHHH", 220, 8 if struck else 0, 400, raised) + b"\x00" * 13 + wide("Arial"))


def brt_style(font: int = 0, format_: int = 0) -> bytes:
    """Return a BrtXF record."""
    return brt(47, struct.pack("<HHHHH", 0, format_, font, 0, 0) + b"\x00" * 6)


def styles_part(
    fonts: Iterable[bytes] = (), styles: Iterable[bytes] = (), formats: Iterable[bytes] = ()
) -> bytes:
    """Return the part of styles."""
    of_cells = brt(617, struct.pack("<I", 1)) + b"".join(styles) + brt(618)
    return (
        brt(278)
        + b"".join(formats)
        + b"".join(fonts)
        + brt(626)
        + brt_style(9, 9)
        + brt(627)
        + of_cells
        + brt(279)
    )


def relations(*found: tuple[str, str, str], prefix: str = "") -> str:
    """Return a part of relationships; each is (id, last word of its type, target)."""
    p = f"{prefix}:" if prefix else ""
    name = f":{prefix}" if prefix else ""
    each = "".join(
        f'<{p}Relationship Id="{id_}" Type="{_TYPES}/{sort}" Target="{target}"'
        f"{' TargetMode=' + chr(34) + 'External' + chr(34) if sort == 'externalLinkPath' else ''}/>"
        for id_, sort, target in found
    )
    return f'<{p}Relationships xmlns{name}="{_RELATIONS}">{each}</{p}Relationships>'


def bundle(name: str, relation: str = "rId1", state: int = 0) -> bytes:
    """Return a BrtBundleSh record: a sheet of the workbook."""
    return brt(156, struct.pack("<II", state, 1) + wide(relation) + wide(name))


def sheet_part(*records: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    """Return the part of a sheet; ``before`` and ``after`` stand around its cells."""
    return brt(129) + before + brt(145) + b"".join(records) + brt(146) + after + brt(130)


def xlsb(
    sheet: bytes,
    *,
    texts: Sequence[bytes] = (),
    styles: bytes = b"",
    more: Mapping[str, bytes | str] | None = None,
    bundles: bytes | None = None,
    before: bytes = b"",
    leads: Sequence[tuple[str, str, str]] = (),
    folder: str = "xl",
    name: str = "workbook.bin",
    prefix: str = "",
    slash: str = "/",
) -> bytes:
    """Return an xlsb file of one sheet; ``more`` are parts, ``leads`` relationships of the workbook."""
    names = bundle("Biểu 01") if bundles is None else bundles
    found = [
        ("rId1", "worksheet", f"worksheets{slash}sheet1.bin"),
        ("rId2", "sharedStrings", "sharedStrings.bin"),
        ("rId3", "styles", "styles.bin"),
        *leads,
    ]
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations(("rId1", "officeDocument", f"{folder}{slash}{name}"), prefix=prefix),
        f"{folder}/{name}": brt(131) + before + brt(143) + names + brt(144) + brt(132),
        f"{folder}/_rels/{name}.rels": relations(*found, prefix=prefix),
        f"{folder}/worksheets/sheet1.bin": sheet,
        f"{folder}/sharedStrings.bin": brt(159) + b"".join(brt(19, text) for text in texts) + brt(160),
        **(more or {}),
    }
    if styles:
        parts[f"{folder}/styles.bin"] = styles
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, content in parts.items():
            archive.writestr(place, content)
    return out.getvalue()
