"""Make data/samples/2020, 2021, 2021-messy, 2024 and 2025, the same bytes each time.

    python scripts/make_samples.py            write the samples
    python scripts/make_samples.py --check    compare them with the existing ones; status 1 if they differ

Needs XlsxWriter and the package itself. The units, their codes and the published totals and rates are real;
the villages and all figures below the province are invented (see data/samples/README.md).
"""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from sample_between import TOTALS as TOTALS_2024
from sample_between import between_files, make_between
from sample_earlier import earlier_files
from sample_faults import Files, messy_files, register_rows
from sample_figures import TOTALS, Unit, make_figures, read_communes
from sample_later import later_files
from sample_layout import commune_return, slug, workbook

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"
COMMUNES = SAMPLES / "yenbai-2021-communes.csv"
FOLDERS = ("2020", "2021", "2021-messy", "2024", "2025")


def register(units: Iterable[Unit]) -> bytes:
    """Return a units.csv."""
    text, units = io.StringIO(), list(units)
    columns = 6 if any(unit.aliases for unit in units) else 5
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(["code", "name", "type", "level", "parent", "aliases"][:columns])
    lines.writerows(
        [unit.code, unit.name, unit.kind, unit.level, unit.parent, unit.aliases][:columns] for unit in units
    )
    return text.getvalue().encode()


def clean_files(units: dict[str, Unit]) -> Files:
    """Return a workbook per commune, by path; communes with the same slug have their code in it."""
    communes = [unit for unit in units.values() if unit.level == "commune"]
    slugs = Counter((commune.parent, slug(commune.name)) for commune in communes)
    files = {}
    for commune in communes:
        district = units[commune.parent]
        stem = slug(commune.name)
        if slugs[commune.parent, stem] > 1:
            stem = f"{stem}-{commune.code}"
        files[f"{slug(district.name)}/{stem}.xlsx"] = workbook(commune_return(commune, district))
    return files


def samples() -> Files:
    """Return all files of the folders, by path below data/samples."""
    units = read_communes(COMMUNES)
    villages = make_figures(units)
    _check_totals(villages, TOTALS)
    files = {"2021/units.csv": register([*units.values(), *villages])}
    communes = [unit for unit in units.values() if unit.level == "commune"]
    files["2020/units.csv"] = files["2021/units.csv"]
    files.update((f"2020/{path}", data) for path, data in earlier_files(communes, villages).items())
    files.update((f"2021/{path}", data) for path, data in clean_files(units).items())
    files["2021-messy/units.csv"] = register(register_rows(units))
    files.update((f"2021-messy/{path}", data) for path, data in messy_files(units).items())
    files.update((f"2024/{path}", data) for path, data in _of_2024(communes, files["2021/units.csv"]).items())
    files.update((f"2025/{path}", data) for path, data in later_files(communes).items())
    return files


def _of_2024(communes: Sequence[Unit], before: bytes) -> Files:
    """Return the files of 2024, by path below their folder."""
    units = make_between(communes, before)
    villages = [village for unit in units.values() if unit.level == "commune" for village in unit.members]
    _check_totals(villages, TOTALS_2024)
    return {"units.csv": register([*units.values(), *villages]), **between_files(units)}


def _check_totals(villages: Iterable[Unit], totals: Mapping[str, int]) -> None:
    villages = list(villages)
    for code, total in totals.items():
        if sum(village.figures[code] for village in villages) != total:
            raise ValueError(f"{code} does not add up to {total}")


def alike(one: bytes, other: bytes) -> bool:
    """Return whether two files are equal; workbooks may differ in their compression."""
    if one == other or not (one.startswith(b"PK") and other.startswith(b"PK")):
        return one == other
    try:
        with zipfile.ZipFile(io.BytesIO(one)) as first, zipfile.ZipFile(io.BytesIO(other)) as second:
            return first.namelist() == second.namelist() and all(
                first.read(part) == second.read(part) for part in first.namelist()
            )
    except zipfile.BadZipFile:
        return False


def differences(files: Files) -> Iterator[str]:
    """Yield the differences from the existing files."""
    there = {
        path.relative_to(SAMPLES).as_posix()
        for folder in FOLDERS
        for path in (SAMPLES / folder).rglob("*")
        if path.is_file()
    }
    yield from (f"not made here: {path}" for path in sorted(there - files.keys()))
    for path, data in files.items():
        if path not in there:
            yield f"missing: {path}"
        elif not alike(data, (SAMPLES / path).read_bytes()):
            yield f"different: {path}"


def main(arguments: list[str]) -> int:
    """Write the samples, or compare them."""
    if arguments not in ([], ["--check"]):
        print(__doc__)
        return 2
    files = samples()
    if not arguments:
        for path, data in files.items():
            target = SAMPLES / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    found = list(differences(files))
    print("\n".join(found) if found else f"{len(files)} files are as they should be")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
