"""scraper check-config"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import click

from scraper.cli.options import config_option
from scraper.config import Config, Settings, load_config
from scraper.config.secrets import require_secrets
from scraper.crawl.contact import require_contact
from scraper.errors import ConfigError
from scraper.fetchers.chromium import find_chromium
from scraper.fetchers.settings import Settings as FetchSettings
from scraper.rules import load_rules

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


@click.command("check-config", short_help="Show the effective configuration, or what is wrong with it.")
@config_option
def command(config_path: Path) -> None:
    """Print the effective configuration as TOML, defaults included, or every problem in a sentence of its own.

    The site rules that it names are checked as well, and whether its files and folders are there, the variables of the
    environment that hold its secrets, and the browser where pages are to be built in one.

    \b
    Examples:
      scraper check-config
      scraper check-config --config sites/press.toml
    """
    config = load_config(config_path)
    require_contact(config)
    if problems := [
        *(f"{config_path}: {problem}" for problem in (*path_problems(config), *_run_problems(config))),
        *_told(lambda: load_rules(config.crawl.rules_dir)),
    ]:
        raise ConfigError("\n".join(problems))
    for line in toml_lines(config):
        click.echo(line)
    click.echo(f"{config_path}: {_verdict(len(config.source))}", err=True)


def path_problems(config: Config) -> Iterator[str]:
    """Yield a sentence for each file or folder that is named and not there, or of the wrong kind."""
    for number, source in enumerate(config.source, 1):
        if source.path and (reason := _why_unreadable(Path(source.path), is_list=source.kind == "urls")):
            yield f"[source {number}] of kind '{source.kind}' names '{source.path}': {reason}."
    sections = {"fetch": config.fetch.ca_file} | {f'site."{host}"': site.ca_file for host, site in config.site.items()}
    for name, ca_file in sections.items():
        if ca_file and (reason := _why_unreadable(Path(ca_file), is_list=False)):
            yield f"[{name}] names the ca_file '{ca_file}': {reason}."
    if (metrics := config.output.metrics) and (
        reason := _why_unreadable(folder := Path(metrics).parent, is_list=False)
    ):
        yield f"[output] metrics lies in '{folder}': {reason}."


def _why_unreadable(path: Path, *, is_list: bool) -> str | None:
    try:
        path.stat()
    except (OSError, ValueError) as error:
        return (error.strerror if isinstance(error, OSError) else None) or "it is no path"
    return "it is a folder, no file of addresses" if is_list and path.is_dir() else None


def _run_problems(config: Config) -> list[str]:
    """Return what is missing without which no crawl begins: secrets, and a browser where pages are to be built."""
    problems = _told(lambda: require_secrets(config, os.environ))
    if FetchSettings(config.fetch, config.site).any_renders():
        problems += _told(lambda: find_chromium(config.fetch.chromium))
    return problems


def _told(check: Callable[[], object]) -> list[str]:
    """Return what a check finds to be wrong, a sentence each."""
    try:
        check()
    except ConfigError as error:
        return str(error).splitlines()
    return []


def _verdict(count: int) -> str:
    if not count:
        return "fine, but it names no [[source]]: `scraper crawl` would have nothing to do."
    return f"fine; {count} source{'' if count == 1 else 's'}."


def toml_lines(section: Settings, name: str = "") -> Iterator[str]:
    """Yield a section as lines of TOML, the sections in it after its own keys; None, which TOML lacks, is left out."""
    inner: list[tuple[str, Settings]] = []
    for key in section.__struct_fields__:
        value, full = getattr(section, key), f"{name}.{key}" if name else key
        if isinstance(value, Settings):
            inner.append((f"[{full}]", value))
        elif isinstance(value, tuple) and value and isinstance(value[0], Settings):
            inner += [(f"[[{full}]]", row) for row in value]
        elif isinstance(value, dict) and any(isinstance(row, Settings) for row in value.values()):
            inner += [(f"[{full}.{_key(host)}]", row) for host, row in value.items()]
        elif value is not None:
            yield f"{key} = {_value(value)}"
    for heading, row in inner:
        yield ""
        yield heading
        yield from toml_lines(row, heading.strip("[]"))


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else json.dumps(key)


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
