"""Pages that a browser builds: what they become, what they may ask for, and that nothing of the browser is left."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from loopback import Asked, Route, Server, respond, serving
from selectolax.lexbor import LexborHTMLParser
from test_cli import scraper_
from test_crawl_discover import Reader, kept, section

from scraper.cli.main import run
from scraper.config import FetchConfig, SiteConfig
from scraper.errors import ConfigError, FetchError
from scraper.fetchers import HttpFetcher
from scraper.fetchers.audit import audit_requests
from scraper.fetchers.chromium import FLAGS, chromium_environment, find_chromium
from scraper.fetchers.log import LogLine, RequestLine
from scraper.fetchers.parts import MAX_PARTS
from scraper.model import Page, Target


def _missing() -> str:
    try:
        find_chromium()
    except ConfigError as error:
        return str(error)
    return ""


needs_browser = pytest.mark.skipif(bool(_missing()), reason=_missing() or "there is a browser")
HOST = "press.example"
URL = f"http://{HOST}/"
SHELL = b"<!doctype html><title>Story</title><main id=a></main>"
STORY = " ".join(["The council voted on Tuesday to plant four hundred trees along the river."] * 12)
APP = (
    b"<script>fetch('/api').then(r => r.json()).then(d => {"
    b" document.getElementById('a').innerHTML = '<article><h1>Trees</h1><p>' + d.text + '</p></article>' })</script>"
)


def article_routes() -> dict[str, Route]:
    data = json.dumps({"text": STORY}).encode()
    return {"/": respond(SHELL + APP), "/api": respond(data, content_type="application/json")}


def page_of(script: str) -> dict[str, Route]:
    """Return the routes of a page that runs a script, and says "done" where that gets to its end."""
    end = "document.getElementById('a').append(' done ')"
    return {"/": respond(SHELL + f"<script type=module>{script};\n{end}</script>".encode())}


def fetcher(server: Server, **more: Any) -> HttpFetcher:
    """Return a fetcher that dials the server for `press.example` and its neighbours, and builds their pages."""
    given = {name: more.pop(name) for name in ("record", "resolve") if name in more}
    sites = more.pop("sites", {})
    dialled = dict.fromkeys([HOST, "api.press.example", "other.example"], f"127.0.0.1:{server.port}")
    config = FetchConfig(
        **{"delay_s": 0.0, "latency_factor": 0.0, "retries": 0, "render": True, "connect_to": dialled} | more
    )
    return HttpFetcher(config, sites, **given)


async def get(at: HttpFetcher, url: str = URL) -> Page:
    return await at.fetch_page(Target(url=url, source="list"))


def built(routes: dict[str, Route], **more: Any) -> tuple[str, Server, HttpFetcher]:
    """Return the text of the page that the routes serve, the server, and what fetched it."""

    async def story() -> tuple[str, Server, HttpFetcher]:
        async with serving(routes) as server, fetcher(server, **more) as at:
            page = await get(at)
            return page.body.decode(), server, at

    return asyncio.run(story())


@pytest.fixture
def processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[int]]:
    """Return what lists the processes of the browser and its driver that this test started and that are alive."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # they have it from us, and hand it on
    return lambda: list(_processes(str(tmp_path).encode()))


@pytest.mark.parametrize(("length", "kept"), [(62, True), (63, False)])
def test_a_folder_whose_name_is_too_long_for_a_socket(length: int, *, kept: bool, monkeypatch: Any) -> None:
    """The browser would not start: its own socket stands in the folder for temporary files."""
    folder = "/".ljust(length, "x")
    monkeypatch.setenv("TMPDIR", folder)
    assert chromium_environment()["TMPDIR"] == (folder if kept else "/tmp")


def _processes(folder: bytes) -> Iterator[int]:
    """Yield the living that name a folder in their environment or, as the browser's helpers do, in an argument."""
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            said = (path / "environ").read_bytes() + (path / "cmdline").read_bytes()
            if int(path.name) != os.getpid() and folder in said:
                yield int(path.name)


async def gone(processes: Callable[[], list[int]], *, but: int = 0) -> bool:
    """Tell whether all processes, or all but so many, end within a moment."""
    for _ in range(40):
        if len(processes()) <= but:
            return True
        await asyncio.sleep(0.05)
    return False


@asynccontextmanager
async def trap() -> AsyncIterator[tuple[int, list[str]]]:
    """Listen on a port, TCP and UDP, and note everybody who calls."""
    calls: list[str] = []

    class Datagrams(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: Any) -> None:
            calls.append(f"udp {data!r}")

    async def called(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append(f"tcp {(await reader.read(100))!r}")
        writer.close()

    listener = await asyncio.start_server(called, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Datagrams, local_addr=("127.0.0.1", port))
    try:
        async with listener:
            yield port, calls
    finally:
        transport.close()
        await asyncio.sleep(0)


@needs_browser
def test_a_page_is_what_its_scripts_make_of_it() -> None:
    """The article that a script fetches is in the page; without the browser it is not."""
    body, server, _ = built(article_routes())
    assert STORY in body
    assert server.paths() == ["/robots.txt", "/", "/api"]
    assert {asked.headers["user-agent"] for asked in server.asked} == {"article-scraper/0.1.0"}
    assert STORY not in built(article_routes(), render=False)[0]


@needs_browser
def test_a_page_that_asks_again_and_again_is_waited_for() -> None:
    """Small requests one after another are work, even where each is answered between two looks at the page."""
    asks = "for (let i = 0; i < 14; i++) { await fetch('/x'); await new Promise(go => setTimeout(go, 100)) }"
    body, server, _ = built(page_of(asks) | {"/x": respond(b"x")})
    assert " done " in body
    assert server.paths().count("/x") == 14


@needs_browser
def test_extract_reads_a_built_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`scraper extract` gives the article of a site that has `render = true`, and none of it without."""

    async def story(render: bool) -> tuple[int, str]:
        async with serving(article_routes()) as server:
            path = tmp_path / "config.toml"
            path.write_text(
                f'[fetch]\ndelay_s = 0\nconnect_to = {{ "{HOST}" = "127.0.0.1:{server.port}" }}\n'
                f'[site."{HOST}"]\nrender = {str(render).lower()}\n'
            )
            arguments = ["extract", URL, "--config", str(path), "--format", "text"]
            code = await asyncio.to_thread(run, arguments)
            return code, capsys.readouterr().out

    code, text = asyncio.run(story(True))
    assert (code, STORY in text) == (0, True)
    assert STORY not in asyncio.run(story(False))[1]


async def crawl(server: Server, folder: Path, source: str) -> int:
    """Crawl a source of the server, in a process of its own that builds its pages, into `out`; return the code."""
    path = folder / "config.toml"
    path.write_text(
        f'[fetch]\ncontact = "me@example.org"\ndelay_s = 0.1\ntdmrep = false\nrender = true\n'
        f'connect_to = {{ "{HOST}" = "127.0.0.1:{server.port}" }}\n[output]\ndir = "out"\n[[source]]\n{source}\n'
    )
    command = ("-m", "scraper", "crawl", "--config", str(path), "--quiet")
    return await (await asyncio.create_subprocess_exec(sys.executable, *command)).wait()


@needs_browser
def test_a_crawl_builds_pages(tmp_path: Path) -> None:
    """`scraper crawl` writes the records of built pages, and its log of requests stands the audit."""

    async def story() -> int:
        async with serving(article_routes() | {"/2024/05/trees": article_routes()["/"]}) as server:
            return await crawl(server, tmp_path, f'kind = "urls"\nurls = ["{URL}2024/05/trees"]')

    assert asyncio.run(story()) == 0
    assert STORY in next((tmp_path / "out").glob("articles-*.jsonl")).read_text()
    assert run(["audit", str(tmp_path / "out")]) == 0


@needs_browser
def test_a_crawl_says_what_pages_did_not_get(tmp_path: Path) -> None:
    """The summary counts, for each host, what its pages asked for and were refused, by reason."""
    asks = "for (const u of ['/no', '/no?2', '/yes']) await fetch(u).catch(() => 0); new Image().src = '/a.png'"
    rules = respond(b"User-agent: *\nDisallow: /no", content_type="text/plain")

    async def story() -> int:
        async with serving({"/robots.txt": rules, "/yes": respond(b"x"), **page_of(asks)}) as server:
            path = tmp_path / "config.toml"
            path.write_text(
                '[fetch]\ncontact = "me@example.org"\ndelay_s = 0\ntdmrep = false\nrender = true\n'
                f'connect_to = {{ "{HOST}" = "127.0.0.1:{server.port}" }}\n'
                f'[[source]]\nkind = "urls"\nurls = ["{URL}"]\n'
            )
            arguments = ["crawl", "--config", str(path), "--out", str(tmp_path / "out"), "--quiet"]
            return await (await asyncio.create_subprocess_exec(sys.executable, "-m", "scraper", *arguments)).wait()

    asyncio.run(story())
    summary = json.loads((tmp_path / "out" / "summary.json").read_bytes())
    assert summary["hosts"][HOST]["refused_parts"] == {"not_loaded": 1, "robots_disallowed": 2}


LIST = b"<!doctype html><title>News</title><main id=a></main>"
LISTS = b"<script>fetch('/api').then(r => r.text()).then(t => { document.getElementById('a').innerHTML = t })</script>"
OLD, NEW = "/town/the-old-bridge-opens", "/town/the-new-bridge-closes"


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    made = Reader(tmp_path / "state")
    made.render = True
    yield made
    made.frontier.close()


@needs_browser
def test_a_section_page_is_built(reader: Reader) -> None:
    """Links that a script draws are found, anew once half an hour has passed; within it a 304 is one request."""
    reader.routes = {"/news": kept(LIST + LISTS, etag='"1"', content_type="text/html"), "/api": respond(section(OLD))}
    assert (reader.read("section", "/news").error, reader.taken) == (None, [OLD])
    assert reader.asked == ["/news", "/api"]
    reader.routes["/api"] = respond(section(OLD, NEW))
    assert reader.read("section", "/news", after_s=1000).unchanged == 1
    assert (reader.asked, reader.conditional, reader.taken) == (["/news"], ["/news"], [])
    assert reader.read("section", "/news", after_s=1000).new == 1
    assert (reader.asked, reader.conditional, reader.taken) == (["/news", "/api"], [], [OLD, NEW])
    reader.routes["/news"] = kept(LIST + b" " + LISTS, etag='"2"', content_type="text/html")
    assert reader.read("section", "/news", after_s=10).unchanged == 0
    assert (reader.asked, reader.conditional) == (["/news", "/api"], ["/news"])


@needs_browser
@pytest.mark.parametrize("validators", [{"etag": '"1"'}, {}], ids=["304", "an equal page"])
def test_a_section_page_that_was_sent_whole_is_built_once(reader: Reader, validators: dict[str, str]) -> None:
    """Where scripts draw no link that was not sent, a page that has not changed is not built again, however old."""
    sent = LIST + section(OLD) + b"<script>fetch('/api')</script>"
    reader.routes = {"/news": kept(sent, **validators, content_type="text/html"), "/api": respond(b"x")}
    assert (reader.read("section", "/news").new, reader.asked) == (1, ["/news", "/api"])
    reader.read("section", "/news", after_s=1e6)
    assert (reader.asked, reader.conditional) == (["/news"], ["/news"] if validators else [])


@needs_browser
def test_a_section_page_read_before_is_built_when_that_is_wanted(reader: Reader) -> None:
    """What a page was before `render = true` says nothing of what it is built; and what is not built asks nothing."""
    reader.routes = {"/news": kept(LIST + LISTS, etag='"1"', content_type="text/html"), "/api": respond(section(OLD))}
    for render, asked in ((False, ["/news"]), (True, ["/news", "/api"]), (False, ["/news"])):
        reader.render = render
        reader.read("section", "/news", after_s=10)
        assert (reader.asked, reader.conditional, reader.taken) == (asked, [], [OLD] if render else [])
    for kind in ("feed", "sitemap"):
        reader.render = True
        reader.read(kind, "/news", after_s=10)
        assert reader.asked == ["/news"]


@needs_browser
def test_a_crawl_finds_what_scripts_list(tmp_path: Path) -> None:
    """A crawl from a section page whose list a script draws has its articles, and its log stands the audit."""
    links = respond(section("/2024/05/trees-for-the-river", "/2024/05/no-more-trees-for-it"))
    rules = respond(b"User-agent: *\nDisallow: /no\nDisallow: /2024/05/no", content_type="text/plain")
    routes = {
        "/": respond(LIST + b"<script>fetch('/no').catch(() => 0)</script>" + LISTS.replace(b"/api", b"/list")),
        "/list": links,
        "/robots.txt": rules,
        "/2024/05/trees-for-the-river": article_routes()["/"],
        "/api": article_routes()["/api"],
    }

    async def story() -> tuple[int, list[str]]:
        async with serving(routes) as server:
            code = await crawl(server, tmp_path, f'kind = "section"\nurl = "{URL}"')
            return code, server.paths()

    code, paths = asyncio.run(story())
    assert code == 0
    assert STORY in next((tmp_path / "out").glob("articles-*.jsonl")).read_text()
    assert not any(path.startswith(("/no", "/2024/05/no")) for path in paths)
    kinds = [json.loads(line) for line in next((tmp_path / "out").glob("requests-*.jsonl")).read_text().splitlines()]
    assert {(urlsplit(line["url"]).path, line["kind"]) for line in kinds if "url" in line} >= {
        ("/", "render"),
        ("/list", "part"),
    }
    assert run(["audit", str(tmp_path / "out")]) == 0


COMPONENTS = b"""<!doctype html><title>Story</title><main id=a>
<x-frame><script type="application/ld+json">{"@type": "NewsArticle"}</script>
 <b>unseen</b><p slot=lead>second</p><x-text id=t>third <i>3</i></x-text></x-frame><p>tail</p></main>
<x-made><template shadowrootmode=open><p>declared</p></template></x-made>
<script>
const fill = (node, html) => { node.attachShadow({mode: "open"}).innerHTML = html }
fill(document.querySelector("x-frame"), "<h1>first</h1><slot name=lead></slot><slot name=no>else</slot>"
     + "<x-in><em>outer</em></x-in><div id=d></div>")
const inner = document.querySelector("x-frame").shadowRoot
fill(inner.querySelector("x-in"), "<u>inner</u><slot></slot>")
</script>"""


def words_of(body: str) -> str:
    """Return the text of a page as it stands in its HTML, scripts and head left out."""
    tree = LexborHTMLParser(body)
    tree.strip_tags(["script", "style", "template"])
    assert tree.body is not None
    return " ".join(tree.body.text(separator=" ").split())


@needs_browser
def test_shadow_roots_are_read_where_they_are_seen() -> None:
    """Text in open shadow roots, nested and declared ones too, stands in its place, and slots hold what is given."""
    body, _, _ = built({"/": respond(COMPONENTS)})
    assert words_of(body) == "first second else inner outer tail declared"
    assert body.startswith("<!DOCTYPE html>")
    assert '{"@type": "NewsArticle"}' in body


@needs_browser
def test_text_that_grows_in_a_shadow_root_is_waited_for() -> None:
    """A page is not done while text still comes to a shadow root, though nothing is asked for."""
    script = "const to = a.attachShadow({mode: 'open'}); let n = 0"
    script += "; setInterval(() => { if (n < 9) to.append(` ${++n}`) }, 200)"
    assert "1 2 3 4 5 6 7 8 9" in words_of(built(page_of(script))[0])


@needs_browser
def test_shadow_roots_have_the_cap_of_a_page() -> None:
    """A page that hides more in a shadow root than a page may have is refused."""
    script = "document.body.attachShadow({mode: 'open'}).textContent = 'x'.repeat(30000)"
    with pytest.raises(FetchError) as failed:
        built(page_of(script), max_bytes=20_000)
    assert failed.value.reason == "too_large"


@needs_browser
@pytest.mark.parametrize("broken", ["Document.prototype.importNode", "Document.prototype.querySelectorAll"])
def test_a_page_that_cannot_be_made_one_is_taken_as_it_is(broken: str) -> None:
    """Where a page has changed what its trees are joined with, it is read without what is in shadow roots."""
    script = f"{broken} = null; a.attachShadow({{mode: 'open'}}).textContent = 'hidden'"
    assert words_of(built(page_of(script))[0]) == "done"


FRAMES = {
    "its own scripts": (
        "<iframe src=/f></iframe>",
        "<p id=p>of <a href=next>the</a></p><script>p.append(' frame')</script>",
        "of the frame",
    ),
    "in a shadow root, and in another frame": (
        "<x-f><template shadowrootmode=open><iframe src=/f#top></iframe></template></x-f>",
        "outer <iframe src=/deep></iframe>",
        "outer",
    ),
    "written": ("<iframe srcdoc='<p>written</p>'></iframe>", "", "written"),
    "leading its page away": ("<iframe src=/f></iframe>", "left<script>top.location = '/f'</script>", "left"),
    "not wanted": (
        "<iframe src=/x style='display: none'></iframe> <iframe src=/x width=1 height=1></iframe>"
        " <iframe src=http://other.example/x></iframe> <iframe sandbox src=/x></iframe>",
        "",
        "",
    ),
    "not had": (
        "<iframe src=/away></iframe> <iframe src=/no></iframe> <iframe src=/pdf></iframe> <iframe src=/shy></iframe>",
        "",
        "",
    ),
}


@needs_browser
def test_frames_that_a_reader_sees_are_read() -> None:
    """A frame of the page's own origin is built with it and stands in its place; others ask for nothing."""
    pages: dict[str, Route] = {}
    for number, (outer, inner, _) in enumerate(FRAMES.values()):
        outer = outer.replace("src=/f", f"src=/f{number}")
        pages[f"/{number}"] = respond(f"<title>x</title><p>above</p>{outer}<p>below</p>".encode())
        pages[f"/f{number}"] = respond(inner.encode())
    pages["/away"] = respond(b"", "302 Found", location="http://other.example/x")
    pages["/shy"] = respond(b"not in a frame", x_frame_options="DENY")
    pages["/pdf"] = respond(b"%PDF-1.7", content_type="application/pdf")
    pages["/robots.txt"] = respond(b"User-agent: *\nDisallow: /no", content_type="text/plain")

    async def story() -> None:
        async with serving(pages) as server, fetcher(server, browsers_at_once=4) as at:
            found = await asyncio.gather(*(get(at, f"{URL}{n}") for n in range(len(FRAMES))))
            for (name, (_, _, text)), page in zip(FRAMES.items(), found, strict=True):
                assert words_of(page.body.decode()) == " ".join(f"above {text} below".split()), name
            assert f'href="{URL}next"' in found[0].body.decode()
            own = [f"/{n}" for n in range(len(FRAMES))]
            assert sorted(server.paths()) == sorted(["/robots.txt", *own, "/f0", "/f1", "/f3", "/away", "/pdf", "/shy"])
            assert at.refused_parts == {"bad_redirect": 1, "robots_disallowed": 1, "content_type": 1}

    asyncio.run(story())


@needs_browser
def test_charset_and_redirects() -> None:
    """The page is read in its own charset and comes back in UTF-8; redirects are followed before it is built."""
    shell = "<!doctype html><p id=a>é</p><script>a.append(' ü ' + location.pathname)</script>".encode("latin-1")
    routes = {
        "/": respond(b"", "302 Found", location="/new"),
        "/new": respond(shell, content_type="text/html; charset=iso-8859-1", etag='"1"'),
    }

    async def story() -> None:
        async with serving(routes) as server, fetcher(server) as at:
            page = await get(at)
            assert "é ü /new" in page.body.decode()
            assert (page.final_url, page.redirects) == (URL + "new", (URL,))
            assert page.headers[0] == ("content-type", "text/html; charset=utf-8")
            assert "etag" not in dict(page.headers)

    asyncio.run(story())


FETCHED = """
for (const url of ["http://169.254.169.254/latest", "http://rebound.example:PORT/", "http://127.0.0.1:PORT/",
                   "http://2130706433:PORT/", "http://[::1]:PORT/", "http://localhost:PORT/", "file:///etc/passwd"]) {
    await fetch(url).then(r => r.text()).then(t => document.body.append(t)).catch(() => 0)
    await fetch(url, {mode: "no-cors", method: "POST", body: "x"}).catch(() => 0)
}"""
WRITTEN = """
document.body.insertAdjacentHTML("beforeend", `
    <img src=http://127.0.0.1:PORT/i.png> <link rel=stylesheet href=http://127.0.0.1:PORT/s>
    <video autoplay src=http://127.0.0.1:PORT/v></video> <iframe src=http://127.0.0.1:PORT/></iframe>
    <iframe src=file:///etc/passwd></iframe> <object data=http://127.0.0.1:PORT/></object>
    <link rel=prefetch href=http://127.0.0.1:PORT/p> <link rel=preload as=font href=http://127.0.0.1:PORT/f>
    <link rel=preconnect href=http://127.0.0.1:PORT/> <link rel=dns-prefetch href=http://rebound.example/>
    <form id=f action=http://127.0.0.1:PORT/ target=_blank>`)
document.body.append(Object.assign(document.createElement("script"), {src: "http://127.0.0.1:PORT/"}))
await new FontFace("f", "url(http://127.0.0.1:PORT/f)").load().catch(() => 0)
document.getElementById("f").submit()"""
CALLED = """
const there = "127.0.0.1:PORT"
navigator.sendBeacon(`http://${there}/`, "x")
new EventSource(`http://${there}/`)
new WebSocket(`ws://${there}/`)
window.open(`http://${there}/`)
Object.assign(document.createElement("a"), {href: `http://${there}/`, download: "x"}).click()
await navigator.serviceWorker?.register(`http://${there}/sw.js`).catch(() => 0)
await import(`http://${there}/m.js`).catch(() => 0)"""
WORKED = """
const text = `fetch("http://127.0.0.1:PORT/"); new WebSocket("ws://127.0.0.1:PORT/"); importScripts("http://127.0.0.1:PORT/")`
new Worker(URL.createObjectURL(new Blob([text])))
new SharedWorker(URL.createObjectURL(new Blob([text])))"""
TALKED = """
const to = new RTCPeerConnection({iceServers: [{urls: "stun:127.0.0.1:PORT"}]})
to.createDataChannel("x")
await to.setLocalDescription(await to.createOffer())
await new Promise(done => setTimeout(done, 500))
try { await new WebTransport("https://127.0.0.1:PORT/").ready } catch {}"""
LED = 'location.href = "http://127.0.0.1:PORT/"'
ESCAPES = {"fetched": FETCHED, "written": WRITTEN, "called": CALLED, "worked": WORKED, "talked": TALKED, "led": LED}


@needs_browser
@pytest.mark.parametrize("script", ESCAPES.values(), ids=ESCAPES)
def test_nothing_private_is_reached(script: str) -> None:
    """No way in which a page may ask for a private address, or for what is no text, ends in a packet."""

    async def resolve(host: str, port: int) -> tuple[str, ...]:
        return ("127.0.0.1",)

    async def story() -> None:
        async with trap() as (port, calls):
            routes = page_of(script.replace("PORT", str(port)))
            async with serving(routes) as server, fetcher(server, resolve=resolve) as at:
                page = await get(at)
                assert b" done " in page.body
                assert b"root:" not in page.body
                assert set(server.paths()) == {"/robots.txt", "/"}
                assert set(at.refused_parts) <= {"address_refused", "not_loaded"}
            assert calls == []

    asyncio.run(story())


@needs_browser
def test_a_browser_on_its_own_reaches_nothing() -> None:
    """Even a request that nobody answers for it does not leave the browser, whatever the address."""
    from playwright.async_api import Error, async_playwright

    async def story() -> None:
        async with trap() as (port, calls), async_playwright() as driver:
            flags = list(FLAGS)
            path = find_chromium()
            chromium = await driver.chromium.launch(
                executable_path=path, args=flags, chromium_sandbox=os.geteuid() != 0
            )
            page = await chromium.new_page()
            for host in ("127.0.0.1", "localhost", "[::1]", "a.example"):
                with pytest.raises(Error, match="ERR_"):
                    await page.goto(f"http://{host}:{port}/")
            page = await chromium.new_page()  # in the first one the browser still puts up its page about the error
            await page.evaluate(f"new WebSocket('ws://127.0.0.1:{port}/')")
            await page.evaluate("async () => {" + TALKED.replace("PORT", str(port)) + "}")
            assert await page.evaluate(f"fetch('http://127.0.0.1:{port}/').catch(e => 'no')") == "no"
            await chromium.close()
            assert calls == []

    asyncio.run(story())


@needs_browser
def test_robots_rule_over_what_a_page_asks_for() -> None:
    """Data that robots.txt forbids is not fetched, for the page's host and for others, and that is counted."""
    asks = "for (const u of ['/no', 'http://other.example/no', '/yes']) await fetch(u).catch(() => 0)"
    rules = respond(b"User-agent: *\nDisallow: /no", content_type="text/plain")
    _, server, at = built({"/robots.txt": rules, "/yes": respond(b"x"), **page_of(asks)})
    assert sorted(server.paths()) == ["/", "/robots.txt", "/robots.txt", "/yes"]
    assert at.refused_by_robots == {(HOST, "Disallow: /no"): 1, ("other.example", "Disallow: /no"): 1}
    assert at.refused_parts == {"robots_disallowed": 2}


@needs_browser
def test_an_endless_script_ends_with_its_deadline(processes: Callable[[], list[int]]) -> None:
    """A page that never rests fails by its deadline, its neighbour does not, and no process is left."""
    routes = article_routes() | {"/endless": respond(SHELL + b"<script>for (;;);</script>")}

    async def story() -> None:
        sites = {"other.example": SiteConfig(deadline_s=2.0)}
        async with serving(routes) as server, fetcher(server, sites=sites) as at:
            await get(at)
            before = len(processes())
            endless, page = await asyncio.gather(
                get(at, "http://other.example/endless"), get(at), return_exceptions=True
            )
            assert isinstance(endless, FetchError)
            assert endless.reason == "deadline"
            assert isinstance(page, Page)
            assert STORY in page.body.decode()
            assert await gone(processes, but=before)
        assert await gone(processes)

    asyncio.run(story())


@needs_browser
def test_pages_leave_nothing_behind(processes: Callable[[], list[int]], tmp_path: Path) -> None:
    """After ten pages as many processes run as after one, and after the last none, and no file is left."""

    async def story() -> None:
        async with serving(article_routes()) as server, fetcher(server, browsers_at_once=4) as at:
            await get(at)
            first = len(processes())
            assert first > 2
            for page in await asyncio.gather(*(get(at) for _ in range(10))):
                assert STORY in page.body.decode()
            assert await gone(processes, but=first)
        assert await gone(processes)

    asyncio.run(story())
    assert list(tmp_path.iterdir()) == []


@needs_browser
@pytest.mark.parametrize("after_s", [0.05, 0.4, 0.9, 1.6])
def test_a_fetch_given_up_leaves_nothing(processes: Callable[[], list[int]], after_s: float) -> None:
    """Whoever stops in the middle, while the browser starts or builds, leaves no process."""
    routes = {"/": respond(SHELL + b"<script>for (;;);</script>")}

    async def story() -> None:
        async with serving(routes) as server:
            async with fetcher(server) as at:
                task = asyncio.create_task(get(at))
                await asyncio.wait([task], timeout=after_s)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            assert await gone(processes)

    asyncio.run(story())


@needs_browser
def test_a_browser_that_died_is_replaced(processes: Callable[[], list[int]]) -> None:
    """A page whose browser is killed under it is a failure that may pass: the next try has a new browser."""

    killed: list[int] = []

    def kill_once() -> None:
        for pid in processes():
            if not killed and b"--remote-debugging-pipe" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    async def kill(asked: Asked, writer: asyncio.StreamWriter) -> None:
        kill_once()
        await article_routes()["/api"](asked, writer)

    routes = article_routes() | {"/api": kill}

    async def story() -> None:
        async with serving(routes) as server:
            async with fetcher(server, retries=1) as at:
                assert STORY in (await get(at)).body.decode()
                assert at.retries == {HOST: 1}
            assert await gone(processes)

    asyncio.run(story())


INTERRUPTIONS = {
    "dialogs": "alert(1); confirm(2); prompt(3)",
    "a download": "Object.assign(document.createElement('a'),"
    " {href: URL.createObjectURL(new Blob(['x'])), download: 'x.bin'}).click()",
    "popups": "window.open('/'); window.open('about:blank')",
    "a websocket": "await new Promise(r => new WebSocket('ws://press.example/').onclose = r)",
    "printing": "window.print()",
    "a page that leads elsewhere": "location.replace('/elsewhere')",
    "notifications": "await Notification.requestPermission(); navigator.geolocation.getCurrentPosition(() => 0)",
    "a changed world": "document.body.__defineGetter__('innerText', () => { throw 1 })",
}


@needs_browser
def test_interruptions_do_not_matter(tmp_path: Path) -> None:
    """Dialogs, downloads, popups and the like neither stop a page nor come to anything."""
    routes = {f"/{n}": page_of(script)["/"] for n, script in enumerate(INTERRUPTIONS.values())}

    async def story() -> None:
        async with serving(routes) as server, fetcher(server, browsers_at_once=4) as at:
            pages = await asyncio.gather(*(get(at, f"{URL}{n}") for n in range(len(routes))))
            for name, page in zip(INTERRUPTIONS, pages, strict=True):
                assert b" done " in page.body, name
            assert set(server.paths()) == {"/robots.txt", *routes}

    asyncio.run(story())


@needs_browser
def test_a_visit_asks_for_so_much_and_no_more() -> None:
    """Of a hundred requests sixty are made, and no more bytes are read than three pages may have."""
    asks = "await Promise.all([...Array(100).keys()].map(n => fetch('/d' + n).catch(() => 0)))"
    _, server, at = built({f"/d{n}": respond(b"x") for n in range(100)} | page_of(asks))
    assert sum(path.startswith("/d") for path in server.paths()) == MAX_PARTS
    assert at.refused_parts == {"too_large": 100 - MAX_PARTS}
    asks = "for (let n = 0; n < 5; n++) await fetch('/d').catch(() => 0)"
    _, server, at = built({"/d": respond(b"x" * 2000), **page_of(asks)}, max_bytes=2000)
    assert (server.paths().count("/d"), at.refused_parts) == (3, {"too_large": 2})


@needs_browser
def test_credentials_stay_with_their_site() -> None:
    """What a site's settings send goes to that site's hosts alone, and scripts of a page do not choose who we are."""
    headers = "{headers: {'X-Key': 'k', 'X-Forwarded-For': '1.2.3.4', 'Content-Type': 'application/json'}"
    asks = f"await fetch('http://api.press.example/a', {headers}, method: 'POST', body: '{{}}'}}).catch(() => 0);"
    asks += f"await fetch('http://other.example/b', {headers}}}).catch(() => 0)"
    sites = {
        HOST: SiteConfig(cookies={"sid": "s1"}, headers={"X-Member": "me"}),
        "other.example": SiteConfig(cookies={"sid": "s2"}, headers={"X-Member": "me, too"}),
    }
    _, server, _ = built(page_of(asks) | {"/a": respond(b"x"), "/b": respond(b"x")}, sites=sites)
    own, other = (next(asked for asked in server.asked if asked.path == path) for path in ("/a", "/b"))
    assert (own.method, own.body, own.headers["cookie"], own.headers["x-member"]) == ("POST", b"{}", "sid=s1", "me")
    assert (own.headers["x-key"], own.headers["content-type"]) == ("k", "application/json")
    assert (other.headers["x-key"], other.headers["referer"], other.headers["origin"]) == ("k", URL, URL[:-1])
    for asked in (own, other):
        assert asked.headers["user-agent"] == "article-scraper/0.1.0"
        assert "x-forwarded-for" not in asked.headers
    assert not {"cookie", "x-member"} & set(other.headers)


@needs_browser
def test_pages_read_of_others_only_what_these_let_them() -> None:
    """What another host does not open to all is fetched, but no script of the page reads it (CORS)."""
    asks = "for (const u of ['open', 'shut']) await fetch('http://other.example/' + u).then(r => r.text())"
    asks += ".then(t => document.body.append(t)).catch(() => 0)"
    routes = {"/open": respond(b"OPENED", access_control_allow_origin="*"), "/shut": respond(b"SECRET")}
    body, _, _ = built(page_of(asks) | routes)
    assert ("OPENED" in body, "SECRET" in body) == (True, False)


@needs_browser
def test_a_built_page_is_one_visit() -> None:
    """The gap lies between pages, not between the requests of one; the log says so, and the audit agrees."""
    lines: list[LogLine] = []
    asks = "for (const u of ['/x', '/y', 'http://other.example/z', 'http://other.example/z2'])"
    routes = page_of(asks + " await fetch(u).catch(() => 0)") | {p: respond(b"x") for p in ("/x", "/y", "/z", "/z2")}

    async def story() -> None:
        async with serving(routes) as server, fetcher(server, delay_s=0.5, record=lines.append) as at:
            await asyncio.gather(get(at), get(at))

    asyncio.run(story())
    requests = [line for line in lines if isinstance(line, RequestLine)]
    kinds = sorted((line.url.removeprefix("http://"), line.kind) for line in requests if line.kind != "robots")
    assert kinds == sorted(
        2
        * [
            (f"{HOST}/", "render"),
            (f"{HOST}/x", "part"),
            (f"{HOST}/y", "part"),
            ("other.example/z", "render"),
            ("other.example/z2", "part"),
        ]
    )
    assert audit_requests(enumerate(lines, 1)).violations == ()


def test_a_missing_browser_is_said_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Who wants pages built and has no package for it reads how to get it, before anything is asked."""
    sites = {HOST: SiteConfig(render=True)}
    HttpFetcher(FetchConfig(chromium="/nowhere/chromium"), {HOST: SiteConfig(render=False)})
    monkeypatch.setitem(sys.modules, "playwright", None)
    with pytest.raises(ConfigError, match=r'pip install "article-scraper\[render\]"'):
        HttpFetcher(FetchConfig(), sites)


@pytest.mark.skipif("playwright" in _missing(), reason=_missing() or "there is a package")
def test_a_wrong_browser_is_said_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A browser that is not where the configuration says, or nowhere, is one sentence."""
    with pytest.raises(ConfigError, match=r"fetch\.chromium is '/nowhere/chromium'"):
        HttpFetcher(FetchConfig(chromium="/nowhere/chromium", render=True))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="apt-get install chromium"):
        HttpFetcher(FetchConfig(render=True))


@pytest.mark.parametrize("section", ["fetch", "site.'press.example'"])
def test_check_config_looks_for_the_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, section: str) -> None:
    """Where pages are to be built and there is no package or no browser for it, that is a sentence before any crawl."""
    path = tmp_path / "config.toml"
    text = f"[fetch]\ncontact = 'a@b.example'\nchromium = '/nowhere/chromium'\n[{section}]\nrender = true\n"
    path.write_text(text.replace("[fetch]\nrender", "render"))
    monkeypatch.setitem(sys.modules, "playwright", None)
    ran = scraper_("check-config", "--config", path)
    assert (ran.code, ran.out) == (2, "")
    needs = 'fetch.render needs the package playwright: pip install "article-scraper[render]".'
    assert ran.err == f"{path}: {needs}\n"
    monkeypatch.undo()
    if "playwright" not in _missing():
        ran = scraper_("check-config", "--config", path)
        assert ran.code == 2
        assert ran.err == f"{path}: fetch.chromium is '/nowhere/chromium', which is no program that can be run.\n"
    path.write_text(path.read_text().replace("render = true", "render = false"))
    assert scraper_("check-config", "--config", path).code == 0


@pytest.mark.skipif("playwright" in _missing(), reason=_missing() or "there is a package")
def test_a_browser_that_does_not_start(tmp_path: Path, processes: Callable[[], list[int]]) -> None:
    """A program that is no browser is a wrong configuration, and nothing of it is left running."""
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)

    async def story() -> None:
        async with serving(article_routes()) as server:
            async with fetcher(server, chromium=str(program)) as at:
                with pytest.raises(ConfigError, match="the browser does not start"):
                    await get(at)
            assert await gone(processes)

    asyncio.run(story())
