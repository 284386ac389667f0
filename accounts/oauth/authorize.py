"""The authorization endpoint (RFC 6749 section 3.1) and its consent page."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, cast

from allauth.decorators import rate_limit
from csp.decorators import csp_replace
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from oauth2_provider.cimd import is_cimd_client_id
from oauth2_provider.exceptions import FatalClientError, OAuthToolkitError
from oauth2_provider.http import OAuth2ResponseRedirect
from oauth2_provider.views.base import BaseAuthorizationView
from oauthlib.common import Request, add_params_to_uri
from oauthlib.oauth2.rfc6749 import errors

from accounts import events, redirects
from accounts.models import Client, Consent, User
from accounts.oauth import pending
from accounts.oauth.fetch_share import Share, share_of
from accounts.oauth.resource import is_our_resource
from accounts.oauth.scopes import grantable
from accounts.oauth.validator import invalid_target
from accounts.popups import keep_window_opener

# Long enough to read the page, short enough that a forgotten tab grants nothing.
CONSENT_PAGE_SECONDS = 600
# "offer" is the signed digest of the request that the page showed.
FORM_FIELDS = frozenset({"csrfmiddlewaretoken", "offer", "decision"})
# BASE64URL(SHA256(verifier)) is always this long (RFC 7636 section 4.2).
S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
NO_DOCUMENT = (
    "The client's metadata document, at the URL that is its client_id, cannot be fetched or is invalid, "
    "or the client is disabled here. Try again in a minute."
)
TOO_MANY_FETCHES = (
    "Other clients' metadata documents are still being fetched for you. Try again in some seconds."
)


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A validated authorization request, as the consent page shows it."""

    client: Client
    scopes: list[str]
    credentials: dict[str, Any]
    # What the client asked for and the person may not give.
    withheld: list[str]

    @property
    def redirect_uri(self) -> str:
        return str(self.credentials["redirect_uri"])

    def digest(self, request: HttpRequest) -> str:
        """A hash of everything the page shows and of the person it is shown to."""
        shown = [
            request.user.pk,
            request.META["QUERY_STRING"],
            self.client.pk,
            self.client.name,
            self.redirect_uri,
            self.scopes,
        ]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


@method_decorator(keep_window_opener, name="dispatch")
@method_decorator(rate_limit(action="consent", limit_get=True), name="dispatch")
@method_decorator(never_cache, name="dispatch")
# Chromium checks form-action against every redirect after the form, even those on the client's site.
@method_decorator(csp_replace({"form-action": None}), name="dispatch")
class AuthorizeView(BaseAuthorizationView):
    """Shows the consent page and handles the decision. No request skips the page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            authorization = self._validate(request)
            if "none" in request.GET.get("prompt", "").split():
                raise _oauth_error("consent_required", authorization)
        except OAuthToolkitError as error:
            return _error_response(request, error)
        return render(request, "accounts/consent.html", _consent_context(request, authorization))

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            authorization = self._validate(request)
            if not _is_as_shown(request, authorization):
                return render(request, "accounts/expired.html", status=400)
            if request.POST.get("decision") != "allow":
                events.audit("consent_denied", request.user.pk, client=authorization.client.client_id)
                raise _oauth_error("access_denied", authorization)
            return self._grant(request, authorization)
        except OAuthToolkitError as error:
            return _error_response(request, error)

    def _validate(self, request: HttpRequest) -> AuthorizationRequest:
        """Validate the request in the query string against OAuth 2.1 and our own rules.

        Raises:
            OAuthToolkitError: the request is invalid. A FatalClientError must not be sent to the client.
        """
        if reason := _form_error(request):
            raise FatalClientError(errors.InvalidRequestFatalError(reason))
        try:
            with share_of(cast("User", request.user).pk) as share:
                scopes, credentials = self.validate_authorization_request(request)
        except ValueError as error:  # the query is not URL-encoded
            raise FatalClientError(
                errors.InvalidRequestFatalError("The query string is malformed.")
            ) from error
        except FatalClientError as error:
            raise _explained(error, request.GET.get("client_id", ""), share) from error
        oauth_request = credentials.pop("request")
        if (request.GET.get("response_mode") or "query") != "query":
            raise OAuthToolkitError(_invalid_request("response_mode must be query", oauth_request))
        _require_pkce(oauth_request)
        if not all(map(is_our_resource, filter(None, request.GET.getlist("resource")))):
            raise OAuthToolkitError(invalid_target(oauth_request))
        credentials["resource"] = [settings.MCP_RESOURCE]
        granted = [scope for scope in scopes if scope in grantable(cast("User", request.user).pk)]
        if not granted:
            raise OAuthToolkitError(_not_grantable(scopes, oauth_request))
        return AuthorizationRequest(
            oauth_request.client, granted, credentials, withheld=[s for s in scopes if s not in granted]
        )

    def _grant(self, request: HttpRequest, authorization: AuthorizationRequest) -> HttpResponse:
        with transaction.atomic():
            if not pending.confirm(authorization.client):
                raise FatalClientError(errors.InvalidClientIdError())
            Consent.objects.update_or_create(user=cast("User", request.user), client=authorization.client)
            uri, *_ = self.create_authorization_response(
                request, " ".join(authorization.scopes), authorization.credentials, allow=True
            )
        return _redirect(uri)


def _form_error(request: HttpRequest) -> str:
    """What is wrong with the names of the request's parameters and fields; "" if nothing is."""
    if any(len(values) > 1 for name, values in request.GET.lists() if name != "resource"):
        return "A parameter is repeated."
    if set(request.POST) - FORM_FIELDS:
        return "The form has unexpected fields."
    return ""


def _explained(error: FatalClientError, client_id: str, share: Share) -> FatalClientError:
    """The error, with what the person can do if the client's metadata document is the reason."""
    if isinstance(error.oauthlib_error, errors.InvalidClientIdError) and is_cimd_client_id(client_id):
        error.oauthlib_error.description = TOO_MANY_FETCHES if share.is_refused else NO_DOCUMENT
    return error


def _require_pkce(request: Request) -> None:
    if request.code_challenge_method != "S256" or not S256_CHALLENGE.fullmatch(request.code_challenge):
        raise OAuthToolkitError(_invalid_request("PKCE with code_challenge_method S256 is required", request))


def _invalid_request(description: str, request: Request) -> errors.OAuth2Error:
    return errors.InvalidRequestError(description, request=request)


def _not_grantable(scopes: list[str], request: Request) -> errors.OAuth2Error:
    groups = ", ".join(settings.SCOPE_GROUPS[scope] for scope in scopes)
    return errors.InvalidScopeError(f"{' '.join(scopes)} is for members of {groups}", request=request)


def _is_as_shown(request: HttpRequest, authorization: AuthorizationRequest) -> bool:
    try:
        shown = signing.loads(request.POST.get("offer", ""), salt=__name__, max_age=CONSENT_PAGE_SECONDS)
    except signing.BadSignature:
        return False
    return bool(shown == authorization.digest(request))


def _consent_context(request: HttpRequest, authorization: AuthorizationRequest) -> dict[str, Any]:
    client = authorization.client
    is_document = client.registration_source == client.RegistrationSource.CIMD
    return {
        "client": client,
        # A metadata document proves its publisher; a registration can claim any name.
        "verified_host": redirects.host_of(client.client_id) if is_document else "",
        "redirect_host": redirects.host_of(authorization.redirect_uri),
        "is_local_program": redirects.is_local_program(authorization.redirect_uri),
        "scopes": _described(authorization.scopes),
        "withheld": _described(authorization.withheld),
        "consent_days": settings.CONSENT_DAYS,
        "offer": signing.dumps(authorization.digest(request), salt=__name__),
    }


def _described(scopes: list[str]) -> list[str]:
    return [settings.OAUTH2_PROVIDER["SCOPES"][scope] for scope in scopes]


def _oauth_error(code: str, authorization: AuthorizationRequest) -> OAuthToolkitError:
    error = errors.CustomOAuth2Error(code, state=authorization.credentials.get("state"))
    return OAuthToolkitError(error, redirect_uri=authorization.redirect_uri)


def _error_response(request: HttpRequest, error: OAuthToolkitError) -> HttpResponse:
    """Send the error to the client, or show it to the person if the redirect URI cannot be trusted."""
    cause = error.oauthlib_error
    if isinstance(error, FatalClientError) or not cause.redirect_uri:
        return render(request, "accounts/oauth_error.html", {"error": cause}, status=400)
    cause.response_mode = "query"  # whatever the request asked for
    return _redirect(add_params_to_uri(cause.in_uri(cause.redirect_uri), [("iss", settings.PUBLIC_URL)]))


def _redirect(uri: str) -> HttpResponse:
    return OAuth2ResponseRedirect(uri, redirects.schemes([uri]))
