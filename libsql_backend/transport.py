"""HTTP requests to a libSQL server over keep-alive connections.

This uses http.client instead of a pooling library: a database connection belongs to one thread and needs one
socket, and http.client takes the least CPU per request.
"""

from __future__ import annotations

import functools
import http.client
import os
import select
import ssl
import time
from typing import NamedTuple
from urllib.parse import urlsplit

from libsql_backend.exceptions import InterfaceError, OperationalError, ProgrammingError

# Load balancers drop idle connections after a minute or more without notifying either side.
MAX_IDLE_SECONDS = 30.0


class Response(NamedTuple):
    status: int
    body: bytes


@functools.cache
def tls_context() -> ssl.SSLContext:
    """The system's certificate authorities, cached because loading them takes milliseconds."""
    return ssl.create_default_context()


class Transport:
    """The HTTP connections of one database connection: one, or two if the server sends a `base_url`.

    Args:
        url: http://HOST:PORT or https://HOST.
        auth_token: sent as a bearer token, unless it is empty.
        timeout: seconds to wait for connecting, for sending and for each read of the response.
    """

    def __init__(self, url: str, auth_token: str, timeout: float) -> None:
        if not (auth_token.isascii() and auth_token.isprintable()):
            raise ProgrammingError("The token contains characters that are not allowed in an HTTP header.")
        if urlsplit(url).scheme not in ("http", "https"):
            # Anything else would be taken for http, and the token sent in the clear.
            raise ProgrammingError("The URL of a libSQL server must start with https:// or http://.")
        self._url = url
        self._timeout = timeout
        self._headers = {"Content-Type": "application/json"}
        if auth_token:
            self._headers["Authorization"] = f"Bearer {auth_token}"
        self._connections: dict[str, http.client.HTTPConnection] = {}
        self._last_used: dict[str, float] = {}
        self._pid = os.getpid()

    def post(self, path: str, body: bytes, *, base_url: str | None, idempotent: bool) -> Response:
        """POST `body`, and retry once if the connection breaks and the request is `idempotent`.

        Raises:
            OperationalError: there was no response; the server may or may not have processed the request.
        """
        url = base_url or self._url
        self._require_tls(url)
        try:
            return self._send(url, path, body)
        except TimeoutError as error:
            raise OperationalError(
                f"The libSQL server did not respond within {self._timeout:g} s.", "TIMEOUT"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            if not idempotent:
                raise OperationalError(f"The libSQL server cannot be reached: {error!r}") from error
        return self.post(path, body, base_url=base_url, idempotent=False)

    def detach_after_fork(self) -> bool:
        """Close the sockets in a forked child; True if this process was forked since the last request."""
        if self._pid == os.getpid():
            return False
        self._pid = os.getpid()
        self.close()
        return True

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def _require_tls(self, url: str) -> None:
        """Keep a server that is reached over TLS from redirecting the token to a plain-text URL."""
        if self._url.startswith("https:") and not url.startswith("https:"):
            raise InterfaceError("The server sent a base_url without TLS.")

    def _send(self, url: str, path: str, body: bytes) -> Response:
        connection = self._connection(url)
        try:
            connection.request("POST", urlsplit(url).path.rstrip("/") + path, body, self._headers)
            response = connection.getresponse()
            result = Response(response.status, response.read())
        except BaseException:
            connection.close()  # part of a response may still arrive
            raise
        self._last_used[url] = time.monotonic()
        return result

    def _connection(self, url: str) -> http.client.HTTPConnection:
        if url not in self._connections:
            self._connections[url] = self._new_connection(url)
        connection = self._connections[url]
        if self._is_stale(url, connection):
            connection.close()  # request() reopens it
        return connection

    def _new_connection(self, url: str) -> http.client.HTTPConnection:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme == "https":
            return http.client.HTTPSConnection(host, parts.port, timeout=self._timeout, context=tls_context())
        return http.client.HTTPConnection(host, parts.port, timeout=self._timeout)

    def _is_stale(self, url: str, connection: http.client.HTTPConnection) -> bool:
        """Whether the server closed the idle connection, checked before a write that cannot be retried."""
        if connection.sock is None:
            return False
        if time.monotonic() - self._last_used.get(url, 0.0) > MAX_IDLE_SECONDS:
            return True
        poll = select.poll()  # unlike select(), works with any number of open files
        poll.register(connection.sock, select.POLLIN)
        return bool(poll.poll(0))
