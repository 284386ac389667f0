"""The account page, with a person's clients and tokens, and the connect page."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import cast
from urllib.parse import quote, urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import usage
from accounts.models import MAX_TOKEN_NAME_LENGTH, Client, User
from accounts.oauth import access, scopes, tokens

NAME = "cloud-pricing"
TOKEN_DAYS = [(7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "1 year")]
MAX_TOKENS = 20
_SERVER = {"url": settings.MCP_RESOURCE}
# Links that these editors open to add a server: Cursor, "Install links"; VS Code, "MCP developer guide".
CURSOR_LINK = "cursor://anysphere.cursor-deeplink/mcp/install?" + urlencode(
    {"name": NAME, "config": base64.b64encode(json.dumps(_SERVER).encode()).decode()}
)
VSCODE_LINK = f"vscode:mcp/install?{quote(json.dumps({'name': NAME, 'type': 'http', **_SERVER}), safe='')}"


class TokenForm(forms.Form):
    """The name and lifetime of a new personal token."""

    name = forms.CharField(max_length=MAX_TOKEN_NAME_LENGTH, label="What is it for?")
    days = forms.TypedChoiceField(choices=TOKEN_DAYS, coerce=int, initial=30, label="Valid for")
    scopes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, initial=[settings.MCP_SCOPE], label="It may"
    )

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        super().__init__(data)
        known, allowed = settings.OAUTH2_PROVIDER["SCOPES"], scopes.grantable(user.pk)
        field = cast("forms.MultipleChoiceField", self.fields["scopes"])
        field.choices = [(scope, text.lower()) for scope, text in known.items() if scope in allowed]
        if len(field.choices) == 1:  # nothing to choose
            del self.fields["scopes"]


@require_safe
def connect(request: HttpRequest) -> HttpResponse:
    """How to connect the common clients."""
    context = {"mcp_url": settings.MCP_RESOURCE, "cursor_link": CURSOR_LINK, "vscode_link": VSCODE_LINK}
    return render(request, "accounts/connect.html", context)


@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    return _render_account(request, TokenForm(_user(request)))


@never_cache
@require_POST
@login_required
def make_token(request: HttpRequest) -> HttpResponse:
    """Create a personal token and show it once."""
    user = _user(request)
    form = TokenForm(user, request.POST)
    with transaction.atomic():  # takes the write lock, so that concurrent requests cannot pass the limit
        if access.personal_tokens(user).count() >= MAX_TOKENS:
            form.add_error(None, f"You have {MAX_TOKENS} tokens. Revoke one first.")
        if not form.is_valid():
            return _render_account(request, form, status=400)
        chosen = form.cleaned_data
        granted = chosen.get("scopes") or [settings.MCP_SCOPE]
        raw = tokens.issue(user, days=chosen["days"], name=chosen["name"], scopes=granted)
    return _render_account(request, TokenForm(user), new_token=raw)


@require_POST
@login_required
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    access.revoke_personal_token(_user(request), pk)
    messages.success(request, "Token revoked.")
    return redirect("account")


@require_POST
@login_required
def revoke_client(request: HttpRequest, pk: int) -> HttpResponse:
    user = _user(request)
    client = get_object_or_404(Client, pk=pk, consents__user=user)
    access.revoke_clients(user, client)
    messages.success(request, f"{client} can no longer act for you.")
    return redirect("account")


@require_POST
@login_required
def revoke_all_clients(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    access.revoke_clients(user, *Client.objects.filter(consents__user=user))
    messages.success(request, "All clients revoked.")
    return redirect("account")


def _render_account(
    request: HttpRequest, form: TokenForm, *, new_token: str = "", status: int = 200
) -> HttpResponse:
    user = _user(request)
    context = {
        "clients": access.clients(user),
        "tokens": access.personal_tokens(user),
        "form": form,
        "new_token": new_token,
        "mcp_url": settings.MCP_RESOURCE,
        "uses": usage.of([user], timezone.now().date() - timedelta(days=29)),
        "limit": settings.TOOL_CALLS_PER_MINUTE,
    }
    return render(request, "accounts/account.html", context, status=status)


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)
