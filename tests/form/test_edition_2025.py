"""Edition 2025 of the built-in form: which periods it serves, its measures, and each of its rules."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from antq_stats.form import EDITIONS, edition_bytes, edition_of, load_form, read_form, reading_plan
from antq_stats.words.text import text_key
from helpers.command import run
from helpers.edition import commune, village, write_edition
from helpers.forms import LIMITS, units

THREE_LEVELS = units("province", "commune", "village")


def test_each_year_has_the_edition_that_says_so() -> None:
    forms = {edition: read_form(edition_bytes(edition), edition) for edition in EDITIONS}
    for year in range(1990, 2100):
        serving = [
            edition
            for edition, form in forms.items()
            if form.about.serves is not None and year in form.about.serves
        ]
        assert serving == [edition_of(year)] == [load_form(None, year).version], year
    assert load_form(None).version == "2021"


def test_the_edition_says_of_every_measure_what_it_means_and_has_no_district() -> None:
    form = load_form(None, 2025)
    assert {table.level for table in form.tables} == {"village", "commune"}
    for measure in form.measures:
        assert measure.meaning is not None, measure.code
        assert measure.meaning.vi != measure.meaning.en, measure.code
        assert measure.label.vi != measure.label.en, measure.code
        assert measure.unit is not None, measure.code
        assert measure.section, measure.code
    for text in (
        *(table.title.vi for table in form.tables),
        *(section.label.vi for section in form.sections),
        *(column.label.vi for column in form.columns),
        *(measure.meaning.vi for measure in form.measures if measure.meaning),
        *(rule.message.vi for rule in form.rules),
    ):
        assert "thị trấn" not in text.lower()
        assert "huyện" not in text.lower()
    assert form.about.notes is not None
    assert {m.code for m in form.measures if m.up == "none"} == {"mo_hinh_antq"}
    assert {m.code: m.series_break.date.isoformat() for m in form.measures if m.series_break} == {
        "ho_dat_gdvh": "2024-01-30",
        "thon_dat_vh": "2024-01-30",
    }
    assert {m.code for m in form.measures_of("02") if m.sensitive == "yes"} == {
        f"xa_trong_diem_mt_{number}" for number in (1, 2, 3)
    }
    assert all(measure.sensitive == "yes" for measure in form.measures_of("03"))


def test_every_measure_of_edition_2021_is_in_edition_2025() -> None:
    old, new = ({m.code for m in load_form(None, year).measures} for year in (2021, 2025))
    assert old < new


@pytest.mark.parametrize(
    ("table", "header", "code"),
    [
        (0, "Tổ bảo vệ ANTT ở cơ sở", "to_bao_ve_antt"),
        (0, "Số tổ BVANTT", "to_bao_ve_antt"),
        (0, "Tổ tự quản ANTT", "to_tu_quan_antt"),
        (0, "KDC đạt an toàn về ANTT", "kdc_dat_an_toan"),
        (0, "Thôn, bản, TDP đạt văn hóa", "thon_dat_vh"),
        (0, "Số hộ đăng ký xây dựng KDC an toàn về ANTT (hộ)", "ho_dang_ky_an_toan"),
        (0, "Số tổ liên gia an toàn PCCC", "to_lien_gia_pccc"),
        (0, "Số khẩu", "nhan_khau"),
        (1, "Xã không ma túy", "xa_khong_ma_tuy"),
        (1, "Xã không có thanh niên nghiện ma túy", "xa_khong_tn_nghien"),
        (1, "Mô hình", "mo_hinh_antq"),
        (1, "Số điểm mô hình ANTQ", "diem_mo_hinh_antq"),
        (1, "Số camera an ninh", "mat_camera_antt"),
        (1, "Trọng điểm ma túy loại II", "xa_trong_diem_mt_2"),
        (1, "DN đạt an toàn về ANTT", "doanh_nghiep_dat_an_toan"),
        (1, "Cơ sở giáo dục đăng ký an toàn về ANTT", "truong_dang_ky_an_toan"),
        (2, "Số người SDTP chất ma túy", "nguoi_su_dung_trai_phep"),
        (0, "Tổ ANTT", None),
        (0, "Hộ đăng ký", None),
        (0, "Thôn đạt", None),
        (1, "Điểm camera", None),
    ],
)
def test_headers_as_officers_write_them(table: int, header: str, code: str | None) -> None:
    plan = reading_plan(load_form(None, 2025), THREE_LEVELS, "2025", LIMITS).tables[table]
    position = plan.keys.get(text_key(header))
    assert (None if position is None else plan.measures[position].code) == code


# Each commune breaks one rule: what of it is changed, and the only finding on it.
_COMMUNE_BREAKS: list[tuple[dict[str, object], str, str]] = [
    ({"tv_bao_ve_antt_dinh_muc": 14}, "r03-quan-so-khong-qua-dinh-muc", "soft"),
    ({"xa_dang_ky_an_toan": 0}, "r07-xa-dat-phai-dang-ky", "hard"),
    ({"diem_mo_hinh_antq": 0, "mo_hinh_antq": 0}, "r08-xa-dat-phai-co-mo-hinh", "soft"),
    ({"co_quan_dat_an_toan": 2}, "r09-co-quan-dat-khong-qua-dang-ky", "hard"),
    ({"doanh_nghiep_dat_an_toan": 2}, "r09-doanh-nghiep-dat-khong-qua-dang-ky", "hard"),
    ({"truong_dat_an_toan": 2}, "r09-truong-dat-khong-qua-dang-ky", "hard"),
    ({"nguoi_nghien": 6, "tong_thon": 4}, "r10-khong-ma-tuy-ma-van-co-nguoi-nghien", "soft"),
    ({"xa_trong_diem_mt_1": 1}, "r11-trong-diem-mot-loai", "hard"),
    ({"mo_hinh_antq": 10}, "r13-mo-hinh-khong-qua-diem", "hard"),
]
_VILLAGE_BREAKS: list[tuple[dict[str, object], str, str]] = [
    ({"to_bao_ve_antt": 0}, "r01-moi-thon-mot-to-bao-ve", "soft"),
    ({"tv_bao_ve_antt": 2}, "r02-it-nhat-3-thanh-vien-bao-ve", "soft"),
    ({"kdc_dang_ky_an_toan": 0}, "r04-kdc-dat-phai-dang-ky", "hard"),
    ({"ho_dang_ky_an_toan": 119}, "r05-kdc-dat-moi-ho-dang-ky", "soft"),
    ({"ho_dang_ky_an_toan": 121, "kdc_dat_an_toan": 0}, "r06-ho-dang-ky-khong-qua-tong", "hard"),
    ({"nhan_khau": 119}, "r12-nhan-khau-khong-it-hon-ho", "hard"),
    ({"ho_lien_gia_pccc": 121}, "r14-ho-lien-gia-khong-qua-tong", "hard"),
]


def test_each_rule_of_the_edition_is_raised_where_it_is_broken_and_nowhere_else(tmp_path: Path) -> None:
    changes: dict[tuple[str, str], object] = {}
    expected = set()
    for number, (values, rule, severity) in enumerate([*_COMMUNE_BREAKS, *_VILLAGE_BREAKS], start=1):
        unit = commune(number) if number <= len(_COMMUNE_BREAKS) else village(number, 2)
        changes |= {(unit, measure): value for measure, value in values.items()}
        expected.add((unit, rule, severity))
    folder = tmp_path / "2025"
    write_edition(folder, len(expected) + 1, changes)
    found = run("validate", folder, "--format", "json")
    assert found.data["form"] == {"id": "antq", "version": "2025"}
    assert {
        (f["unit"], f["rule"], f["severity"]) for f in found.data["findings"] if f["code"] == "R101"
    } == expected
    assert {f["code"] for f in found.data["findings"]} <= {"R101", "P103", "P105", "P114"}
    said = {f["rule"]: f["message"] for f in found.data["findings"] if f["code"] == "R101"}
    assert said["r07-xa-dat-phai-dang-ky"].count("= yes") == 1, "a flag is told as it is answered"
    assert said["r07-xa-dat-phai-dang-ky"].count("= no") == 1
    assert "= yes" not in said["r13-mo-hinh-khong-qua-diem"]


@pytest.mark.parametrize(
    ("header", "codes"),
    [
        ("Tổ ANTT", ["Local security teams", "Self-management security groups"]),
        ("Số tổ an ninh, trật tự (tổ)", ["Local security teams", "Self-management security groups"]),
        ("Số hộ đăng ký", ["Cultural Family", "safe village"]),
    ],
)
def test_a_header_that_may_mean_two_measures_is_told_and_taken_for_neither(
    tmp_path: Path, header: str, codes: list[str]
) -> None:
    folder = tmp_path / "2025"
    write_edition(folder, 1, {})
    with (folder / "bieu-01.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [("Mã thôn", "Tổng số hộ", header), *((village(1, n), 120, 77) for n in (1, 2, 3))]
        )
    found = run("validate", folder, "--format", "json")
    (told,) = [f for f in found.data["findings"] if f["code"] == "T205"]
    assert (told["severity"], told["cell"], found.status) == ("hard", "C1", 1)
    assert header in told["message"]
    assert all(code in told["message"] for code in codes)
    assert not [f for f in found.data["findings"] if f["code"] in ("T203", "T204")]
    figures = run("aggregate", folder, "--format", "json").data[0]["measures"]
    for code in ("to_bao_ve_antt", "to_tu_quan_antt", "ho_dang_ky_gdvh", "ho_dang_ky_an_toan"):
        assert (figures[code]["given"], figures[code]["value"]) == (0, None)


# --- which edition


def test_the_name_of_the_period_picks_the_edition(tmp_path: Path) -> None:
    write_edition(tmp_path / "Năm 2025", 1, {})
    write_edition(tmp_path / "2024", 1, {}, year=2024)
    write_edition(tmp_path / "bao cao", 1, {})

    def edition(folder: str, *more: str) -> tuple[str, str]:
        done = run("validate", tmp_path / folder, "--format", "json", *more)
        return done.data["form"]["version"], done.stderr

    assert edition("Năm 2025")[0] == "2025"
    assert edition("2024")[0] == "2021"
    version, said = edition("bao cao")
    assert version == "2021"
    assert "edition 2021" in said
    assert "--period 2025" in said
    version, said = edition("bao cao", "--period", "2025")
    assert version == "2025"
    assert "edition" not in said
    own = tmp_path / "bao cao" / "form.toml"
    own.write_bytes(edition_bytes("2021"))
    assert "edition" not in edition("bao cao")[1]
    assert "not meant for the year 2025" in edition("bao cao", "--period", "2025")[1]


def test_form_shows_and_checks_the_edition_that_is_asked_for(tmp_path: Path) -> None:
    shown = run("form", "show", "--edition", "2021")
    assert "antq 2021" in shown.stdout
    newest = run("form", "show")
    assert "antq 2025" in newest.stdout
    assert "2021, 2025" in newest.stderr
    assert "officer of the Front" in newest.stdout
    assert "antq 2025" in run("form", "check", "--edition", "2025").stdout
    (tmp_path / "2023").mkdir()
    assert "antq 2021" in run("form", "check", tmp_path / "2023").stdout
    for wrong in (("--edition", "2019"), ("--edition", "2025", "--form", tmp_path / "x.toml")):
        done = run("form", "show", *wrong)
        assert (done.status, done.stdout) == (2, "")
    assert "2021, 2025" in run("form", "show", "--edition", "2019").stderr


# --- names and quotes that Windows and Word make


@pytest.mark.parametrize("command", ["validate", "status", "aggregate", "form check", "form show"])
def test_a_form_whose_suffix_is_hidden_is_never_ignored(tmp_path: Path, command: str) -> None:
    folder = tmp_path / "2025"
    write_edition(folder, 1, {})
    (folder / "form.toml.txt").write_bytes(edition_bytes("2021"))
    done = run(*command.split(), folder)
    assert (done.status, done.stdout) == (2, "")
    assert "form.toml.txt" in done.stderr
    assert "S101" in done.stderr
    (folder / "form.toml").write_bytes(edition_bytes("2025"))
    assert run(*command.split(), folder).status != 2


def test_a_register_whose_suffix_is_hidden_is_never_ignored(tmp_path: Path) -> None:
    folder = tmp_path / "2025"
    write_edition(folder, 1, {})
    (folder / "units.csv").rename(folder / "units.csv.txt")
    done = run("validate", folder)
    assert done.status == 2
    assert "units.csv.txt" in done.stderr


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("version = “2025”", 11),
        ("title = { vi = ‘Kết quả’ }", 16),
        ('title = { vi = "Kết quả” }', 24),
        ('aliases = ["Số hộ", “Hộ”]', 21),
    ],
)
def test_curly_quotes_are_told_with_their_line(tmp_path: Path, line: str, column: int) -> None:
    form = tmp_path / "form.toml"
    form.write_text(f'# ‘nháy’ trong ghi chú\n[form]\nid = "“f”"\n{line}\n', encoding="utf-8")
    done = run("form", "check", form)
    assert done.status == 2
    assert "curly quotes" in done.stderr
    assert f"line 4, character {column}" in done.stderr


def test_curly_quotes_inside_a_text_are_no_fault(tmp_path: Path) -> None:
    form = tmp_path / "form.toml"
    form.write_text('[form]\nid = "“f”"\nversion 2021\n', encoding="utf-8")
    assert "curly" not in run("form", "check", form).stderr
