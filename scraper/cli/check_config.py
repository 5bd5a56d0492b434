"""scraper check-config"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from scraper.cli.options import config_option
from scraper.config import load_config
from scraper.crawl.contact import require_contact

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


@click.command("check-config", short_help="Show the effective configuration, or what is wrong with it.")
@config_option
def command(config_path: Path) -> None:
    """Print the effective configuration as TOML, defaults included, or every problem in a sentence of its own.

    \b
    Examples:
      scraper check-config
      scraper check-config --config sites/press.toml
    """
    config = load_config(config_path)
    require_contact(config)
    for line in toml_lines(msgspec.to_builtins(config)):
        click.echo(line)
    count = len(config.source)
    click.echo(f"{config_path}: fine; {count} source{'' if count == 1 else 's'}.", err=True)


def toml_lines(table: dict[str, Any], name: str = "") -> Iterator[str]:
    """Yield a table as lines of TOML; keys without a value are left out."""
    inner = {key: value for key, value in table.items() if _is_section(value) and not (name and key == "headers")}
    for key, value in table.items():
        if key not in inner and value is not None:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in inner.items():
        full = f"{name}.{_key(key)}" if name else _key(key)
        for row in value if isinstance(value, list) else [value]:
            yield f"\n[[{full}]]" if isinstance(value, list) else f"\n[{full}]"
            yield from toml_lines(row, full)


def _is_section(value: object) -> bool:
    """Tables of our own, and lists of them; small tables such as connect_to are written on one line."""
    if isinstance(value, dict):
        return bool(value) and any(not isinstance(each, str) for each in value.values())
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else json.dumps(key)


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
