"""Sign-in with GitHub. Every sign-in decides again who gets in and who is staff."""

from __future__ import annotations

import logging
from typing import Any, NoReturn

import requests
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from django.shortcuts import render

from accounts.models import User

logger = logging.getLogger(__name__)

GITHUB_TIMEOUT_SECONDS = 5
# In an account's extra data: the allowed organization that let it in.
ORGANIZATION = "organization"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are created only by signing in with GitHub."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def add_message(self, *_: Any, **__: Any) -> None:
        """Drop allauth's messages: the next page shows who is signed in."""

    def get_client_ip(self, request: HttpRequest) -> str:
        try:
            return str(super().get_client_ip(request))
        except ImproperlyConfigured as error:  # X-Forwarded-For lists fewer proxies than TRUSTED_PROXIES
            raise PermissionDenied from error


class GitHubAdapter(DefaultSocialAccountAdapter):
    """Decides, after GitHub's response, who gets a session and what is stored about them."""

    def is_open_for_signup(self, _request: HttpRequest, _sociallogin: SocialLogin) -> bool:
        return True

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Store only the login and the numeric id: the site sends no email, so it needs no address."""
        login = data.get("username")
        sociallogin.account.extra_data = {"login": login}
        sociallogin.email_addresses = []
        return super().populate_user(request, sociallogin, {"username": login})

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        # "connect" would link a second GitHub account, with other rights, to the same person.
        if sociallogin.state.get("process") != "login" or not _is_allowed(sociallogin):
            _deny(request, sociallogin)
        _set_staff(sociallogin)


def is_still_allowed(user: User) -> bool:
    """Whether someone who signed in earlier may still do so, as far as the settings say. GitHub is not asked.

    A member of an allowed organization may until it is taken off the list. Whether they are still a member is
    asked at the next sign-in.
    """
    if not settings.HAS_GITHUB or not (settings.ALLOWED_GITHUB_IDS or settings.ALLOWED_GITHUB_ORGS):
        return True
    account = _account(user)
    if account is None:
        return False
    return _is_listed(account) or account.extra_data.get(ORGANIZATION) in settings.ALLOWED_GITHUB_ORGS


def withdraw_staff(user: User) -> None:
    """End the rights of an administrator who was taken off STAFF_GITHUB_IDS."""
    if not settings.HAS_GITHUB or not (user.is_staff or user.is_superuser):
        return
    account = _account(user)
    if account is None or account.uid not in settings.STAFF_GITHUB_IDS:
        user.is_staff = user.is_superuser = False
        user.save(update_fields=["is_staff", "is_superuser"])
        logger.warning("User %s is not an administrator any more", user.pk)


def _account(user: User) -> SocialAccount | None:
    return SocialAccount.objects.filter(user=user, provider="github").first()


def _is_listed(account: SocialAccount) -> bool:
    return account.uid in settings.ALLOWED_GITHUB_IDS or account.uid in settings.STAFF_GITHUB_IDS


def _is_allowed(sociallogin: SocialLogin) -> bool:
    """Whether this GitHub account may sign in. Without allowed ids or organizations, every account may."""
    organizations = settings.ALLOWED_GITHUB_ORGS
    if not settings.ALLOWED_GITHUB_IDS and not organizations:
        return True
    account = sociallogin.account
    if _is_listed(account):
        return True
    joined = next((name for name in sorted(organizations) if _is_member(name, sociallogin.token.token)), None)
    if joined is None:
        return False
    account.extra_data[ORGANIZATION] = joined
    if account.pk:
        account.save(update_fields=["extra_data"])
    return True


def _is_member(organization: str, token: str) -> bool:
    """Whether GitHub reports the token's owner as an active member of `organization`."""
    response = requests.get(
        f"{GitHubOAuth2Adapter.api_url}/user/memberships/orgs/{organization}",
        headers={"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"},
        timeout=GITHUB_TIMEOUT_SECONDS,
    )
    return response.status_code == requests.codes.ok and response.json().get("state") == "active"


def _deny(request: HttpRequest, sociallogin: SocialLogin) -> NoReturn:
    logger.warning("Denied sign-in to GitHub account %s", sociallogin.account.uid)
    login = sociallogin.account.extra_data.get("login")
    raise ImmediateHttpResponse(render(request, "accounts/denied.html", {"login": login}, status=403))


def _set_staff(sociallogin: SocialLogin) -> None:
    """Identify staff by GitHub's numeric id: a login can be given up and taken by somebody else."""
    user = sociallogin.user
    is_staff = sociallogin.account.uid in settings.STAFF_GITHUB_IDS
    if (user.is_staff, user.is_superuser) == (is_staff, is_staff):
        return
    user.is_staff = user.is_superuser = is_staff
    if user.pk:
        user.save(update_fields=["is_staff", "is_superuser"])
