"""The operator's wishes: config.toml as frozen values."""

from scraper.config.reading import load_config
from scraper.config.secrets import fill_in
from scraper.config.settings import (
    Config,
    CrawlConfig,
    FetchConfig,
    LoginConfig,
    OutputConfig,
    QualityConfig,
    Settings,
    SiteConfig,
    SourceConfig,
)

__all__ = [
    "Config",
    "CrawlConfig",
    "FetchConfig",
    "LoginConfig",
    "OutputConfig",
    "QualityConfig",
    "Settings",
    "SiteConfig",
    "SourceConfig",
    "fill_in",
    "load_config",
]
