"""Sign-in: with GitHub, or on a local server without it, as the administrator that script/run created."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from allauth.decorators import rate_limit
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.github import views as github
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from accounts import redirects
from accounts.models import Client
from accounts.popups import keep_window_opener

View = Callable[..., HttpResponseBase]


@keep_window_opener
@never_cache
# GitHub may redirect people to their company's own sign-in, which form-action would block.
@csp_replace({"form-action": None})
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page, with a single button."""
    next_url = request.GET.get(REDIRECT_FIELD_NAME, "")
    if not settings.HAS_GITHUB and settings.IS_LOCAL:
        return redirect_to_login(next_url, settings.LOGIN_URL)
    if not settings.HAS_GITHUB:
        return render(request, "accounts/no_sign_in.html", status=503)
    context = {
        "next": next_url,
        "organizations": settings.ALLOWED_GITHUB_ORGS,
        "client_name": _client_name(next_url),
    }
    return render(request, "accounts/sign_in.html", context)


@keep_window_opener
@never_cache
@rate_limit(action="sign_in")
def github_login(request: HttpRequest) -> HttpResponse:
    """Redirect to GitHub. Query parameters could widen the request, so all but `next` are dropped."""
    if not settings.HAS_GITHUB:
        raise Http404
    if request.method != "POST" or request.GET:
        next_url = request.GET.get(REDIRECT_FIELD_NAME, "")
        return redirect_to_login(next_url, "account_login") if next_url else redirect("account_login")
    return github.oauth2_login(request)


@keep_window_opener
@never_cache
@rate_limit(action="sign_in", limit_get=True)
def github_callback(request: HttpRequest) -> HttpResponse:
    """Handle the redirect back from GitHub."""
    if not settings.HAS_GITHUB:
        raise Http404
    return github.oauth2_callback(request)


def admin_login(password_form: View) -> View:
    """Wrap Django's admin login: redirect to our sign-in page if people sign in with GitHub."""

    @keep_window_opener
    @rate_limit(action="sign_in")
    def login(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        if settings.IS_LOCAL and not settings.HAS_GITHUB:
            client_name = _client_name(request.GET.get(REDIRECT_FIELD_NAME, ""))
            return password_form(request, {**(extra_context or {}), "client_name": client_name})
        if request.user.is_authenticated:
            return redirect("admin:index") if request.user.is_staff else _not_staff(request)
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME, ""), settings.LOGIN_URL)

    return login


def _not_staff(request: HttpRequest) -> HttpResponse:
    account = SocialAccount.objects.filter(user=request.user.pk, provider="github").first()
    return render(request, "accounts/not_staff.html", {"uid": account and account.uid}, status=403)


def _client_name(next_url: str) -> str:
    """The client whose authorization request led to the sign-in; "" if none did, or it is unknown."""
    try:
        parts = urlsplit(next_url)
        client_id = parse_qs(parts.query, max_num_fields=100).get("client_id", [""])[0]
    except ValueError:
        return ""
    if parts.path != reverse("oauth2_provider:authorize") or not client_id:
        return ""
    client = Client.objects.filter(client_id=client_id).first()
    if client is None:
        # A client's metadata document is read after the sign-in. Its URL names the publisher.
        return redirects.host_of(client_id) if client_id.startswith("https://") else ""
    return client.name or "An unnamed client"
