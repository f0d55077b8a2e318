"""A cache of workbook layouts: a workbook with a known layout is read without searching for its tables.

A worker keeps patterns of the XML of a few workbooks in which nothing but single figures was wrong. A
workbook with the same XML apart from figures, units and titles has the same tables in the same places, so
only these are read and checked. Rows whose figures are not all plain are read cell by cell. In any other
doubt `LayoutCache.recall` returns False, and the full reader reads the workbook.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field

from antq_stats.plan import MISSING, ReadingPlan
from antq_stats.reading.checks.table_checks import CheckedTable
from antq_stats.reading.express.beside import KnownRecord, KnownTexts, Made
from antq_stats.reading.express.book_part import BookPart
from antq_stats.reading.express.figures import Counts
from antq_stats.reading.express.sheet_part import Unfit
from antq_stats.reading.express.table import KnownTable
from antq_stats.reading.express.table_builder import learn_table
from antq_stats.reading.files.cells import percentages
from antq_stats.reading.files.container import FileProblem, Package
from antq_stats.reading.files.grid import Grid, Workbook
from antq_stats.reading.files.own_output import is_own_package, saved_at
from antq_stats.reading.files.quick import strict_zip
from antq_stats.reading.files.quick.shared_strings import plain_strings
from antq_stats.reading.files.row_runs import NeedsFullReader
from antq_stats.reading.files.xlsx.book import open_xlsx
from antq_stats.reading.known_sheets.cache import SheetCache
from antq_stats.reading.reporter import MOST_OF_A_CODE, Reporter
from antq_stats.reading.returns import Return, TableReturn
from antq_stats.reading.ruled_headers import may_mean_otherwise
from antq_stats.reading.steps import NEXT, Steps, result_of
from antq_stats.reading.tables.provenance import find_provenance
from antq_stats.reading.units.mentions import unit_of_path
from antq_stats.reading.units.names import NOWHERE

_SUFFIXES = frozenset((".xlsx", ".xlsm", ".xltx", ".xltm"))
_MOST = 32
_ATTEMPTS = 4
_OFFERS = 8
_WORTH = 100
"""Files after which it pays to learn the bytes of a layout whose sheets are known: that takes 20 to 30 ms."""
_SOON = 2
"""The same where a file cannot be opened in one pass, as with formulas: that takes 3 to 6 ms each time."""
_DOUBT = 25
"""A file counts as so many if it is in doubt: the full reader takes much longer."""
_MOST_SEEN = 2_000
_STRINGS = b"xl/sharedStrings.xml"
_CORE = b"docprops/core.xml"
_SHEETS = b"xl/worksheets/"
_UNREAD = (b"docProps/", b"xl/calcChain.xml", b"xl/printerSettings/", b"xl/comments", b"xl/drawings/")
"""Parts that no reader uses, except the core properties, which show whether the tool wrote the file."""

_BOOK = b"xl/workbook.xml"

Names = tuple[bytes, ...]


@dataclass
class _Layout:
    """The layout of a workbook: which parts it has, and what they hold."""

    names: Names
    """Names of all parts, in the order of the archive."""
    fixed: list[tuple[int, tuple[strict_zip.Mark, bytes]]]
    """Position of each part that must be the same, with its mark and compressed bytes."""
    sheets: list[tuple[int, KnownTable]]
    beside: list[tuple[int, KnownTexts]]
    """The other sheets of a blank return that the tool made, but for its record."""
    record: tuple[int, KnownRecord] | None
    """The record of such a return."""
    strings: int
    core: int
    """Position of the core properties, -1 for none."""
    book: int
    """Position of the workbook part."""
    book_part: BookPart


@dataclass
class LayoutCache:
    """The layouts that one worker has learned.

    Parameters
    ----------
    plan : the reading plan.
    after : number of files with the same sheets after which the bytes of their layout are learned.
    """

    plan: ReadingPlan
    after: int = _WORTH
    recalled: int = 0
    """Number of workbooks that were read by a layout."""
    by_sheets: int = 0
    """Number of files that were read by what was known of their sheets."""
    lessons: int = 0
    """How often anything was learned."""
    faults: list[str] = field(default_factory=list)
    """Tracebacks of errors of this way of reading itself; they cost speed, never a return."""
    _known: dict[Names, list[_Layout]] = field(default_factory=dict)
    _seen: dict[object, int] = field(default_factory=dict)
    """How often workbooks of one kind came that no layout fits, by their parts."""
    _shapes: set[bytes] = field(default_factory=set)
    """The shapes of the workbook parts of all layouts."""
    _counts: Counts = field(default_factory=Counts)
    _sheets: SheetCache = field(init=False)
    _folders: dict[str, int] = field(default_factory=dict)
    _cores: dict[tuple[strict_zip.Mark, bytes], str] = field(default_factory=dict)
    """When the workbook was saved, by marks and compressed bytes of core properties that were checked."""

    def __post_init__(self) -> None:
        self._sheets = SheetCache(self.plan)

    def unit_of(self, file: str) -> int:
        """Return the unit that a file's folders and name mention, or NOWHERE; folders are looked up once."""
        folder, _, name = file.rpartition("/")
        context = self._folders.get(folder)
        if context is None:
            context = unit_of_path(self.plan.units, folder.split("/") if folder else ())
            self._folders[folder] = context
        return unit_of_path(self.plan.units, (name,), context)

    def recall(self, data: bytes, suffix: str, return_: Return) -> Steps[bool]:
        """Read a workbook if its layout is known.

        Parameters
        ----------
        data, suffix : its bytes, and the suffix of its name in lower case.
        return_ : receives the tables, the checksum and the findings.

        Returns
        -------
        bool
            False if the layout is unknown or anything is in doubt; then ``return_`` is unchanged.
        """
        if not self._known or suffix not in _SUFFIXES:
            return False
        members = strict_zip.members(data, self.plan.limits)
        if members is None:
            return False
        book: BookPart | None = None
        for layout in self._known.get(tuple([member.name for member in members]), ()):
            if any(strict_zip.written(data, members[at]) != written for at, written in layout.fixed):
                continue
            if strict_zip.written(data, members[layout.book]) != layout.book_part.written:
                book = book or BookPart(data, members[layout.book])
                if not book.says_the_same(layout.book_part, self._shapes):
                    continue
            trial = Return(return_.file)
            try:
                saved = self._saved(data, members[layout.core]) if layout.core >= 0 else ""
                trial.tables = yield from self._tables(data, members, layout, Reporter(self.plan, trial))
            except NeedsFullReader:
                continue
            except Exception:  # noqa: BLE001 - the full reader reads what this way of reading fails on
                self.faults.append(traceback.format_exc())
                continue
            if len(trial.findings) >= MOST_OF_A_CODE:
                continue
            return_.sha256 = hashlib.sha256(data).hexdigest()
            return_.tables, return_.saved, return_.made_for = trial.tables, saved, trial.made_for
            return_.findings += trial.findings
            self.recalled += 1
            return True
        return False

    def knows(self, book: Workbook) -> bool:
        """Return whether the sheets of a workbook are known."""
        return bool(self._sheets.sheets_of(book))

    def recall_sheets(self, book: Workbook, return_: Return) -> Steps[bool]:
        """Read a workbook, or a delimited text, whose sheets have known headers.

        Parameters
        ----------
        book : its sheets.
        return_ : receives the tables, the checksum and the findings.

        Returns
        -------
        bool
            False if a sheet is unknown or anything is in doubt; then ``return_`` is unchanged.
        """
        sheets = self._sheets.sheets_of(book)
        if not sheets:
            return False
        known = sheets[0][1]
        is_due = known.offers < _OFFERS and known.recalled >= self._worth(book) * (known.offers + 1)
        if is_due and book.kind == "xlsx":
            known.offers += 1  # the full reader reads it, so that the bytes are learned
            return False
        try:
            is_read = yield from self._sheets.recall(book, sheets, self.unit_of(return_.file), return_)
        except Exception:  # noqa: BLE001 - the full reader reads what this way of reading fails on
            self.faults.append(traceback.format_exc())
            is_read = False
        known.recalled += 1 if is_read else _DOUBT
        self.by_sheets += is_read
        return is_read

    def learned(self) -> bytes:
        """Return the sheets that were learned since the last call, for other workers; empty for none.

        Bytes of layouts are not among them: compiling their expressions takes as long as learning them.
        """
        return self._sheets.learned()

    def take(self, learned: bytes) -> None:
        """Take the sheets that another worker with the same plan has learned."""
        self._sheets.take(learned)

    def _tables(
        self, data: bytes, members: Sequence[strict_zip.Member], layout: _Layout, reporter: Reporter
    ) -> Steps[list[TableReturn]]:
        yield strict_zip.pause_before(members)
        texts = plain_strings(_part(data, members[layout.strings]))
        if texts is None:
            raise NeedsFullReader
        yield NEXT
        unit = self.unit_of(reporter.return_.file)
        made: Made | None = None
        if layout.record is not None:
            at, record = layout.record
            made = record.read(self.plan, _part(data, members[at]), texts)
            if unit != NOWHERE and not self.plan.units.are_related(unit, made.unit):
                raise NeedsFullReader
            reporter.return_.made_for = self.plan.units.codes[made.unit]
        for at, beside in layout.beside:
            beside.check(self.plan, _part(data, members[at]), texts)
        tables = []
        for at, known in layout.sheets:
            report = reporter.of_sheet(known.sheet)
            yield NEXT
            part = _part(data, members[at])
            table = yield from known.read(self.plan, part, texts, unit, self._counts, report)
            if made is not None and not made.lists(self.plan.units, table):
                raise NeedsFullReader
            tables.append(table)
        if made is not None and all(max(table.values) == MISSING for table in tables):
            raise NeedsFullReader
        return tables

    def _saved(self, data: bytes, member: strict_zip.Member) -> str:
        """Return when a workbook was saved; raise `NeedsFullReader` if the tool itself wrote it."""
        written = strict_zip.written(data, member)
        if written in self._cores:
            return self._cores[written]
        part = strict_zip.content(data, member)
        if part is None or is_own_package(part):
            raise NeedsFullReader
        saved = saved_at(part)
        if len(self._cores) < _MOST:
            self._cores[written] = saved
        return saved

    def learn(self, data: bytes, book: Workbook, return_: Return, read: Sequence[CheckedTable]) -> None:
        """Learn the sheets of a workbook; learn its layout if only figures were wrong and others came before.

        Parameters
        ----------
        data, book : the workbook's bytes and sheets.
        return_ : its return.
        read : its tables. Only workbooks with one table on each sheet are learned; a blank return that the
            tool made has other sheets too.
        """
        known = self._sheets.sheets_of(book)
        if not known:
            self._learn_sheets(book, return_, read)
            if learned := self._sheets.sheets_of(book):
                self.lessons += 1
                # The bytes of what cannot be opened in one pass are learned from the next file.
                learned[0][1].recalled = 0 if book.in_one_pass else min(self._worth(book), _SOON)
                return
        elif not known[0][1].offers:
            return
        if any(finding.measure is None for finding in return_.findings) or return_.unlisted:
            return
        if book.kind != "xlsx" or book.findings:
            return
        if len({table.grid.sheet for table in read}) != len(read) or any(
            table.grid.hidden or may_mean_otherwise(self.plan, table.grid) for table in read
        ):
            return
        if any(grid.legacy for grid in book.grids):
            return
        if len(read) != len(book.grids) and not return_.made_for:
            return
        members = strict_zip.members(data, self.plan.limits)
        if members is None or sum(map(len, self._known.values())) >= _MOST:
            return
        kind = tuple((member.name, _is_loose(member.name) or member.mark) for member in members)
        attempts = self._seen.get(kind, 0)
        if attempts > _ATTEMPTS or (attempts == 0 and len(self._seen) >= _MOST_SEEN):
            return
        self._seen[kind] = attempts + 1
        if attempts == 0 and not known:
            return  # compiling the patterns costs more than it saves unless more workbooks of the kind come
        try:
            layout = self._layout(data, members, book.grids, read)
        except (Unfit, NeedsFullReader, FileProblem):
            return
        except Exception:  # noqa: BLE001 - the workbook has been read
            self.faults.append(traceback.format_exc())
            return
        again = Return(return_.file)
        trial = LayoutCache(self.plan, _known={layout.names: [layout]})
        if result_of(trial.recall(data, ".xlsx", again)) and again == return_:
            self.lessons += 1
            self._known.setdefault(layout.names, []).append(layout)
            if layout.book_part.common:
                self._shapes.add(layout.book_part.shape)
        self.faults += trial.faults

    def _worth(self, book: Workbook) -> int:
        """Return after how many files with the sheets of a workbook its bytes are learned."""
        return self.after if book.in_one_pass else self.after * _SOON // _WORTH

    def _learn_sheets(self, book: Workbook, return_: Return, read: Sequence[CheckedTable]) -> None:
        try:
            self._sheets.learn(book, return_, read, self.unit_of(return_.file))
        except Exception:  # noqa: BLE001 - the workbook has been read
            self.faults.append(traceback.format_exc())

    def _layout(
        self,
        data: bytes,
        members: Sequence[strict_zip.Member],
        grids: Sequence[Grid],
        read: Sequence[CheckedTable],
    ) -> _Layout:
        package = Package(data, self.plan.limits)
        names = [member.name for member in members]
        lower = [name.lower() for name in names]
        parts = [(sheet.name, sheet.part) for sheet in open_xlsx(package).sheets]
        wanted = {_STRINGS, _BOOK, *(part.encode() for _, part in parts)}
        if len(parts) != len(grids) or not wanted <= set(names):
            raise Unfit
        styles = package.read("xl/styles.xml") if "xl/styles.xml" in package else b""
        tables = {id(table.grid): table for table in read}
        sheets: list[tuple[int, KnownTable]] = []
        beside: list[tuple[int, KnownTexts]] = []
        record: tuple[int, KnownRecord] | None = None
        for (_, part), grid in zip(parts, grids, strict=True):
            at, written, table = names.index(part.encode()), package.read(part), tables.get(id(grid))
            if any(b' s="%b"' % style in written for style in percentages.styles_of(styles)):
                raise Unfit  # in another file a figure may be formatted as a percentage
            if table is not None:
                sheets.append((at, learn_table(self.plan, written, table)))
            elif record is None and find_provenance([grid]) is not None:
                record = at, KnownRecord.learn(written, grid)
            else:
                beside.append((at, KnownTexts.learn(self.plan, written, grid)))
        fixed = [
            (at, strict_zip.written(data, member))
            for at, member in enumerate(members)
            if not _is_loose(member.name)
        ]
        book = names.index(_BOOK)
        return _Layout(
            tuple(names),
            fixed,
            sheets,
            beside,
            record,
            names.index(_STRINGS),
            lower.index(_CORE) if _CORE in lower else -1,
            book,
            BookPart(data, members[book]),
        )


def _part(data: bytes, member: strict_zip.Member) -> bytes:
    """Return a part; raise `NeedsFullReader` if it is damaged."""
    part = strict_zip.content(data, member)
    if part is None:
        raise NeedsFullReader
    return part


def _is_loose(name: bytes) -> bool:
    """Return whether a part may differ between files of a layout: figures, texts, and unread parts."""
    is_sheet = name.startswith(_SHEETS) and name.endswith(b".xml")
    return is_sheet or name in (_STRINGS, _BOOK) or name.startswith(_UNREAD)
