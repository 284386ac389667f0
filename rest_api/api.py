"""The operations below /api/. Each is a tool or a panel: what is asked and answered is defined there."""

from __future__ import annotations

from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError

from costs.reports.shown import Shown
from rest_api import access, answers, described, intake, panels, sent
from rest_api.access import RefusedError
from tools import registry
from tools.version import product_version

api = NinjaAPI(
    title="Cloud prices and costs",
    version=product_version(),
    description="What AI and clouds have cost, from bills. Amounts are decimal strings, in the currency of "
    "their row; null is unknown, never 0. A token needs the scope costs:read.",
    # Its pages of documentation load scripts from elsewhere, which our policy forbids.
    docs_url=None,
    urls_namespace="api",
    auth=[access.Token(), access.Session()],
)


@api.get("/panels/", openapi_extra={"responses": described.responses(dict[str, Any])})
def list_panels(request: HttpRequest) -> HttpResponse:
    """The panels, without their rows."""
    return answers.answered(request, "panels", panels.listed)


@api.get("/panels/{name}", openapi_extra=described.reading(panels.PanelArguments, Shown))
def show_panel(request: HttpRequest, name: str) -> HttpResponse:
    """A panel with its rows."""

    def show() -> answers.Answer:
        return panels.shown(name, sent.in_address(request.GET, panels.PanelArguments))

    return answers.answered(request, "panels", show)


def _serve(address: str, name: str) -> None:
    """Serve a tool, with its arguments in the address or in the body."""
    tool = registry.TOOLS[name]

    def read(request: HttpRequest) -> HttpResponse:
        return answers.answered(
            request, name, lambda: registry.call(name, sent.in_address(request.GET, tool.arguments)).content
        )

    def send(request: HttpRequest) -> HttpResponse:
        return answers.answered(request, name, lambda: registry.call(name, sent.in_body(request)).content)

    title, about = tool.title, tool.description
    reading = described.reading(tool.arguments, tool.answer)
    api.get(address, operation_id=f"read_{name}", summary=title, description=about, openapi_extra=reading)(
        read
    )
    sending = described.sending(tool.arguments, tool.answer)
    api.post(address, operation_id=f"send_{name}", summary=title, description=about, openapi_extra=sending)(
        send
    )


# The tools that are served, by address.
SERVED = {
    "/query": "query_costs",
    "/budgets": "budget_status",
    "/anomalies": "find_anomalies",
    "/forecast": "forecast_costs",
}
for _address, _name in SERVED.items():
    _serve(_address, _name)


@api.exception_handler(RefusedError)
def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    return answers.refuse(request, error)


@api.exception_handler(AuthenticationError)
def _without_token(request: HttpRequest, _error: Any) -> HttpResponse:
    return answers.refuse(request, access.no_token())


# The library raises no other than that a session comes without its token of CSRF.
@api.exception_handler(HttpError)
def _without_csrf(request: HttpRequest, _error: Any) -> HttpResponse:
    return answers.refuse(request, access.no_csrf())


# The check of who asks meets it before any question.
@api.exception_handler(OperationalError)
def _database_away(_request: HttpRequest, error: Any) -> HttpResponse:
    return answers.away(error)


urlpatterns = [
    path("", answers.not_found),
    path("intake/v1/traces", intake.traces, name="intake-traces"),
    path("intake/litellm", intake.litellm, name="intake-litellm"),
    path("", api.urls),
    path("<path:rest>", answers.not_found),
]
