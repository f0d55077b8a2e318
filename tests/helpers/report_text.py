"""The words of a report in any format."""

from __future__ import annotations

import html
import re
import zipfile
from pathlib import Path
from xml.sax.saxutils import unescape


def text_of(path: Path) -> str:
    """Return all text of a report, without markup."""
    if path.suffix == ".md":
        return re.sub(r"\\([\\|*_`<>\[\]~&#])", r"\1", path.read_text("utf-8"))
    if path.suffix == ".html":
        return html.unescape(re.sub(r"<[^>]+>", "|", path.read_text("utf-8")))
    with zipfile.ZipFile(path) as parts:
        names = [name for name in parts.namelist() if name.endswith(".xml")]
        found = "|".join(re.sub(r"<[^>]+>", "|", parts.read(name).decode("utf-8")) for name in names)
    return unescape(found, {"&quot;": '"'}).replace("\u00a0", " ")
