"""Between Google's client and the emulator: what was asked, and answers that the emulator does not give."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

# What each request says for itself.
_OWN = {"host", "content-length", "connection", "accept-encoding"}


@dataclass
class Wire:
    """A proxy before the emulator.

    Args:
        server: the proxy.
        target: the emulator's address.
        asked: the SQL that ran.
        planned: the SQL that was tried without running.
        bounds: how much each was allowed to read.
        faults: each answers a request in the place of the emulator, unless it returns None.
        size: how much it says that a query reads, and bills.
    """

    server: HTTPServer
    target: str
    asked: list[str] = field(default_factory=list)
    planned: list[str] = field(default_factory=list)
    bounds: list[int] = field(default_factory=list)
    faults: list[Callable[[Request], Response | None]] = field(default_factory=list)
    size: Callable[[str], int] = lambda _: 10 * 1024**2

    def __post_init__(self) -> None:
        self._session = requests.Session()
        self.server.expect_request(re.compile(".*")).respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        for fault in self.faults:
            if (answer := fault(request)) is not None:
                return answer
        asked, is_dry = query_of(request)
        if asked:
            (self.planned if is_dry else self.asked).append(asked["query"])
            self.bounds.append(int(asked["maximumBytesBilled"]))
        answered = self._session.request(
            request.method,
            f"{self.target}{request.full_path}",
            data=request.get_data(),
            headers={name: value for name, value in request.headers.items() if name.lower() not in _OWN},
        )
        # An upload is sent to where its start says.
        headers = {}
        if location := answered.headers.get("Location"):
            headers["Location"] = location.replace(self.target, self.server.url_for("").rstrip("/"))
        body = self._sized(answered.json(), asked) if asked and answered.ok else answered.content
        return Response(body, answered.status_code, headers, mimetype="application/json")

    def _sized(self, job: dict[str, Any], asked: dict[str, Any]) -> bytes:
        size = f"{self.size(asked['query'])}"
        told = job.setdefault("statistics", {}).setdefault("query", {})
        told |= {"totalBytesProcessed": size, "totalBytesBilled": size}
        return json.dumps(job).encode()


def query_of(request: Request) -> tuple[dict[str, Any], bool]:
    """The query that a request runs, and whether it is only to be tried; {} if it runs none."""
    if request.method != "POST" or not re.fullmatch(r"/bigquery/v2/projects/[^/]+/jobs", request.path):
        return {}, False
    configuration = json.loads(request.get_data())["configuration"]
    return configuration.get("query", {}), bool(configuration.get("dryRun"))


def refusal(status: int, reason: str, message: str) -> Response:
    """An error as Google's APIs answer it."""
    error = {"code": status, "message": message, "errors": [{"reason": reason, "message": message}]}
    return Response(json.dumps({"error": error}), status, mimetype="application/json")
