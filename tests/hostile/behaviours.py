"""All behaviours, in the order in which the documentation lists them."""

from __future__ import annotations

from hostile import charsets, codings, framing, heads, kinds, redirects, robots_files, silence, statuses, tls
from hostile.registry import BEHAVIOURS as _ALL

_ORDER = (tls, heads, framing, silence, codings, kinds, charsets, statuses, redirects, robots_files)
_PLACES = {module.__name__: place for place, module in enumerate(_ORDER)}
BEHAVIOURS = sorted(_ALL, key=lambda each: _PLACES[each.module])
