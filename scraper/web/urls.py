"""Addresses: what one is, what a link means, when two are the same, and whose they are.

Pure. Everything returned is ASCII, has a lower-case host in punycode, no credentials and no dot segments, so
that robots rules, the address guard and the HTTP client all read the same thing.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import socket
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url, safe_url_string

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

MAX_URL_CHARS: Final = 8192
"""Longer ones are no addresses of pages. RFC 9110, 4.1 asks for at least 8,000."""

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_PLAIN: Final = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
    r"/(?:[A-Za-z0-9_~!$&()*+,;=:@/-]++|\.(?![./?]|$)|%[0-9A-F]{2})*+"
    r"(?:\?(?:[A-Za-z0-9._~!$&()*+,;=:@/?-]++|%[0-9A-F]{2})*+)?"
)
_PLAIN_PATH: Final = re.compile(
    r"/(?!/)(?:[A-Za-z0-9_~!$&()*+,=:@/-]++|\.(?![./?]|$)|%[0-9A-F]{2})*+"
    r"(?:\?(?:[A-Za-z0-9._~!$&()*+,=:@/?-]++|%[0-9A-F]{2})++)?"
)
"""What may stand right behind a host as it is; most links within a site are that."""
_SCHEME: Final = re.compile(r"\s*https?:[/\\]", re.IGNORECASE)
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?|[a-z0-9_]")
_NUMERIC: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_TRACKING: Final = re.compile(
    r"utm_\w+|(?:fb|g|d|tw|tt|y)clid|msclkid|wbraid|gbraid|igshid|igsh|mc_[ce]id|mkt_tok|_hs(?:enc|mi)|__twitter_impression"
    r"|at_(?:medium|campaign|link_\w+|custom\d|bbc_team|ptr_name|format)|ns_(?:mchannel|source|campaign|linkname|fee)"
    r"|cmpid|ocid|smid|smtyp|ito|ftag|xtor|wt\.mc(?:_id)?|wt_mc|ref_src|ref_url|guccounter|guce_\w+|vero_id|spm"
    r"|phpsessid|jsessionid|sessionid|aspsessionid\w*",
    re.IGNORECASE,
)
_FEED_REF: Final = re.compile(
    r"(?:ref|source|src|from|cmp)=(?:rss|feed|atom|twitter|facebook|newsletter)\w*", re.IGNORECASE
)
_MAY_VARY: Final = re.compile("[?;%]")
"""Where a plain address has none of these, it is its own key: no query to sort, no session, no escape."""
_HOST_BYTES: Final = 4
_URL_BYTES: Final = 12
_PATH_SESSION: Final = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)


def parse_http_url(text: str) -> str | None:
    """Return the text as a clean absolute http(s) URL, or None if it is not one.

    Total and idempotent. White space around it and line breaks in it go, as browsers do; credentials go; the
    host becomes lower-case ASCII, numbers for an IPv4 address the dotted quad they mean; dot segments are
    resolved; what may not stand in a URL is percent-encoded. The fragment stays.

    Source: https://url.spec.whatwg.org/, RFC 3986

    >>> parse_http_url(" HTTP://Example.org:80/a/../Straße ")
    'http://example.org:80/Stra%C3%9Fe'
    >>> parse_http_url("mailto:desk@example.org") is None
    True
    """
    if len(text) > MAX_URL_CHARS:
        return None
    if _PLAIN.fullmatch(text):
        return text
    if not _SCHEME.match(text.lstrip(_C0_AND_SPACE)):
        return None
    try:
        return _clean_url(text)
    except (ValueError, UnicodeError):
        return None


_C0_AND_SPACE: Final = "".join(map(chr, range(33)))


def _clean_url(text: str) -> str | None:
    text = re.sub(r"[\t\r\n]", "", text.strip(_C0_AND_SPACE))
    before, mark, after = re.fullmatch(r"([^?#]*)([?#]?)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    before = re.sub(r"(?i)^(https?):/*", r"\1://", before.replace("\\", "/"))
    parts = urlsplit(safe_url_string(before + mark + after))
    host = _clean_host(parts.hostname or "")
    if host is None:
        return None
    netloc = host if parts.port is None else f"{host}:{parts.port}"
    url = urlunsplit((parts.scheme, netloc, _remove_dots(parts.path), parts.query, parts.fragment))
    return url if url.isascii() and len(url) <= MAX_URL_CHARS else None


def _clean_host(host: str) -> str | None:
    """Return the host as it is asked for: an IPv6 address in brackets, a dotted quad, or a name; None if none."""
    if ":" in host:
        return None if "%" in host else f"[{ipaddress.IPv6Address(host)}]"
    host = host.lower().removesuffix(".")
    if _NUMERIC.fullmatch(host):
        return _dotted_quad(host)
    labels = host.split(".")
    return host if len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels) else None


def _dotted_quad(host: str) -> str | None:
    """Return the IPv4 address that a host of numbers means (`0x7f.1` is 127.0.0.1), or None."""
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def _remove_dots(path: str) -> str:
    """Resolve `.` and `..` segments, also where they are spelled `%2e`. Source: RFC 3986, 5.2.4; WHATWG URL."""
    if "/." not in path and "/%2" not in path:
        return path or "/"
    kept: list[str] = []
    segments = path.split("/")[1:]
    for position, segment in enumerate(segments):
        dots = segment.lower().replace("%2e", ".")
        if dots == "..":
            del kept[-1:]
        elif dots != ".":
            kept.append(segment)
            continue
        if position == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)


def resolve_url(base: str, href: str) -> str | None:
    """Return the absolute http(s) URL, without fragment, that a link on page `base` leads to, or None.

    Total: `mailto:`, `javascript:`, a mere fragment, a broken address all give None.

    >>> resolve_url("https://example.org/news/", "../about#team")
    'https://example.org/about'
    """
    href = href.strip(_C0_AND_SPACE)
    if not href or href.startswith("#") or len(href) > MAX_URL_CHARS:
        return None
    path = href.partition("#")[0]
    if _PLAIN_PATH.fullmatch(path) and (host := _plain_host(base)):
        return host + path if len(host) + len(path) <= MAX_URL_CHARS else None
    try:
        joined = href if _SCHEME.match(href) else urljoin(base, href.replace("\\", "/"))
    except ValueError:
        return None
    return parse_http_url(joined.partition("#")[0])


@lru_cache(maxsize=256)
def _plain_host(base: str) -> str | None:
    """Return scheme and host of an address without the slash behind them; None for one that needs cleaning."""
    return base[: base.index("/", len("https://"))] if len(base) <= MAX_URL_CHARS and _PLAIN.fullmatch(base) else None


def canonical_url(url: str) -> str:
    """Return the key under which two spellings of one address are equal.

    Default port, fragment, tracking and session parameters go; other parameters stay, sorted; the path keeps its
    case and its trailing slash. Idempotent and total: what is no http(s) URL comes back as it is.

    >>> canonical_url("https://Example.org:443/Story?b=2&utm_source=x&a=1#top")
    'https://example.org/Story?a=1&b=2'
    """
    if not _MAY_VARY.search(url) and len(url) <= MAX_URL_CHARS and _PLAIN.fullmatch(url):
        return url
    cleaned = parse_http_url(url)
    if cleaned is None:
        return url
    parts = urlsplit(cleaned)
    netloc = parts.netloc.removesuffix(f":{DEFAULT_PORTS[parts.scheme]}")
    query = "&".join(pair for pair in parts.query.split("&") if not _is_tracking(pair))
    path = _PATH_SESSION.sub("", parts.path) or "/"
    return str(canonicalize_url(urlunsplit((parts.scheme, netloc, path, query, ""))))


def url_key(url: str) -> bytes:
    """Return what all spellings of one address have in common, in 16 bytes. Total.

    The first four are the host's: in an index of millions of keys, those of one host are neighbours.
    """
    canonical = canonical_url(url).encode("utf-8", "surrogatepass")
    return _host_bytes(host_key(url)) + hashlib.blake2b(canonical, digest_size=_URL_BYTES).digest()


def host_key_range(host: str) -> tuple[bytes, bytes]:
    """Return the lowest and the highest key that an address of a host may have, its name as `host_key` gives it."""
    first = _host_bytes(host)
    return first + bytes(_URL_BYTES), first + b"\xff" * _URL_BYTES


def _host_bytes(host: str) -> bytes:
    return hashlib.blake2b(host.encode("utf-8", "surrogatepass"), digest_size=_HOST_BYTES).digest()


def without_tracking(url: str) -> str:
    """Return the URL without its tracking parameters; the others stay as they are. Total and idempotent.

    >>> without_tracking("https://example.org/story?b=2&utm_source=x&a=1")
    'https://example.org/story?b=2&a=1'
    """
    head, mark, rest = url.partition("?")
    query, hash_, fragment = rest.partition("#")
    pairs = query.split("&")
    kept = [pair for pair in pairs if not _is_tracking(pair)]
    if not mark or "#" in head or len(kept) == len(pairs):
        return url
    return head + ("?" if kept else "") + "&".join(kept) + hash_ + fragment


def _is_tracking(pair: str) -> bool:
    name = pair.partition("=")[0]
    return not pair or bool(_TRACKING.fullmatch(name) or _FEED_REF.fullmatch(pair))


def host_of(url: str) -> str | None:
    """Return the lower-case host of an http(s) URL without port, an IPv6 address without brackets; None if none."""
    if _PLAIN.fullmatch(url):
        return url.split("/", 3)[2] if len(url) <= MAX_URL_CHARS else None
    cleaned = parse_http_url(url)
    return urlsplit(cleaned).hostname if cleaned else None


def host_key(url: str) -> str:
    """Return the host whose turn an address takes; saved files share one."""
    return host_of(url) or "(files)"


def is_home(url: str) -> bool:
    """Tell whether an address is that of a site's front page: no path, no query."""
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query


def registrable_domain(host_or_url: str) -> str | None:
    """Return the domain that somebody registered (`news.bbc.co.uk` -> `bbc.co.uk`), or None if there is no host.

    An IP address, a single label and a public suffix are returned as they are. Private suffixes count
    (`foo.github.io` is a registration of its own).

    Source: https://publicsuffix.org/list/
    """
    host = host_of(host_or_url) if "/" in host_or_url else host_or_url.strip().lower().removesuffix(".")
    return _registered(host) if host else None


@lru_cache(maxsize=4096)
def _registered(host: str) -> str:
    if ":" in host or _NUMERIC.fullmatch(host) or "." not in host:
        return host
    return str(_suffixes().privatesuffix(host) or host)


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


def same_site(a: str, b: str) -> bool:
    """Tell whether two hosts or URLs belong to one registrable domain; False if one has no host."""
    first = registrable_domain(a)
    return first is not None and first == registrable_domain(b)
