"""Site rules: what a file may say, which rule a page gets, and that a rule beats the model and nothing else."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press import Press

from scraper import extract
from scraper.cli.exits import Exit
from scraper.cli.main import run
from scraper.config import QualityConfig
from scraper.document import Document
from scraper.errors import ConfigError
from scraper.extractors import extract_draft
from scraper.model import Article, Draft, Page, SourceKind
from scraper.pipeline import read_page
from scraper.rules import Rule, Rules, load_rules

FOLDER = Path(__file__).parent / "data/rules"
RULES = load_rules(FOLDER)
KNOWN = "valid_from, valid_until, body, drop, title, authors, published"
WORDS = "The keeper of the old lighthouse counts the ships that pass, and writes their names into a long list. "

ONE = "in [[rule]] 1"
PROBLEMS = {
    "unknown key": (
        '[[rule]]\nbdoy = "p"\nbody = "p"',
        f"unknown key 'bdoy' {ONE}; did you mean 'body'? known keys: {KNOWN}.",
    ),
    "the host is the name of the file": ('[[rule]]\nhost = "a"\nbody = "p"', f"unknown key 'host' {ONE};"),
    "unknown key at the top": (
        'body = "p"\n[[rule]]\nbody = "p"',
        "unknown key 'body' at the top of the file; known keys: rule.",
    ),
    "bad selector": ('[[rule]]\nbody = "p["', f"body {ONE} is 'p[', which is no CSS selector."),
    "empty selector": ('[[rule]]\nbody = ""', f"body {ONE} is '', which is no CSS selector."),
    "bad selector in a list": (
        '[[rule]]\nbody = "p"\n[[rule]]\ndrop = ["p", "p..a"]',
        "drop in [[rule]] 2 is 'p..a', which is no CSS selector.",
    ),
    "no selector": ("[[rule]]\ntitle = 3", f"title {ONE} is 3: write a CSS selector, or a list of them."),
    "empty list": ("[[rule]]\nbody = []", f"body {ONE} is []: write a CSS selector, or a list of them."),
    "date in quotes": (
        '[[rule]]\nbody = "p"\nvalid_from = "2020-01-01"',
        f"valid_from {ONE} is '2020-01-01': write a day without quotes, such as 2024-05-31.",
    ),
    "time of day": ('[[rule]]\nbody = "p"\nvalid_until = 2020-01-01T00:00:00', "write a day without quotes, such as"),
    "ends before it begins": (
        '[[rule]]\nbody = "p"\nvalid_from = 2020-01-02\nvalid_until = 2020-01-01',
        f"valid_from {ONE} is later than its valid_until.",
    ),
    "selects nothing": (
        "[[rule]]\nvalid_from = 2020-01-01",
        f"nothing is selected {ONE}: name at least one of body, drop, title, authors, published.",
    ),
    "no rule": ("# nothing", "holds no rule: write [[rule]] and below it at least one of body, drop, title,"),
    "one bracket": ('[rule]\nbody = "p"', "rule is a list of tables: write [[rule]] above each, with two brackets."),
    "bad TOML": ("[[rule]\n", "is not valid TOML: "),
}


def folder_of(path: Path, **files: str) -> Path:
    folder = path / "rules"
    folder.mkdir(exist_ok=True)
    for host, text in files.items():
        (folder / f"{host.replace('_', '.')}.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("text", "sentence"), PROBLEMS.values(), ids=PROBLEMS)
def test_problem_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    """Each kind of mistake gives exactly one sentence, which names the file, the key and what is known."""
    folder = folder_of(tmp_path, a_example=text)
    with pytest.raises(ConfigError) as caught:
        load_rules(folder)
    (problem,) = str(caught.value).splitlines()
    assert problem.startswith(f"{folder}/a.example.toml: ")
    assert problem.endswith(".")
    assert sentence in problem


@pytest.mark.parametrize("name", ["News.example", "a b", "a/../b".replace("/", "_"), "-a.example", ""])
def test_file_is_named_after_a_host(tmp_path: Path, name: str) -> None:
    """A file whose name is no host would never be used: that is said."""
    (tmp_path / f"{name}.toml").write_text('[[rule]]\nbody = "p"')
    with pytest.raises(ConfigError, match=r"its name is no host in lower case such as news\.example\.toml\.$"):
        load_rules(tmp_path)


def test_unreadable_files(tmp_path: Path) -> None:
    """All problems of all files are told at once, each in a line of its own."""
    (tmp_path / "a.example.toml").write_bytes(b'[[rule]]\nbody = "\xff"')
    (tmp_path / "b.example.toml").mkdir()
    (tmp_path / "notes.md").write_text("not a rule")
    with pytest.raises(ConfigError) as caught:
        load_rules(tmp_path)
    assert str(caught.value).splitlines() == [
        f"{tmp_path}/a.example.toml: is not UTF-8 text (byte 17).",
        f"{tmp_path}/b.example.toml: cannot be read (Is a directory).",
    ]
    with pytest.raises(ConfigError, match="there is no such folder of site rules"):
        load_rules(tmp_path / "nowhere")


def test_rules_arrive() -> None:
    """A selector may stand alone or in a list, days are days, and the host is the file's name."""
    old, new = RULES.by_host["courier.example"]
    assert old == Rule(host="courier.example", valid_until=date(2019, 12, 31), body=("td.text",), title=("td.text b",))
    assert (new.valid_from, new.drop, new.authors) == (date(2020, 1, 1), ("div.box", "aside"), ("span.nobody", "a.who"))


def test_shipped_rules_are_valid() -> None:
    """The rules that come with the package load, and their hosts have a file each."""
    files = (Path(__file__).parent.parent / "scraper/rules/sites").glob("*.toml")
    assert set(load_rules().by_host) == {file.stem for file in files}


def test_own_rules_go_before_shipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """For one host, a rule of the operator's folder is asked before the package's; other hosts keep theirs."""
    shipped = tuple(Rule(host=host, body=("p.shipped",)) for host in ("a.example", "b.example"))
    monkeypatch.setattr("scraper.rules.reading._shipped", lambda: shipped)
    rules = load_rules(folder_of(tmp_path, a_example='[[rule]]\nbody = "p.own"'))
    assert [rule.body for rule in rules.by_host["a.example"]] == [("p.own",), ("p.shipped",)]
    assert rules.by_host["b.example"] == shipped[1:]


@pytest.mark.parametrize(
    ("host", "day", "body"),
    [
        pytest.param("courier.example", date(2019, 12, 31), "td.text", id="last day of the old layout"),
        pytest.param("courier.example", date(2020, 1, 1), "div.text", id="first day of the new one"),
        pytest.param("courier.example", None, "div.text", id="unknown day: the layout of today"),
        pytest.param("www.courier.example", date(2010, 1, 1), "td.text", id="a subdomain"),
        pytest.param("WWW.Courier.Example", None, "div.text", id="upper case"),
        pytest.param("blogs.courier.example", date(2010, 1, 1), "section", id="the nearest host's rule"),
        pytest.param("a.blogs.courier.example", None, "section", id="below the nearest host"),
        pytest.param("mycourier.example", None, None, id="not a subdomain"),
        pytest.param("example", None, None, id="the domain above"),
        pytest.param("", None, None, id="no host"),
    ],
)
def test_which_rule(host: str, day: date | None, body: str | None) -> None:
    """The nearest host's first rule that holds on the page's day is the one."""
    rule = RULES.find(host, day)
    assert (rule.body[0] if rule else None) == body


# --- on a page ---------------------------------------------------------------------------------------------


def markup(*, kind: str = "div", head: str = "") -> str:
    """Return a page whose headline, authors and date only a rule can find, and whose best body is a trap."""
    trap = "".join(f"<p>Trap {n}. {WORDS * 4}</p>" for n in range(6))
    body = "".join(f"<p>Story {n}. {WORDS}</p>" for n in range(3))
    return (
        f"<html lang=en><head><title>Ships</title><meta property=og:type content=article>{head}</head>"
        "<body><h1>A masthead of four words</h1>"
        f"<article>{trap}</article><p class=head>The lighthouse and its list</p>"
        "<p>With <a class=who href=/p/ada>Ada Brook</a> and <a class=who href=/p/tom>Tom Field</a> on"
        " <span class=when>3 May 2021</span></p>"
        f"<{kind} class=text>{body}<div class=box>Join our letter about ships, every week.</div>"
        "<figure><img src=/a.jpg><figcaption>The lamp room in June</figcaption></figure>"
        f"<p>Share</p><p>Last words of the story.</p><aside>Something else altogether.</aside></{kind}>"
        "<footer>Imprint</footer></body></html>"
    )


def page(
    text: str, *, host: str = "courier.example", fetched_at: datetime | None = None, source: SourceKind = "command"
) -> Page:
    url = f"http://{host}/story"
    return Page(url=url, final_url=url, body=text.encode(), fetched_at=fetched_at, source=source)


def draft(text: str, *, rules: Rules | None = RULES, host: str = "courier.example") -> Draft:
    return extract_draft(Document.from_page(page(text, host=host)), rules=rules)


def article(text: str, *, rules: Rules | None = RULES, host: str = "courier.example") -> Article:
    outcome = read_page(page(text, host=host), QualityConfig(require_title=False), rules=rules)
    assert isinstance(outcome, Article), outcome
    return outcome


def body_of(read: Draft) -> list[str]:
    return [block.text.partition(".")[0] for block in read.blocks if block.label == "body"]


def test_rule_beats_the_model() -> None:
    """What the rule names is body with score 1, all else is not; without it the same page reads otherwise."""
    read = draft(markup())
    assert body_of(read) == ["Story 0", "Story 1", "Story 2", "Share", "Last words of the story"]
    assert (read.method, read.confidence, read.site_rule) == ("rule", 1.0, "courier.example")
    assert {block.score for block in read.blocks if block.label == "body"} == {1.0}
    assert "Trap 0" in body_of(draft(markup(), rules=None))
    assert draft(markup(), rules=None).site_rule is None


def test_what_a_rule_does_not_take() -> None:
    """Captions keep their field, what is dropped is never body, and every block still has its one label."""
    read = draft(markup())
    labels = {block.text: block.label for block in read.blocks}
    assert labels["The lamp room in June"] == "caption"
    assert labels["Join our letter about ships, every week."] != "body"
    assert labels["Something else altogether."] != "body"
    assert [image.caption for image in read.images] == ["The lamp room in June"]
    assert [block.text for block in read.blocks] == [block.text for block in draft(markup(), rules=None).blocks]


def test_fields_of_a_rule_go_first() -> None:
    """Title, authors and date come from the rule, and the record says so; the others stand behind it."""
    record = article(
        markup(head='<meta property="og:title" content="Ships and more"><meta name=author content="Eve Lane">')
    )
    assert record.title == "The lighthouse and its list"
    assert [(author.name, author.url) for author in record.authors] == [
        ("Ada Brook", "http://courier.example/p/ada"),
        ("Tom Field", "http://courier.example/p/tom"),
    ]
    assert record.published_date == date(2021, 5, 3)
    origin = record.origin
    assert (origin.title, origin.authors, origin.published, origin.text) == ("rule",) * 4
    assert (record.method, record.extractor.site_model, record.warnings) == ("rule", "courier.example", ())
    assert "A masthead" not in record.text


def test_rule_that_misses_leaves_all_as_it_was() -> None:
    """A page that the rule no longer fits reads as without it, with a warning for each key that missed."""
    old = (
        markup(kind="section")
        .replace("class=head", "class=x")
        .replace("class=who", "class=x")
        .replace("class=when", "x")
    )
    old = old.replace("class=box", "class=x").replace("<aside>", "<div>")
    ruled, free = article(old), article(old, rules=None)
    missed = [(warned.field, warned.detail) for warned in ruled.warnings if warned.code == "rule_missed"]
    assert missed == [
        ("text", "courier.example: div.text"),
        ("title", "courier.example: p.head"),
        ("authors", "courier.example: span.nobody, a.who"),
        ("published_date", "courier.example: span.when"),
    ]
    assert msgspec.structs.replace(ruled, warnings=free.warnings) == free
    assert ruled.extractor.site_model is None


def test_drop_alone_takes_from_the_model() -> None:
    """A rule without a body selector leaves the choice to the model, but for what it drops."""
    rules = Rules(by_host={"courier.example": (Rule(host="courier.example", drop=("article p:first-child",)),)})
    ruled, free = draft(markup(), rules=rules), draft(markup(), rules=None)
    assert (ruled.method, ruled.confidence, ruled.site_rule) == (free.method, free.confidence, "courier.example")
    assert body_of(ruled) == [text for text in body_of(free) if text != "Trap 0"]
    assert "Trap 0" in body_of(free)


def test_no_paragraph_slips_in() -> None:
    """A paragraph beside the rule's body, in the same markup, stays out of it."""
    rules = Rules(by_host={"courier.example": (Rule(host="courier.example", body=("article p:first-child",)),)})
    read = draft(markup(), rules=rules)
    assert body_of(read) == ["Trap 0"]
    beside = next(block for block in read.blocks if block.text.startswith("Trap 1."))
    assert beside.reasons[-1] == "other: the site's rule leaves it out"


@pytest.mark.parametrize(
    ("selector", "taken"),
    [
        pytest.param("span.all", ["Inline and whole"], id="an inline element that is the whole block"),
        pytest.param("span.part", [], id="a part of a paragraph takes nothing"),
        pytest.param("span.wrap", ["Wrapped"], id="an inline element around blocks"),
        pytest.param("body", ["Inline and whole", "Before part after", "Wrapped"], id="everything"),
        pytest.param("script, head", [], id="nothing that is read"),
    ],
)
def test_inline_elements(selector: str, taken: list[str]) -> None:
    """Text is taken by whole blocks, whatever kind of element a selector matches."""
    text = (
        "<html><body><script>1</script><p><span class=all>Inline and whole</span></p>"
        "<p>Before <span class=part>part</span> after</p><span class=wrap><p>Wrapped</p></span></body></html>"
    )
    rules = Rules(by_host={"courier.example": (Rule(host="courier.example", body=(selector,)),)})
    read = draft(text, rules=rules)
    assert (body_of(read) if read.method == "rule" else []) == taken


def test_values_of_attributes() -> None:
    """The machine's form of a value goes before its text, in the head as in the body; an empty match is none."""
    rule = Rule(
        host="courier.example", title=("b", "meta[name=headline]"), published=("time",), authors=("span[rel=author]",)
    )
    text = (
        "<html><head><meta name=headline content='A headline in the head'></head><body><b> </b><p>Words.</p>"
        "<time datetime=2021-05-03T10:00:00Z>yesterday</time><span rel=author>Ada Brook</span>"
        "<span rel=author>Ada Brook</span></body></html>"
    )
    read = draft(text, rules=Rules(by_host={"courier.example": (rule,)}))
    assert (read.title[0].value, read.published[0].value) == ("A headline in the head", "2021-05-03T10:00:00Z")
    assert [name.name for name in read.authors[0].names] == ["Ada Brook"]


def test_embedded_posts_and_other_stories_are_not_doubled() -> None:
    """Inside a rule's body a post stays with its embed, and a link that is body now is no teaser as well."""
    link = '<a href="https://twitter.com/a/status/1">x</a>'
    post = f"<blockquote class=twitter-tweet><p>A post by somebody else</p>{link}</blockquote>"
    other = '<p>Read also: <a href="/other-story">Another story about the sea and its ships</a></p>'
    one, two = (f"<p>Story {n}. {WORDS}</p><p>Story {n + 1}. {WORDS}</p>" for n in (0, 2))
    text = f"<html><body><h1>The lighthouse list</h1><div class=text>{one}{post}{other}{two}</div>"
    free = draft(text, rules=None)
    assert [related.title for related in free.related] == ["Another story about the sea and its ships"]
    ruled = draft(text)
    assert body_of(ruled) == [
        "Story 0",
        "Story 1",
        "Read also: Another story about the sea and its ships",
        "Story 2",
        "Story 3",
    ]
    assert ruled.related == ()
    assert [embed.provider for embed in ruled.embeds] == ["twitter"]


@pytest.mark.parametrize(
    ("fetched", "published", "source", "old"),
    [
        pytest.param(2018, None, "command", True, id="fetched in the old days, from an archive"),
        pytest.param(2024, 2018, "command", False, id="fetched today: the layout is today's, however old the story"),
        pytest.param(2024, 2018, "file", True, id="a saved file: its story's day"),
        pytest.param(2018, None, "file", True, id="a saved file that tells no day: its own"),
        pytest.param(None, 2018, "command", True, id="nothing but a story's day"),
        pytest.param(None, None, "command", False, id="nothing at all: today"),
    ],
)
def test_day_of_a_page(fetched: int | None, published: int | None, source: SourceKind, old: bool) -> None:
    """The day that a rule's span is compared with is the fetch's, for saved files the publication's."""
    said = f'<meta property="article:published_time" content="{published}-03-01T10:00:00Z">' if published else ""
    when = datetime(fetched, 3, 1, tzinfo=UTC) if fetched else None
    text = markup(kind="div", head=f'<meta name="date" content="soon">{said}')
    read = extract_draft(Document.from_page(page(text, fetched_at=when, source=source)), rules=RULES)
    assert any("td.text" in (warned.detail or "") for warned in read.warnings) is old
    assert (read.method == "rule") is not old


def test_following_pages_are_read_by_the_rule() -> None:
    """The pages of one story are read alike."""
    pager = '<div class="pagination"><a href="/story?page=2">2</a></div>'
    second = page(markup().replace("Story", "More"))
    second = msgspec.structs.replace(second, url="http://courier.example/story?page=2")
    first = msgspec.structs.replace(page(markup() + pager), following=(second,))
    record = read_page(first, QualityConfig(), rules=RULES)
    assert isinstance(record, Article)
    assert "Story 0." in record.text and "More 0." in record.text
    assert "Trap" not in record.text


def test_plain_text_has_no_elements() -> None:
    """A rule has nothing to say of a dump."""
    dump = page(f"A headline of five words\n{WORDS * 3}\n{WORDS * 2}\n")
    read = extract_draft(
        Document.from_page(msgspec.structs.replace(dump, headers=(("content-type", "text/plain"),))), rules=RULES
    )
    assert (read.method, read.site_rule, read.warnings) == ("plain_text", None, ())


TAGS = st.sampled_from(
    ["div class=text", "div class=box", "p", "p class=head", "figure", "aside", "section", "td class=text", "h1"]
)
TREES = st.recursive(
    st.sampled_from(["words of a text. ", "x", WORDS, ""]),
    lambda inner: st.tuples(TAGS, st.lists(inner, max_size=4)).map(
        lambda made: f"<{made[0]}>{''.join(made[1])}</{made[0].split()[0]}>"
    ),
    max_leaves=12,
)  # fmt: skip


@given(TREES)
@settings(max_examples=60, deadline=None)
def test_law_rule_selects_labels_alone(text: str) -> None:
    """On any page: the same blocks as without a rule, and a body of nothing but what the rule names."""
    ruled, free = draft(text), draft(text, rules=None)
    assert [block.text for block in ruled.blocks] == [block.text for block in free.blocks]
    tree = Document.from_page(page(text)).tree
    inside = " ".join(" ".join(node.text(separator=" ").split()) for node in tree.css("div.text"))
    for block in ruled.blocks:
        if block.label == "body" and ruled.method == "rule":
            assert block.text in " ".join(inside.split())
            assert block.score == 1.0
    if not tree.css("div.text, div.box, aside, p.head"):
        assert ruled.blocks == free.blocks


# --- end to end --------------------------------------------------------------------------------------------


def scraper(*arguments: str | Path) -> tuple[int, str, str]:
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as said:
        code = run([str(argument) for argument in arguments])
    return code, out.getvalue(), said.getvalue()


def test_extract_with_rules(tmp_path: Path) -> None:
    """--rules names a folder, and so does a configuration, from its own folder; --explain shows the rule."""
    saved = tmp_path / "page.html"
    saved.write_text(markup())
    code, out, _ = scraper("extract", saved, "--url", "http://www.courier.example/story", "--rules", FOLDER)
    assert (code, json.loads(out)["extractor"]["site_model"]) == (Exit.DONE, "courier.example")
    rules = folder_of(tmp_path, courier_example='[[rule]]\ntitle = "p.head"')
    config = tmp_path / "config.toml"
    config.write_text(f"[crawl]\nrules_dir = '{rules.name}'\n")
    code, out, _ = scraper("extract", saved, "--url", "http://courier.example/story", "--config", config)
    assert json.loads(out)["origin"]["title"] == "rule"
    code, out, _ = scraper("extract", saved, "--url", "http://courier.example/story", "--config", config, "--explain")
    assert "site rule      courier.example" in out.splitlines()
    at = out.splitlines().index("title          The lighthouse and its list")
    assert out.splitlines()[at + 1].strip().startswith("from rule")


def test_facade_uses_shipped_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """`extract` reads a page by the rules that come with the package."""
    monkeypatch.setattr("scraper.rules.reading._shipped", lambda: RULES.by_host["courier.example"])
    assert extract(markup(), "http://courier.example/story").method == "rule"


@pytest.mark.parametrize("verb", ["crawl", "check-config", "extract"])
def test_wrong_rule_is_told_before_anything_is_done(tmp_path: Path, verb: str) -> None:
    """Every verb that reads pages refuses a wrong rule with its sentence and code 2, and fetches nothing."""
    rules = folder_of(tmp_path, a_example='[[rule]]\nbody = "p["')
    with Press({}) as press:
        config = tmp_path / "config.toml"
        config.write_text(
            f"[fetch]\nallow_networks = ['127.0.0.0/8']\n[crawl]\nrules_dir = 'rules'\n"
            f"[[source]]\nkind = 'urls'\nurls = ['{press.base}/a']\n"
        )
        arguments = [f"{press.base}/a"] if verb == "extract" else ["--out", tmp_path / "out"] if verb == "crawl" else []
        code, out, said = scraper(verb, "--config", config, *arguments)
        assert (code, out, press.asked) == (Exit.USAGE, "", [])
    assert said == f"{rules}/a.example.toml: body in [[rule]] 1 is 'p[', which is no CSS selector.\n"


def test_crawl_reads_by_the_rules(tmp_path: Path) -> None:
    """The extraction processes get the rules of the operator's folder."""
    folder_of(tmp_path, **{"127_0_0_1": '[[rule]]\nbody = "div.text"\ntitle = "p.head"'})
    config = tmp_path / "config.toml"
    with Press({"/story": markup()}) as press:
        config.write_text(
            "[fetch]\nallow_networks = ['127.0.0.0/8']\nrobots = false\ndelay_s = 0\n"
            "[crawl]\nrules_dir = 'rules'\nworkers = 1\n"
            f"[[source]]\nkind = 'urls'\nurls = ['{press.base}/story']\n"
        )
        code, _, said = scraper("crawl", "--config", config, "--out", tmp_path / "out", "--quiet")
    assert code == Exit.DONE, said
    (written,) = (tmp_path / "out").glob("articles-*.jsonl")
    record = json.loads(written.read_text())
    assert (record["method"], record["title"]) == ("rule", "The lighthouse and its list")
    assert record["extractor"]["site_model"] == "127.0.0.1"
