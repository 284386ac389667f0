"""A server that answers like BigQuery about one table, as fast as it can.

The emulator takes ten minutes for a million rows.

    python -m tests.costs.providers.bigquery_pages PORT ROWS
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.costs.providers.bigquery_wire import DETAILED, schema
from tests.costs.providers.writers import google_row

# An answer of BigQuery has at most 10 MB.
PAGE = 8000
LINE = [{"name": "line", "type": "STRING"}]
LOOK = [{"name": name, "type": "STRING"} for name in ("month", "day")]
LOOK += [{"name": "charges", "type": "INTEGER"}, {"name": "newest", "type": "STRING"}]


def lines() -> list[str]:
    """Rows of 3 USD in a thousand."""
    amounts = {"cost": "0.004", "credits": [{"amount": "-0.001"}], "cost_at_list": "0.004"}
    names = ({"name": f"r{i}", "global_name": f"//aiplatform.googleapis.com/{i}"} for i in range(PAGE))
    return [json.dumps(google_row(**amounts, resource=each, invoice={"month": "202610"})) for each in names]


class BigQuery(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    rows = 0
    page: bytes = b""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if "/tables/" in url.path:
            fields = [field.to_api_repr() for field in schema(DETAILED)]
            names = {"projectId": "acme", "datasetId": "billing", "tableId": "export"}
            partition = {"type": "DAY", "field": "export_time"}
            told = {"schema": {"fields": fields}, "timePartitioning": partition, "numRows": f"{self.rows}"}
            self.answer({"tableReference": names, "creationTime": "1790000000000", **told})
        elif url.path.endswith("look"):
            cells = [{"v": value} for value in ("202610", "2026-10-02", f"{self.rows}", "x")]
            self.answer(self.result("look", 1, LOOK), b', "rows": ' + json.dumps([{"f": cells}]).encode())
        else:
            self.read(int(parse_qs(url.query).get("pageToken", ["0"])[0]))

    def read(self, start: int) -> None:
        result = self.result("read", self.rows, LINE)
        if start + PAGE < self.rows:
            result["pageToken"] = f"{start + PAGE}"
        self.answer(result, b', "rows": ' + self.page)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        kind = "read" if "AS line" in body["configuration"]["query"]["query"] else "look"
        reference = {"projectId": "acme", "jobId": kind, "location": "US"}
        query = {"totalBytesProcessed": "1000", "statementType": "SELECT"}
        self.answer(
            {
                "jobReference": reference,
                "configuration": body["configuration"],
                "status": {"state": "DONE"},
                "statistics": {"query": query},
            }
        )

    def result(self, job: str, rows: int, fields: list[dict[str, str]]) -> dict[str, Any]:
        reference = {"projectId": "acme", "jobId": job, "location": "US"}
        return {
            "jobReference": reference,
            "jobComplete": True,
            "totalRows": f"{rows}",
            "schema": {"fields": fields},
        }

    def answer(self, body: dict[str, Any], also: bytes = b"") -> None:
        content = json.dumps(body).encode()[:-1] + also + b"}"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", f"{len(content)}")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


class Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """Clients that are killed are no news."""


def main(port: int, rows: int) -> None:
    BigQuery.rows = rows
    BigQuery.page = json.dumps([{"f": [{"v": line}]} for line in lines()]).encode()
    Server(("127.0.0.1", port), BigQuery).serve_forever()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
