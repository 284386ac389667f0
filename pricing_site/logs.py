"""Filters of the log, and its form for Cloud Logging."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from pythonjsonlogger.json import JsonFormatter
from starlette.requests import ClientDisconnect

from pricing_site import traces
from tools.errors import is_database_fault


class RefusedRequests(logging.Filter):
    """Keeps what any stranger and a database that is away can cause to one line, and not logged twice."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], ClientDisconnect):
            return False  # the MCP SDK logs a body that ends early as an error of its own
        if record.exc_info and is_database_fault(record.exc_info[1]):
            # While the database is away, each request would leave a hundred lines.
            record.msg, record.args = f"{record.getMessage()}: {record.exc_info[1]}", ()
            record.exc_info = None
        if getattr(record, "status_code", 500) >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return True
        record.exc_info = None
        if record.name == "django.security.DisallowedHost":
            _warn_of_host(record)
        # Django logs a wrong Host with its reason, then the response that this leads to.
        request: Any = getattr(record, "request", None)
        if record.name.startswith("django.security"):
            request.is_refusal_logged = True
        return record.name != "django.request" or not getattr(request, "is_refusal_logged", False)


def _warn_of_host(record: logging.LogRecord) -> None:
    """A stranger's Host is not the operator's mistake, and Django advises to allow it."""
    record.levelno, record.levelname = logging.WARNING, "WARNING"
    record.msg = f"{record.msg}".partition(" You may need to add")[0]


class CloudFormatter(JsonFormatter):
    """One JSON object a line, with the fields that Cloud Logging reads (Structured logging, special fields).

    Args:
        project: the Google Cloud project that traces are in; "" leaves it out of their names.
    """

    def __init__(self, project: str = "") -> None:
        super().__init__("%(message)s", json_ensure_ascii=False)
        self._traces = f"projects/{project}/traces/" if project else ""

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """The library adds the traceback as exc_info; Error Reporting finds it in stack_trace."""
        if stack := log_data.pop("exc_info", None):
            log_data["stack_trace"] = stack
        return log_data

    def add_fields(
        self,
        log_data: dict[str, Any],
        record: logging.LogRecord,
        message_dict: dict[str, Any],
    ) -> None:
        super().add_fields(log_data, record, message_dict)
        # Only events of ours bring fields: what libraries add may be whole requests.
        for name in log_data.keys() - {"message", "exc_info"}:
            del log_data[name]
        log_data |= {
            **getattr(record, "event", {}),
            "severity": record.levelname,
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "logger": record.name,
            **_trace(self._traces),
        }


def _trace(prefix: str) -> Mapping[str, Any]:
    trace = traces.current.get()
    if trace is None:
        return {}
    fields: dict[str, Any] = {"logging.googleapis.com/trace": f"{prefix}{trace.trace_id}"}
    if trace.span_id:
        fields["logging.googleapis.com/spanId"] = trace.span_id
        fields["logging.googleapis.com/trace_sampled"] = trace.is_sampled
    return fields


def configuration(form: str, project: str, level: str = "INFO") -> dict[str, Any]:
    """The configuration of logging, for Django and for gunicorn.

    Args:
        form: LOG_FORMAT, "line" or "json".
        project: the Google Cloud project of traces.
        level: what is logged at least.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
            "json": {"()": CloudFormatter, "project": project},
        },
        "filters": {"refused_requests": {"()": RefusedRequests}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": form,
                "filters": ["refused_requests"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        # At INFO the SDK logs a line or two per request, without the caller or the tool; AWS's client says at
        # each load where it has found credentials, and Azure's log all headers of theirs.
        "loggers": {name: {"level": "WARNING"} for name in ("mcp", "botocore", "azure", "httpx2")},
    }
