"""The built-in form holds the measures and rules of the catalogue of measures."""

from __future__ import annotations

from antq_stats.form import load_form, reading_plan
from antq_stats.words.text import text_key
from helpers.forms import FOUR_LEVELS, LIMITS

MEASURES = [
    "tong_ho",
    "tong_thon",
    "to_tu_quan_antt",
    "to_tu_quan_antt_moi",
    "tv_to_tu_quan",
    "to_tq_nhan_khau",
    "to_tq_ho_khau",
    "to_tq_tai_san",
    "to_tq_tri_an",
    "to_tq_cong_cong",
    "ho_dang_ky_gdvh",
    "ho_dat_gdvh",
    "thon_dang_ky_vh",
    "thon_dat_vh",
    "gia_dinh_ky_cam_ket_antt",
    "mh_tdp_khong_toi_pham",
    "thon_khong_tn_nghien",
    "xa_khong_tn_nghien",
    "clb_tn_pcmt",
    "clb_ban_giup_ban",
    "clb_pctp_tnxh",
    "clb_pn_3_khong",
    "pn_ky_cam_ket",
    "ccb_3_khong",
    "mh_2_khong_1_giam",
    "mh_2_khong_1_co",
    "mh_pc_mua_ban_nguoi",
    "xa_de_an_pcmt",
    "buoi_tuyen_truyen",
    "luot_nguoi_tuyen_truyen",
    "lop_tap_huan",
    "luot_nguoi_tap_huan",
    "nguoi_uy_tin_tham_gia",
    "cuoc_nhan_xet_danh_gia",
]
RESTRICTED = [
    "nguoi_nghien",
    "doi_tuong_toi_pham",
    "nguoi_tha_tu_truoc_han",
    "nguoi_chap_hanh_xong_an",
    "nguoi_duoc_giup_tai_hoa_nhap",
    "nguoi_duoc_hoc_nghe",
    "nguoi_duoc_gioi_thieu_viec",
    "ho_co_nguoi_pham_toi",
]
RATIOS = ["ty_le_ho_dat", "ty_le_ho_dang_ky", "ty_le_dat_tren_dang_ky", "ty_le_thon_dat"]
REQUIRED = {
    "01": {"tong_ho", "to_tu_quan_antt", "tv_to_tu_quan", "ho_dang_ky_gdvh", "ho_dat_gdvh", "thon_dat_vh"},
    "02": {
        "clb_tn_pcmt",
        "clb_ban_giup_ban",
        "clb_pctp_tnxh",
        "clb_pn_3_khong",
        "buoi_tuyen_truyen",
        "luot_nguoi_tuyen_truyen",
    },
    "03": set(),
}


def test_the_built_in_form_holds_the_catalogue_of_measures() -> None:
    form = load_form(None)
    assert (form.id, form.version) == ("antq", "2021")
    assert {measure.code for measure in form.measures} == {*MEASURES, *RESTRICTED}
    assert [ratio.code for ratio in form.ratios] == RATIOS
    assert [(table.code, table.level) for table in form.tables] == [
        ("01", "village"),
        ("02", "commune"),
        ("03", "commune"),
    ]
    assert {measure.code for measure in form.measures_of("03")} == set(RESTRICTED)
    assert all(measure.sensitive == "yes" for measure in form.measures_of("03"))
    assert {table: {m.code for m in form.measures_of(table) if m.required} for table in REQUIRED} == REQUIRED
    assert all(
        measure.kind == "flag"
        for measure in form.measures
        if measure.code in {"thon_dat_vh", "xa_de_an_pcmt"}
    )
    assert form.ratio("ty_le_ho_dat").denominator == "tong_ho"
    assert form.ratio("ty_le_thon_dat").denominator == "units"
    assert all(column.section and column.label.vi != column.label.en for column in form.columns)
    assert all(measure.unit is not None for measure in form.measures)
    assert (form.about.covers_from, form.about.covers_to, form.about.due) == (None, None, None)


def test_the_built_in_form_has_every_rule_that_is_a_rule() -> None:
    form = load_form(None)
    numbers = {rule.code.split("-")[0] for rule in form.rules}
    assert numbers == {
        "e02",
        "e03",
        "e04",
        "e05",
        "e06",
        "e07",
        "e08",
        "e09",
        "e10",
        "e11",
        "e13",
        "e16",
        "e17",
    }
    soft = {rule.code.split("-")[0] for rule in form.rules if rule.severity == "soft"}
    assert soft == {"e07", "e08", "e09", "e13", "e16", "e17"}
    tables = {measure.code: form.table_of(measure).code for measure in form.measures}
    across = {
        rule.code.split("-")[0]
        for rule in form.rules
        if len({tables[name] for name in rule.expression.names}) > 1
    }
    assert across == {"e04", "e16"}


def test_the_built_in_form_reads_officers_headers_and_no_ambiguous_ones() -> None:
    villages, communes, restricted = reading_plan(load_form(None), FOUR_LEVELS, "2021", LIMITS).tables

    def column(table: object, header: str) -> str | None:
        assert table in (villages, communes, restricted)
        plan = villages if table is villages else communes if table is communes else restricted
        position = plan.keys.get(text_key(header))
        if position is None:
            return None
        return plan.measures[position].code if position >= 0 else plan.ratios[~position].code

    assert column(villages, "Hộ đăng ký GĐVH") == "ho_dang_ky_gdvh"
    assert column(villages, "Hộ đạt gia đình văn hoá không có tội phạm, ma tuý") == "ho_dat_gdvh"
    assert column(villages, "Tổ tự quản\nANTT") == "to_tu_quan_antt"
    assert column(villages, "Số thành viên tổ tự quản (người)") == "tv_to_tu_quan"
    assert column(villages, "Tỷ lệ hộ gia đình văn hóa không có các tệ nạn (%)") == "ty_le_ho_dat"
    assert column(communes, "CLB phụ nữ “3 không”") == "clb_pn_3_khong"
    assert column(communes, "Tổng số thôn, bản, tổ dân phố") == "tong_thon"
    assert column(restricted, "Số người nghiện") == "nguoi_nghien"
    assert villages.forbidden[text_key("Người nghiện ma túy")] == "nguoi_nghien"
    for header in (
        "Hộ đăng ký đạt",
        "3 không",
        "Gia đình văn hóa",
        "Tỷ lệ đạt",
        "Tỷ lệ",
        "%",
        "Đạt",
        "Đăng ký",
        "Thành viên",
    ):
        assert [column(table, header) for table in (villages, communes, restricted)] == [None, None, None]
