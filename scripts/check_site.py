"""Checks the built site: it asks nothing of any other machine, and every link inside it leads somewhere.

python scripts/check_site.py [FOLDER]      build/site unless another is named
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent

LOADED = {
    "audio": "src", "embed": "src", "iframe": "src", "img": "src", "input": "src", "link": "href",
    "object": "data", "script": "src", "source": "src", "track": "src", "video": "src",
    "image": "href", "use": "href",
}  # fmt: skip
"""Elements that make a browser fetch something, and the attribute that says what."""

_REMOTE = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_CSS = re.compile(r"url\(\s*[\"']?([^\"')]+)|@import\s+[\"']([^\"']+)")
_SCRIPT = re.compile(r"https?://[^\s\"'`<>)\\]+")

UNUSED = {
    "/mermaid@11/dist/mermaid.min.js": 'class="mermaid"',
    "/resize-observer-polyfill": "",
    "https://api.github.com/": 'data-md-component="source"',
    "https://${e}/api/v4/": 'data-md-component="source"',
    "https://bit.ly/": "",
    "https://github.com/": "",
    "http://chasen.org/": "",
    "http://msdn.microsoft.com/": "",
}
"""Addresses in the theme's scripts, or the path of one whatever its host -> the text a page must hold.

The scripts fetch an address only for such a page. Those without a text are fetched by nothing: they stand in
messages of libraries, and the polyfill is for browsers too old for the rest of the script.
"""


class Page(HTMLParser):
    """A page: its anchors, its links, and what it makes a browser fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = {"", "__top"}
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up an element."""
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if LOADED.get(tag) in values and not (
            tag == "link" and values.get("rel") in {"canonical", "prev", "next"}
        ):
            self.loaded.append(values[LOADED[tag]])
        self.loaded += [part.split()[0] for part in values.get("srcset", "").split(",") if part.strip()]
        self.loaded += [found[1] or found[2] for found in _CSS.finditer(values.get("style", ""))]


def main(arguments: list[str]) -> int:
    """Print what is wrong; return 1 where anything is."""
    site = Path(arguments[0]) if arguments else ROOT / "build" / "site"
    if len(arguments) > 1 or not (site / "index.html").is_file():
        print(__doc__, file=sys.stderr)
        return 2
    faults = [*faults_of_pages(site), *faults_of_styles_and_scripts(site)]
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(
            f"{len([*site.rglob('*.html')])} pages: no request to another machine, no link that leads nowhere"
        )
    return int(bool(faults))


def faults_of_pages(site: Path) -> Iterator[str]:
    """Yield what pages fetch from elsewhere, and their dead links."""
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        name = path.relative_to(site).as_posix()
        yield from (f"{name} loads {address}" for address in page.loaded if _REMOTE.match(address))
        if name == "404.html":  # its links are those of a server's root
            continue
        for link in [*page.links, *page.loaded]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            if not target.is_file():
                yield f"{name} links to {link}, which is not there"
            elif target in pages and unquote(parts.fragment) not in pages[target].anchors:
                yield f"{name} links to {link}, which has no such place"


def faults_of_styles_and_scripts(site: Path) -> Iterator[str]:
    """Yield what style sheets, pictures and scripts fetch from elsewhere."""
    texts = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.html"))
    for path in sorted([*site.rglob("*.css"), *site.rglob("*.svg")]):
        for found in _CSS.finditer(path.read_text(encoding="utf-8")):
            if _REMOTE.match(found[1] or found[2]):
                yield f"{path.relative_to(site).as_posix()} loads {found[1] or found[2]}"
    for path in sorted(site.rglob("*.js")):
        if path.parent.name == "search":  # the index of the pages' words
            continue
        text = re.sub(
            r"/\*.*?\*/|^//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
        )
        for address in set(_SCRIPT.findall(text)):
            needs = [need for known, need in UNUSED.items() if _is_like(address, known)]
            if not needs or (needs[0] and needs[0] in texts):
                yield f"{path.relative_to(site).as_posix()} names {address}"


def _is_like(address: str, known: str) -> bool:
    """Return whether an address begins with a known one, or is a known path on any host."""
    return urlsplit(address).path == known if known.startswith("/") else address.startswith(known)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
