"""What the checks of plausibility find: plants faults into clean returns and counts the findings.

    python scripts/detection_curves.py             writes docs/detection.md; 1 if a goal is missed
    python scripts/detection_curves.py --check     compares the page; 1 if it differs
    python scripts/detection_curves.py --tuning    prints what the seeds give on which thresholds were chosen

The returns are the samples of 2021 beside those of 2020. They are read once; faults are planted into the
values as read. A figure that the reader would refuse (a flag of 150, a figure above the measure's maximum) is
not planted, or missing in a moved row, so nothing here is found by the reader. Draws are seeded: the page is
the same every time.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import sqrt
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from antq_stats.collection.collection import Collection, Integers  # noqa: E402 - not installed
from antq_stats.collection.table_values import TableValues  # noqa: E402
from antq_stats.figures.comparison import Prior  # noqa: E402
from antq_stats.findings.finding import Finding  # noqa: E402
from antq_stats.form import Measure  # noqa: E402
from antq_stats.plan import MISSING  # noqa: E402
from antq_stats.plausibility import implausible  # noqa: E402
from antq_stats.plausibility.years import TableYears, table_years  # noqa: E402
from antq_stats.run import Result, open_period  # noqa: E402

PAGE = ROOT / "docs" / "detection.md"
SAMPLES = ROOT / "data" / "samples"
TUNING = range(1, 21)
REPORTED = range(101, 141)
PLANTED = 30
"""Faults of one draw, each in a commune of its own."""
SMALL = 5
ENOUGH = 50
"""Number of figures from which last digits are judged: four figures of a village count households."""
UNLIKE = 1.5
"""Ratio from which two figures of a row are unlike."""
FOUND, NAMED = 0.95, 0.01
"""Goals: share of the faults found, and of the other villages named."""


@dataclass(frozen=True)
class Place:
    """What a fault is planted into: the rows of one commune, and one of them."""

    values: Integers
    """n x m, changed in place."""
    rows: Sequence[int]
    row: int
    columns: tuple[int, ...]
    """Column of each measure on the sheet of the row."""
    others: Sequence[Sequence[int]]
    """The rows of the communes without a fault."""


@dataclass(frozen=True)
class Samples:
    """The village table of the samples, beside last year."""

    result: Result
    before: Prior

    @classmethod
    def read(cls) -> Samples:
        """Read both years."""
        earlier, now = (open_period(SAMPLES / year).run() for year in ("2020", "2021"))
        return cls(now, now.compare(earlier))

    @property
    def collection(self) -> Collection:
        """The returns of the later year."""
        return self.result.collection

    @property
    def table(self) -> TableValues:
        """The table of the villages."""
        return self.collection.tables[0]

    @cached_property
    def communes(self) -> list[list[int]]:
        """The rows of each commune, in the order of the table."""
        rows: dict[int, list[int]] = {}
        for row, unit in enumerate(self.table.units.tolist()):
            rows.setdefault(self.collection.register.units.parents[unit], []).append(row)
        return list(rows.values())

    @cached_property
    def row_of(self) -> dict[str, int]:
        """The row of each village, by its code."""
        codes = self.collection.register.units.codes
        return {codes[unit]: row for row, unit in enumerate(self.table.units.tolist())}

    def place(
        self, values: Integers, rows: Sequence[int], row: int, others: Sequence[Sequence[int]]
    ) -> Place:
        """Return a place to plant a fault."""
        origin = self.table.origins[self.table.sources.at(row, 0)]
        return Place(values, rows, row, origin.columns, others)

    def findings(self, values: Integers, *, alone: bool = False) -> list[Finding]:
        """Return what is found if the village table has other values, beside last year or alone."""
        tables = (replace(self.table, values=values), *self.collection.tables[1:])
        return list(implausible(replace(self.collection, tables=tables), None if alone else self.before))

    def rows_named(self, finding: Finding) -> list[int]:
        """Return the rows that a finding names: one, or those of a commune's sheet."""
        if finding.unit in self.row_of:
            return [self.row_of[finding.unit]]
        at = self.collection.register.units.by_code.get(finding.unit or "")
        named = [rows for rows in self.communes if self.parent(rows[0]) == at]
        return [row for rows in named for row in rows]

    @cached_property
    def years(self) -> TableYears:
        """The village table beside last year."""
        return table_years(self.table, self.before, self.collection.form.plausibility)

    def district(self, row: int) -> int:
        """Return the position of the district of a row."""
        return self.collection.register.units.parents[self.parent(row)]

    def parent(self, row: int) -> int:
        """Return the position of the commune of a row."""
        return self.collection.register.units.parents[int(self.table.units[row])]


Plant = Callable[[Samples, Place, Random], "tuple[int, ...] | None"]
"""Plants a fault and returns the measures it is in; None if the place does not suit."""


@dataclass(frozen=True)
class Fault:
    """A kind of fault."""

    name: str
    words: tuple[str, str]
    """In Vietnamese and in English."""
    codes: tuple[str, ...]
    """The checks that are made for it."""
    plant: Plant
    of_sheet: bool = False
    goal: bool = False
    alone: bool = False
    """Whether last year is not known."""


@dataclass
class Count:
    """What came of the faults of one kind."""

    planted: int = 0
    found: int = 0
    by_own: int = 0
    others: int = 0
    """Villages without a fault."""
    named: int = 0
    """Those of them that a finding names."""
    by_measure: Counter[tuple[str, bool]] = field(default_factory=Counter)


# ------------------------------------------------------------------------------------------ faults


def counts_of(samples: Samples, place: Place) -> list[int]:
    """Return the measures that are counts and were given in a row."""
    row = place.values[place.row]
    measures = samples.table.measures
    return [at for at, measure in enumerate(measures) if measure.kind == "count" and row[at] != MISSING]


def as_read(measure: Measure, value: int) -> int:
    """Return a value as the reader takes it: missing where it refuses it."""
    most = 1 if measure.kind == "flag" else measure.greatest
    is_taken = value != MISSING and value >= measure.least and (most is None or value <= most)
    return value if is_taken else MISSING


def scaled(factor: float) -> Plant:
    """Return a fault that multiplies one value."""

    def plant(samples: Samples, place: Place, random: Random) -> tuple[int, ...] | None:
        at = random.choice(counts_of(samples, place))
        old = int(place.values[place.row, at])
        new = as_read(samples.table.measures[at], round(old * factor))
        if new == MISSING or abs(new - old) <= SMALL:
            return None
        place.values[place.row, at] = new
        return (at,)

    return plant


def shifted(by: int) -> Plant:
    """Return a fault that moves the figures of a row by a column."""

    def plant(samples: Samples, place: Place, random: Random) -> tuple[int, ...] | None:
        del random
        old = place.values[place.row].copy()
        at = {column: measure for measure, column in enumerate(place.columns) if column >= 0}
        for column, measure in at.items():
            moved = int(old[at[column - by]]) if column - by in at else MISSING
            place.values[place.row, measure] = as_read(samples.table.measures[measure], moved)
        return tuple(at.values())

    return plant


def swapped(*, sheet: bool, unlike: bool) -> Plant:
    """Return a fault that exchanges two columns of counts, in a row or in all rows of a commune."""

    def plant(samples: Samples, place: Place, random: Random) -> tuple[int, ...] | None:
        first, second = random.sample(counts_of(samples, place), 2)
        rows = list(place.rows) if sheet else [place.row]
        sums = place.values[rows][:, [first, second]].sum(axis=0)
        low, high = sorted(sums.tolist())
        if (len(rows) < 3 and sheet) or high - low <= SMALL * len(rows) or (unlike and high < UNLIKE * low):
            return None
        measures = samples.table.measures
        for row in rows:
            old = place.values[row, first], place.values[row, second]
            place.values[row, second] = as_read(measures[second], int(old[0]))
            place.values[row, first] = as_read(measures[first], int(old[1]))
        return first, second

    return plant


def persons(samples: Samples, place: Place, random: Random) -> tuple[int, ...] | None:
    """Plant persons where households are asked for, in all rows of a commune."""
    measures = samples.table.measures
    at = random.choice([at for at in counts_of(samples, place) if measures[at].unit == measures[0].unit])
    size = 3.6 + 1.0 * random.random()
    for row in place.rows:
        value = round(int(place.values[row, at]) * (size - 0.3 + 0.6 * random.random()))
        place.values[row, at] = as_read(measures[at], value)
    return (at,)


def sum_of_others(samples: Samples, place: Place, random: Random) -> tuple[int, ...] | None:
    """Plant the sum of the other villages of the commune."""
    return _sum(samples, place, random, [row for row in place.rows if row != place.row])


def sum_so_far(samples: Samples, place: Place, random: Random) -> tuple[int, ...] | None:
    """Plant the sum of the rows above."""
    return _sum(samples, place, random, [row for row in place.rows if row < place.row])


def _sum(samples: Samples, place: Place, random: Random, rows: list[int]) -> tuple[int, ...] | None:
    at = random.choice(counts_of(samples, place))
    total = int(place.values[rows, at].sum())
    if len(rows) < 3 or as_read(samples.table.measures[at], total) == MISSING or total <= 20:
        return None
    place.values[place.row, at] = total
    return (at,)


def of_last_year(part: float) -> Plant:
    """Return a fault that sends last year's figures of a commune again, but for a part of them."""

    def plant(samples: Samples, place: Place, random: Random) -> tuple[int, ...] | None:
        changed = False
        for row in place.rows:
            for at in counts_of(samples, replace(place, row=row)):
                then, known = samples.years.then[row, at], samples.years.known[row, at]
                if known and random.random() < part:
                    changed |= bool(place.values[row, at] != then)
                    place.values[row, at] = then
        return tuple(range(len(samples.table.measures))) if changed else None

    return plant


def of_another(part: float) -> Plant:
    """Return a fault that sends the figures of another commune of the district, but for a part of them."""

    def plant(samples: Samples, place: Place, random: Random) -> tuple[int, ...] | None:
        district = samples.district(place.row)
        near = [
            rows
            for rows in place.others
            if samples.district(rows[0]) == district and len(rows) >= len(place.rows)
        ]
        if not near:
            return None
        for row, other in zip(place.rows, random.choice(near), strict=False):
            for at in counts_of(samples, replace(place, row=row)):
                if random.random() < part:
                    place.values[row, at] = samples.table.values[other, at]
        return tuple(range(len(samples.table.measures)))

    return plant


def rounded(samples: Samples, place: Place, random: Random) -> tuple[int, ...] | None:
    """Plant figures rounded to 0 or 5 in all rows of a commune."""
    del random
    counts = counts_of(samples, place)
    if 4 * len(place.rows) < ENOUGH:
        return None
    for row in place.rows:
        for at in counts:
            value = int(place.values[row, at])
            if value >= 10:
                place.values[row, at] = as_read(samples.table.measures[at], 5 * round(value / 5))
    return tuple(range(len(samples.table.measures)))


SIZES = {
    "+20 %": scaled(1.2),
    "−20 %": scaled(0.8),
    "+50 %": scaled(1.5),
    "−50 %": scaled(0.5),
    "+100 %": scaled(2.0),
    "−100 %": scaled(0.0),
    "×10": scaled(10.0),
    "÷10": scaled(0.1),
    "×100": scaled(100.0),
}
CHANGE, DIGITS = ("P101", "P106"), ("P107",)
FAULTS = (
    Fault("+20 %", ("tăng 20 %", "20 % more"), CHANGE, SIZES["+20 %"]),
    Fault("−20 %", ("giảm 20 %", "20 % less"), CHANGE, SIZES["−20 %"]),
    Fault("+50 %", ("tăng 50 %", "50 % more"), CHANGE, SIZES["+50 %"]),
    Fault("−50 %", ("giảm 50 %", "50 % less"), CHANGE, SIZES["−50 %"]),
    Fault("+100 %", ("gấp đôi", "twice as much"), CHANGE, SIZES["+100 %"]),
    Fault("−100 %", ("ghi số 0", "nought"), CHANGE, SIZES["−100 %"]),
    Fault("×10", ("thừa một chữ số", "one digit too many"), DIGITS, SIZES["×10"], goal=True),
    Fault("÷10", ("thiếu một chữ số", "one digit too few"), DIGITS, SIZES["÷10"]),
    Fault("×100", ("thừa hai chữ số", "two digits too many"), DIGITS, SIZES["×100"]),
    Fault("→", ("cả dòng lệch sang phải", "row moved to the right"), ("P108",), shifted(1), goal=True),
    Fault("←", ("cả dòng lệch sang trái", "row moved to the left"), ("P108",), shifted(-1), goal=True),
    Fault(
        "⇄", ("hai số khác xa nhau đổi chỗ", "two unlike figures exchanged"), ("P109",),
        swapped(sheet=False, unlike=True), goal=True,
    ),
    Fault(
        "⇄ ≈", ("hai số bất kỳ đổi chỗ", "any two figures exchanged"), ("P109",),
        swapped(sheet=False, unlike=False),
    ),
    Fault(
        "⇄ ▤", ("hai cột của cả bảng đổi chỗ", "two columns of a sheet exchanged"), ("P109",),
        swapped(sheet=True, unlike=False), of_sheet=True, goal=True,
    ),
    Fault(
        "▤", ("số người ghi vào cột số hộ", "persons for households in a sheet"), ("P110",), persons,
        of_sheet=True,
    ),
    Fault("Σ", ("tổng các thôn khác", "sum of the other villages"), ("P111",), sum_of_others),
    Fault("Σ ↑", ("tổng các dòng ở trên", "sum of the rows above"), ("P111",), sum_so_far),
    Fault(
        "⧉ −1", ("gửi lại bảng của năm trước", "last year's return sent again"), ("P112",), of_last_year(1.0),
        of_sheet=True, goal=True,
    ),
    Fault(
        "⧉ −1 ½", ("một nửa số liệu như năm trước", "half of the figures as last year"), ("P112",),
        of_last_year(0.5), of_sheet=True,
    ),
    Fault(
        "⧉", ("bảng của xã khác", "the return of another commune"), ("P113",), of_another(1.0),
        of_sheet=True, goal=True,
    ),
    Fault(
        "⧉ ½", ("một nửa số liệu của xã khác", "half of the figures of another commune"), ("P113",),
        of_another(0.5), of_sheet=True,
    ),
    Fault(
        "×10 ①", ("thừa một chữ số, không có năm trước", "one digit too many, without last year"), ("P114",),
        scaled(10.0), alone=True,
    ),
    Fault("0 5", ("làm tròn đến 0 và 5", "rounded to 0 and 5"), ("P115",), rounded, of_sheet=True),
)  # fmt: skip


# ------------------------------------------------------------------------------------------ counting


def measured(samples: Samples, fault: Fault, seeds: Sequence[int]) -> Count:
    """Plant faults of one kind in every draw and count what is found."""
    count = Count()
    for seed in seeds:
        random = Random(f"{fault.name} {seed}")
        values = samples.table.values.copy()
        planted: dict[int, tuple[int, ...]] = {}
        chosen = random.sample(samples.communes, PLANTED)
        others = [rows for rows in samples.communes if rows not in chosen]
        for rows in chosen:
            row = random.choice(rows)
            measures = fault.plant(samples, samples.place(values, rows, row, others), random)
            if measures is not None:
                planted |= dict.fromkeys(rows if fault.of_sheet else [row], measures)
        _add(count, samples, fault, planted, samples.findings(values, alone=fault.alone))
    return count


def _add(
    count: Count, samples: Samples, fault: Fault, planted: dict[int, tuple[int, ...]], found: list[Finding]
) -> None:
    measures = [measure.code for measure in samples.table.measures]
    named: set[int] = set()
    hit: dict[int, set[str]] = {}
    for finding in found:
        rows = samples.rows_named(finding)
        named.update(rows)
        for row in rows:
            of_row = [measures[at] for at in planted.get(row, ())]
            if row in planted and (not finding.measures or set(finding.measures) & set(of_row)):
                hit.setdefault(row, set()).add(finding.code)
    groups: dict[int, list[int]] = {}
    for row in planted:
        groups.setdefault(samples.parent(row), []).append(row)
    for rows in groups.values():
        codes = set().union(*(hit.get(row, set()) for row in rows))
        count.planted += 1
        count.found += bool(codes)
        count.by_own += not codes.isdisjoint(fault.codes)
        if len(planted[rows[0]]) == 1:
            count.by_measure[measures[planted[rows[0]][0]], bool(codes)] += 1
    count.others += len(samples.table.units) - len(planted)
    count.named += len(named - set(planted))


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share by Wilson's method."""
    if not of:
        return 0.0, 1.0
    z, share = 1.959964, hits / of
    middle = share + z * z / (2 * of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def share(hits: int, of: int, places: int = 1) -> str:
    """Return a share in per cent with its interval."""
    low, high = wilson(hits, of)
    return f"{100 * hits / max(of, 1):.{places}f} ({100 * low:.{places}f}–{100 * high:.{places}f})"


def lines(counts: dict[Fault, Count]) -> Iterator[str]:
    """Yield the lines of the table of faults."""
    yield (
        "| | lỗi đã gài · fault | mã · codes | số lần · planted | tìm thấy % · found % "
        "| đúng mã % · by these codes % | nêu nhầm % · falsely named % |"
    )
    yield "| :-: | --- | --- | --: | --: | --: | --: |"
    for fault, count in counts.items():
        goal = " **•**" if fault.goal else ""
        cells = (
            fault.name,
            " · ".join(fault.words) + goal,
            ", ".join(fault.codes),
            str(count.planted),
            share(count.found, count.planted),
            share(count.by_own, count.planted),
            share(count.named, count.others, 2),
        )
        yield f"| {' | '.join(cells)} |"


def curves(samples: Samples, counts: dict[Fault, Count]) -> Iterator[str]:
    """Yield the lines of the table of measures: what is found of each size of fault."""
    sizes = [fault for fault in counts if fault.plant in SIZES.values()]
    yield f"| | {' | '.join(fault.name for fault in sizes)} |"
    yield f"| --- | {' | '.join('--:' for _ in sizes)} |"
    for measure in samples.table.measures:
        cells = [_curve(counts[fault].by_measure, measure.code) for fault in sizes]
        if any(cells):
            label = f"{measure.label.vi} · {measure.label.en}"
            yield f"| {label} | {' | '.join(cell or '–' for cell in cells)} |"


def _curve(by_measure: Counter[tuple[str, bool]], code: str) -> str:
    found, missed_ = by_measure[code, True], by_measure[code, False]
    return share(found, found + missed_, 0) if found + missed_ else ""


def missed(counts: dict[Fault, Count]) -> list[str]:
    """Return the goals that are not met."""
    return [
        f"{fault.words[1]}: {count.found} of {count.planted} found, {count.named} of {count.others} named"
        for fault, count in counts.items()
        if fault.goal and (count.found < FOUND * count.planted or count.named > NAMED * count.others)
    ]


PAGE_TEXT = """\
<!-- Made by scripts/detection_curves.py: change that, then run it. -->

# Kiểm tra tính hợp lý tìm được gì · What the checks of plausibility find

Số liệu mẫu năm 2021 được gài lỗi rồi kiểm tra cạnh số liệu mẫu năm 2020: mỗi lần {at_once} xã, mỗi xã
một lỗi, {draws} lần cho mỗi loại lỗi. “Tìm thấy” là ô, dòng hoặc bảng có lỗi được nêu; “đúng mã” là được
nêu bằng mã dành cho loại lỗi đó; “nêu nhầm” là phần các thôn không có lỗi mà vẫn bị nêu. Trong ngoặc là
khoảng tin cậy 95 % (Wilson). Không gài thay đổi từ {small} trở xuống, vì không bao giờ bị hỏi, và không gài
số mà phần đọc tệp không nhận; ở dòng bị lệch, số như vậy (150 ở cột có/không) là ô trống. Số liệu mẫu là
giả định; số liệu thật có thể biến động nhiều hơn.

Faults are planted into the samples of 2021, which are then checked beside those of 2020: {at_once}
communes at a time, a fault in each, in {draws} draws of every kind. *Found* means that a finding names
the cell, the row or the sheet; *by these codes*, that it is a finding of the check made for the fault;
*falsely named* is the share of villages without a fault that are named. In brackets are 95 % intervals
(Wilson). Changes up to {small} are not planted, because they are never reported, and no single value that
the reader refuses; in moved rows such a value (150 in a yes/no column) is missing. The samples are
invented; real figures may vary more.

Các mức là mặc định của [`[plausibility]`](form.md#plausibility), chọn theo các lần gài {tuning}; hai
bảng dưới đây là của các lần {reported}, chưa xem đến khi chọn. Mục tiêu (**•**): tìm thấy {found} %, nêu
nhầm không quá {named} %. · The thresholds are the defaults of the form. They were chosen on draws
{tuning}; the tables are of draws {reported}, which played no part in that. Goals (**•**): {found} %
found, at most {named} % falsely named.

{faults}

## Theo chỉ tiêu · By measure

Phần tìm thấy, %, theo mức sai. · Found, %, by the size of the fault.

{curves}

① là khi không có số liệu năm trước. Số làm tròn chỉ gài ở xã có từ {enough} số liệu về hộ trở lên. · ① is
without last year. Rounded figures are planted only in communes with {enough} figures of households or more.

Khi không gài lỗi nào, {clean} trong số {villages} thôn của số liệu mẫu bị nêu. · Without any fault,
{clean} of {villages} villages of the samples are named. What each check does: [codes](codes.md) P101 to
P120.
"""


def page(samples: Samples, counts: dict[Fault, Count]) -> str:
    """Return the page."""
    clean = {row for finding in samples.findings(samples.table.values) for row in samples.rows_named(finding)}
    return PAGE_TEXT.format(
        at_once=PLANTED,
        draws=len(REPORTED),
        small=SMALL,
        enough=ENOUGH,
        tuning=f"{TUNING[0]}–{TUNING[-1]}",
        reported=f"{REPORTED[0]}–{REPORTED[-1]}",
        found=round(100 * FOUND),
        named=round(100 * NAMED),
        faults="\n".join(lines(counts)),
        curves="\n".join(curves(samples, counts)),
        clean=len(clean),
        villages=len(samples.table.units),
    )


def main(arguments: list[str]) -> int:
    """Plant, count, and write or compare the page; return the exit status."""
    if arguments not in ([], ["--check"], ["--tuning"]):
        print(__doc__, file=sys.stderr)
        return 2
    samples = Samples.read()
    seeds = TUNING if "--tuning" in arguments else REPORTED
    counts = {fault: measured(samples, fault, seeds) for fault in FAULTS}
    made = page(samples, counts)
    if "--tuning" in arguments:
        print("\n".join((*lines(counts), "", *curves(samples, counts))))
    elif "--check" not in arguments:
        PAGE.write_text(made, encoding="utf-8", newline="\n")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != made:
        print("docs/detection.md is not what is found: run scripts/detection_curves.py", file=sys.stderr)
        return 1
    for line in missed(counts):
        print(f"goal missed: {line}", file=sys.stderr)
    return int(bool(missed(counts)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
