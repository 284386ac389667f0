"""Who may read costs: the sender of a token with the scope, or who is signed in and may give it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from accounts.errors import InvalidTokenError
from accounts.oauth import tokens
from accounts.oauth.challenge import challenge
from accounts.oauth.scopes import grantable
from mcp_api.token_use import record_use
from tools import errors

SCOPE = settings.COSTS_SCOPE
NO_TOKEN = {
    "code": "unauthorized",
    "message": "The request has no token.",
    "hint": f"Send Authorization: Bearer and a token with the scope {SCOPE}; the page Account makes tokens.",
    "candidates": [],
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and by which client; "" is the person's own browser."""

    user_id: int
    client: str


class RefusedError(Exception):
    """A request that is not answered, with its status, error and challenge."""

    def __init__(self, status: HTTPStatus, error: errors.Error, challenge: str = "") -> None:
        super().__init__(error["message"])
        self.status, self.error, self.challenge = status, error, challenge


class Token(HttpBearer):
    """A bearer token, which is checked as at /mcp."""

    def __call__(self, request: HttpRequest) -> Any:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return self.authenticate(request, token.strip()) if scheme.lower() == "bearer" else None

    def authenticate(self, request: HttpRequest, token: str) -> Caller:  # noqa: ARG002 the library's
        try:
            bearer = tokens.verify(token)
        except InvalidTokenError as error:
            raise _invalid(error.description) from error
        if bearer.is_use_due:
            record_use(bearer.token_id)
        scopes = bearer.scope.split()
        if SCOPE not in scopes:
            raise _without_scope(bearer.user_id, scopes)
        return Caller(bearer.user_id, bearer.client_id or "personal")


class Session(APIKeyCookie):
    """Who is signed in. Anything but reading an address needs the token of CSRF too."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Any:
        # Without a session there is nothing that another site could use.
        return super().__call__(request) if self.param_name in request.COOKIES else None

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:  # noqa: ARG002
        if request.user.pk is None:
            return None
        if SCOPE not in grantable(request.user.pk):
            raise RefusedError(HTTPStatus.FORBIDDEN, _forbidden())
        return Caller(request.user.pk, "")


def no_token() -> RefusedError:
    return RefusedError(HTTPStatus.UNAUTHORIZED, NO_TOKEN, challenge(SCOPE))


def no_csrf() -> RefusedError:
    error = {
        "code": "forbidden",
        "message": "The request lacks the token of CSRF that goes with the session.",
        "hint": "Send the header X-CSRFToken, or a bearer token in place of the session.",
        "candidates": [],
    }
    return RefusedError(HTTPStatus.FORBIDDEN, error)


def _invalid(why: str) -> RefusedError:
    error = {**NO_TOKEN, "message": why}
    return RefusedError(HTTPStatus.UNAUTHORIZED, error, challenge(SCOPE, "invalid_token", why))


def _without_scope(user_id: int, scopes: list[str]) -> RefusedError:
    """The refusal of a valid token. If the person may give the scope, a client can ask them for it."""
    if SCOPE not in grantable(user_id):
        return RefusedError(HTTPStatus.FORBIDDEN, _forbidden())
    needed = " ".join(sorted({SCOPE, *scopes}))
    error = {
        "code": "forbidden_scope",
        "message": f"The token lacks the scope {SCOPE}.",
        "hint": "Make a token with it on the page Account, or ask for it as a client.",
        "candidates": [],
    }
    asks = challenge(needed, "insufficient_scope", f"Required scope: {SCOPE}")
    return RefusedError(HTTPStatus.FORBIDDEN, error, asks)


def _forbidden() -> errors.Error:
    return errors.forbidden_scope(SCOPE, settings.SCOPE_GROUPS.get(SCOPE, ""))
