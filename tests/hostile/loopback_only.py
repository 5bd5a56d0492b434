"""Proof that nothing leaves this machine: Python itself reports each connection before it is made."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

_SENDING: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


class Watch:
    """Every address that this process tries to connect to while it watches, and every name that it looks up.

    What is not loopback is recorded and then not done. Audit hooks stay for the life of the process; a watch that
    is over lets everything pass.

    Source: https://docs.python.org/3/library/audit_events.html
    """

    def __init__(self) -> None:
        self.connected: list[str] = []
        self.looked_up: list[str] = []
        self._is_on = True
        sys.addaudithook(self._see)

    def stop(self) -> None:
        self._is_on = False

    @property
    def strayed(self) -> list[str]:
        """The addresses that are not loopback."""
        return [address for address in self.connected if not _is_loopback(address)]

    def _see(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._is_on:
            return
        if event == "socket.getaddrinfo" and arguments[0] is not None:
            name = arguments[0].decode() if isinstance(arguments[0], bytes) else str(arguments[0])
            if not _is_address(name):
                self.looked_up.append(name)
                raise PermissionError(f"{name} was looked up")
        elif event in _SENDING and isinstance(arguments[1], tuple):
            self.connected.append(arguments[1][0])
            if not _is_loopback(arguments[1][0]):
                raise PermissionError(f"{arguments[1]} was dialled")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(address: str) -> bool:
    return _is_address(address) and ipaddress.ip_address(address).is_loopback


@contextmanager
def watching() -> Iterator[Watch]:
    """Watch this process until the block ends."""
    watch = Watch()
    try:
        yield watch
    finally:
        watch.stop()
