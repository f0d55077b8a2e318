"""The section over several periods of a page, taken apart."""

from __future__ import annotations

import html.parser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Chart:
    """A chart of the section: its marks, and its figures as a table."""

    title: str = ""
    described: str = ""
    lines: list[str] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    dots: list[tuple[float, float, bool]] = field(default_factory=list)
    """Position across and down, and whether it is hollow."""
    texts: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


class Section(html.parser.HTMLParser):
    """The section over several periods of a page: its charts, tables, lists and words."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.page = path.read_text(encoding="utf-8")
        start = self.page.index('<h2 id="over-years">')
        self.charts: list[Chart] = []
        self.tables: list[list[list[str]]] = []
        self.bars: list[tuple[str, float]] = []
        self.items: list[str] = []
        self.tags: list[str] = []
        self._words: list[str] = []
        self._take: list[str] | None = None
        self._chart: Chart | None = None
        self.feed(self.page[start : self.page.index("</section>", start)])
        self.text = " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        kinds = given.get("class", "").split()
        self.tags.append(tag)
        if tag == "figure":
            self._chart = Chart()
        elif tag == "table" and self._chart is None:
            self.tables.append([])
        elif tag == "tr":
            (self.tables[-1] if self._chart is None else self._chart.rows).append([])
        elif tag in ("td", "th", "figcaption", "desc", "text", "li"):
            self._take = []
        elif tag == "rect" and given["height"] == "16":  # those of the key are smaller
            self.bars.append((kinds[0], float(given["width"])))
        if self._chart is not None:
            self._drawn(tag, kinds, given)

    def _drawn(self, tag: str, kinds: Sequence[str], given: Mapping[str, str]) -> None:
        assert self._chart is not None
        if tag == "polyline":
            self._chart.lines.append(given["points"])
        elif tag == "path" and "gap" in kinds:
            self._chart.gaps.append(float(given["d"][1:].partition(",")[0]))
        elif tag == "circle":
            self._chart.dots.append((float(given["cx"]), float(given["cy"]), "hollow" in kinds))

    def handle_endtag(self, tag: str) -> None:
        if tag == "figure" and self._chart is not None:
            if self._chart.dots:
                self.charts.append(self._chart)
            self._chart = None
        if self._take is None or tag not in ("td", "th", "figcaption", "desc", "text", "li"):
            return
        text, self._take = " ".join("".join(self._take).split()), None
        if tag in ("td", "th"):
            (self.tables[-1] if self._chart is None else self._chart.rows)[-1].append(text)
        elif tag == "li":
            self.items.append(text)
        elif self._chart is not None:
            if tag == "text":
                self._chart.texts.append(text)
            elif tag == "desc":
                self._chart.described = text
            else:
                self._chart.title = text

    def handle_data(self, data: str) -> None:
        self._words.append(data)
        if self._take is not None:
            self._take.append(data)

    def chart(self, title: str) -> Chart:
        (found,) = [chart for chart in self.charts if chart.title.startswith(title)]
        return found

    def row(self, table: int, label: str) -> list[str]:
        (found,) = [row for row in self.tables[table] if row[0].startswith(label)]
        return found[1:]
