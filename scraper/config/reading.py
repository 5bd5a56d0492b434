"""config.toml -> frozen Config. The only reader of that file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from scraper.config.problems import find_problems
from scraper.config.settings import Config, FetchConfig, SiteConfig
from scraper.errors import ConfigError

_Section = TypeVar("_Section", FetchConfig, SiteConfig)


def load_config(path: str | Path) -> Config:
    """Return the configuration in a file; its relative paths are taken from the file's own folder.

    Raises ConfigError with one sentence for each problem, one a line, if there is any.
    """
    raw, problems = _read(Path(path))
    if not problems:
        problems = find_problems(raw)
    if problems:
        raise ConfigError("\n".join(f"{path}: {problem}" for problem in problems))
    return _from_folder(msgspec.convert(raw, Config), Path(path).parent)


def _read(path: Path) -> tuple[dict[str, Any], list[str]]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig")), []
    except FileNotFoundError:
        return {}, ["there is no such file; `scraper init` writes one, --config names another."]
    except OSError as error:
        return {}, [f"cannot be read ({error.strerror})."]
    except UnicodeDecodeError as error:
        return {}, [f"is not UTF-8 text (byte {error.start})."]
    except tomllib.TOMLDecodeError as error:
        return {}, [f"is not valid TOML: {error}."]


def _from_folder(config: Config, folder: Path) -> Config:
    """Take relative paths from the folder of the file that says them."""
    sources = tuple(
        msgspec.structs.replace(source, path=str(folder / source.path)) if source.path else source
        for source in config.source
    )
    output = msgspec.structs.replace(config.output, dir=str(folder / config.output.dir))
    if config.output.metrics:
        output = msgspec.structs.replace(output, metrics=str(folder / config.output.metrics))
    crawl = config.crawl
    if crawl.state_dir:
        crawl = msgspec.structs.replace(crawl, state_dir=str(folder / crawl.state_dir))
    if crawl.rules_dir:
        crawl = msgspec.structs.replace(crawl, rules_dir=str(folder / crawl.rules_dir))
    fetch = _with_ca_file(config.fetch, folder)
    site = {host: _with_ca_file(each, folder) for host, each in config.site.items()}
    return msgspec.structs.replace(config, source=sources, output=output, crawl=crawl, fetch=fetch, site=site)


def _with_ca_file(section: _Section, folder: Path) -> _Section:
    if not section.ca_file:
        return section
    return msgspec.structs.replace(section, ca_file=str(folder / section.ca_file))
