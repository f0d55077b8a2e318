"""Returns in zip files and attached to messages, and enclosures that cannot be read."""

from __future__ import annotations

import base64
import binascii
import io
import random
import warnings
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from antq_stats.collection.intake import Intake
from antq_stats.plan import Limits
from antq_stats.reading.files.container import FileProblem
from antq_stats.reading.files.enclosures import Enclosed, open_container
from helpers.command import run
from helpers.returns import HEAD, V1, V2, V3, W1, W2, csv_text, setup, write_xlsx

pytestmark = pytest.mark.slow

FIRST = csv_text([HEAD, [*V1, 10, 4], [*V2, 20, 5], [*V3, 30, 6]]).encode()
SECOND = csv_text([HEAD, [*W1, 1, 2], [*W2, 3, 4]]).encode()


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def message(*files: tuple[str, bytes], text: str = "Kính gửi huyện") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "xa@vd.vn", "huyen@vd.vn", "Báo cáo năm 2021"
    mail.set_content(text)
    for name, data in files:
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return bytes(mail)


def workbook(folder: Path, rows: list[list[object]]) -> bytes:
    path = write_xlsx(folder / "made.xlsx", rows)
    data = path.read_bytes()
    path.unlink()
    return data


def figures(folder: Path) -> dict[str, tuple[int, int]]:
    """Sums of the province and their coverage."""
    done = run("aggregate", folder, "--format", "json")
    top = done.data[0]["measures"]
    return {code: (figure["value"], figure["given"]) for code, figure in top.items()}


def found(folder: Path) -> list[tuple[str, str]]:
    done = run("validate", folder, "--format", "json")
    return [(finding["code"], finding["file"]) for finding in done.data["findings"]]


def states(folder: Path) -> dict[str, tuple[str, list[str]]]:
    done = run("status", folder, "--format", "json")
    return {unit["unit"]: (unit["state"], unit["unread"]) for unit in done.data}


# -- what is inside is read like a file ----------------------------------------------------------


def test_a_zip_and_a_message_of_returns_give_what_the_files_give(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    first = workbook(folder, [HEAD, [*V1, 10, 4], [*V2, 20, 5], [*V3, 30, 6]])
    (folder / "nguyen-thai-hoc.zip").write_bytes(packed({"bao cao/bieu.xlsx": first}))
    (folder / "minh-quan.eml").write_bytes(message(("Biểu 01.csv", SECOND)))
    assert figures(folder) == {"trau": (64, 5), "bo": (21, 5)}
    done = run("validate", folder, "--format", "json")
    assert (done.status, done.data["findings"]) == (0, [])
    assert done.data["summary"]["files"] == 2
    assert states(folder)["0701"] == ("complete", [])


def test_a_finding_names_the_archive_and_the_file_in_it(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    wrong = FIRST.replace(b",10,", b",abc,")
    (folder / "gửi lên.eml").write_bytes(
        message(("tất cả.zip", packed({"xã 1.csv": wrong, "2.csv": SECOND})))
    )
    assert found(folder) == [("C302", "gửi lên.eml/tất cả.zip/xã 1.csv")]
    assert figures(folder)["trau"] == (54, 4)


def test_one_bad_file_inside_costs_no_other(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    first = workbook(folder, [HEAD, [*V1, 10, 4], [*V2, 20, 5], [*V3, 30, 6]])
    inside = {"hong.xlsx": first[:900], "nguyen-thai-hoc.xlsx": first, "minh-quan.csv": SECOND}
    data = bytearray(packed(inside, zipfile.ZIP_STORED))
    data[data.index(SECOND) + len(SECOND) - 3] ^= 1  # its checksum does not hold any more
    (folder / "tat-ca.zip").write_bytes(data)
    codes = found(folder)
    assert ("F102", "tat-ca.zip/hong.xlsx") in codes
    assert ("F102", "tat-ca.zip/minh-quan.csv") in codes
    assert figures(folder)["trau"] == (60, 3)


def test_files_of_kinds_that_are_no_returns_are_passed_over_inside_too(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    inside = {
        "a.csv": FIRST,
        "__MACOSX/._a.csv": b"x",
        "~$a.xlsx": b"x",
        "units.csv": b"x",
        ".DS_Store": b"x",
    }
    (folder / "a.zip").write_bytes(packed(inside))
    done = run("validate", folder, "--format", "json")
    assert done.data["summary"]["files"] == 1
    assert done.data["summary"]["passed_over"] == 6  # four inside, form and register beside it
    assert {finding["code"] for finding in done.data["findings"]} == {"U302"}


def test_the_same_return_beside_the_message_it_came_with_counts_once(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    (folder / "a.csv").write_bytes(FIRST)
    (folder / "thu.eml").write_bytes(message(("a.csv", FIRST), ("a.csv", SECOND)))
    assert figures(folder) == {"trau": (64, 5), "bo": (21, 5)}
    assert found(folder) == [("F201", "thu.eml/a.csv")]


def test_a_later_archive_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    (folder / "xa 1.zip").write_bytes(packed({"bieu.csv": FIRST, "bieu-02.csv": SECOND}))
    (folder / "xa 1_v2.zip").write_bytes(packed({"bieu.csv": FIRST.replace(b",10,", b",11,")}))
    assert figures(folder)["trau"] == (65, 5)
    assert found(folder) == [("F202", "xa 1.zip/bieu.csv")]


def test_versions_inside_one_archive_supersede_each_other(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    later = FIRST.replace(b",10,", b",11,")
    (folder / "tat-ca.zip").write_bytes(packed({"a.csv": FIRST, "a_v2.csv": later, "b.csv": SECOND}))
    assert figures(folder)["trau"] == (65, 5)


def test_marked_copies_of_returns_inside_are_written_and_the_archive_is_an_input(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    wrong = workbook(folder, [HEAD, [*V1, "abc", 4], [*V2, 20, 5], [*V3, 30, 6]])
    (folder / "a.zip").write_bytes(packed({"a.xlsx": wrong, "b.csv": SECOND}))
    done = run("validate", folder, "--format", "xlsx", "-o", tmp_path / "out")
    assert (tmp_path / "out/a.zip/a.xlsx").read_bytes().startswith(b"PK")
    assert done.status == 1
    before = (folder / "a.zip").read_bytes()
    assert run("validate", folder, "--format", "json", "-o", folder / "a.zip").status in (2, 3)
    assert (folder / "a.zip").read_bytes() == before


# -- names ---------------------------------------------------------------------------------------


def test_names_inside_lead_nowhere_else(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    wrong = FIRST.replace(b",10,", b",abc,")
    (folder / "a.zip").write_bytes(packed({"../../../x\x01:y.csv": wrong, "/etc/b.csv": SECOND}))
    assert found(folder) == [("C302", "a.zip/x__y.csv")]
    run("validate", folder, "--format", "xlsx", "-o", tmp_path / "out")
    written = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.xlsx")}
    assert "a.zip/x__y.xlsx" in written


@pytest.mark.parametrize("encoding", ["utf-8", "cp1258"])
def test_names_without_the_mark_of_utf8_are_read(encoding: str) -> None:
    name = (
        "Xã Mậu A.csv"
        if encoding == "utf-8"
        else "Phú Thọ.csv".replace("ú", "u\u0301").replace("ọ", "o\u0323")
    )
    raw = name.encode(encoding)
    data = packed({"n" * len(raw): b"x"}).replace(b"n" * len(raw), raw)
    container = open_container(data)
    assert container is not None
    assert [one.name for one in container.files()] == [name]


def test_an_attachment_keeps_the_name_its_sender_gave_it() -> None:
    names = ["Biểu 01 xã Mường Lai.xlsx", "a b.csv", "bieu'.xls"]
    container = open_container(message(*((name, b"x") for name in names)))
    assert container is not None
    assert [one.name for one in container.files()] == names
    word = base64.b64encode("Biểu.csv".encode()).decode()
    old = message(("q.csv", b"x")).replace(b'filename="q.csv"', f'filename="=?utf-8?b?{word}?="'.encode())
    container = open_container(old)
    assert container is not None
    assert [one.name for one in container.files()] == ["Biểu.csv"]


def test_the_letter_its_pictures_and_its_signature_are_no_files() -> None:
    mail = EmailMessage()
    mail["From"] = "a@vd.vn"
    mail.set_content("Kính gửi")
    mail.add_alternative("<p>Kính gửi <img src='cid:logo'></p>", subtype="html")
    mail.get_payload()[1].add_related(b"\x89PNG", "image", "png", cid="<logo>")  # type: ignore[union-attr, index]
    mail.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename="anh.jpg")
    mail.add_attachment(b"sig", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    forwarded = EmailMessage()
    forwarded["From"] = "b@vd.vn"
    forwarded.set_content("Chuyển tiếp")
    forwarded.add_attachment(mail)
    container = open_container(bytes(forwarded))
    assert container is not None
    assert [one.name for one in container.files()] == ["anh.jpg"]


# -- hostile containers --------------------------------------------------------------------------


def test_a_message_cut_off_in_the_middle_gives_no_half_a_file() -> None:
    data = message(("a.csv", FIRST), ("b.csv", SECOND))
    for end in range(data.index(b"a.csv"), len(data) - 1, 7):
        container = open_container(data[:end])
        assert container is not None
        for one in container.files():
            try:
                assert container.content(one.number, 10_000) in (FIRST, SECOND)
            except FileProblem as problem:
                assert problem.code == "F102"  # noqa: PT017 - either is right


def test_an_attachment_with_letters_that_do_not_belong_is_refused() -> None:
    data = message(("a.csv", FIRST))
    at = data.index(base64.b64encode(FIRST)[:20])
    container = open_container(data[: at + 5] + b"!" + data[at + 6 :])
    assert container is not None
    with pytest.raises(FileProblem, match="F102"):
        container.content(0, 10_000)


def test_containers_are_opened_three_deep_and_no_further(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    data = packed({"zip.zip": packed({"zip.zip": packed({"a.csv": SECOND})})})
    (folder / "zip.zip").write_bytes(data)
    assert figures(folder)["trau"] == (4, 2)
    (folder / "zip.zip").write_bytes(packed({"zip.zip": data}))
    assert ("F106", "zip.zip/zip.zip/zip.zip/zip.zip") in found(folder)


def test_an_archive_that_unpacks_to_too_much_is_refused_whole(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    (folder / "b.csv").write_bytes(SECOND)
    (folder / "a.zip").write_bytes(packed({f"{n}.csv": bytes(3 << 20) for n in range(3)}))
    done = run("validate", folder, "--format", "json", "--limit", "expanded=8")
    assert [f["file"] for f in done.data["findings"] if f["code"] == "F106"] == ["a.zip"]
    done = run("validate", folder, "--format", "json", "--limit", "file=2")
    refused = [f["file"] for f in done.data["findings"] if f["code"] == "F106"]
    assert refused == ["a.zip/0.csv", "a.zip/1.csv", "a.zip/2.csv"]


def test_a_size_that_lies_is_found_out() -> None:
    data = bytearray(packed({"a.csv": FIRST}))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(mark) + at
        data[place : place + 4] = (7).to_bytes(4, "little")
    container = open_container(bytes(data))
    assert container is not None
    with pytest.raises(FileProblem, match="F102"):
        container.content(0, 10_000)


def test_locked_and_linked_members_are_reported(tmp_path: Path) -> None:
    locked = bytearray(packed({"a.csv": FIRST}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + at] |= 1
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("b.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    folder = setup(tmp_path / "2021")
    (folder / "khoa.zip").write_bytes(locked)
    (folder / "lien-ket.zip").write_bytes(stream.getvalue())
    assert {("F103", "khoa.zip/a.csv"), ("F101", "lien-ket.zip/b.csv")} <= set(found(folder))


def test_damage_of_any_kind_is_reported_and_never_gives_a_wrong_figure() -> None:
    chance = random.Random(5)  # noqa: S311 - chance here is no secret
    for data in (packed({"a.csv": FIRST, "b.csv": SECOND}), message(("a.csv", FIRST), ("b.csv", SECOND))):
        for _ in range(1500):
            changed = bytearray(data)
            for _ in range(chance.choice((1, 1, 4))):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            try:
                container = open_container(bytes(changed))
                for one in () if container is None else container.files():
                    taken = container.content(one.number, 10_000)  # type: ignore[union-attr]
                    if data.startswith(b"PK"):
                        assert taken in (FIRST, SECOND)
            except FileProblem:
                continue


def test_a_file_inside_is_known_by_where_it_lies(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    (folder / "a.zip").write_bytes(packed({"a.csv": FIRST}))
    period = Intake.open(folder, limits=Limits())
    period.collect()
    places = {source.file: source.path for source in period.discovered.sources}
    assert isinstance(places["a.zip/a.csv"], Enclosed)


# -- what came and cannot be read ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("minh-quan.pdf", b"%PDF-1.4"),
        ("minh-quan.jpg", b"\xff\xd8\xff\xe0" + bytes(9)),
        ("minh-quan.heic", b"\x00\x00\x00\x18ftypheic" + bytes(9)),
        ("minh-quan.rar", b"Rar!\x1a\x07\x00"),
        ("minh-quan.doc", b"{\\rtf1 bao cao}"),
        ("minh-quan.zip", packed({"a.pdf": b"%PDF-1.4"})),
        ("minh-quan.eml", message(("quet.pdf", b"%PDF-1.4"))),
        ("minh-quan.eml", message()),
        ("minh-quan.zip", packed({})),
        ("minh-quan.zip", packed({"a.csv": SECOND})[:-30]),
        ("minh-quan.xlsx", b"PK\x03\x04 hong"),
    ],
)
def test_a_sender_of_something_else_is_no_sender_of_nothing(tmp_path: Path, name: str, data: bytes) -> None:
    folder = setup(tmp_path / "2021")
    (folder / "nguyen-thai-hoc.csv").write_bytes(FIRST)
    (folder / name).write_bytes(data)
    found_states = states(folder)
    assert found_states["0701"][0] == "complete"
    assert found_states["0702"][0] == "unread"
    assert found_states["07"][0] == "partial"
    assert [file.partition("/")[0] for file in found_states["0702"][1]] == [name]
    told = run("status", folder, "--lang", "vi")
    assert "đã nhận, chưa đọc được" in told.stdout
    assert name in told.stdout
    calls = run("validate", folder, "--by-sender", "--lang", "vi").stdout
    assert "Đã nhận được" in calls
    assert ".xlsx" in calls or "gửi lại" in calls
    summary = tmp_path / "report.md"
    run("report", folder, "-o", summary, "--lang", "vi")
    text = summary.read_text("utf-8")
    assert "Đã nhận báo cáo của xã Minh Quân, nhưng chưa đọc được" in text
    assert "Chưa có báo cáo của" not in text


def test_a_picture_of_an_unknown_sender_is_on_the_call_list_while_one_is_missing(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    (folder / "a.csv").write_bytes(FIRST)
    (folder / "IMG_2031.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(9))
    (folder / "ghi-chu.txt").write_text("Ghi nhớ: gọi cho các xã.\n", "utf-8")
    assert states(folder)["0702"] == ("missing", [])
    assert "IMG_2031.jpg" in run("status", folder).stdout
    calls = run("validate", folder, "--by-sender").stdout
    assert "IMG_2031.jpg" in calls
    assert "ghi-chu.txt" not in calls
    (folder / "b.csv").write_bytes(SECOND)
    assert "IMG_2031.jpg" not in run("validate", folder, "--by-sender").stdout
    assert "IMG_2031.jpg" not in run("status", folder).stdout


def test_a_blank_return_was_received_and_not_filled_in(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    (folder / "a.csv").write_bytes(FIRST)
    (folder / "b.csv").write_bytes(csv_text([HEAD, [*W1, "", ""], [*W2, "", ""]]).encode())
    assert states(folder)["0702"] == ("blank", ["b.csv"])
    assert "received, not filled in" in run("status", folder).stdout


def test_the_hint_to_send_the_workbook_is_printed(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    (folder / "minh-quan.pdf").write_bytes(b"%PDF-1.4")
    told = run("validate", folder, "--lang", "vi").stdout
    assert "F204" in told
    assert "đề nghị đơn vị gửi bảng tính (.xlsx)" in " ".join(told.split())


# -- what an attacker found ----------------------------------------------------------------------


def stored(folder: Path) -> bytes:
    first = workbook(folder, [HEAD, [*V1, 10, 4], [*V2, 20, 5], [*V3, 30, 6]])
    second = workbook(folder, [HEAD, [*W1, 1, 2], [*W2, 3, 4]])
    return packed({"a.xlsx": first, "b.xlsx": second}, zipfile.ZIP_STORED)


def test_a_zip_that_lost_its_end_is_not_taken_for_the_last_file_in_it(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    whole = stored(folder)
    for data in (whole[:-40], whole + packed({"c.csv": SECOND}), whole + packed({})):
        (folder / "a.zip").write_bytes(data)
        assert ("F102", "a.zip") in found(folder)
        (folder / "a.zip").rename(folder / "a.xlsx")  # under a workbook's name too
        assert figures(folder)["trau"] == (None, 0)
        (folder / "a.xlsx").unlink()


def test_members_that_the_directory_does_not_list_are_reported(tmp_path: Path) -> None:
    one, two = packed({"a.csv": FIRST}), packed({"b.csv": SECOND})
    directory = one.index(b"PK\x01\x02")
    local = two[: two.index(b"PK\x01\x02")]
    end = bytearray(one[directory:])
    place = end.index(b"PK\x05\x06") + 16
    end[place : place + 4] = (directory + len(local)).to_bytes(4, "little")
    folder = setup(tmp_path / "2021")
    (folder / "a.zip").write_bytes(one[:directory] + local + bytes(end))
    assert ("F102", "a.zip") in found(folder)


def mail(*parts: bytes, end: bytes = b"--B--\r\n") -> bytes:
    head = b"From: a@vd.vn\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
    return head + b"".join(b"--B\r\n" + part + b"\r\n" for part in parts) + end


def attached(data: bytes, name: str = "a.csv", kind: str = "application/octet-stream") -> bytes:
    head = f'Content-Type: {kind}\r\nContent-Disposition: attachment; filename="{name}"\r\n'
    return (head + "Content-Transfer-Encoding: base64\r\n\r\n").encode() + base64.encodebytes(data)


LETTER = b"Content-Type: text/plain\r\n\r\nKinh gui\r\n"


def files_of(data: bytes) -> dict[str, bytes | str]:
    """Names and contents of what is attached, of what cannot be had the code of its finding."""
    container = open_container(data)
    assert container is not None
    taken: dict[str, bytes | str] = {}
    for one in container.files():
        try:
            taken[one.name] = container.content(one.number, 1 << 20)
        except FileProblem as problem:
            taken[one.name] = problem.code
    return taken


def test_a_forwarded_message_in_base64_is_opened() -> None:
    inner = mail(LETTER, attached(SECOND, "b.csv"))
    packed_up = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    data = mail(LETTER, packed_up + base64.encodebytes(inner), attached(FIRST))
    assert files_of(data) == {"b.csv": SECOND, "a.csv": FIRST}
    broken = mail(LETTER, packed_up + b"????", attached(FIRST))
    assert files_of(broken) == {"message.eml": "F102", "a.csv": FIRST}


@pytest.mark.parametrize(
    "header",
    [
        "Content-Disposition: attachment; filename*=\"''",
        "Content-Disposition: attachment; filename*=\"UTF-8''\"",
        "Content-Type: text/csv; name*=\"''",
    ],
)
def test_an_unreadable_header_costs_only_its_part(header: str, tmp_path: Path) -> None:
    odd = header.encode() + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(SECOND)
    folder = setup(tmp_path / "2021")
    (folder / "a.eml").write_bytes(mail(LETTER, attached(FIRST), odd))
    assert run("validate", folder, "--format", "json").status in (0, 1)
    assert figures(folder)["trau"][0] >= 60
    broken = mail(LETTER, attached(FIRST)).replace(b"boundary=B", b"boundary.*=\"''")
    (folder / "a.eml").write_bytes(broken)
    assert run("validate", folder, "--format", "json").status == 1


def test_a_charset_that_is_none_is_no_fault_of_the_program() -> None:
    odd = b"Content-Type: text/csv; charset=utf-8\x00\r\n\r\n\xe1\xba"
    assert set(files_of(mail(LETTER, attached(FIRST), odd)).values()) == {FIRST, "F102"}


def test_a_table_in_a_text_part_without_a_name_is_a_file() -> None:
    for kind in ("text/tab-separated-values", "text/comma-separated-values", "text/plain"):
        part = f"Content-Type: {kind}\r\n\r\n".encode() + FIRST.replace(b"\n", b"\r\n")
        assert len(files_of(mail(LETTER, part))) == 1, kind
    signed = attached(FIRST, "bieu.xlsx", "application/pkcs7-signature")
    assert list(files_of(mail(LETTER, signed))) == ["bieu.xlsx"]


def test_a_photograph_pasted_into_a_letter_is_received() -> None:
    picture = b"Content-Type: image/jpeg\r\nContent-ID: <p>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    related = b"Content-Type: multipart/related; boundary=R\r\n\r\n"
    related += b"--R\r\nContent-Type: text/html\r\n\r\n<img>\r\n--R\r\n"
    for size, count in ((2_000, 0), (90_000, 1)):
        photo = base64.encodebytes(b"\xff\xd8\xff\xe0" + bytes(size))
        data = mail(related + picture + photo + b"--R--\r\n")
        assert len(files_of(data)) == count


def test_a_message_cut_or_continued_is_reported_though_its_files_are_read(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    whole = mail(LETTER, attached(FIRST), attached(SECOND, "b.csv"))
    for data in (whole[: whole.rindex(b"--B\r\n") + 5], mail(LETTER, attached(FIRST)) + whole):
        (folder / "a.eml").write_bytes(data)
        assert ("F102", "a.eml") in found(folder)
        assert figures(folder)["trau"] == (60, 3)


def test_what_was_encoded_is_whole_or_refused() -> None:
    lines = base64.encodebytes(FIRST).replace(b"\n", b" \r\n")
    spaced = attached(FIRST).partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + lines
    assert files_of(mail(LETTER, spaced)) == {"a.csv": FIRST}
    quoted = attached(FIRST).replace(b"Encoding: base64", b'Encoding: "BASE64" (x)')
    assert files_of(mail(LETTER, quoted)) == {"a.csv": FIRST}
    coded = (
        b"Content-Disposition: attachment; filename=a.csv\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n"
    )
    body = b"begin 644 a.csv\r\n" + binascii.b2a_uu(b"a,b,c") + b"`\r\n"
    assert files_of(mail(coded + body + b"end\r\n")) == {"a.csv": b"a,b,c"}
    assert files_of(mail(coded + body)) == {"a.csv": "F102"}


def test_names_of_attachments_hide_nothing() -> None:
    names = [".xlsx", "..\\..\\x.xlsx", "a/b.csv"]
    assert list(files_of(mail(*(attached(FIRST, name) for name in names)))) == ["1.xlsx", "x.xlsx", "b.csv"]
    kept = b"From - Sat Nov 27 08:00:00 2021\r\n" + mail(LETTER, attached(FIRST))
    assert files_of(kept) == {"a.csv": FIRST}


def test_files_of_one_name_at_every_place_are_read_once_each(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    stream = io.BytesIO()
    inner = [packed({"a.csv": FIRST}), packed({"b.csv": SECOND}), packed({"c.csv": b"x"})]
    with zipfile.ZipFile(stream, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, data in zip(("a.zip", "3/a.zip", "a.zip"), inner, strict=True):
            archive.writestr(name, data)
    (folder / "z.zip").write_bytes(stream.getvalue())
    assert figures(folder)["trau"] == (64, 5)


def test_an_archive_of_many_is_opened_once_by_each_reader(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    many = {f"{n}.txt": b"ghi chu" for n in range(300)} | {"a.csv": FIRST, "b.csv": SECOND}
    (folder / "a.zip").write_bytes(packed(many))
    period = Intake.open(folder)
    period.collect()
    places = {
        id(source.path.container) for source in period.discovered.sources if isinstance(source.path, Enclosed)
    }
    assert len(places) == 1
    assert figures(folder)["trau"] == (64, 5)
