"""The version of the package, said once: pyproject.toml reads it from here."""

VERSION = "0.1.0"
