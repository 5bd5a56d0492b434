"""What the demo newspaper answers to which address: routes.json as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from scraper.errors import SourceError
from scraper.model import Value

_PACKAGE = Path(__file__).resolve().parent.parent


class Trouble(Value, frozen=True, kw_only=True):
    """What the first requests of a path get instead of its page."""

    times: Annotated[int, Meta(ge=1)]
    status: int
    headers: dict[str, str] = field(default_factory=dict)


class Route(Value, frozen=True, kw_only=True):
    """One path of one host: which file it answers with, and how."""

    host: str
    path: str
    """With the query, where the query matters; without it, any query is answered alike."""
    file: str | None = None
    """Relative to the site's folder; None: an empty body."""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    encoding: Literal["identity", "gzip", "br", "zstd"] = "identity"
    """Content coding, applied for clients that accept it."""
    packed: bool = False
    """The file itself is a gzip file: compressed once more, without a Content-Encoding."""
    last_modified: str | None = None
    """With this, the answer carries ETag and Last-Modified and conditional requests get 304."""
    trouble: Trouble | None = None


Routes = Mapping[tuple[str, str], Route]


def site_folder() -> Path:
    """Return the folder of the demo newspaper: inside the wheel, or fixtures/site of a checkout.

    Raises SourceError if neither is there.
    """
    for folder in (_PACKAGE / "_demo_site", _PACKAGE.parent / "fixtures" / "site"):
        if (folder / "routes.json").is_file():
            return folder
    raise SourceError("the demo newspaper is missing: reinstall article-scraper, or run python fixtures/build.py")


def load_routes(folder: Path) -> Routes:
    """Return the routes of a site folder by (host, path).

    Raises SourceError if routes.json is missing or is not what it should be.
    """
    path = folder / "routes.json"
    try:
        routes = msgspec.json.decode(path.read_bytes(), type=tuple[Route, ...])
    except (OSError, msgspec.DecodeError) as error:
        raise SourceError(f"{path}: cannot read the demo's routes: {error}") from error
    return {(route.host, route.path): route for route in routes}


def find_route(routes: Routes, host: str, target: str) -> Route | None:
    """Return the route of a request target: the path with its query first, then the path alone, or None."""
    exact = routes.get((host, target))
    return exact if exact is not None else routes.get((host, target.partition("?")[0]))
