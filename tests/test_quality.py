"""Which records are articles."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime

import pytest

from scraper.config import QualityConfig
from scraper.model import Block, Candidate, Draft, Link, Page, Rejected
from scraper.normalizers import Source, normalize_draft
from scraper.pipeline import read_page
from scraper.quality import REASONS, judge_article

LONG = "Every sentence of this story says something new about phones. " * 30
LINKS = tuple(Link(text=f"A headline that leads to story {i}", url=f"https://example.com/{i}") for i in range(5))


def _judge(
    text: str = LONG,
    *,
    title: str = "T",
    links: tuple[Link, ...] = (),
    page_type: str = "article",
    config: QualityConfig | None = None,
    language: str | None = None,
    access: str = "unknown",
) -> tuple[str, str | None] | None:
    url = "https://example.com/x"
    draft = Draft(
        blocks=tuple(
            Block(index=at, label="body", type="paragraph", text=line, links=links if at == 0 else ())
            for at, line in enumerate(text.split("\n"))
        ),
        title=(Candidate(value=title, origin="dom"),),
        page_type=page_type,  # type: ignore[arg-type]
        language=(Candidate(value=language, origin="html.lang"),) if language else (),
        access=access,  # type: ignore[arg-type]
    )
    at = datetime(2025, 9, 5, tzinfo=UTC)
    page = Page(url=url, final_url=url, body=b"", fetched_at=at, status=200, source="feed")
    rejected = judge_article(normalize_draft(draft, Source(page=page, version="9")), config or QualityConfig())
    if rejected is None:
        return None
    assert (rejected.stage, rejected.url, rejected.source, rejected.status) == ("judge", url, "feed", 200)
    return rejected.reason, rejected.detail


def test_an_article_is_kept() -> None:
    """A long text with a headline has nothing against it."""
    assert _judge() is None


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("404 - Page not found", "Sorry."),
        ("Ups", "Die Seite wurde nicht gefunden."),
        ("Oups", "Cette page n’existe pas ou plus."),
        ("お知らせ", "お探しのページは見つかりませんでした。"),
        ("Хм", "Страница не найдена"),
        ("عذرا", "الصفحة غير موجودة"),
        ("404", "페이지를 찾을 수 없습니다"),
    ],
)
def test_a_page_that_says_it_is_not_there_is_a_soft_404(title: str, text: str) -> None:
    """Short pages with a cue in any language."""
    found = _judge(text, title=title)
    assert found is not None and found[0] == "soft_404"


GONE = {
    "an article that is gone": (
        "Oops",
        "This article is no longer available. It may have been removed at the request of the publisher, or its licence "
        "has run out. You could try our home page, or the search at the top of this page.",
    ),
    "a hint at the search": (
        "Hoppla",
        "Die angeforderte Seite konnte nicht gefunden werden. Vielleicht haben Sie sich vertippt, oder die Seite wurde "
        "verschoben. Nutzen Sie die Suche oder gehen Sie zur Startseite, dort stehen die neuesten Nachrichten.",
    ),
    "two cues in a title": ("Error 404 - Page not found - News", "Here is what others read today: " + "a story, " * 30),
    "a Spanish one": ("Vaya", "Lo sentimos, este contenido ya no está disponible. Vuelva a la portada."),
    "a French one": ("Oups", "Cet article n’est plus disponible."),
    "a Polish one": ("Ojej", "Strona nie istnieje lub została przeniesiona. Przejdź na stronę główną."),
    "a Japanese one": ("エラー", "申し訳ございません。お探しのページは見つかりませんでした。ホームへお戻りください。"),
    "a Chinese one": ("提示", "抱歉，您访问的页面不存在或已被删除。请返回首页。"),
    "a Russian one": ("Ой", "К сожалению, такой страницы нет. Возможно, она была удалена. Перейдите на главную."),
    "a Thai one": ("ขออภัย", "ขออภัย ไม่พบหน้าที่คุณต้องการ กลับไปหน้าแรก"),
}  # fmt: skip


@pytest.mark.parametrize(("title", "text"), GONE.values(), ids=GONE)
def test_a_message_with_words_around_it_is_a_soft_404(title: str, text: str) -> None:
    """What such pages add (an excuse, the search, the home page) does not make an article of them."""
    found = _judge(text, title=title)
    assert found is not None and found[0] == "soft_404"


NEWS_OF_WHAT_IS_GONE = {
    "a recall": (
        "Maker withdraws baby monitor after fires",
        "The maker of the Lull baby monitor has withdrawn the device from sale after three fires. It is no longer "
        "available in shops, and owners can return theirs for a full refund until the end of March, the company said "
        "in a statement on Tuesday. Nobody was hurt.",
    ),
    "a title that says it": (
        "Ferry tickets on paper no longer available",
        "Travellers across the bay have to buy their tickets by phone or at a machine from Monday. The last booth at "
        "the pier in Alder closed on Sunday after ninety years. The ferry company said that fewer than one in twenty "
        "passengers had bought a ticket on paper last year.",
    ),
    "an outage": (
        "Ministry's website down for hours",
        "Visitors to the website of the ministry saw nothing but the words \"page not found\" on Tuesday. A faulty "
        "update was to blame, a spokeswoman said, and no data had been lost. The site was back in the evening.",
    ),
    "a German outage": (
        "Webseite der Stadt stundenlang nicht erreichbar",
        "Besucher der städtischen Webseite sahen am Dienstag nur die Meldung „Fehler 404“. Grund war nach Angaben der "
        "Stadt ein fehlerhaftes Update. Formulare waren nicht mehr verfügbar, Daten gingen nicht verloren.",
    ),
    "a German brief": (
        "Kultspiel verschwindet aus den Läden",
        "Das Brettspiel „Fährmann“ ist nicht mehr verfügbar. Der Verlag in Halle hat die Produktion eingestellt, weil "
        "die Druckerei schließt. Sammler zahlen bereits das Dreifache des alten Preises, wie Händler berichten.",
    ),
    "a French brief": (
        "Le guichet ferme après quatre-vingts ans",
        "Le billet en papier n’est plus disponible depuis lundi au guichet du port, a annoncé la compagnie. Les "
        "voyageurs doivent désormais acheter leur titre en ligne ou à la borne installée devant la gare maritime.",
    ),
    "a Spanish brief": (
        "La vacuna se agota en tres provincias",
        "La vacuna ya no está disponible en las farmacias de tres provincias, según informó el martes la consejería. "
        "Las nuevas dosis llegarán a mediados de mes y se repartirán primero entre los mayores de ochenta años.",
    ),
    "a Dutch brief": (
        "Papieren kaartje verdwijnt",
        "Het papieren kaartje voor de veerboot is sinds maandag niet meer beschikbaar, meldt de rederij. Reizigers "
        "kopen hun kaartje voortaan met de telefoon of bij de automaat op de kade naast het station van Alder.",
    ),
    "an Italian brief": (
        "Chiude la biglietteria del porto",
        "Il biglietto di carta non è più disponibile da lunedì, ha comunicato la compagnia dei traghetti. I "
        "viaggiatori dovranno comprarlo con il telefono oppure alla macchina che si trova davanti alla stazione.",
    ),
    "an excavation": (
        "Search for the wreck ends",
        "Divers searched the mouth of the river for nine days, but nothing was found. The harbour office has now "
        "called the search off. The trawler had sunk in a storm in 1911 with a crew of seven on board.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("title", "text"), NEWS_OF_WHAT_IS_GONE.values(), ids=NEWS_OF_WHAT_IS_GONE)
def test_short_news_of_what_is_gone_is_an_article(title: str, text: str) -> None:
    """A cue in passing, in a text that tells something else, is no message of the page."""
    assert _judge(text, title=title) is None


def test_a_story_about_missing_pages_is_an_article() -> None:
    """The cue counts only where little else is said."""
    assert _judge("The page not found message annoys. " + LONG, title="Why 'page not found' annoys us") is None


@pytest.mark.parametrize(
    "text", ["We use cookies to improve.", "Wir verwenden Cookies.", "Please enable JavaScript to go on."]
)
def test_a_notice_instead_of_text_is_a_consent_wall(text: str) -> None:
    """Cookie notices, bot checks and demands for scripts."""
    found = _judge(text)
    assert found is not None and found[0] == "consent_wall"


def test_the_page_type_must_be_asked_for() -> None:
    """A listing is no article unless the configuration asks for listings."""
    assert _judge(page_type="listing") == ("not_article", "listing")
    assert _judge(page_type="listing", config=QualityConfig(page_types=("listing",))) is None


def test_a_headline_is_needed_unless_told_otherwise() -> None:
    """require_title decides."""
    assert _judge(title="") == ("no_title", "no candidate held")
    assert _judge(title="", config=QualityConfig(require_title=False)) is None


def test_a_text_of_links_is_refused_with_its_figures() -> None:
    """Seventy per cent linked is no prose."""
    text = " ".join(link.text for link in LINKS)
    assert _judge(text, links=LINKS) == (
        "mostly_links",
        f"{sum(len(x.text) for x in LINKS)} of {len(text)} characters in 5 links",
    )
    assert _judge(LONG + text, links=LINKS) is None


def test_the_fewest_words_are_configured() -> None:
    """min_words is the bound itself."""
    assert _judge("three short words") == ("too_short", "3 words")
    assert _judge("three short words", config=QualityConfig(min_words=3)) is None
    assert _judge("", config=QualityConfig(min_words=1)) == ("too_short", "0 words")


@pytest.mark.parametrize(
    ("language", "asked", "found"),
    [
        ("en-GB", (), None),
        ("en-GB", ("en",), None),
        ("en-GB", ("de", "EN-gb"), None),
        ("en", ("en-GB",), ("wrong_language", "en")),
        ("en-US", ("de", "fr"), ("wrong_language", "en-US")),
        ("fil", ("fi",), ("wrong_language", "fil")),
    ],
)
def test_only_the_languages_asked_for_are_kept(
    language: str, asked: tuple[str, ...], found: tuple[str, str] | None
) -> None:
    """A bare language takes all its regions; a region takes itself alone; an empty list takes everything."""
    assert _judge(language=language, config=QualityConfig(languages=asked)) == found


def test_an_unknown_language_is_no_reason() -> None:
    """What the page does not tell, and nobody could detect, is kept."""
    figures = "1912 1913 1914 1915 1916 1917 1918 1919 " * 10
    assert _judge(figures, config=QualityConfig(languages=("de",))) is None


def test_a_wall_in_place_of_the_text_is_a_paywall() -> None:
    """Only an article that has to be paid for, and only where hardly a word of it is there."""
    wall = "The first sentence of a story that nobody may read."
    assert _judge(wall, access="paid") == ("paywall", "10 words before the wall")
    assert _judge(wall, access="free") == ("too_short", "10 words")
    assert _judge(LONG, access="paid") is None
    assert _judge(wall, access="paid", config=QualityConfig(min_words=1, min_paid_words=10)) is None
    assert _judge(LONG, access="paid", config=QualityConfig(min_paid_words=1000)) == (
        "paywall",
        "300 words before the wall",
    )


BOILERPLATE = {
    "en": "© Copyright 2025 Example Media. All rights reserved.\nBy using this site you agree to our Terms of Use and "
    "our Privacy Policy.\nSign up for our newsletter and never miss a story from the harbour.",
    "de": "Alle Rechte vorbehalten. Example Medien 2025.\nNewsletter abonnieren und nichts mehr verpassen aus Stadt "
    "und Land.\nEs gelten unsere Nutzungsbedingungen und die Datenschutzerklärung des Verlages in Halle an der Saale.",
    "fr": "Tous droits réservés, Example Médias 2025.\nInscrivez-vous à notre newsletter pour ne rien manquer de la "
    "ville et du port.\nMentions légales et politique de confidentialité de la société éditrice du journal.",
    "ja": "当サイトの記事・写真の無断転載を禁じます。\n利用規約とプライバシーポリシーをご確認ください。",
    "ru": "Все права защищены, Пример Медиа, 2025 год.\nПодписывайтесь на наш канал, чтобы не пропустить новости порта "
    "и города.\nПолитика конфиденциальности и правила пользования сайтом издательства Пример Медиа.",
}


@pytest.mark.parametrize("text", BOILERPLATE.values(), ids=BOILERPLATE)
def test_a_text_of_what_stands_everywhere_is_boilerplate(text: str) -> None:
    """Rights, terms and newsletters are no story, in any language."""
    found = _judge(text)
    assert found is not None and found[0] == "boilerplate"


def test_boilerplate_below_a_story_is_no_reason() -> None:
    """It counts by its share of the words, and the share is configured."""
    story = "The last booth at the pier closed on Sunday after ninety years of paper tickets. " * 4
    assert _judge(story + "\n" + BOILERPLATE["en"]) is None
    assert _judge(LONG + "\n" + BOILERPLATE["en"]) is None
    low = QualityConfig(max_boilerplate_ratio=0.2)
    found = _judge(story + "\n" + BOILERPLATE["en"], config=low)
    assert found is not None and found[0] == "boilerplate"


def test_the_ratio_of_links_and_the_length_of_a_stub_are_configured() -> None:
    """What was a constant is the operator's to set."""
    text = " ".join(link.text for link in LINKS)
    assert _judge(LONG + text, links=LINKS, config=QualityConfig(max_link_ratio=0.05)) is not None
    assert _judge("We use cookies to improve. " + LONG, config=QualityConfig(stub_words=1000)) is not None


def _read(body: bytes, **headers: str) -> tuple[str, str] | None:
    url = "https://example.com/x"
    page = Page(url=url, final_url=url, body=body, headers=tuple((k.replace("_", "-"), v) for k, v in headers.items()))
    outcome = read_page(page, QualityConfig())
    return (outcome.stage, outcome.reason) if isinstance(outcome, Rejected) else None


STORY = f"<html><head><title>On phones</title></head><body><h1>On phones</h1><p>{LONG}</p></body></html>"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param(b"", ("judge", "empty_page"), id="no bytes"),
        pytest.param(b" \r\n\t ", ("judge", "empty_page"), id="white space"),
        pytest.param(b"\xef\xbb\xbf", ("judge", "empty_page"), id="a byte order mark"),
        pytest.param(
            b"<html><head></head><body><script>go()</script></body></html>", ("judge", "empty_page"), id="shell"
        ),
        pytest.param(b"<title>Phones</title>", ("judge", "not_article"), id="a title alone"),
        pytest.param(bytes(range(256)) * 40, ("document", "binary"), id="rubbish"),
        pytest.param(zlib.compress(STORY.encode() + bytes(range(256)) * 9)[2:], ("document", "binary"), id="packed"),
        pytest.param(b"<html>" + bytes(2000), ("document", "binary"), id="zeros after a tag"),
        pytest.param(STORY.encode(), None, id="a story"),
        pytest.param(STORY.replace("phones.", "phones.\x0b", 1).encode(), None, id="a story with a stray byte"),
        pytest.param(STORY.encode("utf-16"), None, id="a story in UTF-16"),
    ],
)
def test_empty_and_binary_pages_are_called_so(body: bytes, found: tuple[str, str] | None) -> None:
    """A page without anything, and one that is no text, have reasons of their own."""
    assert _read(body, content_type="text/html") == found


def test_every_reason_is_explained() -> None:
    """The closed list has a sentence each."""
    assert set(REASONS) == {
        "empty_page",
        "soft_404",
        "consent_wall",
        "not_article",
        "wrong_language",
        "no_title",
        "paywall",
        "mostly_links",
        "boilerplate",
        "too_short",
    }
    assert all(sentence.endswith(".") for sentence in REASONS.values())
