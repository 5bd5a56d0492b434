"""TLS: certificates that are wrong, and ports that do not speak it."""

from __future__ import annotations

import asyncio

from loopback import Asked

from hostile.registry import behaves, page


@behaves("page", via="tls")
def good_certificate() -> bytes:
    """Shows a good certificate."""
    return page("good-certificate")


@behaves("tls_failed", via="tls")
def self_signed() -> bytes:
    """Shows a certificate that it signed itself."""
    return page("self-signed")


@behaves("tls_failed", via="tls")
def wrong_host() -> bytes:
    """Shows the certificate of another host."""
    return page("wrong-host")


@behaves("tls_failed", via="tls")
def expired() -> bytes:
    """Shows a certificate that ended three days ago."""
    return page("expired")


@behaves("tls_failed", via="talks")
async def plain_on_tls_port(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Speaks plain HTTP where TLS is expected."""


@behaves("robots_unreachable", via="silent", waits=True)
async def silent_handshake(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Takes the connection and never shakes hands."""
