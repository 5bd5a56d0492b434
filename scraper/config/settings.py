"""What config.toml may say, as frozen values.

Every key is said here once, with its default and its bounds; config.toml in the project's root explains them.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from scraper.model import PageType

YEAR_S = 31_536_000
Seconds = Annotated[float, Meta(ge=0, le=YEAR_S)]
Timeout = Annotated[float, Meta(gt=0, le=YEAR_S)]
"""A year at most: clocks and calendars end somewhere."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all sections: an unknown key is an error."""


Hours = Annotated[str, Meta(pattern=r"^$|^\d\d:\d\d ?- ?\d\d:\d\d$", description="hours such as 22:00-06:00")]
"""`22:00-06:00`; empty: the whole day."""
Policy = Literal["record", "skip"]


class FetchConfig(Settings, frozen=True, kw_only=True):
    """[fetch]: how pages are asked for."""

    user_agent: str = ""
    """Empty: `article-scraper/<version> (+<contact>)`."""
    contact: str = ""
    """A web page or mail address that site owners can turn to; required for a live crawl."""
    delay_s: Seconds = 1.0
    max_crawl_delay_s: Seconds = 120.0
    latency_factor: Annotated[float, Meta(ge=0, le=100)] = 2.0
    """The gap is at least this many times what the host takes to answer."""
    window: Hours = ""
    """Hours of the day in which hosts may be asked."""
    window_zone: str = "UTC"
    group_by: Literal["host", "ip"] = "host"
    """What has one pace: a host, or all hosts of one address."""
    hosts_at_once: Annotated[int, Meta(ge=1, le=2000)] = 64
    per_host: Annotated[int, Meta(ge=1, le=16)] = 1
    connect_timeout_s: Timeout = 10.0
    read_timeout_s: Timeout = 20.0
    deadline_s: Timeout = 60.0
    max_bytes: Annotated[int, Meta(ge=1024)] = 10_000_000
    max_redirects: Annotated[int, Meta(ge=0, le=20)] = 10
    allow_downgrade: bool = False
    """Follow redirects from https to http."""
    retries: Annotated[int, Meta(ge=0, le=10)] = 2
    retries_per_host: Annotated[int, Meta(ge=0)] = 100
    retries_per_run: Annotated[int, Meta(ge=0)] = 10_000
    breaker_failures: Annotated[int, Meta(ge=0)] = 10
    """Failures in a row after which a host is left for the next run; 0: never."""
    max_retry_after_s: Seconds = 120.0
    robots: bool = True
    rights: Policy = "record"
    """Pages whose publisher reserves their use: note it in the record, or skip them."""
    tdmrep: bool = True
    """Ask each host once a day for /.well-known/tdmrep.json."""
    proxy: str = ""
    ca_file: str = ""
    allow_hosts: tuple[str, ...] = ()
    """Hosts that may resolve to private addresses."""
    allow_networks: tuple[str, ...] = ()
    """Private networks (CIDR) that may be connected to."""
    render: bool = False
    """Let a browser build the pages."""
    chromium: str = ""
    """Name or path of the browser; empty: the first of those that systems come with."""
    browsers_at_once: Annotated[int, Meta(ge=1, le=16)] = 2
    """Pages that are built at the same time."""
    connect_to: dict[str, str] = {}
    """host (or `*`) -> address:port to dial instead, as curl --connect-to does."""


class OutputConfig(Settings, frozen=True, kw_only=True):
    """[output]: where results go and in what form."""

    dir: str = "out"
    metrics: str = ""
    """File that gets the run's figures in Prometheus' text format."""
    webhook: str = ""
    """Address that is told of a run with trouble."""
    profile: Literal["full", "lean"] = "full"
    rotate_bytes: Annotated[int, Meta(ge=0)] = 256_000_000
    """A file of more bytes, or records, is not begun: the next one is. 0: no limit."""
    rotate_records: Annotated[int, Meta(ge=0)] = 0
    compression: Literal["none", "gzip", "zstd"] = "none"
    """Of complete files; while they grow they are plain."""
    warc: bool = False
    """Keep every request and answer as WARC records as well."""


LanguageTag = Annotated[
    str, Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="language tags such as en or pt-BR")
]
Ratio = Annotated[float, Meta(gt=0, le=1)]


class QualityConfig(Settings, frozen=True, kw_only=True):
    """[quality]: which pages become records."""

    page_types: tuple[PageType, ...] = ("article", "live_blog")
    languages: tuple[LanguageTag, ...] = ()
    """Languages of the records; "en" takes en-GB as well; empty: all. A text of unknown language is kept."""
    min_words: Annotated[int, Meta(ge=0)] = 25
    min_paid_words: Annotated[int, Meta(ge=0)] = 25
    """Words of body at least of an article that has to be paid for: with fewer, the wall is all there is."""
    stub_words: Annotated[int, Meta(ge=0)] = 150
    """Fewer words may be a message in place of an article: not found, cookies, a bot check."""
    max_link_ratio: Ratio = 0.7
    max_boilerplate_ratio: Ratio = 0.6
    """Share of the words in lines that stand on every page: rights, newsletters, terms."""
    require_title: bool = True


class CrawlConfig(Settings, frozen=True, kw_only=True):
    """[crawl]: how much, and how hard."""

    limit: Annotated[int, Meta(ge=0)] = 0
    """Pages at most; 0: no limit."""
    max_runtime_s: Seconds = 0.0
    max_bytes: Annotated[int, Meta(ge=0)] = 0
    min_free_bytes: Annotated[int, Meta(ge=0)] = 200_000_000
    """Free on the disk of the output folder; with less, no new page is fetched."""
    state_dir: str = ""
    """Folder of what is remembered from run to run; empty: `state` in the output folder."""
    recheck_hours: tuple[Annotated[float, Meta(gt=0, le=876_000)], ...] = (1.0, 6.0, 24.0, 168.0)
    """When an article is looked at again, counted from its last news; empty: never."""
    recheck_days: Annotated[float, Meta(ge=0, le=36_500)] = 30.0
    """An article that has been quiet for so long is not looked at any more."""
    tries: Annotated[int, Meta(ge=1, le=50)] = 10
    """Runs in which an address that fails is tried; ten reach over more than two weeks."""
    near_duplicates: bool = True
    near_ratio: Annotated[float, Meta(ge=0.5, le=1)] = 0.9
    """Share of the text that two articles have in common if one of them is a copy."""
    probe: bool = True
    """Ask each host once a week for an address that cannot exist, to know its error page."""
    max_depth: Annotated[int, Meta(ge=0, le=50)] = 20
    """Segments of a path, beyond which an address found on a section page is a trap."""
    max_per_host: Annotated[int, Meta(ge=0)] = 0
    """Addresses of one host fetched in a run; 0: no limit."""
    workers: Annotated[int, Meta(ge=0, le=64)] = 0
    """Extraction processes; 0: one a core."""
    page_timeout_s: Timeout = 20.0
    rules_dir: str = ""
    """Folder of site rules, `<host>.toml` each; empty: those that come with the package alone."""


class SourceConfig(Settings, frozen=True, kw_only=True):
    """[[source]]: where addresses come from."""

    kind: Literal["urls", "feed", "sitemap", "section", "files"]
    url: str | None = None
    """Address of the feed, sitemap, site (sitemaps found through robots.txt) or section page."""
    urls: tuple[str, ...] = ()
    path: str | None = None
    """File of addresses (kind urls), or HTML file or folder (kind files)."""
    limit: Annotated[int, Meta(ge=0)] = 0
    other_sites: bool = False
    """Take addresses on other sites than the source's own as well."""


class LoginConfig(Settings, frozen=True, kw_only=True):
    """[site."host".login]: the form that is sent before the first page of a host."""

    url: str
    """The page with the form."""
    fields: dict[str, str]
    """What is filled in; values may be `${NAME}` from the environment. Hidden fields are sent as the page has them."""
    failed_if: str = ""
    """Text that the answer shows where the login failed."""


class SiteConfig(Settings, frozen=True, kw_only=True):
    """[site."host"]: what differs for one host and its subdomains. None: as in [fetch]."""

    delay_s: Seconds | None = None
    latency_factor: Annotated[float, Meta(ge=0, le=100)] | None = None
    per_host: Annotated[int, Meta(ge=1, le=16)] | None = None
    window: Hours | None = None
    window_zone: str | None = None
    connect_timeout_s: Timeout | None = None
    read_timeout_s: Timeout | None = None
    deadline_s: Timeout | None = None
    max_bytes: Annotated[int, Meta(ge=1024)] | None = None
    allow_downgrade: bool | None = None
    render: bool | None = None
    robots: bool | None = None
    rights: Policy | None = None
    user_agent: str | None = None
    proxy: str | None = None
    ca_file: str | None = None
    headers: dict[str, str] = {}
    cookies: dict[str, str] = {}
    login: LoginConfig | None = None


class Config(Settings, frozen=True, kw_only=True):
    """The whole file."""

    crawl: CrawlConfig = CrawlConfig()
    fetch: FetchConfig = FetchConfig()
    output: OutputConfig = OutputConfig()
    quality: QualityConfig = QualityConfig()
    source: tuple[SourceConfig, ...] = ()
    site: dict[str, SiteConfig] = {}
