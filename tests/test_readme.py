"""README.md: the record it shows is one that comes out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from scraper import extract

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "fixtures" / "site" / "courier.example" / "electric-ferry-first-winter" / "page.html"


def is_part(shown: Any, whole: Any) -> bool:
    """Whether what is shown stands in the whole: fewer keys and items, and texts up to an ellipsis."""
    if isinstance(shown, dict):
        return [key for key in whole if key in shown] == list(shown) and all(is_part(shown[k], whole[k]) for k in shown)
    if isinstance(shown, list):
        return all(is_part(*pair) for pair in zip(shown, whole, strict=False)) and len(shown) <= len(whole)
    if isinstance(shown, str) and shown.endswith("…"):
        return str(whole).startswith(shown[:-1])
    return bool(shown == whole)


def test_the_record_shown() -> None:
    """Each key shown, in this order, has this value."""
    (shown,) = re.findall(r"```json\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    record = extract(PAGE.read_bytes(), "http://courier.example/2025/03/04/electric-ferry-first-winter").to_json()
    assert is_part(json.loads(shown), json.loads(record))
