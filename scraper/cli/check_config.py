"""scraper check-config"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from scraper.cli.options import config_option
from scraper.config import Settings, load_config
from scraper.crawl.contact import require_contact
from scraper.rules import load_rules

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


@click.command("check-config", short_help="Show the effective configuration, or what is wrong with it.")
@config_option
def command(config_path: Path) -> None:
    """Print the effective configuration as TOML, defaults included, or every problem in a sentence of its own.

    The site rules that it names are checked as well.

    \b
    Examples:
      scraper check-config
      scraper check-config --config sites/press.toml
    """
    config = load_config(config_path)
    require_contact(config)
    load_rules(config.crawl.rules_dir)
    for line in toml_lines(config):
        click.echo(line)
    count = len(config.source)
    click.echo(f"{config_path}: fine; {count} source{'' if count == 1 else 's'}.", err=True)


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
