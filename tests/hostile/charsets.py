"""Charsets and markup: labels that lie, bytes that are no text, pages made to be heavy."""

from __future__ import annotations

from hostile.registry import behaves, page, story

QUOTED = "<p>“It’s a café,” she said – naïve…</p>"


def _tail(name: str, text: str, charset: str) -> bytes:
    """Return the story with one more paragraph, in a charset."""
    return story(name, tail=text).decode().encode(charset)


@behaves("page", shows="“It’s a café,”")
def utf_16_by_its_mark() -> bytes:
    """Sends UTF-16 with a byte order mark and calls it UTF-8."""
    body = b"\xff\xfe" + _tail("utf-16-by-its-mark", QUOTED, "utf-16-le")
    return page("", body, content_type="text/html; charset=utf-8")


@behaves("page", shows="“It’s a café,”")
def latin_1_that_is_cp1252() -> bytes:
    """Says iso-8859-1, sends windows-1252."""
    body = _tail("latin-1-that-is-cp1252", QUOTED, "cp1252")
    return page("", body, content_type="text/html; charset=iso-8859-1")


@behaves("page", shows="“It’s a café,”")
def latin_1_that_is_utf_8() -> bytes:
    """Says iso-8859-1, sends UTF-8."""
    body = _tail("latin-1-that-is-utf-8", QUOTED, "utf-8")
    return page("", body, content_type="text/html; charset=iso-8859-1")


@behaves("page", shows="“It’s a café,”")
def utf_8_that_is_cp1252() -> bytes:
    """Says UTF-8, sends windows-1252."""
    body = _tail("utf-8-that-is-cp1252", QUOTED * 3, "cp1252")
    return page("", body, content_type="text/html; charset=utf-8")


@behaves("page", shows="“It’s a café,”")
def unknown_charset() -> bytes:
    """Says `charset=klingon`, sends UTF-8."""
    return page("", _tail("unknown-charset", QUOTED, "utf-8"), content_type="text/html; charset=klingon")


@behaves("page", shows="+ADw-script+AD4-")
def utf_7() -> bytes:
    """Says UTF-7, which the web has no longer: its escapes stay text."""
    body = _tail("utf-7", "<p>+ADw-script+AD4- is text.</p>", "ascii")
    return page("", body, content_type="text/html; charset=utf-7")


@behaves("page", shows="café")
def utf_16_that_is_ascii() -> bytes:
    """Says UTF-16, sends UTF-8."""
    body = _tail("utf-16-that-is-ascii", "<p>A café.</p>", "utf-8")
    return page("", body, content_type="text/html; charset=utf-16")


@behaves("page", shows="The story")
def quoted_rubbish_charset() -> bytes:
    """Says a charset of 5,000 characters."""
    return page("quoted-rubbish-charset", content_type='text/html; charset="' + "é" * 2500 + '"')


@behaves("page", shows="The story")
def nul_bytes() -> bytes:
    """Sends NUL bytes between the letters of its tags and text."""
    return page("", story("nul-bytes", tail="<p>a\0b</p>\0\0\0<\0p>c</p>"))


@behaves("page", shows="The story")
def broken_utf_8() -> bytes:
    """Sends UTF-8 with broken bytes in it."""
    body = story("broken-utf-8", tail="<p>caf\u00e9 \u00e9t\u00e9</p>") + b"<p>\xff\xfe\x80 \xc3</p>"
    return page("", body, content_type="text/html; charset=utf-8")


@behaves("page", is_heavy=True)
def open_tags() -> bytes:
    """Sends 9 MB with 200,000 tags that are never closed."""
    return page("", story("open-tags")[:-30] + b"<div class='a name of forty-five bytes in all'>" * 200_000)


@behaves("page", is_heavy=True)
def one_long_word() -> bytes:
    """Sends 9 MB of text without a space."""
    return page("", story("one-long-word", tail="<p>" + "a" * 9_000_000))


@behaves("page", is_heavy=True)
def many_attributes() -> bytes:
    """Sends one tag with 50,000 attributes."""
    attributes = "".join(f" a{number}='1'" for number in range(50_000))
    return page("", story("many-attributes", tail=f"<div{attributes}>hi</div>"))


@behaves("page", in_crawl="not_article", is_heavy=True)
def many_links() -> bytes:
    """Sends 100,000 links in one paragraph."""
    links = "".join(f"<a href='/{number}'>link {number}</a> " for number in range(100_000))
    return page("", story("many-links", tail=f"<p>{links}</p>"))
