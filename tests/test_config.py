"""config.toml: what it may say, what is said about what it may not, and the annotated file users start from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from scraper.cli.check_config import toml_lines
from scraper.config import (
    Config,
    FetchConfig,
    LoginConfig,
    Settings,
    SiteConfig,
    SourceConfig,
    load_config,
)
from scraper.config.secrets import names_in, require_secrets
from scraper.errors import ConfigError

ANNOTATED = Path(__file__).parent.parent / "config.toml"

PROBLEMS = {
    "unknown key": ("[fetch]\nhosts_at_onec = 3", "'hosts_at_onec' in [fetch]; did you mean 'hosts_at_once'?"),
    "unknown key lists the known": ("[output]\nx = 1", "known keys: dir, metrics, webhook, profile, rotate_bytes, "),
    "unknown section": ("[fetcher]\n", "unknown key 'fetcher' at the top of the file; did you mean 'fetch'?"),
    "wrong type": ('[fetch]\nretries = "two"', "retries in [fetch] is 'two': expected a whole number, got text."),
    "no fraction of a redirect": ("[fetch]\nmax_redirects = 1.5", "max_redirects in [fetch] is 1.5: expected a whole"),
    "too large": ("[fetch]\nper_host = 99", "per_host in [fetch] is 99: expected a whole number <= 16."),
    "below zero": ("[fetch]\ndelay_s = -1", "delay_s in [fetch] is -1: expected a number >= 0"),
    "not a boolean": ('[fetch]\nrobots = "no"', "robots in [fetch] is 'no': expected true or false, got text."),
    "closed choice": ('[output]\nprofile = "fat"', "profile in [output] is 'fat': must be one of full, lean."),
    "closed choice in a list": ('[quality]\npage_types = ["artcle"]', "must be one of article, live_blog,"),
    "section is a value": ("fetch = 3", "[fetch] must be a table of keys, not 3."),
    "source is one table": ("[source]\nkind = 'urls'", "source is a list of tables: write [[source]]"),
    "list without addresses": ("[[source]]\nkind = 'urls'", "[source 1] of kind 'urls' needs urls or path."),
    "source without kind": ('[[source]]\nurl = "http://a.example/"', "[source 1] needs the key 'kind' (one of urls,"),
    "source without url": ('[[source]]\nkind = "feed"', "[source 1] of kind 'feed' needs url."),
    "source with a stray key": (
        '[[source]]\nkind = "files"\npath = "x"\nurl = "http://a.example/"',
        "[source 1] of kind 'files' takes path, not url.",
    ),
    "no address": ('[[source]]\nkind = "feed"\nurl = "news.example"', "[source 1] names 'news.example', which is no"),
    "no address in a list": ('[[source]]\nkind = "urls"\nurls = ["http://["]', "names 'http://[', which is no address"),
    "unknown key of a site": ('[site."a.example"]\ndelay = 1', "unknown key 'delay' in [site.\"a.example\"];"),
    "no network": ('[fetch]\nallow_networks = ["10.0.0.0/99"]', "'10.0.0.0/99', which is no network"),
    "no port": ('[fetch]\nconnect_to = { "*" = "127.0.0.1" }', "sends '*' to '127.0.0.1'; write address:port"),
    "a name to dial": ('[fetch]\nconnect_to = { "*" = "a.example:80" }', "write address:port"),
    "a header broken in two": ('[fetch]\nuser_agent = "a\\nX: y"', "characters that no header may carry"),
    "endless": ("[fetch]\ndelay_s = inf", "delay_s in [fetch] is inf: expected a finite number."),
    "no number": ("[crawl]\npage_timeout_s = nan", "page_timeout_s in [crawl] is nan: expected a finite number."),
    "endless for a site": ('[site."a.example"]\ndelay_s = -inf', "is -inf: expected a finite number."),
    "an address for a site": ('[site."https://x.example/"]', "[site.'https://x.example/'] names no host"),
    "a site without a name": ('[site.""]\nper_host = 2', "[site.''] names no host: write its name alone, such as"),
    "a site of two words": ('[site."a b"]', "[site.'a b'] names no host"),
    "a site with a port": ('[site."a.example:80"]', "[site.'a.example:80'] names no host"),
    "a site by pattern": ('[site."*.a.example"]', "its subdomains are meant as well"),
    "a site beyond ASCII": ('[site."bücher.example"]', "letters beyond ASCII as xn--"),
    "a site without quotes": ("[site.a.example]\nrobots = true", 'a name with dots needs quotes: [site."a.example"].'),
    "sites without quotes": ("[site.a.uk]\nper_host = 1\n[site.a.com]\nper_host = 1", 'quotes: [site."a.uk"].'),
    "a long site without quotes": ('[site.www.a.co.uk]\nrights = "skip"', 'needs quotes: [site."www.a.co.uk"].'),
    "a login without its fields": ('[site."a.example".login]\nurl = "http://a.example/"', "needs the key 'fields'."),
    "no webhook": ('[output]\nwebhook = "ops.example/hook"', "[output] webhook is 'ops.example/hook', which is no"),
    "no host to allow": ('[fetch]\nallow_hosts = ["http://a.example/"]', "allow_hosts in [fetch] names 'http://a.example"),
    "no hours": ('[fetch]\nwindow = "10-6"', "window in [fetch] is '10-6': expected hours such as 22:00-06:00."),
    "no language": ('[quality]\nlanguages = ["english!"]', "expected language tags such as en or pt-BR."),
    "bad TOML": ("[fetch\n", "is not valid TOML: "),
    "bad TOML says the line": ("[fetch]\nrobots = yes", "(at line 2"),
}  # fmt: skip


def config_problems(path: Path) -> list[str]:
    """Return what `load_config` says is wrong with a file."""
    try:
        load_config(path)
    except ConfigError as error:
        return str(error).splitlines()
    return []


@pytest.mark.parametrize(("text", "sentence"), PROBLEMS.values(), ids=PROBLEMS)
def test_problem_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    """Each kind of mistake gives exactly one sentence, which names the file, the key and what is wrong."""
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    (problem,) = config_problems(path)
    assert problem.startswith(f"{path}: ")
    assert problem.endswith(".")
    assert sentence in problem


def test_all_problems_at_once(tmp_path: Path) -> None:
    """Whoever made three mistakes reads of three, in the order of the file."""
    path = tmp_path / "config.toml"
    path.write_text('[fetch]\nx = 1\nretries = "a"\n[crawl]\nworkers = -1\n[[source]]\nkind = "what"\n')
    problems = config_problems(path)
    assert [word in problem for word, problem in zip(["'x'", "retries", "workers", "kind"], problems, strict=True)] == [
        True
    ] * 4
    with pytest.raises(ConfigError, match=r"(?s)'x'.*workers"):
        load_config(path)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        pytest.param(lambda path: None, "`scraper init` writes one", id="missing"),
        pytest.param(lambda path: path.mkdir(), "cannot be read (Is a directory)", id="folder"),
        pytest.param(lambda path: path.write_bytes(b'a = "\xff"'), "is not UTF-8 text (byte 5)", id="not UTF-8"),
    ],
)
def test_unreadable_file(tmp_path: Path, make, sentence: str) -> None:
    """A file that cannot be read is one sentence, too."""
    path = tmp_path / "config.toml"
    make(path)
    (problem,) = config_problems(path)
    assert sentence in problem


def test_good_file_has_no_problems(tmp_path: Path) -> None:
    """What the file says arrives, whole numbers as seconds too, and relative paths start at the file's folder."""
    path = tmp_path / "config.toml"
    path.write_text(
        '\ufeff[fetch]\ndelay_s = 2\nconnect_to = { "*" = "[::1]:80" }\nallow_networks = ["10.0.0.0/8"]\n'
        'allow_hosts = ["localhost", "[::1]", "127.0.0.1", ".a.example"]\n'
        '[output]\ndir = "res"\n[[source]]\nkind = "urls"\npath = "urls.txt"\n'
        '[[source]]\nkind = "files"\npath = "/abs"\n[site."a.example"]\nper_host = 2\n',
        encoding="utf-8",
    )
    assert config_problems(path) == []
    config = load_config(path)
    assert config.fetch.delay_s == 2.0
    assert config.output.dir == str(tmp_path / "res")
    assert [source.path for source in config.source] == [str(tmp_path / "urls.txt"), "/abs"]
    assert config.site["a.example"].per_host == 2


@pytest.mark.parametrize(
    "host", ["a.example", "A.Example.", "localhost", "127.0.0.1", "::1", "_x.a-b.example", "xn--bcher-kva.example"]
)
def test_a_site_is_a_host(tmp_path: Path, host: str) -> None:
    """Names and numbers of hosts are taken as they are."""
    path = tmp_path / "config.toml"
    path.write_text(f'[site."{host}"]\nper_host = 2\n')
    assert config_problems(path) == []


def test_annotated_file_is_the_default() -> None:
    """The file that users start from changes nothing until they do."""
    assert load_config(ANNOTATED) == msgspec.structs.replace(
        Config(), output=msgspec.structs.replace(Config().output, dir=str(ANNOTATED.parent / "out"))
    )


def test_annotated_file_documents_every_key_and_default() -> None:
    """Uncommented, config.toml is valid, names every key there is, and shows the default that the code has."""
    shown = tomllib.loads(_uncommented(ANNOTATED.read_text(encoding="utf-8")))
    for name in ("crawl", "fetch", "output", "quality"):
        section = getattr(Config(), name)
        assert set(shown[name]) == set(section.__struct_fields__), name
        assert msgspec.convert(shown[name], type(section)) == section, name
    assert set(shown) == set(Config.__struct_fields__)
    assert set().union(*shown["source"]) == set(SourceConfig.__struct_fields__)
    assert {source["kind"] for source in shown["source"]} == {"urls", "feed", "sitemap", "section", "files"}
    (site,) = shown["site"].values()
    assert set(site) == set(SiteConfig.__struct_fields__)
    assert set(site["login"]) == set(LoginConfig.__struct_fields__)


def test_annotated_sources_are_valid(tmp_path: Path) -> None:
    """A source that somebody comments in works as it stands."""
    path = tmp_path / "config.toml"
    path.write_text(_uncommented(ANNOTATED.read_text(encoding="utf-8")), encoding="utf-8")
    assert config_problems(path) == []


def test_effective_configuration_is_toml() -> None:
    """What check-config prints reads back as the same configuration."""
    config = Config(
        fetch=FetchConfig(contact='a"b\\c', connect_to={"*": "127.0.0.1:80"}, allow_hosts=("a", "b")),
        source=(SourceConfig(kind="urls", urls=("http://a.example/ü",)), SourceConfig(kind="files", path="p")),
        site={"a.example": SiteConfig(delay_s=1.5, headers={"X-A": "1"}), "b": SiteConfig()},
    )
    assert msgspec.convert(tomllib.loads("\n".join(toml_lines(config))), Config) == config


def test_every_section_refuses_unknown_keys() -> None:
    """No section swallows a misspelt key."""
    sections = {kind for kind in Settings.__subclasses__() if kind.__module__.startswith("scraper.")}
    assert len(sections) >= 7
    assert all(kind.__struct_config__.forbid_unknown_fields and kind.__struct_config__.frozen for kind in sections)


def _uncommented(text: str) -> str:
    """Take the comment sign off every line of TOML; sentences keep theirs."""
    return re.sub(r"(?m)^# (?=[\[a-z_]+\w*(\]|\.| = ))", "", text)


ACCESS = [
    ("hours", "[fetch]\nwindow = '25:00-06:00'", "window: '25:00-06:00' is no window"),
    ("all day", "[site.'a.example']\nwindow = '06:00-06:00'", "opens and closes at the same minute"),
    ("zone", "[fetch]\nwindow = '05:00-06:00'\nwindow_zone = 'Atlantis'", "'Atlantis' is no time zone"),
    ("proxy", "[fetch]\nproxy = 'proxy:3128'", "proxy is 'proxy:3128'"),
    ("proxy password", "[fetch]\nproxy = 'http://me:pw@p.example'", "fetch.proxy holds a secret"),
    ("login url", "[site.'a.example'.login]\nurl = 'x'\nfields = {}", "login.url is 'x'"),
    (
        "password",
        "[site.'a.example'.login]\nurl = 'https://a.example/'\nfields = { password = 'pw' }",
        "login.fields.password holds a secret",
    ),
    ("header", "[site.'a.example'.headers]\nAuthorization = 'Bearer x'", "headers.Authorization holds a secret"),
]


@pytest.mark.parametrize(("text", "sentence"), [row[1:] for row in ACCESS], ids=[row[0] for row in ACCESS])
def test_access_problems(tmp_path: Path, text: str, sentence: str) -> None:
    """Hours, proxies, logins and secrets that cannot stand as they are get one sentence each."""
    path = tmp_path / "config.toml"
    path.write_text(text)
    (problem,) = config_problems(path)
    assert sentence in problem


def test_secrets_by_name_are_fine(tmp_path: Path) -> None:
    """What names the environment is no secret; a certificate file is found from the configuration's folder."""
    path = tmp_path / "config.toml"
    path.write_text(
        "[fetch]\nproxy = 'http://me:${PW}@p.example'\n[site.'a.example']\nca_file = 'own.pem'\n"
        "[site.'a.example'.headers]\nAuthorization = 'Bearer ${TOKEN}'\nAccept = 'x'\n"
        "[site.'a.example'.login]\nurl = 'https://a.example/'\nfields = { user = 'me', password = '${PW}' }\n"
    )
    assert config_problems(path) == []
    config = load_config(path)
    assert config.site["a.example"].ca_file == str(tmp_path / "own.pem")
    assert names_in(config) == {"PW", "TOKEN"}


def test_missing_secrets_are_named_before_anything_is_asked() -> None:
    """All variables that the environment lacks are named in one sentence."""
    config = Config(site={"a.example": SiteConfig(headers={"X-A": "${ONE}${TWO}", "X-B": "${THREE}"})})
    with pytest.raises(ConfigError, match=r"\$\{ONE\}, \$\{TWO\}"):
        require_secrets(config, {"THREE": "3"})
    require_secrets(config, {"ONE": "", "TWO": "2", "THREE": "3"})


def test_a_password_in_a_wrong_proxy_is_not_shown(tmp_path: Path) -> None:
    """The sentence about a proxy that is none leaves out who logs in there."""
    path = tmp_path / "config.toml"
    path.write_text('[fetch]\nproxy = "socks5://me:hunter2@proxy.example:1080"\n')
    said = "\n".join(config_problems(path))
    assert "socks5://...@proxy.example:1080" in said
    assert "hunter2" not in said


@pytest.mark.parametrize(
    "text",
    [
        "[fetch]\ndelay_s = 1e300",
        "[fetch]\ndeadline_s = 1e10",
        "[crawl]\npage_timeout_s = 1e308",
        "[crawl]\nrecheck_hours = [1e300]",
        "[crawl]\nrecheck_days = 1e305",
        '[site."a.example"]\nread_timeout_s = 1e300',
    ],
)
def test_times_beyond_all_calendars(tmp_path: Path, text: str) -> None:
    """A time that no clock can hold is said to be wrong before anything is counted with it."""
    path = tmp_path / "config.toml"
    path.write_text(text)
    assert len(config_problems(path)) == 1


def test_a_password_in_a_sources_address(tmp_path: Path) -> None:
    """It would stand in every record and summary; the sentence names the source without it."""
    path = tmp_path / "config.toml"
    path.write_text('[[source]]\nkind = "feed"\nurl = "https://me:hunter2@news.example/feed"\n')
    (said,) = config_problems(path)
    assert "https://...@news.example/feed" in said
    assert "hunter2" not in said
