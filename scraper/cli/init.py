"""scraper init"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from scraper.errors import UsageError
from scraper.sinks.whole import write_named

_DEFAULT: Final = Path("config.toml")
_PACKAGE: Final = Path(__file__).resolve().parent.parent


def template_path() -> Path:
    """Return the annotated configuration: inside an installed wheel, or at the root of a checkout."""
    packed = _PACKAGE / "_config.toml"
    return packed if packed.is_file() else _PACKAGE.parent / "config.toml"


@click.command("init", short_help="Write a fresh config.toml to start from.")
@click.argument("path", type=click.Path(path_type=Path), default=_DEFAULT)
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
def command(path: Path, *, force: bool) -> None:
    """Write the annotated configuration to PATH (config.toml, or the file in a folder).

    \b
    Examples:
      scraper init
      scraper init sites/press.toml
    """
    path = path / "config.toml" if path.is_dir() else path
    if path.exists() and not force:
        raise UsageError(f"{path}: is there already; --force overwrites it.")
    write_named(path, template_path().read_bytes())
    named = "" if path == _DEFAULT else f" --config {path}"
    click.echo(
        f"Wrote {path}: name your sources in it, and under [fetch] a contact; then run `scraper crawl{named}`.",
        err=True,
    )
