"""What a competent pandas user would write in place of `aggregate` for the samples, with its checks.

    python benchmarks/peers/samples_pandas.py data/samples/2021

Reads every workbook with ``read_excel(engine="calamine")``, checks what antq-stats checks on clean data
(whole non-negative numbers, edit rules, repeated, unknown and missing villages, total rows, printed rates),
adds up by district and province and prints the totals. It only knows the layout of the samples: no other
header, encoding or fault of a file.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

VILLAGE_COLUMNS = [
    "stt", "code", "name", "tong_ho", "to_tu_quan_antt", "tv_to_tu_quan", "ho_dang_ky_gdvh", "ho_dat_gdvh",
    "ty_le_ho_dat", "thon_dang_ky_vh", "thon_dat_vh", "gia_dinh_ky_cam_ket_antt",
]  # fmt: skip
COMMUNE_COLUMNS = [
    "stt", "code", "name", "tong_thon", "clb_tn_pcmt", "clb_ban_giup_ban", "clb_pctp_tnxh", "clb_pn_3_khong",
    "mh_2_khong_1_giam", "mh_2_khong_1_co", "buoi_tuyen_truyen", "luot_nguoi_tuyen_truyen",
]  # fmt: skip
COUNTS = [column for column in VILLAGE_COLUMNS[3:] if column != "ty_le_ho_dat"]
RULES = [
    ("ho_dat_gdvh <= ho_dang_ky_gdvh", "hard"),
    ("ho_dang_ky_gdvh <= tong_ho", "hard"),
    ("thon_dat_vh <= thon_dang_ky_vh", "hard"),
    ("(to_tu_quan_antt == 0) == (tv_to_tu_quan == 0)", "hard"),
    ("tv_to_tu_quan >= 3 * to_tu_quan_antt", "soft"),
    ("tv_to_tu_quan <= 60 * to_tu_quan_antt", "soft"),
    ("tv_to_tu_quan <= 5 * tong_ho", "soft"),
    ("20 <= tong_ho <= 600", "soft"),
]


def read_table(raw: pd.DataFrame, columns: list[str], file: str, problems: list[str]) -> pd.DataFrame:
    """Cut the table out of a sheet: below the numbering row, above the total row or the signatures."""
    first = raw[0].astype("string").str.strip()
    header = raw.index[first == "STT"]
    numbering = raw.index[first == "A"]
    if not len(header) or not len(numbering) or raw.shape[1] != len(columns):
        problems.append(f"{file}: no table")
        return pd.DataFrame(columns=columns)
    body = raw.loc[numbering[0] + 1 :].copy()
    body.columns = columns
    numbers = pd.to_numeric(body["stt"], errors="coerce")
    table = body[numbers.notna()].copy()
    table["file"] = file
    for column in columns[3:]:
        table[column] = pd.to_numeric(table[column], errors="coerce")
        if table[column].isna().any():
            problems.append(f"{file}: {column} is not a number")
        if column != "ty_le_ho_dat":
            if ((table[column] % 1) != 0).any():
                problems.append(f"{file}: {column} is not whole")
            if (table[column] < 0).any():
                problems.append(f"{file}: {column} is negative")
    total = body[body["stt"].astype("string").str.strip() == "Tổng cộng"]
    if len(total):
        differs = [column for column in COUNTS if float(total[column].iloc[0]) != float(table[column].sum())]
        problems.extend(f"{file}: the total of {column} differs" for column in differs)
    return table


def check(
    villages: pd.DataFrame, communes: pd.DataFrame, register: pd.DataFrame, problems: list[str]
) -> None:
    """Check all villages and communes together."""
    for rule, severity in RULES:
        broken = villages[~villages.eval(rule)]
        problems.extend(f"{severity}: {row.file}: {row.code}: {rule}" for row in broken.itertuples())
    rate = villages["ho_dat_gdvh"] / villages["tong_ho"] * 100
    wrong = villages[(rate - villages["ty_le_ho_dat"]).abs() > 0.0501]
    problems.extend(f"{row.file}: {row.code}: the rate differs" for row in wrong.itertuples())
    for table, level in ((villages, "village"), (communes, "commune")):
        expected = set(register.index[register["level"] == level])
        problems.extend(f"twice: {code}" for code in table["code"][table["code"].duplicated()])
        problems.extend(f"unknown: {code}" for code in sorted(set(table["code"]) - expected))
        problems.extend(f"missing: {code}" for code in sorted(expected - set(table["code"])))
    for commune, group in villages.groupby("commune"):
        if (group["ho_dat_gdvh"] == group["tong_ho"]).all():
            problems.append(f"{commune}: every village at 100 %")
        problems.extend(
            f"{commune}: the same {column}"
            for column in ("tong_ho", "ho_dat_gdvh")
            if (group[column] == group[column].iloc[0]).all()
        )


def main(folder: Path) -> int:
    """Read, check, add up, print."""
    register = pd.read_csv(folder / "units.csv", dtype="string").set_index("code")
    problems: list[str] = []
    village_tables, commune_tables = [], []
    for path in sorted(folder.rglob("*.xlsx")):
        file = path.relative_to(folder).as_posix()
        sheets = pd.read_excel(path, sheet_name=None, header=None, engine="calamine")
        village_tables.append(read_table(sheets["Biểu 01"], VILLAGE_COLUMNS, file, problems))
        commune_tables.append(read_table(sheets["Biểu 02"], COMMUNE_COLUMNS, file, problems))
    villages = pd.concat(village_tables, ignore_index=True)
    communes = pd.concat(commune_tables, ignore_index=True)
    villages["code"] = villages["code"].astype("string")
    communes["code"] = communes["code"].astype("string")
    villages["commune"] = villages["code"].map(register["parent"])
    check(villages, communes, register, problems)

    villages["district"] = villages["commune"].map(register["parent"])
    communes["district"] = communes["code"].map(register["parent"])
    by_district = (
        villages.groupby("district")[COUNTS]
        .sum()
        .join(communes.groupby("district")[COMMUNE_COLUMNS[3:]].sum())
        .join(villages.groupby("district").size().rename("villages"))
    )
    by_district.loc["province"] = by_district.sum()
    by_district["ty_le_ho_dat"] = (by_district["ho_dat_gdvh"] / by_district["tong_ho"] * 100).round(1)
    by_district["ty_le_thon_dat"] = (by_district["thon_dat_vh"] / by_district["villages"] * 100).round(1)
    by_district.insert(0, "name", by_district.index.map(register["name"]))
    print(by_district.to_string())
    print("\n".join(problems), file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
