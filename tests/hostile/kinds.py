"""Kinds and sizes: what is no page, whatever its label says."""

from __future__ import annotations

from loopback import Route, raw, raw_response

from hostile.registry import FRONT, behaves, page, story

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(60)


@behaves("content_type")
def pdf() -> bytes:
    """Sends a PDF."""
    return page("", b"%PDF-1.7\n", content_type="application/pdf")


@behaves("content_type")
def pdf_called_html() -> bytes:
    """Sends a PDF, labelled text/html."""
    return page("", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n")


@behaves("content_type")
def video() -> bytes:
    """Sends a video."""
    return page("", b"\0\0\0\x20ftypisom" + bytes(50), content_type="video/mp4")


@behaves("content_type")
def video_called_html() -> bytes:
    """Sends a video, labelled text/html."""
    return page("", b"\0\0\0\x20ftypisom" + bytes(50))


@behaves("content_type")
def image_called_html() -> bytes:
    """Sends a picture, labelled text/html."""
    return page("", PNG)


@behaves("content_type")
def zip_called_html() -> bytes:
    """Sends a zip archive, labelled text/html."""
    return page("", b"PK\x03\x04" + bytes(60))


@behaves("content_type")
def html_called_octets() -> bytes:
    """Sends HTML, labelled application/octet-stream: a download."""
    return page("html-called-octets", content_type="application/octet-stream")


@behaves("content_type")
def html_called_image() -> bytes:
    """Sends HTML, labelled image/png."""
    return page("html-called-image", content_type="image/png")


@behaves("content_type")
def json_answer() -> bytes:
    """Sends JSON."""
    return page("", b'{"title": "no page"}', content_type="application/json")


@behaves("page")
def no_type() -> bytes:
    """Sends HTML without a type."""
    return page("no-type", content_type="")


@behaves("page")
def rubbish_type() -> bytes:
    """Sends HTML with a type that is none."""
    return page("rubbish-type", content_type="??")


@behaves("page")
def two_types() -> Route:
    """Sends two Content-Type headers, the first right."""
    body = story("two-types")
    return raw(FRONT.encode() + b"content-type: image/png\r\n\r\n" + body)


@behaves("too_large")
def too_large_announced() -> Route:
    """Announces 20 MB."""
    return raw(FRONT.encode() + b"content-length: 20000000\r\n\r\n<p>")


@behaves("too_large")
def too_large_unannounced() -> Route:
    """Sends 20 MB without saying so."""
    return raw(FRONT.encode() + b"\r\n" + b"<p>word</p>" * 2_000_000)


@behaves("page", in_crawl="empty_page")
def empty() -> bytes:
    """Sends an empty page."""
    return page("", b"")


@behaves("page", in_crawl="empty_page")
def no_content() -> bytes:
    """Answers 204."""
    return raw_response(b"", "204 No Content", content_length="")
