"""A Draft made into an Article."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.model import (
    Article,
    Block,
    Byline,
    Candidate,
    Crumb,
    Draft,
    Embed,
    Image,
    Name,
    Page,
    Related,
    Rights,
    Warned,
)
from scraper.normalizers import Source, normalize_draft

URL = "https://www.example.com/tech/phone?utm_source=x"
BODY = "The new phone is lighter than the old one. " * 8


def _page(**more: object) -> Page:
    given_fields = {"url": URL, "final_url": URL, "body": b"<html>", "fetched_at": datetime(2025, 9, 5, tzinfo=UTC)}
    return Page(**(given_fields | more))  # type: ignore[arg-type]


def _normalize(page: Page | None = None, *, charset_source: str = "http", **fields: object) -> Article:
    source = Source(page=page or _page(), version="9", charset="utf-8", charset_source=charset_source)
    return normalize_draft(Draft(**fields), source)  # type: ignore[arg-type]


def _some(*values: str, origin: str = "dom") -> tuple[Candidate, ...]:
    return tuple(Candidate(value=value, origin=f"{origin}{at}") for at, value in enumerate(values))


def _body(text: str = BODY, index: int = 0, kind: str = "paragraph") -> Block:
    return Block(index=index, label="body", type=kind, text=text)  # type: ignore[arg-type]


def _codes(article: Article) -> set[str]:
    return {warned.code for warned in article.warnings}


def test_an_empty_draft_gives_a_complete_record() -> None:
    """Everything unknown is null or empty, and the warnings say so."""
    article = _normalize()
    assert (article.title, article.text, article.authors, article.published_date) == (None, "", (), None)
    assert _codes(article) == {"body_empty", "title_missing"}
    assert set(msgspec.json.decode(article.to_json())) == set(Article.__struct_fields__)
    assert article.origin.text is None


def test_the_first_candidate_that_holds_wins_with_its_origin() -> None:
    """Empty candidates and those that only name the site are passed over."""
    article = _normalize(
        title=_some("  ", "Daily Example", "New phone | Daily Example"),
        site_name=_some("", "Daily Example"),
        section=_some("", "Tech &amp; Science"),
        reading_time=_some("soon", "4 min read"),
        lead=_some("New phone", "A short lead."),
        subtitle=_some("Lighter still"),
        blocks=(_body(),),
    )
    assert (article.title, article.origin.title) == ("New phone", "dom2")
    assert (article.site_name, article.origin.site_name) == ("Daily Example", "dom1")
    assert (article.section, article.origin.section) == ("Tech & Science", "dom1")
    assert (article.reading_time_min, article.origin.reading_time) == (4, "dom1")
    assert (article.lead, article.origin.lead, article.subtitle) == ("A short lead.", "dom1", "Lighter still")


def test_the_feeds_title_and_date_are_the_last_candidates() -> None:
    """What a feed said counts only where the page is silent; a list says nothing."""
    hinted = {"hint_title": "From the feed", "hint_published": "2025-09-04T12:30:00Z"}
    article = _normalize(_page(source="feed", **hinted))
    assert (article.title, article.origin.title, str(article.published_date)) == ("From the feed", "feed", "2025-09-04")
    assert _normalize(_page(source="list", **hinted)).title is None
    assert _normalize(_page(source="feed", **hinted), title=_some("Own")).title == "Own"


def test_text_markdown_and_counts_come_from_body_blocks() -> None:
    """Teasers and images are not text; sub-headlines are."""
    blocks = (
        Block(index=0, label="heading", type="heading", text="New phone"),
        _body("One &lt;b&gt;bold&lt;/b&gt; claim."),
        Block(index=2, label="teaser", type="paragraph", text="Read this too"),
        _body("Why", 3, "heading"),
    )
    image = Image(url="https://example.com/i.jpg", alt="A phone", caption='The new "phone" & its case', block=3)
    named = Image(url="https://example.com/named.jpg", role="lead")
    article = _normalize(blocks=blocks, method="blocks", confidence=0.91239, images=(named, image))
    assert article.text == "One bold claim.\n\nWhy"
    picture = r'![A phone](https://example.com/i.jpg "The new \"phone\" \& its case")'
    assert article.markdown == f"One bold claim.\n\n{picture}\n\n## Why"
    assert [(block.type, block.text) for block in article.blocks] == [
        ("paragraph", "One bold claim."),
        ("image", "A phone"),
        ("heading", "Why"),
    ]
    assert [image.block for image in article.images] == [None, 1]
    assert (article.word_count, article.char_count, article.confidence) == (4, 20, 0.9124)
    assert (article.removed.heading, article.removed.teaser, article.removed.words) == (1, 1, 5)
    assert article.origin.text == "blocks"


def test_what_the_body_opens_with_is_no_summary_of_it() -> None:
    """A subtitle or a lead that is the first paragraph word for word is told once, as that."""
    article = _normalize(
        subtitle=_some("The body begins."),
        lead=_some("The body begins.", "A lead"),
        blocks=(_body("The body begins."),),
    )
    assert (article.subtitle, article.lead) == (None, "A lead")


def test_dates_disagreeing_are_told() -> None:
    """More than a day between two places is a warning, but not of days shown further down; modified is never copied."""
    article = _normalize(published=_some("2025-09-04", "2025-08-01", origin="meta."))
    assert "date_disagrees" in _codes(article)
    shown = Candidate(value="2025-08-01", origin="dom")
    assert "date_disagrees" in _codes(_normalize(published=(*_some("2025-09-04", origin="meta."), shown)))
    assert "date_disagrees" not in _codes(_normalize(published=(*_some("2025-09-04", "2025-09-04"), shown)))
    assert (article.modified_date, article.modified_raw) == (None, None)
    assert "date_in_future" in _codes(_normalize(published=_some("2027-01-01")))


def test_a_change_before_the_publication_is_told() -> None:
    """Both days stay as the page tells them, with a warning; a change on the same day is none."""
    early = _normalize(published=_some("2025-09-04"), modified=_some("2025-09-03"))
    told = [warned.detail for warned in early.warnings if warned.code == "modified_before_published"]
    assert (str(early.modified_date), told) == ("2025-09-03", ["dom0: 2025-09-03, dom0: 2025-09-04"])
    same = _normalize(published=_some("2025-09-04"), modified=_some("2025-09-04"))
    assert "modified_before_published" not in _codes(same)


@pytest.mark.parametrize(
    ("declared", "kept", "warned"),
    [
        ("https://www.example.com/tech/phone", "https://www.example.com/tech/phone", False),
        ("/tech/phone", "https://www.example.com/tech/phone", False),
        ("https://m.example.com/tech/phone", "https://m.example.com/tech/phone", False),
        ("https://other.org/tech/phone", None, True),
        ("https://www.example.com/", None, False),
        ("javascript:void(0)", None, False),
        ("", None, False),
    ],
)
def test_a_canonical_address_is_of_the_same_site_and_no_home_page(
    declared: str, kept: str | None, warned: bool
) -> None:
    """Another site's address is refused and told; the home page is refused."""
    article = _normalize(canonical_url=_some(declared))
    assert article.canonical_url == kept
    assert ("canonical_other_site" in _codes(article)) is warned


def test_the_id_is_that_of_the_canonical_address() -> None:
    """Tracking parameters and a fetch elsewhere do not change it; another address does."""
    plain = _normalize(_page(url="https://www.example.com/tech/phone", final_url="https://www.example.com/tech/phone"))
    assert _normalize().id == plain.id
    amp = _page(final_url="https://www.example.com/tech/phone/amp")
    assert _normalize(amp).id != plain.id
    assert _normalize(amp, canonical_url=_some("https://www.example.com/tech/phone")).id == plain.id


def test_hashes_tell_equal_text_from_equal_bytes() -> None:
    """content_hash is of title and text, html_hash of the bytes."""
    one = _normalize(_page(body=b"a"), title=_some("T"), blocks=(_body(),))
    two = _normalize(_page(body=b"b"), title=_some("T"), blocks=(_body(),))
    assert one.content_hash == two.content_hash and one.near_hash == two.near_hash
    assert one.html_hash != two.html_hash
    assert _normalize(title=_some("U"), blocks=(_body(),)).content_hash != one.content_hash


def test_pictures_and_teasers_are_cleaned_and_distinct() -> None:
    """Alternative texts lose markup and the site's name; places count body blocks; repeats go."""
    picture = Image(
        url="https://example.com/i.jpg", alt="Daily Example | a &lt;b&gt;phone&lt;/b&gt;", caption=" ", block=2
    )
    teaser = Related(
        title="Daily Example - Next", url="https://example.com/n", section=" Tech ", summary="<p>Blurb</p>"
    )
    article = _normalize(
        site_name=_some("Daily Example"),
        blocks=(_body("a"), Block(index=1, label="ad", type="paragraph", text="x"), _body("b", 2)),
        images=(picture, picture),
        embeds=(Embed(provider="youtube", url="https://youtube.com/v", text="<i>v</i>"),),
        related=(teaser, teaser, Related(title=" ")),
        breadcrumbs=(Crumb(name="Home"), Crumb(name=" ")),
        breadcrumbs_origin="jsonld",
        tags=("AI", "ai", "", "Phones"),
        tags_origin="meta",
    )
    assert [(i.alt, i.caption, i.block) for i in article.images] == [("a phone", None, 1)]
    assert [(r.title, r.section, r.summary) for r in article.related] == [("Next", "Tech", "Blurb")]
    assert [e.text for e in article.embeds] == ["v"]
    assert [c.name for c in article.breadcrumbs] == ["Home"]
    assert (article.tags, article.origin.tags, article.origin.breadcrumbs) == (("AI", "Phones"), "meta", "jsonld")


@pytest.mark.parametrize(
    ("alt", "told"),
    [("DSC_5615.jpg", None), ("null", None), ("Image", None), ("2021272", None), ("...", None), ("A jpg", "A jpg"),
     ("Image of a quay", "Image of a quay"), ("港", "港"), ("quay.jpg at dawn", "quay.jpg at dawn")],
)  # fmt: skip
def test_an_alternative_text_says_something(alt: str, told: str | None) -> None:
    """The name of a file, or a word that any picture may bear, is none."""
    article = _normalize(images=(Image(url="https://example.com/i.jpg", alt=alt),))
    assert [image.alt for image in article.images] == [told]


def test_the_host_completes_rights() -> None:
    """What the page does not declare its host may; the record says how the page was fetched."""
    site = Rights(tdm_reservation=1, tdm_policy="https://e.com/p")
    page = _page(headers=(("etag", '"1"'),), redirects=("https://e.com/a",), site_rights=site)
    article = _normalize(page, rights=Rights(robots_meta="noindex"))
    assert article.rights == Rights(robots_meta="noindex", tdm_reservation=1, tdm_policy="https://e.com/p")
    assert (article.fetch.etag, article.fetch.redirects, article.fetch.bytes) == ('"1"', 1, 6)
    declared = Rights(tdm_reservation=0)
    assert _normalize(page, rights=declared).rights == declared


def test_what_is_wrong_with_the_text_is_told() -> None:
    """Lost characters, repaired ones, markup, a guessed charset, a wrong language, missing pages."""
    article = _normalize(
        charset_source="detected",
        title=_some("T"),
        blocks=(_body("cafÃ© \ufffd write <b> like that, and again cafÃ©, in this rather longer English text"),),
        language=_some("ru"),
        page_urls=("https://www.example.com/tech/phone/2",),
        warnings=(Warned(code="jsonld_broken"), Warned(code="jsonld_broken", detail="again")),
    )
    assert _codes(article) == {
        "charset_guessed", "replacement_characters", "mojibake_repaired", "markup_in_text", "language_disagrees",
        "pages_missing", "jsonld_broken", "body_short",
    }  # fmt: skip
    assert len(article.warnings) == 8
    assert (article.pages.count, article.pages.truncated) == (2, True)


def test_authors_are_named_with_their_origin() -> None:
    """The byline as printed is kept beside the clean names."""
    byline = Byline(names=(Name(name="By Jane Doe, Senior Reporter"),), origin="dom.byline")
    article = _normalize(authors=(byline,))
    assert [(a.name, a.type) for a in article.authors] == [("Jane Doe", "person")]
    assert (article.authors_raw, article.origin.authors) == ("By Jane Doe, Senior Reporter", "dom.byline")


_CANDIDATES = st.lists(st.builds(Candidate, value=st.text(max_size=30), origin=st.just("x")), max_size=2).map(tuple)


@given(
    st.builds(
        Draft,
        title=_CANDIDATES,
        lead=_CANDIDATES,
        published=_CANDIDATES,
        language=_CANDIDATES,
        site_name=_CANDIDATES,
        canonical_url=_CANDIDATES,
        reading_time=_CANDIDATES,
        confidence=st.floats(),
        blocks=st.lists(
            st.builds(
                Block,
                index=st.integers(0, 9),
                label=st.sampled_from(["body", "ad"]),
                type=st.sampled_from(["paragraph", "code", "table", "list_item", "heading", "image"]),
                text=st.text(max_size=40),
                score=st.floats(),
                level=st.none() | st.integers(-1, 9),
            ),
            max_size=4,
        ).map(tuple),
    )
)
@settings(max_examples=80, deadline=None)
def test_any_draft_gives_a_record_that_is_valid_and_the_same_twice(draft: Draft) -> None:
    """Total and deterministic; the JSON reads back as the same record."""
    source = Source(page=_page(), version="9")
    article = normalize_draft(draft, source)
    assert normalize_draft(draft, source) == article
    assert msgspec.json.decode(article.to_json(), type=Article) == article


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ("Daily Example", "Daily Example"),
        ("Example - News of the bay since 1903", "Example"),
        ("Tickets, shows & more | Example.com", "Example.com"),
        ("The Example -", "The Example"),
        ("Bay - News and Views", "Bay - News and Views"),
        ("https://www.example.com", None),
        (" | ", None),
    ],
)
def test_site_names_without_claims(declared: str, name: str | None) -> None:
    """What stands beside the domain's own name is a claim; an address and bare signs are no name."""
    article = _normalize(site_name=_some(declared))
    assert (article.site_name, article.origin.site_name) == (name, name and "dom0")
