"""Who may see the pages of costs: people who may give the scope costs:read, as tokens need it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache

from accounts.models import User
from accounts.oauth.scopes import grantable
from catalog.errors import CatalogError
from console.pages import STATUSES, Page, Table, View, paths
from costs.errors import NotLoadedError
from tools import errors

_MAY_READ = "_may_read_costs"
FORBIDDEN = 403
_STATUSES = {**STATUSES, "not_loaded": 503, "unavailable": 503, "unknown_budget": 404}


def may_read(request: HttpRequest) -> bool:
    """Whether the person who is signed in may read costs; asked once a request."""
    user = request.user
    if not isinstance(user, User):
        return False
    if not hasattr(request, _MAY_READ):
        setattr(request, _MAY_READ, user.is_staff or settings.COSTS_SCOPE in grantable(user.pk))
    return bool(getattr(request, _MAY_READ))


def cost_paths(address: str, view: View, name: str) -> list[URLPattern]:
    """The URL patterns of a page of costs in its three formats: who is not signed in is asked to."""
    return [
        path(f"{pattern.pattern}", never_cache(login_required(pattern.callback)), name=pattern.name)
        for pattern in paths(address, _for_readers(view), name)
    ]


def for_readers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that changes something: only for people who may read costs."""

    @wraps(view)
    def checked(request: HttpRequest, **arguments: str) -> HttpResponse:
        if not may_read(request):
            return HttpResponse(_forbidden()["message"], status=FORBIDDEN, content_type="text/plain")
        return view(request, **arguments)

    return never_cache(login_required(checked))


def _for_readers(view: View) -> View:
    @wraps(view)
    def read(request: HttpRequest, **arguments: str) -> Page:
        if not may_read(request):
            return _refusal(_forbidden(), FORBIDDEN)
        try:
            return view(request, **arguments)
        except NotLoadedError as error:
            context = {"error": error, "manage": settings.MANAGE_COMMAND}
            return _refusal(errors.from_catalog_error(error), 503, "console/costs/empty.html", context)
        except CatalogError as error:
            return _refusal(errors.from_catalog_error(error), _STATUSES.get(error.code, 400))

    return read


def _forbidden() -> errors.Error:
    scope = settings.COSTS_SCOPE
    error = errors.forbidden_scope(scope, settings.SCOPE_GROUPS.get(scope, ""))
    group = settings.SCOPE_GROUPS.get(scope, "")
    return {**error, "message": f"What was billed is for staff and members of the group {group}."}


def _refusal(
    error: errors.Error,
    status: int,
    template: str = "console/costs/refusal.html",
    context: dict[str, object] | None = None,
) -> Page:
    table = Table(("error", "hint"), [(error["message"], error["hint"])])
    return Page(template, {"error": error}, table, context or {"error": error}, status)
