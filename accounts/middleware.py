"""Holds sessions against the current settings, which may have changed since sign-in."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

from accounts import github


class RecheckMiddleware(MiddlewareMixin):
    """Signs out people who were taken off the lists, and ends the rights of former administrators.

    Sessions last two weeks, in which a person could create tokens for a year and agree to clients.
    """

    def process_request(self, request: HttpRequest) -> None:
        # Without this cookie nobody is signed in, and reading the session would make responses vary by it.
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if not has_session or request.path.startswith(settings.STATIC_URL):
            return
        user = request.user
        if not user.is_authenticated:
            return
        if github.is_still_allowed(user):
            github.withdraw_staff(user)
        else:
            logout(request)
