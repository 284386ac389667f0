"""A loopback proxy in front of a libsql-server that counts requests and injects faults.

pytest-httpserver cannot replace it, because werkzeug closes the connection after each response.
"""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Fault:
    """What to do to a request.

    Args:
        drop: hang up "before" the server gets the request, or "after" it answered.
        status: answer this instead of asking the server.
        delay: seconds to wait before the server gets the request.
    """

    drop: str = ""
    status: int = 0
    delay: float = 0.0


class Proxy(ThreadingHTTPServer):
    """Passes requests on to `port`; `fault` decides by a request's body what goes wrong with it."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = port
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.fault: Callable[[str], Fault] = lambda _: Fault()
        self.requests: list[str] = []
        self.connections = 0

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Proxy

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1
        self.upstream = http.client.HTTPConnection("127.0.0.1", self.server.upstream)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(body.decode())
        fault = self.server.fault(body.decode())
        time.sleep(fault.delay)
        if fault.drop == "before":
            self._hang_up()
        elif fault.status:
            self._answer(fault.status, b'{"message":"made by the proxy"}')
        else:
            self._pass_on(body, drop=bool(fault.drop))

    def finish(self) -> None:
        self.upstream.close()
        super().finish()

    def log_message(self, *_: Any) -> None:
        """Nothing: the tests look at `requests`."""

    def _pass_on(self, body: bytes, *, drop: bool) -> None:
        headers = {k: v for k, v in self.headers.items() if k in ("Authorization", "Content-Type")}
        self.upstream.request("POST", self.path, body, headers)
        response = self.upstream.getresponse()
        answer = response.read()
        if drop:
            self._hang_up()
        else:
            self._answer(response.status, answer)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)
