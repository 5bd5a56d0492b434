"""Redirects: circles, chains, and addresses that nobody should follow."""

from __future__ import annotations

import asyncio

from loopback import Asked, Route, raw_response

from hostile.registry import behaves, page


def to(location: str, status: str = "302 Found") -> bytes:
    """Return a redirect."""
    return raw_response(b"<p>Moved.", status, location=location)


def _chain(hops: int, name: str) -> Route:
    """Return a route that redirects so many times, then answers."""

    async def route(asked: Asked, writer: asyncio.StreamWriter) -> None:
        hop = int(asked.path.rpartition("-")[2]) if "-" in asked.path else 0
        writer.write(to(f"/hop-{hop + 1}") if hop < hops else page(name))

    return route


@behaves("redirect_loop")
def to_itself() -> bytes:
    """Redirects to itself."""
    return to("/story")


@behaves("redirect_loop")
async def in_a_circle(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Redirects to an address that redirects back."""
    writer.write(to("/other" if asked.path == "/story" else "/story"))


@behaves("page")
def ten_hops() -> Route:
    """Redirects ten times."""
    return _chain(10, "ten-hops")


@behaves("too_many_redirects")
def eleven_hops() -> Route:
    """Redirects eleven times."""
    return _chain(11, "eleven-hops")


@behaves("too_many_redirects")
async def endless_hops(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Redirects each address to a longer one."""
    writer.write(to(asked.path + "a"))


@behaves("page")
def to_another_host() -> bytes:
    """Redirects to another host, whose robots.txt allows it."""
    return to("http://good-1.example/from-another-host", "301 Moved Permanently")


@behaves("robots_disallowed")
def into_the_forbidden() -> bytes:
    """Redirects to another host, whose robots.txt forbids it."""
    return to("http://good-1.example/forbidden/story")


@behaves("page")
def without_a_scheme() -> bytes:
    """Redirects to `//host/path`."""
    return to("//good-2.example/without-a-scheme")


@behaves("page")
def with_credentials() -> bytes:
    """Redirects to `http://user:password@host/`: they are not sent on."""
    return to("http://user:password@good-3.example/with-credentials")


@behaves("page")
def upgrade() -> bytes:
    """Redirects from http to https."""
    return to("https://secure.example/upgrade")


@behaves("downgrade_refused", via="tls")
def downgrade() -> bytes:
    """Redirects from https to http."""
    return to("http://good-1.example/downgrade")


@behaves("bad_redirect")
def without_location() -> bytes:
    """Redirects without saying where."""
    return to("")


@behaves("bad_redirect")
def to_rubbish() -> bytes:
    """Redirects to `http://[rubbish`."""
    return to("http://[rubbish")


@behaves("bad_redirect")
def to_a_very_long_address() -> bytes:
    """Redirects to an address of 20,000 characters."""
    return to("/" + "a" * 20_000)


@behaves("page")
def with_escaped_line_ends() -> bytes:
    """Redirects to a path with `%0d%0a` in it: it is asked for as it is, and is no header."""
    return to("http://good-4.example/a%0d%0ax-injected:%201")


@behaves("protocol_error")
def with_a_bare_return() -> bytes:
    """Redirects to a path with a bare CR in it."""
    return to("/a\rx-injected: 1")


@behaves("scheme_refused")
def to_ftp() -> bytes:
    """Redirects to ftp:."""
    return to("ftp://files.example/a")


@behaves("scheme_refused")
def to_file() -> bytes:
    """Redirects to file:."""
    return to("file:///etc/passwd")


@behaves("scheme_refused")
def to_javascript() -> bytes:
    """Redirects to javascript:."""
    return to("javascript:alert(1)")


@behaves("scheme_refused")
def to_data() -> bytes:
    """Redirects to data:."""
    return to("data:text/html,<p>hi")


@behaves("address_refused")
def to_metadata() -> bytes:
    """Redirects to 169.254.169.254, where cloud machines keep credentials."""
    return to("http://169.254.169.254/latest/meta-data/")


@behaves("address_refused")
def to_loopback() -> bytes:
    """Redirects to 127.0.0.1."""
    return to("http://127.0.0.1/")


@behaves("address_refused")
def to_any_address() -> bytes:
    """Redirects to 0.0.0.0."""
    return to("http://0.0.0.0/")


@behaves("address_refused")
def to_private() -> bytes:
    """Redirects to 10.0.0.1."""
    return to("http://10.0.0.1/")


@behaves("address_refused")
def to_loopback_6() -> bytes:
    """Redirects to [::1]."""
    return to("http://[::1]/")


@behaves("address_refused")
def to_mapped() -> bytes:
    """Redirects to [::ffff:127.0.0.1]."""
    return to("http://[::ffff:127.0.0.1]/")


@behaves("address_refused")
def to_nat64() -> bytes:
    """Redirects to [64:ff9b::7f00:1]."""
    return to("http://[64:ff9b::7f00:1]/")


@behaves("address_refused")
def to_decimal() -> bytes:
    """Redirects to 2130706433."""
    return to("http://2130706433/")


@behaves("address_refused")
def to_hexadecimal() -> bytes:
    """Redirects to 0x7f000001."""
    return to("http://0x7f000001/")


@behaves("address_refused")
def to_octal() -> bytes:
    """Redirects to 0177.0.0.01."""
    return to("http://0177.0.0.01/")


@behaves("address_refused")
def to_short() -> bytes:
    """Redirects to 127.1."""
    return to("http://127.1/")


@behaves("address_refused")
def to_full_width() -> bytes:
    """Redirects to 127.0.0.1 in full-width digits."""
    return to("http://\uff11\uff12\uff17.\uff10.\uff10.\uff11/")


@behaves("http_status")
def multiple_choices() -> bytes:
    """Answers 300."""
    return to("/other", "300 Multiple Choices")


@behaves("http_status")
def not_modified() -> bytes:
    """Answers 304 to a request that did not ask for it."""
    return raw_response(b"", "304 Not Modified", content_length="")


@behaves("http_status")
def use_proxy() -> bytes:
    """Answers 305 with a proxy to use."""
    return to("http://10.0.0.1:3128/", "305 Use Proxy")
