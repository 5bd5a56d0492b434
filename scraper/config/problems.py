"""What is wrong with a configuration: every problem, one sentence each, in words for somebody who runs a crawl."""

from __future__ import annotations

import difflib
import ipaddress
import math
import re
from collections.abc import Iterator
from typing import Any, Final, Literal, get_args, get_origin
from urllib.parse import urlsplit

import msgspec

from scraper.config.access_problems import access_problems
from scraper.config.secrets import without_login
from scraper.config.settings import Config, Settings, SourceConfig

_WANTS: Final = {
    "urls": ("urls", "path"),
    "feed": ("url",),
    "sitemap": ("url",),
    "section": ("url",),
    "files": ("path",),
}
_PLAIN: Final = {
    "`int`": "a whole number",
    "`float`": "a number",
    "`str`": "text",
    "`bool`": "true or false",
    "`array`": "a list",
    "`object`": "a table",
}
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?", re.IGNORECASE | re.ASCII)


def find_problems(raw: dict[str, Any]) -> list[str]:
    """Return every problem of a parsed file: its shape, key by key; where that is right, what the values mean."""
    problems = list(_shape_problems(Config, raw, ""))
    return problems or list(_meaning_problems(msgspec.convert(raw, Config)))


def _shape_problems(kind: type[Settings], table: object, name: str) -> Iterator[str]:
    if not isinstance(table, dict):
        yield f"[{name}] must be a table of keys, not {table!r}."
        return
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for key, value in table.items():
        if key not in fields:
            yield _unknown_key(key, name, list(fields))
        else:
            yield from _value_problems(fields[key].type, value, key, name)
    for field in fields.values():
        if field.required and field.name not in table:
            choices = _choices(field.type)
            yield f"[{name}] needs the key '{field.name}'{f' ({choices})' if choices else ''}."


def _value_problems(kind: Any, value: object, key: str, name: str) -> Iterator[str]:
    """Problems of one value; goes down into tables, lists of tables and tables of tables."""
    inner = f"{name}.{key}" if name else key
    section = next((each for each in (kind, *get_args(kind)) if _is_section(each)), None)
    if section is None:
        if isinstance(value, float) and not math.isfinite(value):
            yield f"{key} {_where(name)} is {value}: expected a finite number."
            return
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            yield f"{key} {_where(name)} is {_shown(value)}: {_reworded(str(error), kind)}."
    elif get_origin(kind) is tuple:
        if not isinstance(value, list):
            yield f"{inner} is a list of tables: write [[{inner}]] above each, with two brackets."
            return
        for number, row in enumerate(value, 1):
            yield from _shape_problems(section, row, f"{inner} {number}")
    elif get_origin(kind) is dict and isinstance(value, dict):
        for host, row in value.items():
            if named := _dotted_name(section, host, row):
                yield f'[{inner}.{named}]: a name with dots needs quotes: [{inner}."{named}"].'
            else:
                yield from _shape_problems(section, row, f'{inner}."{host}"')
    else:
        yield from _shape_problems(section, value, inner)


def _dotted_name(kind: type[Settings], first: str, row: object) -> str | None:
    """Return the name that was written without quotes, so that TOML took its dots for tables in tables; else None."""
    name = first
    while isinstance(row, dict):
        keys = (key for key, inner in row.items() if isinstance(inner, dict) and key not in kind.__struct_fields__)
        if (key := next(keys, None)) is None:
            break
        name, row = f"{name}.{key}", row[key]
    return name if name != first else None


def _is_section(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Settings)


def _where(name: str) -> str:
    return f"in [{name}]" if name else "at the top of the file"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _unknown_key(key: str, name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    hint = f"did you mean '{close[0]}'? " if close else ""
    return f"unknown key '{key}' {_where(name)}; {hint}known keys: {', '.join(known)}."


def _choices(kind: Any) -> str:
    """Return the values a closed choice knows, or an empty string; looks into lists and options."""
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(str(value) for value in get_args(kind))
    return next((found for each in get_args(kind) if (found := _choices(each))), "")


def _description(kind: Any) -> str:
    """Return what the settings say a text must look like, or an empty string; looks into lists and options."""
    metas = (meta.description for meta in get_args(kind) if isinstance(meta, msgspec.Meta))
    return next((found for found in (*metas, *map(_description, get_args(kind))) if found), "")


def _reworded(message: str, kind: Any) -> str:
    """Return a msgspec message in words for somebody who has never seen Python."""
    message = message.split(" - at ", maxsplit=1)[0]
    if choices := _choices(kind):
        return f"must be {choices}"
    if "matching regex" in message and (wanted := _description(kind)):
        return f"expected {wanted}"
    for name, plain in _PLAIN.items():
        message = message.replace(name, plain)
    return message.replace("Expected", "expected").replace("`", "").replace(" | null", "")


def _meaning_problems(config: Config) -> Iterator[str]:
    for number, source in enumerate(config.source, 1):
        yield from (f"[source {number}] {problem}" for problem in _source_problems(source))
    yield from access_problems(config)
    for network in config.fetch.allow_networks:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            yield f"allow_networks in [fetch] names '{network}', which is no network such as 10.0.0.0/8 ({error})."
    for host in config.fetch.allow_hosts:
        if not _is_host(host.strip("[].")):
            yield f"allow_hosts in [fetch] names '{host}', which is no host such as news.example."
    for host, address in config.fetch.connect_to.items():
        if not _is_address(address):
            yield f"connect_to in [fetch] sends '{host}' to '{address}'; write address:port, such as 127.0.0.1:8080."
    for host in config.site:
        if not _is_host(host):
            yield (
                f'[site.{host!r}] names no host: write its name alone, such as [site."news.example"], letters beyond '
                f"ASCII as xn--...; its subdomains are meant as well."
            )
    agents = {"fetch": config.fetch.user_agent, "fetch.contact": config.fetch.contact}
    agents |= {f'site."{host}"': site.user_agent or "" for host, site in config.site.items()}
    for name, value in agents.items():
        if not value.isascii() or not value.isprintable():
            yield f"[{name}] has a user agent or contact with characters that no header may carry: {value!r}."


def _source_problems(source: SourceConfig) -> Iterator[str]:
    wanted = _WANTS[source.kind]
    given = [key for key in ("url", "urls", "path") if getattr(source, key)]
    if not any(key in given for key in wanted):
        yield f"of kind '{source.kind}' needs {' or '.join(wanted)}."
    for key in given:
        if key not in wanted:
            yield f"of kind '{source.kind}' takes {' or '.join(wanted)}, not {key}."
    for url in (*source.urls, *([source.url] if source.url else [])):
        if not _is_web_address(url):
            yield f"names '{url}', which is no address of a page (http://... or https://...)."
        elif without_login(url) != url:
            yield f"names '{without_login(url)}' with a login in it; that belongs under [site]."


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_host(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return bool(_HOST.fullmatch(text))
    return True


def _is_address(text: str) -> bool:
    host, _, port = text.rpartition(":")
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return port.isascii() and port.isdigit() and 0 < int(port) < 65536
