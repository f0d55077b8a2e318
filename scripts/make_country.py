"""Make src/antq_stats/country/country.txt.gz, the built-in register of the country.

    python scripts/make_country.py FOLDER           write the packed register
    python scripts/make_country.py FOLDER --check   compare it with the existing one; status 1 if they differ

The folder holds the lists of units and changes as CSV files (`SOURCES`). The same files give the same bytes.
Needs only the standard library.

The packed text has a part for the units and one for the changes. A part is its name on a line, then a line
for each column: the header and the values, separated by tabs.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

PACKED = Path(__file__).resolve().parent.parent / "src" / "antq_stats" / "country" / "country.txt.gz"
SOURCES = (
    "units-vn-2025.csv",  # the country since 01/07/2025, with the position of each unit
    "units-vn-2024.csv",  # the country on 30/06/2025
    "units-yenbai-2021.csv",  # Yên Bái in 2021
    "units-yenbai-2024.csv",  # Yên Bái on 01/12/2024
    "unit-aliases.csv",  # other spellings
    "changes-vn-2025.csv",  # the changes of 01/07/2025
    "changes-2025.csv",  # the same for Yên Bái, with the act
    "changes-2020-2024.csv",  # the changes of Yên Bái before
)
UNITS = ("code", "name", "type", "level", "parent", "valid_from", "valid_to", "aliases", "lat", "lon")
CHANGES = ("date", "from", "to", "extent", "kind", "act", "source")
DATASET = "vietnamadminunits 1.0.4"
"""Source of the changes of 01/07/2025 (MIT licence)."""
KINDS = {
    "merged_full": "merge",
    "moved_district": "transfer",
    "moved_district_and_retyped": "transfer",
    "retyped": "rename",
}
"""Kinds of change, as in changes.csv, by the relation in the list of Yên Bái."""
_OWN_SPELLING = "spelling used by the province"
"""Note on an alias that is the proper name, where the list has another spelling."""

Rows = list[dict[str, str]]
Key = tuple[str, ...]


def read(folder: Path) -> dict[str, Rows]:
    """Return the rows of each file."""
    found = {}
    for name in SOURCES:
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            found[name] = list(csv.DictReader(file))
    return found


def units_of(sources: Mapping[str, Rows]) -> Rows:
    """Return the units of all times: those of a province together, in the order of the lists."""
    former = sources["units-yenbai-2021.csv"]
    province = former[0]["code"]
    newer = {_key(row): row for row in sources["units-yenbai-2024.csv"]}
    own: Rows = []
    for row in former:
        current = newer.pop(_key(row), row)
        spelt = [row["name"]] if row["name"] != current["name"] else []
        own.append({**current, "aliases": "|".join(spelt)})
    own += newer.values()
    known = {(row["code"], row["name"], row["type"], row["parent"]) for row in own}
    for change in sources["changes-2020-2024.csv"]:
        unit = tuple(change[f"old_{column}"] for column in ("code", "name", "type", "district_code"))
        if unit not in known:
            last = date.fromisoformat(change["effective_from"]) - timedelta(days=1)
            own.append(
                dict(
                    zip(("code", "name", "type", "parent"), unit, strict=True),
                    level="commune",
                    valid_to=last.isoformat(),
                )
            )
    before = _without(sources["units-vn-2024.csv"], province)
    at = next(
        place for place, row in enumerate(before) if row["level"] == "province" and row["code"] > province
    )
    rows = [*before[:at], *_in_tree_order(own), *before[at:], *sources["units-vn-2025.csv"]]
    aliases = sources["unit-aliases.csv"]
    return [_spelt({column: row.get(column, "") for column in UNITS}, aliases) for row in rows]


def _in_tree_order(rows: Rows) -> Rows:
    """Return the units of a province: each district before its communes, by code."""

    def place(row: Mapping[str, str]) -> Key:
        if row["level"] == "province":
            return ("",)
        if row["level"] == "district":
            return (row["code"], "")
        return (row["parent"], row["code"], row.get("valid_from", ""), row["valid_to"])

    return sorted(rows, key=place)


def _key(row: Mapping[str, str]) -> Key:
    return row["code"], row["type"], row["parent"], row["valid_from"], row["valid_to"]


def _without(rows: Rows, province: str) -> Rows:
    """Return the rows without a province and the units below it."""
    left_out = {province}
    for level in ("district", "commune"):
        left_out |= {row["code"] for row in rows if row["level"] == level and row["parent"] in left_out}
    return [row for row in rows if row["code"] not in left_out]


def _spelt(row: dict[str, str], aliases: Rows) -> dict[str, str]:
    """Return a unit with its other spellings, which the list has by code: only those of a similar name."""
    names = [row["name"], *filter(None, row["aliases"].split("|"))]
    for entry in aliases:
        alias = entry["alias"]
        if entry["code"] != row["code"] or alias in names or not _similar(alias, row["name"]):
            continue
        if entry["note"].startswith(_OWN_SPELLING):
            names.insert(0, alias)
        else:
            names.append(alias)
    return {**row, "name": names[0], "aliases": "|".join(names[1:])}


def _similar(one: str, other: str) -> bool:
    """Return whether two names share a word."""
    return bool(set(one.casefold().split()) & set(other.casefold().split()))


def changes_of(sources: Mapping[str, Rows]) -> Rows:
    """Return the changes of all days in order; a unit that kept its code and grew is among them."""
    acts = {(row["old_code"], row["new_code"]): row["legal_basis"] for row in sources["changes-2025.csv"]}
    found = [
        {
            "date": row["effective_from"],
            "from": row["old_code"],
            "to": row["new_code"],
            "extent": "whole",
            "kind": KINDS[row["relation"]],
            "act": row["legal_basis"],
            "source": row["checked"],
        }
        for row in _with_those_that_grew(sources["changes-2020-2024.csv"])
    ]
    latest = sources["changes-vn-2025.csv"]
    sizes: dict[str, int] = {}
    for row in latest:
        sizes[row["to_code"]] = sizes.get(row["to_code"], 0) + 1
    found += [
        {
            "date": row["date"],
            "from": row["from_code"],
            "to": row["to_code"],
            "extent": row["extent"],
            "kind": _kind(row, sizes[row["to_code"]]),
            "act": acts.get((row["from_code"], row["to_code"]), ""),
            "source": DATASET,
        }
        for row in latest
    ]
    return sorted(found, key=lambda row: row["date"])


def _with_those_that_grew(rows: Rows) -> Rows:
    """Return changes with a row of its own for each unit that others were merged into, and that stayed.

    The list leaves these out: a merger that has one row there is one into a unit that was there before.
    """
    left = {(row["effective_from"], row["old_code"]) for row in rows}
    stayed: dict[Key, dict[str, str]] = {}
    for row in rows:
        day_and_code = row["effective_from"], row["new_code"]
        if row["relation"] == "merged_full" and day_and_code not in left:
            stayed.setdefault(day_and_code, {**row, "old_code": row["new_code"]})
    return sorted([*rows, *stayed.values()], key=lambda row: row["effective_from"])


def _kind(row: Mapping[str, str], size: int) -> str:
    """Return the kind of a change of 01/07/2025.

    Parameters
    ----------
    row : the change.
    size : the number of units that went into the new one.
    """
    if row["extent"] == "part":
        return "split"
    if size > 1:
        return "merge"
    if row["from_code"] != row["to_code"]:
        return "recode"
    return "transfer" if row["from_name"] == row["to_name"] else "rename"


def packed(sources: Mapping[str, Rows]) -> bytes:
    """Return the packed register."""
    parts = (("units", UNITS, units_of(sources)), ("changes", CHANGES, changes_of(sources)))
    text = "\n".join(line for name, columns, rows in parts for line in (name, *_lines(columns, rows)))
    stream = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, stream, mtime=0) as file:
        file.write(text.encode())
    return stream.getvalue()


def _lines(columns: Sequence[str], rows: Rows) -> Iterable[str]:
    """Yield a line per column.

    Raises
    ------
    ValueError
        A value has a tab or a line break.
    """
    for column in columns:
        values = [row[column].strip() for row in rows]
        if any(len(value.splitlines()) > 1 or "\t" in value for value in values):
            raise ValueError(f"a value of {column} has a tab or a line break")
        yield "\t".join((column, *values))


def main(arguments: Sequence[str]) -> int:
    """Write or check the packed register; return the exit status."""
    folders = [argument for argument in arguments if argument != "--check"]
    if len(folders) != 1:
        print((__doc__ or "").strip())
        return 2
    content = packed(read(Path(folders[0])))
    if "--check" in arguments:
        agrees = PACKED.is_file() and gzip.decompress(PACKED.read_bytes()) == gzip.decompress(content)
        print("the packed register is up to date" if agrees else "the packed register differs")
        return 0 if agrees else 1
    PACKED.write_bytes(content)
    print(f"{PACKED.name}: {len(content):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
