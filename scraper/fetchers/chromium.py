"""The system's browser: where it is, and how it is started so that it keeps still."""

from __future__ import annotations

import importlib.util
import os
import shutil
from typing import Final

from scraper.errors import ConfigError

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
FLAGS: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-crash-reporter",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--dns-prefetch-disable",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--js-flags=--max-old-space-size=512",
    "--mute-audio",
    "--no-default-browser-check",
    "--no-first-run",
    "--proxy-bypass-list=<-loopback>",
    "--proxy-server=http://nowhere.invalid:9",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
)
_PASSED_ON: Final = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
"""Of the environment: a browser needs none of the secrets in it."""
_MAX_TMPDIR_BYTES: Final = 107 - len("/org.chromium.Chromium.XXXXXX/SingletonSocket")
"""The name of a socket has at most 107 bytes. Source: unix(7)"""


def find_chromium(wanted: str = "") -> str:
    """Return the path of the browser: the one of this name or path, else the first that systems come with.

    Raises ConfigError where it is not there, or the package that drives it.
    """
    if importlib.util.find_spec("playwright") is None:
        raise ConfigError('fetch.render needs the package playwright: pip install "article-scraper[render]".')
    for name in (wanted,) if wanted else _NAMES:
        if (path := shutil.which(name)) is not None:
            return path
    if wanted:
        raise ConfigError(f"fetch.chromium is '{wanted}', which is no program that can be run.")
    raise ConfigError("fetch.render needs Chromium: apt-get install chromium, or say in fetch.chromium where it is.")


def chromium_environment() -> dict[str, str]:
    """Return the environment of the browser's processes. It has no home: nothing of it shall stay on the disk.

    Its socket stands in the folder for temporary files: should that have a name too long for one, it is /tmp.
    """
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    if len(os.fsencode(passed.get("TMPDIR", ""))) > _MAX_TMPDIR_BYTES:
        passed["TMPDIR"] = "/tmp"
    return passed | {"HOME": os.devnull}
