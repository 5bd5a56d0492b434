"""The cues: what their files hold, the lines they tell, and the sentences they must leave alone."""

from __future__ import annotations

import tomllib
import unicodedata
from importlib import resources
from importlib.resources.abc import Traversable
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.extractors.cues import CueKind, contains_cue, is_cue, load_cues, starts_with_cue

_KINDS: tuple[CueKind, ...] = get_args(CueKind)
_FILES = sorted((resources.files("scraper.extractors") / "cues").iterdir(), key=lambda file: file.name)
_BIG: tuple[CueKind, ...] = ("read_next", "also_read", "newsletter", "share", "comments")

_LINES: list[tuple[CueKind, str]] = [
    # English, German, French, Spanish
    ("read_next", "More in Business"),
    ("read_next", "Others are reading"),
    ("also_read", "READ MORE: Ferry crews call off strike"),
    ("published", "First published on 3 May 2024"),
    ("share", "Share this article"),
    ("read_next", "Mehr zum Thema"),
    ("also_read", "Lesen Sie auch: Fähre fällt aus"),
    ("published", "Veröffentlicht am 3. Mai 2024"),
    ("published", "Stand: 03.05.2024, 14:10 Uhr"),
    ("read_next", "Sur le même sujet"),
    ("also_read", "À lire aussi : la grève des bacs"),
    ("newsletter", "Recevez notre newsletter chaque matin"),
    ("read_next", "Te puede interesar"),
    ("also_read", "Lea también: huelga en el puerto"),
    ("comments", "Deja un comentario"),
    # Arabic, Chinese, Japanese, Hindi
    ("read_next", "أخبار ذات صلة"),
    ("also_read", "اقرأ أيضاً: إضراب العبّارات"),
    ("newsletter", "اشترك الآن في النشرة"),
    ("read_next", "相关阅读"),
    ("by", "记者：王小明"),
    ("published", "发布时间：2024-05-03"),
    ("read_next", "おすすめ記事"),
    ("published", "公開：2024年5月3日"),
    ("share", "この記事をシェア"),
    ("read_next", "यह भी पढ़ें"),
    ("comments", "टिप्पणी करें"),
    # Portuguese, Italian, Dutch, Polish
    ("read_next", "Mais lidas"),
    ("also_read", "LEIA TAMBÉM: greve nos barcos"),
    ("advertisement", "Continua após a publicidade"),
    ("read_next", "Potrebbe interessarti anche"),
    ("also_read", "Leggi anche: sciopero dei traghetti"),
    ("newsletter", "Iscriviti alla newsletter"),
    ("read_next", "Gerelateerde artikelen"),
    ("also_read", "Lees ook: veerdienst staakt"),
    ("comments", "Plaats een reactie"),
    ("read_next", "Powiązane artykuły"),
    ("also_read", "Czytaj też: strajk promów"),
    ("share", "Udostępnij na Facebooku"),
    # Russian, Ukrainian, Bulgarian, Serbian
    ("read_next", "Материалы по теме"),
    ("also_read", "Читайте также: забастовка на паромах"),
    ("newsletter", "Подпишитесь на рассылку"),
    ("read_next", "Схожі новини"),
    ("also_read", "Читайте також: страйк на поромах"),
    ("comments", "Залишити коментар"),
    ("read_next", "Свързани статии"),
    ("comments", "Добави коментар"),
    ("read_next", "Повезане вести"),
    ("also_read", "Pročitajte još: štrajk na trajektima"),
    # Turkish, Greek, Hungarian, Romanian
    ("read_next", "İLGİLİ HABERLER"),
    ("comments", "Yorum yap"),
    ("published", "Yayınlanma tarihi: 03.05.2024"),
    ("read_next", "ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ"),
    ("advertisement", "ΔΙΑΦΗΜΙΣΗ"),
    ("read_next", "Kapcsolódó cikkek"),
    ("advertisement", "HIRDETÉS"),
    ("also_read", "Citeşte şi: greva feriboturilor"),
    ("newsletter", "Abonează-te la newsletter"),
    # Swedish, Danish, Norwegian, Finnish
    ("also_read", "Läs också: Färjan står still"),
    ("by", "Av Anna Lind"),
    ("also_read", "LÆS OGSÅ: Færgen holder stille"),
    ("comments", "Skriv en kommentar"),
    ("also_read", "Les også: Ferjen står"),
    ("advertisement", "Artikkelen fortsetter under annonsen"),
    ("also_read", "Lue myös: Lautta ei kulje"),
    ("read_next", "Luetuimmat"),
    # Czech, Slovak, Croatian, Slovenian
    ("read_next", "Mohlo by vás zajímat"),
    ("advertisement", "Inzerce"),
    ("also_read", "Čítajte tiež: štrajk trajektov"),
    ("share", "Zdieľať na Facebooku"),
    ("read_next", "Povezani članci"),
    ("newsletter", "Prijavite se na newsletter"),
    ("also_read", "Preberite tudi: stavka na trajektih"),
    ("updated", "Posodobljeno 3. 5. 2024"),
    # Korean, Indonesian, Vietnamese, Thai
    ("read_next", "관련기사"),
    ("comments", "댓글 쓰기"),
    ("also_read", "Baca juga: Kapal feri berhenti"),
    ("read_next", "Berita Terkait"),
    ("read_next", "Tin liên quan"),
    ("comments", "Gửi bình luận"),
    ("read_next", "ข่าวที่เกี่ยวข้อง"),
    ("comments", "แสดงความคิดเห็น"),
    # Persian, Hebrew, Catalan
    ("also_read", "بیشتر بخوانید: اعتصاب کشتی‌ها"),
    ("comments", "دیدگاهتان را بنویسید"),
    ("read_next", "כתבות נוספות"),
    ("by", "מאת: דנה לוי"),
    ("read_next", "Notícies relacionades"),
    ("newsletter", "Subscriu-te al butlletí"),
    # Malay, Bengali, Urdu, Tamil, Telugu, Marathi, Lithuanian, Latvian, Estonian
    ("read_next", "Berita berkaitan"),
    ("comments", "Tinggalkan komen"),
    ("also_read", "আরও পড়ুন: ফেরি ধর্মঘট"),
    ("comments", "মন্তব্য করুন"),
    ("also_read", "یہ بھی پڑھیں: فیری کی ہڑتال"),
    ("share", "شیئر کریں"),
    ("read_next", "தொடர்புடைய செய்திகள்"),
    ("advertisement", "விளம்பரம்"),
    ("also_read", "ఇవి కూడా చదవండి: ఫెర్రీ సమ్మె"),
    ("read_next", "తాజా వార్తలు"),
    ("also_read", "हेही वाचा: फेरी संप"),
    ("advertisement", "जाहिरात"),
    ("also_read", "Taip pat skaitykite: keltai sustojo"),
    ("comments", "Rašyti komentarą"),
    ("also_read", "Lasi arī: prāmji stāv"),
    ("comments", "Pievienot komentāru"),
    ("also_read", "Loe ka: praamid seisavad"),
    ("read_next", "Seotud artiklid"),
    # the small kinds
    ("photo", "Foto: Anna Lind"),
    ("photo", "Fot. Anna Lipska"),
    ("photo", "Φωτογραφία: Α. Λίντα"),
    ("tags", "Schlagworte: Fähre, Hafen"),
    ("tags", "Słowa kluczowe: prom"),
    ("about_author", "Sobre a autora"),
    ("about_author", "Об авторе"),
    ("updated", "Mis à jour le 3 mai 2024"),
    ("updated", "Son güncelleme: 03.05.2024"),
    ("here", "Ti trovi in: Home"),
    ("this_page", "正文"),
    ("this_page", "Artikelansicht"),
    ("home", "Startseite"),
    ("home", "首页"),
    ("consent", "Utilizamos cookies para medir visitas"),
    ("paywall", "Réservé aux abonnés"),
    ("reading_time", "Lesezeit: 4 Minuten"),
    ("reading_time", "Czas czytania: 4 min"),
]

_SENTENCES = [
    "On Monday the ferry stopped.",
    "From the harbour you can see the island.",
    "More than a hundred people waited on the quay.",
    "Most of the crew had gone home.",
    "Data published in May show a slow decline.",
    "Prices fell again, and nobody knew why.",
    "The tags on the crates were unreadable.",
    "A member of the crew was hurt.",
    "It would become a member of the union in May.",
    "Am Montag fuhr die Fähre nicht.",
    "Aus dem Hafen kamen Rufe.",
    "Vom Ufer war nichts zu sehen.",
    "Mehr als hundert Leute warteten.",
    "Der Stand der Dinge ist unklar.",
    "Le bac est resté à quai.",
    "Plus de cent personnes attendaient.",
    "Comment en est-on arrivé là ?",
    "Avec le vent, la traversée est rude.",
    "Il vous reste une heure pour partir.",
    "La suite du procès aura lieu lundi.",
    "El transbordador no salió.",
    "Más de cien personas esperaban.",
    "Del puerto llegaban gritos.",
    "Mais de cem pessoas esperavam.",
    "O navio ficou no porto.",
    "Il traghetto è rimasto in porto.",
    "Più di cento persone aspettavano.",
    "Deel van het probleem is de wind.",
    "Meer dan honderd mensen wachtten.",
    "Więcej niż sto osób czekało na prom.",
    "Более ста человек ждали парома.",
    "Понад сто людей чекали на пором.",
    "Mer än hundra personer väntade.",
    "Del av problemet är vinden.",
    "Mere end hundrede mennesker ventede.",
    "Yüzden fazla kişi iskelede bekledi.",
    "Yli sata ihmistä odotti laiturilla.",
    "Více než sto lidí čekalo na přívoz.",
    "Több mint százan vártak a kompra.",
    "Peste o sută de oameni așteptau.",
    "Περισσότεροι από εκατό περίμεναν.",
    "المزيد من السكان غادروا الجزيرة.",
    "سجل الفريق هدفين في المباراة.",
    "اشترك ثلاثة لاعبين في المباراة.",
    "记者从港务局获悉，渡轮停航。",
    "更多人选择离开小岛。",
    "时间过去了三个小时。",
    "記者会見で社長が謝罪した。",
    "関連会社も影響を受けた。",
    "公開された資料によると、船は古い。",
    "登録された船は三隻だけだ。",
    "सौ से ज़्यादा लोग घाट पर खड़े थे।",
    "백 명이 넘는 사람들이 부두에서 기다렸다.",
    "Di Jakarta, ratusan orang menunggu kapal.",
    "Hơn một trăm người chờ ở bến tàu.",
    "ผู้คนกว่าร้อยคนรอเรืออยู่ที่ท่า",
    "بیش از صد نفر در اسکله منتظر بودند.",
    "יותר ממאה אנשים חיכו ברציף.",
    "Més de cent persones esperaven.",
    "Lebih seratus orang menunggu di jeti.",
    "শতাধিক মানুষ ঘাটে অপেক্ষা করছিলেন।",
    "سو سے زائد افراد گھاٹ پر کھڑے تھے۔",
    "शंभरहून अधिक लोक धक्क्यावर थांबले होते.",
    "Daugiau nei šimtas žmonių laukė kelto.",
    "Vairāk nekā simts cilvēku gaidīja prāmi.",
    "Üle saja inimese ootas praami.",
]


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file.name)
def test_a_file_holds_every_kind_of_cue(file: Traversable) -> None:
    """No kind is missing, empty, or written in a way that would never be met."""
    kinds = tomllib.loads(file.read_text(encoding="utf-8"))
    assert set(kinds) == set(_KINDS)
    for kind, cues in kinds.items():
        assert cues, kind
        assert len(cues) == len(set(cues)), kind
        assert [c for c in cues if c != unicodedata.normalize("NFC", c.lower()).strip()] == [], kind


@pytest.mark.parametrize("kind", _BIG)
def test_every_language_has_several_cues_of_the_kinds_met_most(kind: CueKind) -> None:
    """A language with one cue would miss most pages."""
    short = {f.name for f in _FILES if len(tomllib.loads(f.read_text(encoding="utf-8"))[kind]) < 4}
    assert short == set()


def test_every_cue_is_found_in_itself() -> None:
    """Folding and keys lose none."""
    lost = [(kind, cue) for kind, cues in load_cues().items() for cue in cues if not starts_with_cue(kind, cue)]  # type: ignore[arg-type]
    assert lost == []


@pytest.mark.parametrize(("kind", "line"), _LINES, ids=[f"{kind}-{line}" for kind, line in _LINES])
def test_a_line_is_told_by_its_cue(kind: CueKind, line: str) -> None:
    """The lines are what newspapers print."""
    assert starts_with_cue(kind, line) is not None


@pytest.mark.parametrize("sentence", _SENTENCES)
def test_an_ordinary_sentence_holds_no_cue(sentence: str) -> None:
    """All languages are tried on every page, so no cue may be a word that starts plain sentences of another."""
    kinds: tuple[CueKind, ...] = (*_BIG, "advertisement", "paywall", "published")
    assert [kind for kind in kinds if starts_with_cue(kind, sentence)] == []
    assert not contains_cue("paywall", sentence)
    assert not contains_cue("consent", sentence)


@given(kind=st.sampled_from(_KINDS), text=st.text(max_size=60))
@settings(max_examples=100)
def test_any_text_may_be_asked_about(kind: CueKind, text: str) -> None:
    """What is found is a beginning of the text, and a text that is a cue starts with one."""
    found = starts_with_cue(kind, text)
    assert found is None or (found and text.startswith(found))
    assert not is_cue(kind, text) or found is not None


@given(data=st.data(), kind=st.sampled_from(_KINDS), rest=st.text(max_size=20))
@settings(max_examples=100)
def test_a_cue_is_found_however_it_is_set(data: st.DataObject, kind: CueKind, rest: str) -> None:
    """Signs before it and anything after a space do not hide a cue."""
    cue = data.draw(st.sampled_from(load_cues()[kind]))
    found = starts_with_cue(kind, f"» {cue} {rest}")
    assert found is not None
    assert f"» {cue} {rest}".startswith(found)
