"""The same with DuckDB and checks: whole numbers in bounds, the form's rules, repeated and unknown villages.

    python benchmarks/peers/csv_duckdb.py FOLDER OUT

Findings are written beside the sums, one per row.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
from measures import COLUMNS, MEASURES, RULES, bounds


def read(database: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Read register and returns; a figure that is no whole number ends the run."""
    types = dict.fromkeys(MEASURES, "BIGINT")
    columns = ", ".join(f"'{name}': '{types.get(name, 'VARCHAR')}'" for name in COLUMNS)
    database.execute(
        f"CREATE TABLE returns AS FROM read_csv('{folder / 'returns.csv'}', header=true, auto_detect=false,"
        f" delim=',', quote='\"', columns={{{columns}}})"
    )
    database.execute(
        f"CREATE TABLE units AS FROM read_csv('{folder / 'units.csv'}', header=true, all_varchar=true)"
    )


def check(database: duckdb.DuckDBPyConnection, out: Path) -> None:
    """Write what does not hold."""
    held = [*RULES]
    for code, (least, most) in bounds().items():
        held.append(f"{code} BETWEEN {least} AND {most} AND {code} IS NOT NULL")
    parts = [
        "SELECT code, 'unknown' AS problem FROM returns ANTI JOIN units USING (code)",
        "SELECT code, 'missing' FROM units ANTI JOIN returns USING (code) WHERE level = 'village'",
        "SELECT code, 'twice' FROM returns GROUP BY code HAVING count(*) > 1",
        *(f"SELECT code, '{rule}' FROM returns WHERE NOT coalesce({rule}, false)" for rule in held),  # noqa: S608
    ]
    target = out.with_suffix(".found.csv")
    database.execute(f"COPY ({' UNION ALL '.join(parts)}) TO '{target}' (HEADER)")


def add_up(database: duckdb.DuckDBPyConnection, out: Path) -> None:
    """Write the sums of all levels above the village, the highest first."""
    sums = ", ".join(f"sum({code})::BIGINT AS {code}" for code in MEASURES)
    names: list[str] = []
    below = "returns"
    while True:
        name = f"sums{len(names)}"
        database.execute(
            f"CREATE TABLE {name} AS SELECT parent AS code, {sums} FROM {below} JOIN units USING (code)"  # noqa: S608
            " WHERE parent IS NOT NULL AND parent <> '' GROUP BY parent ORDER BY parent"
        )
        if not database.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0]:  # noqa: S608
            break
        names.append(name)
        below = name
    every = " UNION ALL ".join(f"SELECT code AS unit, * EXCLUDE (code) FROM {name}" for name in names[::-1])  # noqa: S608
    database.execute("SET preserve_insertion_order = true")
    database.execute(f"COPY ({every}) TO '{out}' (HEADER)")


def main(folder: Path, out: Path) -> None:
    """Read, check, add up, write."""
    database = duckdb.connect()
    read(database, folder)
    check(database, out)
    add_up(database, out)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
