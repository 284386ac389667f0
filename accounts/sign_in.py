"""How a person gets in: with GitHub; on a laptop without it, as the administrator that script/run made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.decorators import rate_limit
from allauth.socialaccount.providers.github import views as github
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from accounts.popups import answers_its_opener

View = Callable[..., HttpResponseBase]


@answers_its_opener
@never_cache
# GitHub may send people on to their company's own sign-in, and form-action would hold that redirect too.
@csp_replace({"form-action": None})
def sign_in(request: HttpRequest) -> HttpResponse:
    """The page with the one button."""
    following = request.GET.get(REDIRECT_FIELD_NAME, "")
    if not settings.HAS_GITHUB and settings.IS_LOCAL:
        return redirect_to_login(following, settings.LOGIN_URL)
    if not settings.HAS_GITHUB:
        return render(request, "accounts/no_sign_in.html", status=503)
    context = {"next": following, "organizations": settings.ALLOWED_GITHUB_ORGS}
    return render(request, "accounts/sign_in.html", context)


@answers_its_opener
@never_cache
@rate_limit(action="sign_in")
def github_start(request: HttpRequest) -> HttpResponse:
    """Off to GitHub. What is asked of it is settled here, so nothing is taken from the query."""
    if not settings.HAS_GITHUB:
        raise Http404
    if request.method != "POST" or request.GET:
        return redirect("account_login")
    return github.oauth2_login(request)


@answers_its_opener
@never_cache
@rate_limit(action="sign_in", limit_get=True)
def github_return(request: HttpRequest) -> HttpResponse:
    """Back from GitHub."""
    if not settings.HAS_GITHUB:
        raise Http404
    return github.oauth2_callback(request)


def admin_login(password_form: View) -> View:
    """Django's admin login, or the way to ours where people sign in with GitHub."""

    @answers_its_opener
    @rate_limit(action="sign_in")
    def login(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        if settings.IS_LOCAL and not settings.HAS_GITHUB:
            return password_form(request, extra_context)
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME, ""), settings.LOGIN_URL)

    return login
