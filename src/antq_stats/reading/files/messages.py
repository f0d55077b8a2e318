"""Attachments of e-mail messages (MIME, RFC 2045 to 2049), and whether they are complete.

The text of a message, small pictures in it and its digital signature are not attachments.
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
"""The line that mail programs write before a stored message (mbox)."""
_ENCODING = re.compile(r'[\s"]*([a-z0-9-]+)')
_SIGNATURES = frozenset(
    ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
)
_SIGNED = (".p7s", ".asc", ".sig")
_LETTERS = frozenset(("plain", "html", "enriched", "calendar", "x-amp-html"))
"""Subtypes of text in which the text of a message is written."""
_DECORATION = 40_000
"""Maximum size in bytes of a picture that counts as a logo; a photograph of a return is larger."""
_TABLE_LINES = 3
"""Minimum number of lines of a table."""
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
_UNENDED = "CloseBoundaryNotFoundDefect"

T = TypeVar("T")


class _Part(NamedTuple):
    """An attachment."""

    part: EmailMessage
    is_whole: bool
    """False if the message was cut off inside this part."""


def is_message(data: bytes) -> bool:
    """Return whether bytes begin with the headers of a message (RFC 5322)."""
    head = _HEADERS.match(_without_prefix(data[:_HEAD]))
    return head is not None and _SENT.search(head[0]) is not None and _MIME.search(head[0]) is not None


def _without_prefix(data: bytes) -> bytes:
    data = data.removeprefix(b"\xef\xbb\xbf")
    found = _PREFIX.match(data)
    return data[found.end() :] if found else data


class Message:
    """A message with its attachments, including those of messages forwarded in it.

    Parameters
    ----------
    data : the bytes of the message.

    Attributes
    ----------
    is_truncated : True if the message lost its end, or another message follows it. Attachments may be
        missing.

    Raises
    ------
    FileProblem
        F102 if the structure of the message is damaged.
    """

    def __init__(self, data: bytes) -> None:
        self.is_truncated = False
        try:
            self._parts = list(self._attachments(_parsed(_without_prefix(data))))
        except (MemoryError, RecursionError):
            raise
        except Exception as error:  # the header parser raises many kinds of exceptions
            raise FileProblem("F102", problem="archive-damaged") from error

    def files(self) -> list[tuple[str, int]]:
        """Return name and size of every attachment; the size is that of its encoded text."""
        return [(_name(part, number), _size(part)) for number, (part, _) in enumerate(self._parts)]

    def content(self, number: int) -> bytes:
        """Return the bytes of an attachment.

        Raises
        ------
        FileProblem
            F102 if the attachment is incomplete or damaged, or does not exist.
        """
        if number >= len(self._parts):
            raise FileProblem("F102", problem="archive-damaged")
        part, is_whole = self._parts[number]
        data = _decoded(part) if is_whole else None
        if data is None:
            raise FileProblem("F102", problem="archive-damaged")
        return data

    def _attachments(self, message: EmailMessage) -> Iterator[_Part]:
        """Yield the attachments in the order of the message, and set `is_truncated`."""
        waiting: list[tuple[EmailMessage, bool, bool, bool]] = [(message, False, True, True)]
        while waiting:
            part, is_decoration, is_first, is_whole = waiting.pop()
            if not part.is_multipart():
                is_logo = is_decoration and _is_small_picture(part)
                if not is_logo and not _is_letter(part, is_first=is_first):
                    yield _Part(part, is_whole)
                continue
            parts = list(part.get_payload())
            if (inner := _encoded_message(part)) is not None:
                parts = [inner]
            is_truncated = any(type(defect).__name__ == _UNENDED for defect in part.defects)
            goes_on = _MIME.search((part.epilogue or "").encode("ascii", "replace")) is not None
            self.is_truncated |= is_truncated or goes_on
            is_related = _header_or(part.get_content_subtype, "") == "related"
            waiting += [
                (
                    child,
                    is_related and at > 0,
                    not at,
                    is_whole and not (is_truncated and at == len(parts) - 1),
                )
                for at, child in reversed(list(enumerate(parts)))
            ]


def _parsed(data: bytes) -> EmailMessage:
    import email.policy  # late: most folders hold no messages

    try:
        return email.message_from_bytes(data, policy=email.policy.default)
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001 - headers that the strict parser cannot read
        return cast("EmailMessage", email.message_from_bytes(data, policy=email.policy.compat32))


def _header_or(read: Callable[[], T], default: T) -> T:
    """Return the result of reading a header; the default if the header cannot be parsed."""
    try:
        return read()
    except Exception:  # noqa: BLE001 - the header parser raises many kinds of exceptions
        return default


def _encoding(part: EmailMessage) -> str:
    header = _header_or(lambda: str(part.get("content-transfer-encoding", "")), "")
    match = _ENCODING.match(header.lower())
    return match[1] if match else ""


def _encoded_message(part: EmailMessage) -> EmailMessage | None:
    """Return a forwarded message that is encoded as a whole; None if the part is none.

    RFC 2046 does not allow this, but some programs do it. If it cannot be decoded, an attachment that
    cannot be read is returned, so that it is reported.
    """
    is_encoded = _encoding(part) in ("base64", "quoted-printable")
    if _header_or(part.get_content_maintype, "") != "message" or not is_encoded:
        return None
    inner = cast("list[EmailMessage]", part.get_payload())[0]
    text = inner.get_payload()
    if _encoding(part) == "base64" and isinstance(text, str) and not inner.keys():
        data = _from_base64(text.encode("ascii", "replace"))
        if data is not None and is_message(data):
            return _parsed(data)
    lost = type(part)()
    lost["Content-Type"] = "application/octet-stream"
    lost["Content-Disposition"] = 'attachment; filename="message.eml"'
    lost["Content-Transfer-Encoding"] = "base64"
    lost.set_payload("!")
    return lost


def _is_letter(part: EmailMessage, *, is_first: bool) -> bool:
    """Return whether a part is the text or the signature of the message, and not an attachment."""
    name = _header_or(part.get_filename, None)
    if _header_or(part.get_content_type, "") in _SIGNATURES:
        return name is None or name.lower().endswith(_SIGNED)
    if name is not None or _header_or(part.get_content_disposition, None) == "attachment":
        return False
    if _header_or(part.get_content_maintype, "text") != "text":
        return False
    subtype = _header_or(part.get_content_subtype, "plain")
    return subtype in _LETTERS and (subtype != "plain" or is_first or not _holds_table(part))


def _holds_table(part: EmailMessage) -> bool:
    """Return whether a text is a table: several lines with the same number of delimiters."""
    lines = [line for line in (_text(part) or "").splitlines()[:200] if line.strip()]
    counts = [max(line.count(sign) for sign in ",;\t") for line in lines]
    return any(count >= 2 and counts.count(count) >= _TABLE_LINES for count in set(counts))


def _is_small_picture(part: EmailMessage) -> bool:
    return _header_or(part.get_content_maintype, "") == "image" and _size(part) * 3 // 4 <= _DECORATION


def _name(part: EmailMessage, number: int) -> str:
    name = str(_header_or(part.get_filename, None) or "").replace("\\", "/").rpartition("/")[2].strip()
    stem = name.lstrip(". ")  # an attachment must not become a hidden file
    if stem and ("." in stem or not name.startswith(".")):
        return stem
    from mimetypes import guess_extension

    suffix = f".{stem}" if stem else guess_extension(_header_or(part.get_content_type, ""))
    return f"{number + 1}{suffix or ''}"


def _size(part: EmailMessage) -> int:
    return len(_text(part) or "")


def _text(part: EmailMessage) -> str | None:
    """Return the encoded text of a part as it is in the message; None if it cannot be read."""
    text = _header_or(part.get_payload, None)
    return text if isinstance(text, str) else None


def _decoded(part: EmailMessage) -> bytes | None:
    """Return the decoded bytes of a part; None if they are damaged or incomplete."""
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
    data = _header_or(lambda: part.get_payload(decode=True), None)
    return data if isinstance(data, bytes) and not part.defects else None


def _from_base64(text: bytes) -> bytes | None:
    """Decode base64, ignoring white space (RFC 2045); return None if it has any other character."""
    text = b"".join(text.split())
    if len(text) % 4 or not _BASE64.fullmatch(text):
        return None
    return binascii.a2b_base64(text)
