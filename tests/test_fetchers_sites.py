"""scraper.fetchers: what a site may have of its own: a login, cookies, a proxy, an authority; rights; validators."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from loopback import Asked, Route, Server, in_turn, raw_response, respond, serving

from scraper.config import FetchConfig, LoginConfig, SiteConfig
from scraper.errors import ConfigError, FetchError
from scraper.fetchers import HttpFetcher
from scraper.fetchers.memory import HostState, KeptResource
from scraper.fetchers.messages import Validators
from scraper.model import Page, Rights, Target
from scraper.web.forms import find_form
from scraper.web.tdm import TdmRep

HTML = b"<!doctype html><title>A</title><p>Hello, world, this is a page.</p>"
NOW = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


class Kept:
    """A memory of files about hosts."""

    def __init__(self) -> None:
        self.resources: dict[str, KeptResource] = {}

    def load_host(self, key: str) -> HostState | None:
        return None

    def save_host(self, key: str, state: HostState) -> None:
        return None

    def load_resource(self, url: str) -> KeptResource | None:
        return self.resources.get(url)

    def save_resource(self, url: str, kept: KeptResource) -> None:
        self.resources[url] = kept


def fetcher(server: Server, sites: Mapping[str, SiteConfig] | None = None, **more: Any) -> HttpFetcher:
    """Return a fetcher that dials the server for every host."""
    now = more.pop("now", lambda: NOW)
    given = {name: more.pop(name) for name in ("memory", "tdmrep", "record") if name in more}
    config = FetchConfig(**{"delay_s": 0.0, "retries": 0, "connect_to": {"*": f"127.0.0.1:{server.port}"}} | more)
    return HttpFetcher(config, sites or {}, now=now, **given)


async def get(at: HttpFetcher, url: str, validators: Validators | None = None) -> Page:
    return await at.fetch_page(Target(url=url, source="list"), validators)


def members_only(secret: str) -> Route:
    """Return a route that shows a page to whoever has the cookie, and 403 to everybody else."""

    async def route(asked: Asked, writer: asyncio.StreamWriter) -> None:
        may = f"sid={secret}" in asked.headers.get("cookie", "")
        writer.write(raw_response(HTML) if may else raw_response(b"no", "403 Forbidden"))

    return route


def login_form(password: str, secret: str) -> Route:
    """Return a route that shows a form, and takes it with the right token and password."""

    async def route(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.method == "GET":
            page = b"<form><input name=q></form><form action='/in'><input type=HIDDEN name=csrf value=t1>"
            writer.write(raw_response(page + b"<input name=user><input type=password name=pass></form>"))
            return
        fields = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        if fields == {"csrf": "t1", "user": "me", "pass": password}:
            writer.write(raw_response(b"", "302 Found", location="/home", set_cookie=f"sid={secret}; Path=/; HttpOnly"))
        else:
            writer.write(raw_response(b"<p>Wrong password, try again."))

    return route


def site_with_login(password: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, SiteConfig]:
    monkeypatch.setenv("PRESS_PASSWORD", password)
    fields = {"user": "me", "pass": "${PRESS_PASSWORD}"}
    return {
        "press.example": SiteConfig(
            login=LoginConfig(url="http://press.example/login", fields=fields, failed_if="Wrong")
        )
    }


def test_a_login_opens_the_site_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The form is sent once with its hidden fields; its cookie opens the site's pages and goes to no other host."""
    routes = {"/login": login_form("pw", "s1"), "/in": login_form("pw", "s1"), "/home": respond(HTML)}
    routes |= {"/a": members_only("s1"), "/b": members_only("s1"), "other.example/c": respond(HTML)}

    async def story() -> None:
        async with serving(routes) as server, fetcher(server, site_with_login("pw", monkeypatch)) as at:
            pages = await asyncio.gather(*(get(at, f"http://press.example/{name}") for name in "ab"))
            assert [page.body for page in pages] == [HTML, HTML]
            assert server.paths().count("/in") == 1
            await get(at, "http://other.example/c")
            assert "cookie" not in server.asked[-1].headers

    asyncio.run(story())


def test_a_login_that_fails_gives_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a wrong password nothing of the site is fetched, and the reason says what the site said."""
    routes = {"/login": login_form("pw", "s1"), "/in": login_form("pw", "s1"), "/a": respond(HTML)}

    async def story() -> None:
        async with serving(routes) as server, fetcher(server, site_with_login("other", monkeypatch)) as at:
            for _ in range(2):
                with pytest.raises(FetchError, match="says 'Wrong'") as caught:
                    await get(at, "http://press.example/a")
                assert caught.value.reason == "login_failed"
            assert server.paths() == ["/login", "/in"]

    asyncio.run(story())


def test_a_session_that_ended_is_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the site no longer knows us, the form is sent once more."""
    secrets = ["s1"]

    async def members(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await members_only(secrets[0])(asked, writer)

    async def form(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await login_form("pw", secrets[0])(asked, writer)

    routes = {"/login": form, "/in": form, "/home": respond(HTML), "/a": members}

    async def story() -> None:
        async with serving(routes) as server, fetcher(server, site_with_login("pw", monkeypatch)) as at:
            await get(at, "http://press.example/a")
            secrets[0] = "s2"
            assert (await get(at, "http://press.example/a")).body == HTML
            assert server.paths().count("/in") == 2
            secrets[0] = "s3"
            routes["/in"] = respond(b"", "500 Oops")
            with pytest.raises(FetchError, match="login_failed"):
                await get(at, "http://press.example/a")

    asyncio.run(story())


FORMS = [
    ("none", "<p>no form", None),
    (
        "first with all fields",
        "<form action=/x><input name=a></form><form action=y><input name=a><input name=b>",
        "http://h.example/d/y",
    ),
    ("no action", "<form><input name=a><textarea name=b></textarea>", "http://h.example/d/p"),
    ("a field is missing", "<form action=/x><input name=a>", None),
    ("broken action", "<form action='http://['><input name=a><input name=b>", "http://h.example/d/p"),
]


@pytest.mark.parametrize(("html", "action"), [row[1:] for row in FORMS], ids=[row[0] for row in FORMS])
def test_find_form(html: str, action: str | None) -> None:
    """The first form that has all the fields, sent where it says or to the page itself."""
    form = find_form(html, "http://h.example/d/p", names=("a", "b"))
    assert (form.action if form else None) == action


def test_cookies_of_the_configuration() -> None:
    """A site's cookies go to it and its subdomains, with those it sets itself; other hosts keep none."""
    sites = {"press.example": SiteConfig(cookies={"edition": "int"})}
    routes = {"/a": respond(HTML, set_cookie="seen=1; Path=/")}

    async def story() -> None:
        async with serving(routes) as server, fetcher(server, sites, robots=False) as at:
            for host in ("press.example", "press.example", "www.press.example", "other.example", "other.example"):
                await get(at, f"http://{host}/a")
            sent = [asked.headers.get("cookie") for asked in server.asked]
            assert sent == ["edition=int", "edition=int; seen=1", "edition=int", None, None]

    asyncio.run(story())


def test_a_proxy_is_asked_for_everything_but_private_addresses() -> None:
    """Requests go to the proxy in full; an address that may not be dialled is not even asked of it."""

    async def story() -> None:
        async with serving({"http://press.example/a": respond(HTML), "/a": respond(HTML)}) as server:
            proxy = f"http://127.0.0.1:{server.port}"
            sites = {"press.example": SiteConfig(proxy=proxy), "10.0.0.1": SiteConfig(proxy=proxy)}
            sites |= {"2130706433": SiteConfig(proxy=proxy), "localhost": SiteConfig(proxy=proxy)}
            at = HttpFetcher(FetchConfig(delay_s=0.0, retries=0, robots=False), sites)
            async with at:
                await get(at, "http://press.example/a")
                assert server.asked[0].path == "http://press.example/a"
                for host in ("10.0.0.1", "2130706433", "localhost"):
                    with pytest.raises(FetchError) as caught:
                        await get(at, f"http://{host}/a")
                    assert caught.value.reason == "address_refused", host
            assert len(server.asked) == 1

    asyncio.run(story())


def test_hosts_of_one_address_share_a_pace() -> None:
    """With group_by = "ip" two names of one machine are asked in turn; by host they are not."""

    def gaps(group_by: str) -> list[str]:
        lines: list[Any] = []

        async def story() -> None:
            async with serving({"/a": respond(HTML)}) as server:
                at = fetcher(server, robots=False, group_by=group_by, record=lines.append)
                async with at:
                    await asyncio.gather(*(get(at, f"http://{name}.example/a") for name in ("one", "two")))

        asyncio.run(story())
        return sorted({line.key for line in lines if hasattr(line, "url")})

    assert gaps("host") == ["one.example", "two.example"]
    assert gaps("ip") == ["127.0.0.1"]


def test_validators_ask_for_what_changed() -> None:
    """ETag and Last-Modified go out, and 304 comes back as a page without a body; without them 304 is an error."""

    async def story() -> None:
        routes = {"/a": in_turn(raw_response(HTML, etag='"v1"'), raw_response(b"", "304 Not Modified"))}
        async with serving(routes) as server, fetcher(server, robots=False) as at:
            first = await get(at, "http://press.example/a")
            validators = Validators(etag=first.header("etag"), last_modified="Wed, 01 May 2024 12:00:00 GMT")
            again = await get(at, "http://press.example/a", validators)
            assert (again.status, again.body) == (304, b"")
            assert server.asked[1].headers["if-none-match"] == '"v1"'
            assert server.asked[1].headers["if-modified-since"] == "Wed, 01 May 2024 12:00:00 GMT"
            with pytest.raises(FetchError, match="http_status"):
                await get(at, "http://press.example/a")
            broken = Validators(etag='"a\r\nX-Evil: 1"')
            assert broken.headers() == {}

    asyncio.run(story())


def test_tdmrep_is_asked_once_a_day_and_kept() -> None:
    """What the host declares for an address goes with its page; a later run within the day does not ask again."""
    declared = b'[{"location": "/news/*", "tdm-reservation": 1, "tdm-policy": "https://p.example/p"}]'
    routes = {"/.well-known/tdmrep.json": respond(declared, content_type="application/json")}
    routes |= {"/news/a": respond(HTML), "/b": respond(HTML)}
    memory = Kept()

    async def story(hours: float) -> list[str]:
        async with (
            serving(routes) as server,
            fetcher(server, tdmrep=True, memory=memory, now=lambda: NOW + timedelta(hours=hours)) as at,
        ):
            page = await get(at, "http://press.example/news/a")
            assert page.site_rights == Rights(tdm_reservation=1, tdm_policy="https://p.example/p")
            assert (await get(at, "http://press.example/b")).site_rights == Rights()
            return server.paths()

    asked = ["/robots.txt", "/news/a", "/.well-known/tdmrep.json", "/b"]
    assert asyncio.run(story(0)) == asked
    assert asyncio.run(story(1)) == ["/news/a", "/b"]
    assert sorted(asyncio.run(story(25))) == sorted(asked)
    assert asyncio.run(story(-1000)) == asked, "what a clock that was ahead kept is not good until then"


TDM = [
    ("none", b"", "/a", None),
    ("not JSON", b"<html>", "/a", None),
    ("one object", b'{"location": "/", "tdm-reservation": 1}', "/a", 1),
    ("first match wins", b'[{"location":"/a","tdm-reservation":0},{"location":"/","tdm-reservation":1}]', "/a/b", 0),
    ("later match", b'[{"location":"/a","tdm-reservation":0},{"location":"/","tdm-reservation":1}]', "/b", 1),
    ("end", b'[{"location":"/*.html$","tdm-reservation":1}]', "/x.html?y", None),
    ("wildcard", b'[{"location":"/*.html$","tdm-reservation":1}]', "/d/x.html", 1),
    ("without slash", b'[{"location":"news","tdm-reservation":1}]', "/news/1", 1),
    ("number as text", b'[{"location":"/","tdm-reservation":"1"}]', "/", 1),
    ("a list", b'[{"location": "/", "tdm-reservation": [1]}, {"location": "/", "tdm-reservation": {}}]', "/", None),
    ("nonsense", b'[1, {"location": 3, "tdm-reservation": 1}, {"location": "/", "tdm-reservation": 7}]', "/", None),
    ("deep", b"[" * 100_000, "/", None),
]


@pytest.mark.parametrize(("body", "path", "reserved"), [row[1:] for row in TDM], ids=[row[0] for row in TDM])
def test_tdmrep(body: bytes, path: str, reserved: int | None) -> None:
    """The first entry whose location matches decides; what is no declaration declares nothing."""
    assert TdmRep.parse(body).rights_for("https://h.example" + path).tdm_reservation == reserved


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a certificate that only who is given it trusts."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    made += ["-addext", f"subjectAltName=DNS:{name}", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(made, check=True, capture_output=True)
    return cert, key


def test_a_host_may_bring_its_own_authority(tmp_path: Path) -> None:
    """Its certificate is verified by it, for its name alone; without it the connection is refused."""
    cert, key = certificate(tmp_path, "press.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw_response(HTML, connection="close"))
        await writer.drain()
        writer.close()

    async def story() -> None:
        listener = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
        port = listener.sockets[0].getsockname()[1]
        config = FetchConfig(delay_s=0.0, retries=0, robots=False, connect_to={"*": f"127.0.0.1:{port}"})
        own = {"press.example": SiteConfig(ca_file=str(cert)), "other.example": SiteConfig(ca_file=str(cert))}
        async with listener:
            async with HttpFetcher(config, own) as at:
                assert (await get(at, "https://press.example/a")).body == HTML
                with pytest.raises(FetchError, match="tls_failed"):
                    await get(at, "https://other.example/a")
            async with HttpFetcher(config, {}) as at:
                with pytest.raises(FetchError, match="tls_failed"):
                    await get(at, "https://press.example/a")
            missing = {"press.example": SiteConfig(ca_file=str(tmp_path / "none.pem"))}
            with pytest.raises(ConfigError, match=r"none\.pem: is no file of certificates"):
                HttpFetcher(config, missing)

    asyncio.run(story())


@pytest.mark.parametrize(
    "site",
    [
        pytest.param(SiteConfig(ca_file="nowhere.pem"), id="authorities"),
        pytest.param(SiteConfig(proxy="${PRESS_PROXY}"), id="proxy"),
    ],
)
@pytest.mark.parametrize("proxy", ["nonsense", "socks5://me:hunter2@p.example:1", "http://me:hunter2@p.example:99999"])
def test_what_a_site_cannot_do_without_is_looked_at_first(
    site: SiteConfig, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of authorities that is none, or a proxy out of the environment, is an error before anything is fetched."""
    monkeypatch.setenv("PRESS_PROXY", proxy)
    with pytest.raises(ConfigError, match=r"nowhere\.pem|proxy") as caught:
        HttpFetcher(FetchConfig(), {"press.example": site})
    assert "hunter2" not in str(caught.value)
