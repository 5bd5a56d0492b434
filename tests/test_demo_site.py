"""The demo newspaper: its files are what its content makes, its addresses lead somewhere, its server behaves."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from scraper.demo import DemoServer, demo_sources, load_routes, site_folder
from scraper.demo.routes import find_route
from scraper.errors import SourceError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SITE = site_folder()
FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
EXPECTED = sorted(SITE.rglob("expected.json")) + sorted((FIXTURES / "pages" / "lumen").rglob("expected.json"))
FERRY = "/2025/03/04/electric-ferry-first-winter"
GONE = "http://courier.example/2019/01/01/a-story-long-gone"


class Reader:
    """A client that dials the demo server whatever the host."""

    def __init__(self, server: DemoServer, client: httpx.Client) -> None:
        self._base, self._client = f"http://127.0.0.1:{server.port}", client

    def ask(self, host: str, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.request(method, self._base + path, headers={"Host": host, **names})


@pytest.fixture
def server() -> Iterator[DemoServer]:
    with DemoServer() as running:
        yield running


@pytest.fixture
def reader(server: DemoServer) -> Iterator[Reader]:
    with httpx.Client(trust_env=False) as client:
        yield Reader(server, client)


def links_of(name: str) -> list[str]:
    """Return the addresses that a built feed or sitemap names."""
    text = (SITE / name).read_text(encoding="utf-8")
    if name.endswith(".json"):
        return [item["url"] for item in json.loads(text)["items"]]
    found = re.findall(r"<loc>(.*?)</loc>|<link>(.*?)</link>|<link rel=\"alternate\" href=\"(.*?)\"/>", text)
    return [unescape("".join(groups)) for groups in found]


def unpack_zstd(body: bytes) -> bytes:
    """Return what a zstd body holds; httpx leaves it packed unless it was installed with its extra."""
    return zstd.decompress(body) if body.startswith(b"\x28\xb5\x2f\xfd") else body


# --- the files -------------------------------------------------------------------------------------------


def test_building_again_gives_the_same_bytes() -> None:
    """What is committed is what the content makes."""
    run = subprocess.run(
        [sys.executable, str(FIXTURES / "build.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, ""), run.stdout


@pytest.mark.parametrize(
    "name",
    [
        "courier.example/sitemap_index.xml",
        "courier.example/sitemap-stories.xml",
        "courier.example/news-sitemap.xml",
        "courier.example/sitemap-old.xml",
        "courier.example/feed.xml",
        "www.lumen.example/sitemap.xml",
        "www.lumen.example/feed.json",
        "ledger.example/atom.xml",
    ],
)
def test_every_named_address_is_served(name: str) -> None:
    """Feeds and sitemaps name addresses that the server knows; all but the one that is meant to be gone."""
    routes, links = load_routes(SITE), links_of(name)
    assert len(links) >= 2
    for link in set(links) - {GONE}:
        url = httpx.URL(link)
        assert find_route(routes, url.host, url.raw_path.decode()), link


def test_sources_name_addresses_of_the_site() -> None:
    """A crawl of the demo starts where the demo answers."""
    routes = load_routes(SITE)
    starts = [link for source in demo_sources() for link in ([source.url] if source.url else source.urls)]
    for url in map(httpx.URL, starts):
        assert find_route(routes, url.host, url.raw_path.decode()), url


def test_every_story_is_within_reach_of_the_sources() -> None:
    """Sitemaps, feeds and the Ledger's front page together name every story that is not forbidden."""
    names = ["courier.example/sitemap-stories.xml", "courier.example/news-sitemap.xml", "www.lumen.example/sitemap.xml"]
    named = {link for name in names for link in links_of(name)} | set(links_of("ledger.example/atom.xml"))
    for path in SITE.rglob("expected.json"):
        wanted = json.loads(path.read_bytes())
        url = json.loads(path.with_name("meta.json").read_bytes())["url"]
        if "rejected" not in wanted and "/private/" not in url:
            assert wanted.get("canonical_url", url) in named, url


def test_there_are_enough_stories() -> None:
    """At least 30 stories on three hosts, at least 8 of them in the manner of BingMag."""
    stories = [p for p in SITE.rglob("expected.json") if "rejected" not in json.loads(p.read_bytes())]
    assert len(stories) >= 30
    assert len({p.relative_to(SITE).parts[0] for p in stories}) == 3
    assert len(list((FIXTURES / "pages" / "lumen").glob("*/page.txt"))) >= 8


@pytest.mark.parametrize("path", EXPECTED, ids=lambda p: f"{p.parent.parent.name}/{p.parent.name}")
def test_expected_records_are_sound(path: Path) -> None:
    """A record that a page must give keeps furniture out of the text and names no story twice."""
    wanted = json.loads(path.read_bytes())
    assert json.loads(path.with_name("meta.json").read_bytes())["url"].startswith("http://")
    if "rejected" in wanted:
        assert wanted["rejected"] in {"not_article", "soft_404"}
        return
    assert wanted["text"] and not re.search(r"\*\*|\]\(|^\{|<b>", wanted["text"], re.MULTILINE)
    blocks = wanted["text"].split("\n\n")
    for related in wanted.get("related", []):
        assert related["title"] not in blocks
    titles = [related["title"] for related in wanted.get("related", [])]
    assert len(titles) == len(set(titles))


def test_first_fixture_has_the_parts_of_the_manner() -> None:
    """Five paragraphs, four teasers with blurbs, one inline story, and an alt text with visible tags."""
    folder = FIXTURES / "pages" / "lumen" / "orbit-5-night-camera"
    wanted, dump = json.loads((folder / "expected.json").read_bytes()), (folder / "page.txt").read_text("utf-8")
    assert len(wanted["text"].split("\n\n")) == 5
    assert [related["place"] for related in wanted["related"]] == ["inline"] + ["tail"] * 4
    assert all(related["summary"] for related in wanted["related"][1:])
    lines = dump.splitlines()
    assert lines[3] == lines[4] and "<b>" in lines[3]
    assert "READ NEXT IN: science and technology / mobile and gadget" in lines
    assert set(wanted["text"].split("\n\n")) < set(lines)


@pytest.mark.parametrize(
    ("page", "charset", "word"),
    [
        ("ledger.example/moor-bahn-kehrt-zurueck", "windows-1252", "Süderfehn"),
        ("ledger.example/la-derniere-fromagerie", "windows-1252", "l’on croyait"),
        ("ledger.example/island-clock-repair", "shift_jis", "時計"),
    ],
)
def test_old_charsets_are_real(page: str, charset: str, word: str) -> None:
    """The bytes are in the old charset and are not UTF-8."""
    body = (SITE / page / "page.html").read_bytes()
    assert word in body.decode(charset)
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")


def test_broken_json_ld_is_broken() -> None:
    """The story about wool carries JSON-LD that no strict parser reads."""
    page = (SITE / "courier.example" / "wall-of-wool" / "page.html").read_text("utf-8")
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert block
    with pytest.raises(json.JSONDecodeError):
        json.loads(block[1])


# --- the server ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", sorted(SITE.rglob("meta.json")), ids=lambda p: f"{p.parent.parent.name}/{p.parent.name}"
)
def test_pages_are_served_as_described(path: Path, shared: Reader) -> None:
    """Each page arrives byte by byte, with the content type that stands beside it."""
    about = json.loads(path.read_bytes())
    url = httpx.URL(about["url"])
    replies = [shared.ask(url.host, url.raw_path.decode(), Accept_Encoding="gzip, br") for _ in range(3)]
    reply = replies[-1]  # one page refuses twice
    assert reply.status_code == 200
    assert reply.headers["content-type"] == about["content_type"]
    assert reply.content == path.with_name("page.html").read_bytes()


@pytest.fixture(scope="module")
def shared() -> Iterator[Reader]:
    with DemoServer() as server, httpx.Client(trust_env=False) as client:
        yield Reader(server, client)


def test_unknown_host_is_misdirected(reader: Reader) -> None:
    """A host that is not of the demo gets 421."""
    assert reader.ask("elsewhere.example", "/").status_code == 421


def test_unknown_path_gets_the_papers_own_page(reader: Reader) -> None:
    """What is not there is answered with 404, in the paper's own frame."""
    reply = reader.ask("courier.example", "/2019/01/01/a-story-long-gone")
    assert reply.status_code == 404
    assert "Page not found" in reply.text and "site-header" in reply.text


def test_moved_page_points_to_its_new_place(reader: Reader) -> None:
    """The old address answers 301 with an absolute Location."""
    reply = reader.ask("courier.example", "/ferry-news")
    assert (reply.status_code, reply.headers["location"]) == (301, f"http://courier.example{FERRY}")
    assert reply.content == b""


def test_tired_page_answers_at_the_third_time(reader: Reader) -> None:
    """Two times 503 with Retry-After, then the story; a HEAD counts like a GET."""
    replies = [reader.ask("courier.example", "/2025/03/27/market-hall-roof", m) for m in ("GET", "HEAD", "GET", "GET")]
    assert [reply.status_code for reply in replies] == [503, 503, 200, 200]
    assert [reply.headers.get("retry-after") for reply in replies] == ["1", "1", None, None]


@pytest.mark.parametrize(
    ("host", "path", "coding"),
    [
        ("courier.example", "/2025/05/03/night-market-returns", "gzip"),
        ("courier.example", "/2025/04/24/open-tide-data", "br"),
        ("courier.example", "/2025/04/18/chinese-tea-road", "zstd"),
        ("ledger.example", "/2025/salt-price-letter.html", "br"),
        ("ledger.example", "/atom.xml", "zstd"),
    ],
)
def test_bodies_are_encoded_for_who_accepts_it(reader: Reader, host: str, path: str, coding: str) -> None:
    """A coding is used if the client takes it, and left out if not."""
    packed = reader.ask(host, path, Accept_Encoding=f"{coding}, identity")
    plain = reader.ask(host, path, Accept_Encoding=f"{coding};q=0")
    assert packed.headers["content-encoding"] == coding
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert int(packed.headers["content-length"]) < len(plain.content)
    assert (unpack_zstd(packed.content) if coding == "zstd" else packed.content) == plain.content


def test_packed_sitemap_is_a_gzip_file(reader: Reader) -> None:
    """sitemap.xml.gz is a gzip file by itself, not by a content coding."""
    reply = reader.ask("www.lumen.example", "/sitemap.xml.gz")
    assert "content-encoding" not in reply.headers
    assert gzip.decompress(reply.content) == (SITE / "www.lumen.example" / "sitemap.xml").read_bytes()


@pytest.mark.parametrize(
    ("validator", "status"),
    [
        ({"If_None_Match": "{etag}"}, 304),
        ({"If_None_Match": 'W/"x", {etag}'}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": '"other"'}, 200),
        ({"If_None_Match": '"other"', "If_Modified_Since": "{modified}"}, 200),
        ({"If_Modified_Since": "{modified}"}, 304),
        ({"If_Modified_Since": "Sat, 01 Mar 2025 00:00:00 GMT"}, 200),
        ({"If_Modified_Since": "when the cows come home"}, 200),
    ],
)
def test_conditional_requests(reader: Reader, validator: dict[str, str], status: int) -> None:
    """A good copy gets 304 without a body; the entity tag goes before the date."""
    first = reader.ask("courier.example", FERRY)
    known = {"etag": first.headers["etag"], "modified": first.headers["last-modified"]}
    headers = {name: value.format(**known) for name, value in validator.items()}
    reply = reader.ask("courier.example", FERRY, **headers)
    assert reply.status_code == status
    assert (reply.content == b"") == (status == 304)


def test_head_is_get_without_a_body(reader: Reader) -> None:
    """HEAD has the headers of GET."""
    get, head = (reader.ask("www.lumen.example", "/starter-cameras", method) for method in ("GET", "HEAD"))
    assert head.content == b""
    assert {n: v for n, v in head.headers.items() if n != "date"} == {
        n: v for n, v in get.headers.items() if n != "date"
    }


@pytest.mark.parametrize("query", ["?utm_source=letter", "?utm_medium=email&x=1", ""])
def test_queries_that_mean_nothing_change_nothing(reader: Reader, query: str) -> None:
    """The same story under several addresses."""
    reply = reader.ask("courier.example", f"/2025/04/02/city-budget-libraries{query}")
    assert reply.content == (SITE / "courier.example" / "city-budget-libraries" / "page.html").read_bytes()


def test_story_on_three_pages(reader: Reader) -> None:
    """Following rel=next leads through all three pages and ends."""
    path, pages = "/2025/06/07/walking-the-coast", []
    while path:
        pages.append(reader.ask("courier.example", path).text)
        following = re.search(r'<link rel="next" href="http://courier.example([^"]+)">', pages[-1])
        path = following[1] if following else ""
    assert len(pages) == len(set(pages)) == 3


def test_forbidden_story_is_linked_and_forbidden(reader: Reader) -> None:
    """robots.txt forbids what the front page links to."""
    assert 'href="/private/election-draft"' in reader.ask("courier.example", "/").text
    assert "Disallow: /private/" in reader.ask("courier.example", "/robots.txt").text
    assert "Crawl-delay: 0.05" in reader.ask("www.lumen.example", "/robots.txt").text
    assert reader.ask("ledger.example", "/robots.txt").status_code == 404


def test_requests_are_recorded(server: DemoServer, reader: Reader) -> None:
    """The server remembers who asked for what, in order, over one kept-alive connection."""
    reader.ask("courier.example", "/city", User_Agent="reader/1")
    reader.ask("LEDGER.example:80", "/nothing", "HEAD", User_Agent="reader/2")
    seen = [(s.host, s.path, s.user_agent, s.method, s.status) for s in server.requests]
    assert seen == [
        ("courier.example", "/city", "reader/1", "GET", 200),
        ("ledger.example", "/nothing", "reader/2", "HEAD", 404),
    ]
    assert server.requests[0].at_s <= server.requests[1].at_s
    assert server.connect_to == {"*": f"127.0.0.1:{server.port}"}


def test_leaving_closes_the_port_with_clients_connected() -> None:
    """The server ends although a client keeps its connection open."""
    with httpx.Client(trust_env=False) as client:
        with DemoServer() as server:
            assert Reader(server, client).ask("courier.example", "/city").status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.1:{server.port}/", trust_env=False)


@pytest.mark.parametrize("text", ["{", '[{"host": 1}]'], ids=["not json", "wrong type"])
def test_broken_routes_are_named(tmp_path: Path, text: str) -> None:
    """A site folder that cannot be read is a SourceError that names the file."""
    (tmp_path / "routes.json").write_text(text)
    with pytest.raises(SourceError, match=r"routes\.json"):
        load_routes(tmp_path)
