"""Every address of the site, asked in ways that nobody foresaw: no fault, and the headers of security.

Django's test client raises what a server would turn into a 500.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from accounts.models import User
from costs.store import configured
from tests.costs.stores import MemoryStore, charge, tokens

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

PARAMETER = re.compile(r"<(?:(\w+):)?\w+>")
GROUP = re.compile(r"\(\?P<(\w+)>[^)]*\)")
HEADERS = ("Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options", "X-Frame-Options")


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """The routes of the URLconf, with their parameters in angle brackets."""
    for entry in resolver.url_patterns:
        route = before + GROUP.sub(r"<\1>", str(entry.pattern)).removeprefix("^").removesuffix("$")
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from routes(entry, route)


ROUTES = sorted(set(routes(get_resolver())))
# What addresses, queries and forms take, and what is like it.
KNOWN = [
    "22EB-AAE8-FBCD", "6F81-5844-456A", "n2-standard-4", "europe-west3", "frankfurt", "gcp", "aws", "acme",
    "claude-sonnet-4-6", "2026-10", "2026-10-05", "month", "usd", "price", "spot", "csv", "json", "panels",
    "spend", "month_to_date", "auth", "user", "catalog", "sku", "costs", "null", "true", "false", "0", "1",
    "-1", "50", "999999",
]  # fmt: skip
ODD = [
    "", "\0", "\x1b[31m", "%00", "..", "9" * 40, "1e999", "NaN", "\uff19", "{}", "[[", "a" * 3000,
    "'\"<b>", "\u202e",
]  # fmt: skip
NAMES = [
    "q", "query", "page", "cursor", "region", "service", "sort", "as_of", "usage_type", "product",
    "resource_family", "kind", "family", "gpu", "vcpus", "memory", "os", "commitment", "quantity", "key",
    "offer", "match", "is", "value", "compare", "change", "add", "remove", "items", "file", "csv",
    "estimate", "month", "quarter", "months", "days", "start", "end", "all", "after", "cloud", "not_cloud",
    "model", "customer", "panel", "measures", "dimensions", "order_by", "limit", "filters", "reason",
    "cause_key", "name", "login", "scope", "decision", "next", "client_id", "redirect_uri", "response_type",
    "state", "prompt", "resource", "grant_type", "code", "token", "_popup", "_to_field", "action",
    "_selected_action", "index", "select_across", "o", "e", "p", "term", "app_label", "model_name",
    "field_name", "status__exact", "pk__in", "name__contains", "started_at__gte", "_changelist_filters",
    "username", "password", "follow", "right",
]  # fmt: skip
METHODS = ["GET", "GET", "GET", "POST", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "QUERY"]
JSON = [
    "",
    "{}",
    "[]",
    "null",
    "1",
    '{"items": 1}',
    '{"filters": {"cloud": 1}}',
    "[" * 9000,
    '"\\ud800"',
    '{"a":',
]

texts = st.sampled_from(KNOWN) | st.sampled_from(ODD) | st.integers().map(str) | st.text(max_size=12)
fields = st.dictionaries(st.sampled_from(NAMES), st.lists(texts, min_size=1, max_size=3), max_size=4)
forms = fields.map(lambda sent: urlencode(sent, doseq=True, errors="replace"))
bodies = st.one_of(
    st.tuples(forms.map(str.encode), st.just("application/x-www-form-urlencoded")),
    st.tuples(st.sampled_from(JSON).map(str.encode), st.just("application/json")),
    st.tuples(st.binary(max_size=40), st.sampled_from(["multipart/form-data; boundary=x", "text/csv", ""])),
)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, bytes, str]:
    """A method, an address, a body and its type."""

    def value(found: re.Match[str]) -> str:
        of_route = st.integers(0, 10**20).map(str) if found[1] == "int" else texts
        return quote(draw(of_route), safe="", errors="replace")

    path = "/" + PARAMETER.sub(value, draw(st.sampled_from(ROUTES)))
    path = path.removesuffix(draw(st.sampled_from(["", "", "/"])))
    return draw(st.sampled_from(METHODS)), f"{path}?{draw(forms)}", *draw(bodies)


@pytest.fixture
def site(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Prices and costs to be asked for, without a limit on how often."""
    settings.COSTS_DIR = tmp_path / "lake"
    settings.ACCOUNT_RATE_LIMITS = {}
    settings.PAGE_SEARCHES_PER_MINUTE = settings.PAGE_TYPED_SEARCHES_PER_MINUTE = 0
    settings.KEPT_ESTIMATES_PER_HOUR = settings.TOOL_CALLS_PER_MINUTE = settings.QUESTIONS_PER_MINUTE = 0
    settings.TOKEN_REQUESTS_PER_MINUTE = 1_000_000
    store = MemoryStore([tokens("2000000", x_ConsumerId="acme"), charge(x_Cloud="gcp"), charge("2026-10-31")])
    monkeypatch.setattr(configured, "open_store", lambda: store)
    call_command("sync_catalog", "--source", "sample", verbosity=0)


@pytest.fixture(params=["visitor", "administrator"])
def browser(request: pytest.FixtureRequest, client: Client) -> Client:
    if request.param == "administrator":
        client.force_login(User.objects.create_superuser("root", password="correct horse battery"))
    return client


def ask(browser: Client, request: tuple[str, str, bytes, str]) -> Any:
    """The answer to a request, none of whose changes are kept."""
    method, address, body, kind = request
    cookies = browser.cookies.output()
    try:
        with transaction.atomic():
            response = browser.generic(method, address, body, content_type=kind)
            transaction.set_rollback(True)
    finally:
        browser.cookies.clear()
        browser.cookies.load(cookies.replace("Set-Cookie: ", ""))
    return response


def check(browser: Client, request: tuple[str, str, bytes, str]) -> None:
    response = ask(browser, request)
    assert response.status_code < 500, response.content[:500]
    assert [name for name in HEADERS if name not in response] == []


def test_the_routes_are_those_of_the_whole_site() -> None:
    assert {"", "search", "skus/<sku_id>/", "changes/<int:run>/", "api/query", "oauth/token"} <= set(ROUTES)
    assert "admin/catalog/sku/<path:object_id>/change/" in ROUTES


@pytest.mark.usefixtures("site")
@examples(max_examples=150, suppress_health_check=list(HealthCheck))
@given(request=requests())
def test_no_request_is_answered_with_a_fault(browser: Client, request: tuple[str, str, bytes, str]) -> None:
    check(browser, request)


@pytest.mark.slow
@pytest.mark.usefixtures("site")
@examples(max_examples=6000, suppress_health_check=list(HealthCheck))
@given(request=requests())
def test_none_of_thousands_of_requests_is_answered_with_a_fault(
    browser: Client, request: tuple[str, str, bytes, str]
) -> None:
    check(browser, request)
