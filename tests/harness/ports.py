"""Ports on loopback for the servers that tests start."""

from __future__ import annotations

import secrets
import socket

# Below those that Linux (from 32768) and macOS (from 49152) give to outgoing connections, one of which could
# take the port before the server starts.
FIRST, COUNT = 20_000, 12_000


def free_port() -> int:
    """A port that nothing listens on, chosen at random so that test runs side by side seldom meet."""
    while True:
        port = FIRST + secrets.randbelow(COUNT)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
