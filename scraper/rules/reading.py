"""`<host>.toml` files -> Rules: those that come with the package, and those of a folder of the operator's own."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import msgspec
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from scraper.errors import ConfigError
from scraper.model import Value
from scraper.rules.rule import Rule, Rules

_HOST: Final = re.compile(r"(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*")
_TABLE: Final = "[[rule]]"
_FILE_KEYS: Final = ("rule",)
_KEYS: Final = tuple(name for name in Rule.__struct_fields__ if name != "host")
_DATES: Final = ("valid_from", "valid_until")
_SELECTORS: Final = tuple(name for name in _KEYS if name not in _DATES)


class _Found(Value, frozen=True, kw_only=True):
    """The rules in one or more files, and every problem met there."""

    rules: tuple[Rule, ...] = ()
    problems: tuple[str, ...] = ()


def load_rules(folder: str | Path | None = None) -> Rules:
    """Return the rules that come with the package and those in `folder`; for one host the folder's go first.

    Raises ConfigError with one sentence for each problem, one a line, if there is any.
    """
    own = _read_folder(Path(folder)) if folder else ()
    by_host: dict[str, tuple[Rule, ...]] = {}
    for rule in (*own, *_shipped()):
        by_host[rule.host] = (*by_host.get(rule.host, ()), rule)
    return Rules(by_host=by_host)


@cache
def _shipped() -> tuple[Rule, ...]:
    return _read_files(resources.files("scraper.rules") / "sites", "scraper/rules/sites")


def _read_folder(folder: Path) -> tuple[Rule, ...]:
    if not folder.is_dir():
        raise ConfigError(f"{folder}: there is no such folder of site rules; make it, or name another.")
    try:
        return _read_files(folder, str(folder))
    except OSError as error:
        raise ConfigError(f"{folder}: the folder of site rules cannot be read ({error.strerror}).") from error


def _read_files(folder: Traversable, shown: str) -> tuple[Rule, ...]:
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    found = [(file.name, _read_file(file)) for file in files]
    if problems := [f"{shown}/{name}: {problem}" for name, read in found for problem in read.problems]:
        raise ConfigError("\n".join(problems))
    return tuple(rule for _, read in found for rule in read.rules)


def _read_file(file: Traversable) -> _Found:
    host = file.name.removesuffix(".toml")
    try:
        raw = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        return _Found(problems=(f"cannot be read ({error.strerror}).",))
    except UnicodeDecodeError as error:
        return _Found(problems=(f"is not UTF-8 text (byte {error.start}).",))
    except tomllib.TOMLDecodeError as error:
        return _Found(problems=(f"is not valid TOML: {error}.",))
    if problems := tuple(_file_problems(host, raw)):
        return _Found(problems=problems)
    return _Found(rules=tuple(_rule(host, table) for table in raw["rule"]))


def _rule(host: str, table: dict[str, Any]) -> Rule:
    lists = {key: [value] if isinstance(value, str) else value for key, value in table.items()}
    return msgspec.convert({"host": host, **lists}, Rule)


def _file_problems(host: str, raw: dict[str, Any]) -> Iterator[str]:
    if not _HOST.fullmatch(host):
        yield "its name is no host in lower case such as news.example.toml."
    for key in raw.keys() - set(_FILE_KEYS):
        yield _unknown(key, "at the top of the file", _FILE_KEYS)
    tables = raw.get("rule", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        yield f"rule is a list of tables: write {_TABLE} above each, with two brackets."
        return
    if not tables:
        yield f"holds no rule: write {_TABLE} and below it at least one of {', '.join(_SELECTORS)}."
    for number, table in enumerate(tables, 1):
        yield from _rule_problems(table, f"in {_TABLE} {number}")


def _rule_problems(table: dict[str, Any], where: str) -> Iterator[str]:
    for key, value in table.items():
        if key not in _KEYS:
            yield _unknown(key, where, _KEYS)
        elif key in _DATES:
            if not _is_date(value):
                yield f"{key} {where} is {value!r}: write a day without quotes, such as 2024-05-31."
        else:
            yield from (f"{key} {where} {problem}" for problem in _selector_problems(value))
    if not table.keys() & set(_SELECTORS):
        yield f"nothing is selected {where}: name at least one of {', '.join(_SELECTORS)}."
    span = [table.get(key) for key in _DATES]
    if all(map(_is_date, span)) and span[0] > span[1]:  # type: ignore[operator]
        yield f"valid_from {where} is later than its valid_until."


def _is_date(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _selector_problems(value: object) -> Iterator[str]:
    selectors = [value] if isinstance(value, str) else value
    if not isinstance(selectors, list) or not selectors or not all(isinstance(each, str) for each in selectors):
        yield f"is {value!r}: write a CSS selector, or a list of them."
        return
    for selector in selectors:
        try:
            LexborHTMLParser("").css(selector)
        except SelectolaxError:
            yield f"is {selector!r}, which is no CSS selector."


def _unknown(key: str, where: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    hint = f"did you mean '{close[0]}'? " if close else ""
    return f"unknown key '{key}' {where}; {hint}known keys: {', '.join(known)}."
