"""What is attached to a message (MIME, RFC 2045 to 2049), and whether it came whole.

The text of the letter, small pictures in it and its signature are no files that somebody sent.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from antq_stats.reading.files.container import FileProblem

if TYPE_CHECKING:
    from email.message import EmailMessage

_HEAD = 1 << 16
_HEADERS = re.compile(rb"\s*(?:[!-9;-~]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)+")
_SENT = re.compile(rb"^(?:from|date|subject|received):", re.IGNORECASE | re.MULTILINE)
_MIME = re.compile(rb"^(?:mime-version|content-type):", re.IGNORECASE | re.MULTILINE)
_PREFIX = re.compile(rb"\s*(?:From [^\r\n]*\r?\n)?")
"""The line that mail programs put before a message they keep."""
_ENCODING = re.compile(r'[\s"]*([a-z0-9-]+)')
_SIGNATURES = frozenset(
    ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
)
_SIGNED = (".p7s", ".asc", ".sig")
_LETTERS = frozenset(("plain", "html", "enriched", "calendar", "x-amp-html"))
"""Kinds of text that letters are written in."""
_DECORATION = 40_000
"""Bytes up to which a picture in a letter is a logo; a photograph of a return has more."""
_TABLE_LINES = 3
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
_UNENDED = "CloseBoundaryNotFoundDefect"

T = TypeVar("T")


class _Part(NamedTuple):
    """One file of a message."""

    part: EmailMessage
    is_whole: bool


def is_message(data: bytes) -> bool:
    """Tell whether bytes begin with the headers of a message (RFC 5322)."""
    head = _HEADERS.match(_without_prefix(data[:_HEAD]))
    return head is not None and _SENT.search(head[0]) is not None and _MIME.search(head[0]) is not None


def _without_prefix(data: bytes) -> bytes:
    data = data.removeprefix(b"\xef\xbb\xbf")
    found = _PREFIX.match(data)
    return data[found.end() :] if found else data


class Message:
    """A message with its attachments, those of messages forwarded in it too.

    ``is_truncated``: it has lost its end, or goes on behind it, so more may have been sent than is there.

    Raises
    ------
    FileProblem
        F102: its structure cannot be made out.
    """

    def __init__(self, data: bytes) -> None:
        self.is_truncated = False
        try:
            self._parts = list(self._attached(_parsed(_without_prefix(data))))
        except (MemoryError, RecursionError):
            raise
        except Exception as error:  # the parser of headers raises many kinds on hostile ones
            raise FileProblem("F102", problem="archive-damaged") from error

    def files(self) -> list[tuple[str, int]]:
        """Return name and size of every file; the size is that of its text in the message."""
        return [(_name(part, number), _size(part)) for number, (part, _) in enumerate(self._parts)]

    def content(self, number: int) -> bytes:
        """Return the bytes of a file; raise F102 where not all of them came, or it is not there."""
        if number >= len(self._parts):
            raise FileProblem("F102", problem="archive-damaged")
        part, is_whole = self._parts[number]
        data = _decoded(part) if is_whole else None
        if data is None:
            raise FileProblem("F102", problem="archive-damaged")
        return data

    def _attached(self, message: EmailMessage) -> Iterator[_Part]:
        waiting: list[tuple[EmailMessage, bool, bool, bool]] = [(message, False, True, True)]
        while waiting:
            part, is_decoration, is_first, is_whole = waiting.pop()
            if not part.is_multipart():
                is_part_of_it = is_decoration and _is_small_picture(part)
                if not is_part_of_it and not _is_letter(part, is_first=is_first):
                    yield _Part(part, is_whole)
                continue
            parts = list(part.get_payload())
            if (inner := _packed_message(part)) is not None:
                parts = [inner]
            is_truncated = any(type(one).__name__ == _UNENDED for one in part.defects)
            goes_on = _MIME.search((part.epilogue or "").encode("ascii", "replace")) is not None
            self.is_truncated |= is_truncated or goes_on
            is_related = _asked(part.get_content_subtype, "") == "related"
            waiting += [
                (one, is_related and at > 0, not at, is_whole and not (is_truncated and at == len(parts) - 1))
                for at, one in reversed(list(enumerate(parts)))
            ]


def _parsed(data: bytes) -> EmailMessage:
    import email.policy  # most folders hold no message

    try:
        return email.message_from_bytes(data, policy=email.policy.default)
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001 - headers that the parser of today's standards cannot read
        return cast("EmailMessage", email.message_from_bytes(data, policy=email.policy.compat32))


def _asked(question: Callable[[], T], otherwise: T) -> T:
    """Return what a part says of itself; a header that nobody can read says nothing."""
    try:
        return question()
    except Exception:  # noqa: BLE001 - the parser of headers raises many kinds on hostile ones
        return otherwise


def _encoding(part: EmailMessage) -> str:
    said = _ENCODING.match(_asked(lambda: str(part.get("content-transfer-encoding", "")), "").lower())
    return said[1] if said else ""


def _packed_message(part: EmailMessage) -> EmailMessage | None:
    """Return a forwarded message that was encoded, which no standard allows and some programs do."""
    is_packed = _encoding(part) in ("base64", "quoted-printable")
    if _asked(part.get_content_maintype, "") != "message" or not is_packed:
        return None
    inner = cast("list[EmailMessage]", part.get_payload())[0]
    text = inner.get_payload()
    if _encoding(part) == "base64" and isinstance(text, str) and not inner.keys():
        data = _from_base64(text.encode("ascii", "replace"))
        if data is not None and is_message(data):
            return _parsed(data)
    lost = type(part)()  # it came, and nobody can read it
    lost["Content-Type"] = "application/octet-stream"
    lost["Content-Disposition"] = 'attachment; filename="message.eml"'
    lost["Content-Transfer-Encoding"] = "base64"
    lost.set_payload("!")
    return lost


def _is_letter(part: EmailMessage, *, is_first: bool) -> bool:
    name = _asked(part.get_filename, None)
    if _asked(part.get_content_type, "") in _SIGNATURES:
        return name is None or name.lower().endswith(_SIGNED)
    if name is not None or _asked(part.get_content_disposition, None) == "attachment":
        return False
    if _asked(part.get_content_maintype, "text") != "text":
        return False
    subtype = _asked(part.get_content_subtype, "plain")
    return subtype in _LETTERS and (subtype != "plain" or is_first or not _holds_table(part))


def _holds_table(part: EmailMessage) -> bool:
    """Tell whether a text is a table: some lines with the same number of delimiters."""
    lines = [line for line in (_text(part) or "").splitlines()[:200] if line.strip()]
    counts = [max(line.count(sign) for sign in ",;\t") for line in lines]
    return any(count >= 2 and counts.count(count) >= _TABLE_LINES for count in set(counts))


def _is_small_picture(part: EmailMessage) -> bool:
    return _asked(part.get_content_maintype, "") == "image" and _size(part) * 3 // 4 <= _DECORATION


def _name(part: EmailMessage, number: int) -> str:
    said = str(_asked(part.get_filename, None) or "").replace("\\", "/").rpartition("/")[2]
    stem = said.strip().lstrip(". ")  # an attachment is no hidden file
    if stem and ("." in stem or not said.strip().startswith(".")):
        return stem
    from mimetypes import guess_extension

    suffix = f".{stem}" if stem else guess_extension(_asked(part.get_content_type, ""))
    return f"{number + 1}{suffix or ''}"


def _size(part: EmailMessage) -> int:
    return len(_text(part) or "")


def _text(part: EmailMessage) -> str | None:
    """Return the text that a part is written as in the message; None where nobody can read it."""
    text = _asked(part.get_payload, None)
    return text if isinstance(text, str) else None


def _decoded(part: EmailMessage) -> bytes | None:
    """Return the bytes of a file; None where what came cannot be all of it."""
    encoding = _encoding(part)
    text = _text(part)
    if text is None:
        return None
    if encoding == "base64":
        return _from_base64(text.encode("ascii", "replace"))
    if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
        lines = text.splitlines()
        begun = sum(line.startswith("begin ") for line in lines)
        if begun != 1 or "end" not in [line.strip() for line in lines]:
            return None
    data = _asked(lambda: part.get_payload(decode=True), None)
    return data if isinstance(data, bytes) and not part.defects else None


def _from_base64(text: bytes) -> bytes | None:
    """Return what base64 says, white space left out (RFC 2045); None where any other sign stands in it."""
    text = b"".join(text.split())
    if len(text) % 4 or not _BASE64.fullmatch(text):
        return None
    return binascii.a2b_base64(text)
