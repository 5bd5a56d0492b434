"""scraper.web.charset: bytes to text as browsers read them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.web.charset import decode_body

RU = "Премьер-министр заявил во вторник, что переговоры продолжатся на следующей неделе в столице. "
JA = "政府は火曜日、来週から新しい交渉を始めると発表した。会議は東京で開かれる見通しだ。"
ZH = "政府周二宣布，下周将开始新的谈判。会议预计在首都举行，多国代表将出席。"
KO = "정부는 화요일 다음 주부터 새로운 협상을 시작한다고 발표했다. 회의는 서울에서 열린다."
FR = "L’été dernier, la ministre a déclaré à l’Assemblée que « l’État » protégera les élèves très tôt."
DE = "Die Bürgermeisterin erklärte, über die Straße müsse der Rat noch abstimmen: Größe und Übergänge."
CS = "Vláda v úterý oznámila, že příští týden začnou nová jednání o žádostech měst a krajů."
PRAGMA = b'<meta http-equiv=Content-Type content="text/html; charset=euc-kr">'
FAR_META = b" " * 2000 + b"<meta charset=koi8-r>"
EL = "Η κυβέρνηση ανακοίνωσε την Τρίτη ότι οι διαπραγματεύσεις θα συνεχιστούν στην πρωτεύουσα."

TABLE = [
    ("utf-8 by header", JA.encode(), "text/html; charset=UTF-8", JA, "utf-8", "http"),
    ("utf-8 by meta", b"<meta charset=utf-8>" + JA.encode(), None, None, "utf-8", "meta"),
    ("utf-8 undeclared", JA.encode(), "text/html", JA, "utf-8", "utf8"),
    ("ascii undeclared", b"<p>plain", None, "<p>plain", "utf-8", "utf8"),
    ("empty", b"", None, "", "utf-8", "utf8"),
    ("mark beats header", b"\xef\xbb\xbf" + DE.encode(), "text/html; charset=latin1", DE, "utf-8", "bom"),
    ("utf-16 mark", b"\xff\xfe" + DE.encode("utf-16-le"), None, DE, "utf-16-le", "bom"),
    ("utf-16 by header", "aéb".encode("utf-16-le"), "text/html; charset=utf-16", "aéb", "utf-16-le", "http"),
    ("latin1 is windows-1252", b"\x93caf\xe9\x94", "text/html; charset=ISO-8859-1", "“café”", "cp1252", "http"),
    ("ascii is windows-1252", b"caf\xe9", "text/html; charset=us-ascii", "café", "cp1252", "http"),
    ("shift_jis is cp932", b"\x87\x40\x81\x41", "text/html; charset=Shift_JIS", "①、", "cp932", "http"),
    ("gb2312 is gb18030", ZH.encode("gb18030"), "text/html; charset=gb2312", ZH, "gb18030", "http"),
    ("header beats meta", b"<meta charset=koi8-r>\xcf", 'text/html; charset="windows-1251"', None, "cp1251", "http"),
    ("meta pragma", PRAGMA + KO.encode("euc-kr"), None, None, "cp949", "meta"),
    ("iso-2022-jp is ASCII bytes", JA.encode("iso2022_jp"), "text/html; charset=iso-2022-jp", JA, "iso2022_jp", "http"),
    ("ascii under a legacy label", b"plain", "text/html; charset=shift_jis", "plain", "cp932", "http"),
    ("unknown label", DE.encode(), "text/html; charset=klingon", DE, "utf-8", "utf8"),
    ("utf-7 is refused", b"+ADw-b+AD4-", "text/html; charset=utf-7", "+ADw-b+AD4-", "utf-8", "utf8"),
    ("utf-8 under a wrong label", JA.encode(), "text/html; charset=shift_jis", JA, "utf-8", "utf8"),
    ("utf-8 under latin1", DE.encode(), "text/html; charset=iso-8859-1", DE, "utf-8", "utf8"),
    ("legacy under utf-8", FR.encode("cp1252"), "text/html; charset=utf-8", FR, "cp1252", "detected"),
    ("wrong legacy label", JA.encode("euc_jp"), "text/html; charset=shift_jis", JA, "euc_jp", "detected"),
    ("meta past the first 1,024", FAR_META + RU.encode("koi8-r"), None, None, "koi8-r", "meta"),
    ("utf-16 in a meta means utf-8", b"<meta charset=utf-16>" + DE.encode(), None, None, "utf-8", "meta"),
    ("russian", (RU * 3).encode("cp1251"), None, RU * 3, "cp1251", "detected"),
    ("japanese", (JA * 3).encode("euc_jp"), None, JA * 3, "euc_jp", "detected"),
    ("shift_jis", (JA * 3).encode("cp932"), None, JA * 3, "cp932", "detected"),
    ("chinese", (ZH * 3).encode("gb18030"), None, ZH * 3, "gb18030", "detected"),
    ("korean", (KO * 3).encode("euc-kr"), None, KO * 3, "cp949", "detected"),
    ("greek", (EL * 2).encode("cp1253"), None, EL * 2, "cp1253", "detected"),
    ("french", FR.encode("cp1252"), None, FR, "cp1252", "detected"),
    ("german", (DE * 2).encode("cp1252"), None, DE * 2, "cp1252", "detected"),
    ("czech by its language", b"<html lang=cs>" + CS.encode("cp1250"), None, None, "cp1250", "detected"),
    ("turkish by its language", b'<html dir=ltr lang="tr-TR">' + b"a\xf0\xfd\xfe", None, None, "cp1254", "detected"),
    ("too little to tell", b"caf\xe9", None, "café", "cp1252", "default"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "content_type", "text", "charset", "source"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_decode_body(body: bytes, content_type: str | None, text: str | None, charset: str, source: str) -> None:
    """Mark, header, meta, UTF-8, detection, windows-1252: in this order, with the labels' real meaning."""
    decoded = decode_body(body, content_type)
    assert (decoded.charset, decoded.source, decoded.replaced) == (charset, source, 0)
    assert text is None or decoded.text == text


def test_broken_utf8_keeps_the_rest() -> None:
    """One bad byte in a UTF-8 page costs one character, not the page; a U+FFFD of the page's own is not counted."""
    decoded = decode_body((DE + "\ufffd").encode() + b"\xff", "text/html; charset=utf-8")
    assert decoded.text == DE + "\ufffd\ufffd"
    assert (decoded.charset, decoded.source, decoded.replaced) == ("utf-8", "http", 1)


@settings(max_examples=100)
@given(
    st.binary(max_size=300), st.sampled_from([None, "text/html", "text/html; charset=gbk", "x; charset=utf-16", "\x00"])
)
def test_decode_body_is_total(body: bytes, content_type: str | None) -> None:
    """Any bytes under any label give text."""
    decoded = decode_body(body, content_type)
    assert 0 <= decoded.replaced <= decoded.text.count("\ufffd")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
@settings(max_examples=100)
def test_utf8_comes_back(text: str) -> None:
    """Declared UTF-8 is a round trip."""
    assert decode_body(b"<p>" + text.encode(), "text/html; charset=utf-8").text == "<p>" + text


@pytest.mark.parametrize("unit", [b"<script>", b"<!--", b"<html ", b"<meta charset", b"<"], ids=repr)
def test_hostile_markup_costs_no_time(unit: bytes) -> None:
    """A page made to keep pattern matching busy is decoded like any other."""
    began = time.perf_counter()
    assert decode_body(unit * 60_000 + b"\xe9" * 20).text
    assert time.perf_counter() - began < 2.0


def test_utf8_pages_are_quick() -> None:
    """A page of 180 KB in UTF-8 takes well under a millisecond."""
    body = f"<p>{DE}</p>".encode() * 1700
    spent = []
    for _ in range(20):
        began = time.perf_counter()
        decode_body(body, "text/html; charset=utf-8")
        spent.append(time.perf_counter() - began)
    assert min(spent) < 0.001
