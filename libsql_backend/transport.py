"""HTTP to a libSQL server over kept-alive connections.

http.client and not a pooling library: a Django connection belongs to one thread and needs one socket, and a
request costs the least CPU this way (benchmarks/database prints the figures).
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

# Load balancers forget a silent connection after a minute or more, without a word to either side.
IDLE_SECONDS = 30.0


class Response(NamedTuple):
    status: int
    body: bytes


@functools.cache
def tls_context() -> ssl.SSLContext:
    """The system's certificate authorities; loading them takes milliseconds, so once a process."""
    return ssl.create_default_context()


class Transport:
    """The HTTP connections of one database connection: one, or two where the server names a `base_url`.

    Args:
        url: http://HOST:PORT or https://HOST.
        auth_token: sent as a bearer token; empty where the server asks for none.
        timeout: seconds that connecting, sending and each wait for the answer may take.
    """

    def __init__(self, url: str, auth_token: str, timeout: float) -> None:
        if not (auth_token.isascii() and auth_token.isprintable()):
            raise ProgrammingError("The token holds characters that no token has.")
        self._url = url
        self._timeout = timeout
        self._headers = {"Content-Type": "application/json"}
        if auth_token:
            self._headers["Authorization"] = f"Bearer {auth_token}"
        self._connections: dict[str, http.client.HTTPConnection] = {}
        self._last_used: dict[str, float] = {}
        self._pid = os.getpid()

    def post(self, path: str, body: bytes, *, base_url: str | None, repeatable: bool) -> Response:
        """POST `body`, a second time only if it is `repeatable` and the connection broke.

        Raises:
            OperationalError: no answer came; what was sent may or may not have been carried out.
        """
        url = base_url or self._url
        self._refuse_weaker(url)
        try:
            return self._exchange(url, path, body)
        except TimeoutError as error:
            raise OperationalError(
                f"The libSQL server did not answer within {self._timeout:g} s.", "TIMEOUT"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            if not repeatable:
                raise OperationalError(f"The libSQL server cannot be reached: {error!r}") from error
        return self.post(path, body, base_url=base_url, repeatable=False)

    def leave_parent(self) -> bool:
        """After a fork, leave the sockets to the parent; True if there was a fork since the last request."""
        if self._pid == os.getpid():
            return False
        self._pid = os.getpid()
        self.close()
        return True

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def _refuse_weaker(self, url: str) -> None:
        """A server reached over TLS cannot send our token elsewhere in the clear."""
        if self._url.startswith("https:") and not url.startswith("https:"):
            raise InterfaceError("The server named a base_url without TLS.")

    def _exchange(self, url: str, path: str, body: bytes) -> Response:
        connection = self._connection(url)
        try:
            connection.request("POST", urlsplit(url).path.rstrip("/") + path, body, self._headers)
            response = connection.getresponse()
            answer = Response(response.status, response.read())
        except BaseException:
            connection.close()  # half an answer may still be on its way
            raise
        self._last_used[url] = time.monotonic()
        return answer

    def _connection(self, url: str) -> http.client.HTTPConnection:
        if url not in self._connections:
            self._connections[url] = self._new(url)
        connection = self._connections[url]
        if self._is_stale(url, connection):
            connection.close()  # request() opens it again
        return connection

    def _new(self, url: str) -> http.client.HTTPConnection:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme == "https":
            return http.client.HTTPSConnection(host, parts.port, timeout=self._timeout, context=tls_context())
        return http.client.HTTPConnection(host, parts.port, timeout=self._timeout)

    def _is_stale(self, url: str, connection: http.client.HTTPConnection) -> bool:
        """Whether the server closed the idle connection: found out before a write is sent into the void."""
        if connection.sock is None:
            return False
        if time.monotonic() - self._last_used.get(url, 0.0) > IDLE_SECONDS:
            return True
        poll = select.poll()  # unlike select(), it takes any number of open files
        poll.register(connection.sock, select.POLLIN)
        return bool(poll.poll(0))
