"""What goes over the wire, kept for an archive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from scraper.config.secrets import SECRET_HEADERS
from scraper.fetchers.settings import HostSettings
from scraper.model import Exchanged

if TYPE_CHECKING:
    from scraper.fetchers.messages import Answer

Archive = Callable[[Exchanged], None]
_BODILESS: Final = frozenset({204, 304})


class Tape:
    """Records one answer while it is read: its body in the pieces that came, still coded."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self.chunks: list[bytes] = []
        self.is_cut = False
        """True if the body was not read to its end."""

    def exchanged(
        self,
        answer: Answer,
        sent: Mapping[str, str],
        settings: HostSettings,
        content: bytes | None,
    ) -> Exchanged:
        """Return the whole exchange, without what tells a site who asks."""
        secret = SECRET_HEADERS | {name.lower() for name, _ in settings.headers}
        is_secret = {"set-cookie"} if settings.keeps_cookies else set()
        is_unread = not 200 <= answer.status < 300 and answer.status not in _BODILESS
        return Exchanged(
            url=answer.url,
            at=self._at,
            method="GET" if content is None else "POST",
            sent_headers=tuple((name, value) for name, value in sent.items() if name.lower() not in secret),
            sent_body=content or b"",
            status=answer.status,
            reason=answer.reason,
            headers=tuple((name, value) for name, value in answer.headers if name not in is_secret),
            body=b"".join(self.chunks),
            truncated="length" if self.is_cut else "unspecified" if is_unread else None,
        )
