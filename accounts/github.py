"""Sign-in with GitHub: who may in, and who administers. Decided anew at each sign-in."""

from __future__ import annotations

import logging
from typing import Any, NoReturn

import requests
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from django.shortcuts import render

from accounts.models import User

logger = logging.getLogger(__name__)

GITHUB_TIMEOUT_SECONDS = 5


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by signing in with GitHub and in no other way."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def add_message(self, *_: Any, **__: Any) -> None:
        """None of allauth's: the page that follows shows who is signed in."""

    def get_client_ip(self, request: HttpRequest) -> str:
        try:
            return str(super().get_client_ip(request))
        except ImproperlyConfigured as error:  # fewer proxies passed it on than TRUSTED_PROXIES says
            raise PermissionDenied from error


class GitHubAdapter(DefaultSocialAccountAdapter):
    """What happens between GitHub's answer and the session."""

    def is_open_for_signup(self, _request: HttpRequest, _sociallogin: SocialLogin) -> bool:
        return True

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """The name and the number alone: nothing here is ever sent by mail, so no address is kept."""
        login = data.get("username")
        sociallogin.account.extra_data = {"login": login}
        sociallogin.email_addresses = []
        return super().populate_user(request, sociallogin, {"username": login})

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        # "connect" would tie a second GitHub account, with other rights, to the same person.
        if sociallogin.state.get("process") != "login" or not _may_use(sociallogin):
            _deny(request, sociallogin)
        _set_staff(sociallogin)


def _may_use(sociallogin: SocialLogin) -> bool:
    """Whether this GitHub account is among those allowed; where nothing is limited, all are."""
    ids, organizations = settings.ALLOWED_GITHUB_IDS, settings.ALLOWED_GITHUB_ORGS
    if not ids and not organizations:
        return True
    if sociallogin.account.uid in ids or sociallogin.account.uid in settings.STAFF_GITHUB_IDS:
        return True
    return any(_is_member(organization, sociallogin.token.token) for organization in organizations)


def _is_member(organization: str, token: str) -> bool:
    """Whether GitHub says that the token's owner is an active member of `organization`."""
    answer = requests.get(
        f"{GitHubOAuth2Adapter.api_url}/user/memberships/orgs/{organization}",
        headers={"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"},
        timeout=GITHUB_TIMEOUT_SECONDS,
    )
    return answer.status_code == requests.codes.ok and answer.json().get("state") == "active"


def _deny(request: HttpRequest, sociallogin: SocialLogin) -> NoReturn:
    logger.warning("Sign-in refused to GitHub account %s", sociallogin.account.uid)
    login = sociallogin.account.extra_data.get("login")
    raise ImmediateHttpResponse(render(request, "accounts/denied.html", {"login": login}, status=403))


def _set_staff(sociallogin: SocialLogin) -> None:
    """Staff go by GitHub's numeric id: a login can be given up and taken by somebody else."""
    user = sociallogin.user
    is_staff = sociallogin.account.uid in settings.STAFF_GITHUB_IDS
    if (user.is_staff, user.is_superuser) == (is_staff, is_staff):
        return
    user.is_staff = user.is_superuser = is_staff
    if user.pk:
        user.save(update_fields=["is_staff", "is_superuser"])
