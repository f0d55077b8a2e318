"""Hooks of mkdocs: pages from files outside docs/, and the language of each page.

CONTRIBUTING.md, CHANGELOG.md and others stand where people look for them in a repository. The site shows
them too. Links in all pages are written for the repository; here those that leave docs/ are turned to the
page of the site that shows the same file.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent

PAGES = {
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "LICENSE": "licence.md",
    "benchmarks/PROFILE.md": "profile.md",
    "benchmarks/README.md": "measuring.md",
    "benchmarks/RESULTS.md": "benchmarks.md",
    "data/samples/README.md": "samples.md",
    "src/antq_stats/forms/antq-2021.toml": "antq-2021-toml.md",
    "src/antq_stats/forms/antq-2025.toml": "antq-2025-toml.md",
}
"""Files of the repository -> pages of the site."""

ALIASES = {"README.md": "index.md", "README.vi.md": "vi/index.md"}
"""Files that the site does not show, and the page that says the same."""

PICTURES = {"benchmarks/cost.svg": "pictures/cost.svg"}
"""Pictures that those pages show."""

TITLES = {
    "LICENSE": "Giấy phép · Licence",
    "src/antq_stats/forms/antq-2021.toml": "antq-2021.toml",
    "src/antq_stats/forms/antq-2025.toml": "antq-2025.toml",
}
"""Titles of pages that are no Markdown."""

_PICTURE = re.compile(r"(?<!\[)!\[[^\]]*\]\(([^)\s]+\.svg)\)")
"""A picture; on the site it opens at its full size."""

_LINK = re.compile(r"(\]\()([^)#\s]+)((?:#[^)]*)?\))")


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages from outside docs/."""
    from mkdocs.structure.files import File

    for source, page in PAGES.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=_as_page(source, text)))
    for source, target in PICTURES.items():
        files.append(File.generated(config, target, abs_src_path=str(ROOT / source)))
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:  # noqa: ANN401 - mkdocs' own
    """Turn links that leave docs/ to pages of the site; let pictures open at their full size."""
    here = page.file.src_uri
    sources = {page: source for source, page in PAGES.items()}
    at = posixpath.dirname(sources.get(here, f"docs/{here}"))

    def turned(link: re.Match[str]) -> str:
        if ":" in link[2]:
            return link[0]
        target = posixpath.normpath(posixpath.join(at, link[2]))
        within = (
            PAGES.get(target) or PICTURES.get(target) or ALIASES.get(target) or target.removeprefix("docs/")
        )
        return f"{link[1]}{posixpath.relpath(within, posixpath.dirname(here) or '.')}{link[3]}"

    return _PICTURE.sub(r"[\g<0>](\1)", _LINK.sub(turned, markdown))


def on_page_context(context: dict[str, Any], *, page: Page, config: MkDocsConfig, **_: Any) -> dict[str, Any]:  # noqa: ANN401
    """Give the page and its buttons the page's language."""
    config.theme["language"] = "vi" if page.file.src_uri.startswith("vi/") else "en"
    return context


def _as_page(source: str, text: str) -> str:
    if source.endswith(".md"):
        return text
    kind = "toml" if source.endswith(".toml") else "text"
    return f"# {TITLES[source]}\n\n`{source}`\n\n```{kind}\n{text}```\n"
