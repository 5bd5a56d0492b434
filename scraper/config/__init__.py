"""The operator's wishes: config.toml as frozen values."""

from scraper.config.reading import config_problems, load_config
from scraper.config.settings import (
    Config,
    CrawlConfig,
    FetchConfig,
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
    "OutputConfig",
    "QualityConfig",
    "Settings",
    "SiteConfig",
    "SourceConfig",
    "config_problems",
    "load_config",
]
