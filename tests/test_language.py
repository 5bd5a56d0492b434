"""Language: declared, checked, detected."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.model import Candidate
from scraper.normalizers.language import dominant_script, fits_script, parse_language_tag, resolve_language

ENGLISH = "The quick brown fox jumps over the lazy dog and then it goes home to sleep for a while."
RUSSIAN = "Быстрая коричневая лиса прыгает через ленивую собаку и потом идёт домой спать."
ARABIC = "الثعلب البني السريع يقفز فوق الكلب الكسول ثم يعود إلى البيت لينام قليلا."
JAPANESE = "すばしっこい茶色の狐はのろまな犬を飛び越えて、それから家に帰って眠りました。"
CHINESE = "敏捷的棕色狐狸跳过了懒惰的狗然后回家睡觉了一会儿直到第二天早上才醒来"


@pytest.mark.parametrize(
    ("raw", "tag"),
    [
        ("en", "en"),
        ("en_US", "en-US"),
        ("EN-gb", "en-GB"),
        ("english", "en"),
        ("Deutsch", "de"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("iw", "he"),
        ("jp", "ja"),
        ("en_US.UTF-8", "en-US"),
        ("en, fr", "en"),
        ("deu", "de"),
        ("de-DE-1996", "de-DE"),
        ("", None),
        ("und", None),
        ("x", None),
        ("123", None),
        ("not a language", None),
        ("mul", None),
    ],
)
def test_tags_are_canonical_or_none(raw: str, tag: str | None) -> None:
    """BCP 47 in its usual case; names and withdrawn codes are translated."""
    assert parse_language_tag(raw) == tag


@given(st.text(max_size=30))
@settings(max_examples=100)
def test_tag_parsing_is_total_and_idempotent(raw: str) -> None:
    """A tag given is a tag kept."""
    tag = parse_language_tag(raw)
    assert tag is None or parse_language_tag(tag) == tag


@pytest.mark.parametrize(
    ("text", "script"),
    [
        (ENGLISH, "Latn"),
        (RUSSIAN, "Cyrl"),
        (ARABIC, "Arab"),
        (JAPANESE, "Kana"),
        (CHINESE, "Hani"),
        ("too few", None),
        ("123 " * 50, None),
        ("한국어 문장입니다. 오늘은 날씨가 좋습니다.", "Hang"),
        ("สวัสดีครับ วันนี้อากาศดีมากเลยนะครับ ไปเที่ยวกันเถอะ", "Thai"),
    ],
)
def test_the_script_is_that_of_most_letters(text: str, script: str | None) -> None:
    """Kana makes Japanese of Chinese characters; few letters tell nothing."""
    assert dominant_script(text) == script


def _declared(*values: str) -> list[Candidate]:
    return [Candidate(value=value, origin=f"place{at}") for at, value in enumerate(values)]


def test_a_declared_language_that_fits_is_taken() -> None:
    """The first that fits the script wins and its origin is kept."""
    found = resolve_language(_declared("??", "en_US"), text=ENGLISH)
    assert (found.tag, found.source, found.origin, found.direction) == ("en-US", "declared", "place1", "ltr")
    assert found.disagrees is None


@pytest.mark.parametrize(
    ("text", "tag", "direction"),
    [(RUSSIAN, "ru", "ltr"), (ARABIC, "ar", "rtl"), (JAPANESE, "ja", "ltr"), (CHINESE, "zh", "ltr")],
)
def test_a_declared_language_in_the_wrong_script_gives_way(text: str, tag: str, direction: str) -> None:
    """Declared English over another script is told and replaced by what is detected."""
    found = resolve_language(_declared("en"), text=text)
    assert (found.tag in {tag, None}, found.direction) == (True, direction)
    assert found.source == ("detected" if found.tag else None)
    assert found.disagrees is not None and found.disagrees.startswith("declared en, written in ")


def test_a_second_declaration_may_fit() -> None:
    """Where meta says en and html says ru over Cyrillic, ru is declared."""
    found = resolve_language(_declared("en", "ru"), text=RUSSIAN)
    assert (found.tag, found.source, found.origin) == ("ru", "declared", "place1")


def test_nothing_known_is_none() -> None:
    """No text and no declaration give no language."""
    found = resolve_language([], text="")
    assert (found.tag, found.source, found.origin, found.direction) == (None, None, None, "ltr")


def test_the_direction_of_short_texts_comes_from_the_page_or_the_language() -> None:
    """The dir attribute first, then the language."""
    assert resolve_language(_declared("fa"), text="").direction == "rtl"
    assert resolve_language([], text="", direction="RTL").direction == "rtl"
    assert resolve_language(_declared("en"), text=ENGLISH, direction="rtl").direction == "ltr"


@pytest.mark.parametrize(
    ("tag", "script", "fits"),
    [
        ("en", None, True),
        ("sr", "Cyrl", True),
        ("sr", "Latn", True),
        ("sr-Latn", "Cyrl", True),
        ("zh", "Hani", True),
        ("en", "Hani", False),
        ("ja", "Hani", True),
        ("xx", "Latn", True),
        ("fa", "Latn", False),
    ],
)
def test_scripts_of_languages(tag: str, script: str | None, fits: bool) -> None:
    """Latin unless said otherwise; a script named in the tag is believed."""
    assert fits_script(tag, script) is fits


_BCP_47 = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?")


@given(
    st.lists(
        st.one_of(st.text(max_size=12), st.from_regex(r"[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{2,8}){0,3}", fullmatch=True)),
        max_size=3,
    ),
    st.sampled_from(["", ENGLISH, RUSSIAN, ARABIC, JAPANESE, CHINESE]),
    st.sampled_from([None, "rtl", "ltr", "x"]),
)
@settings(max_examples=150, deadline=None)
def test_whatever_is_declared_the_tag_is_valid(values: list[str], text: str, direction: str | None) -> None:
    """BCP 47: language, script, region in their case, or None; a tag always has a source."""
    found = resolve_language(_declared(*values), text=text, direction=direction)
    assert found.tag is None or _BCP_47.fullmatch(found.tag)
    assert (found.tag is None) == (found.source is None)
    assert found.direction in {"ltr", "rtl"}
