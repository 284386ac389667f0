"""The authorization endpoint (RFC 6749 section 3.1): a person sees who asks for what, and agrees or not."""

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
from oauth2_provider.exceptions import FatalClientError, OAuthToolkitError
from oauth2_provider.http import OAuth2ResponseRedirect
from oauth2_provider.views.base import BaseAuthorizationView
from oauthlib.common import Request, add_params_to_uri
from oauthlib.oauth2.rfc6749 import errors

from accounts import redirects
from accounts.models import Client, Consent, User
from accounts.oauth.validator import invalid_target, is_our_resource
from accounts.popups import answers_its_opener

# Long enough to read the page, short enough that an old tab agrees to nothing.
OFFER_SECONDS = 600
FORM_FIELDS = frozenset({"csrfmiddlewaretoken", "offer", "decision"})
# BASE64URL(SHA256(verifier)) is always this long (RFC 7636 section 4.2).
S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Offer:
    """A validated authorization request: what a person is asked to agree to."""

    client: Client
    scopes: list[str]
    credentials: dict[str, Any]

    @property
    def redirect_uri(self) -> str:
        return str(self.credentials["redirect_uri"])

    def digest(self, request: HttpRequest) -> str:
        """Changes whenever what the page shows, or to whom, would."""
        shown = [
            request.user.pk,
            request.META["QUERY_STRING"],
            self.client.pk,
            self.client.name,
            self.redirect_uri,
            self.scopes,
        ]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


@method_decorator(answers_its_opener, name="dispatch")
@method_decorator(rate_limit(action="consent", limit_get=True), name="dispatch")
@method_decorator(never_cache, name="dispatch")
# Chromium holds every redirect that follows the form against form-action, those of the client's site too.
@method_decorator(csp_replace({"form-action": None}), name="dispatch")
class AuthorizeView(BaseAuthorizationView):
    """Shows the consent page and takes the answer. There is no way past the page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            offer = self._offer(request)
            if "none" in request.GET.get("prompt", "").split():
                raise _refusal("consent_required", offer.credentials)
        except OAuthToolkitError as error:
            return _answer_error(request, error)
        return render(request, "accounts/consent.html", _page(request, offer))

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            offer = self._offer(request)
            if not _is_as_shown(request, offer):
                return render(request, "accounts/expired.html", status=400)
            if request.POST.get("decision") != "allow":
                raise _refusal("access_denied", offer.credentials)
            return self._grant(request, offer)
        except OAuthToolkitError as error:
            return _answer_error(request, error)

    def _offer(self, request: HttpRequest) -> Offer:
        """The request in the query, as oauthlib, OAuth 2.1 and we understand it.

        Raises:
            OAuthToolkitError: it is wrong; as FatalClientError where the client must not learn of it.
        """
        if fault := _fault_of(request):
            raise FatalClientError(errors.InvalidRequestFatalError(fault))
        try:
            scopes, credentials = self.validate_authorization_request(request)
        except ValueError as error:  # the query is not URL-encoded
            raise FatalClientError(
                errors.InvalidRequestFatalError("The query is not well formed.")
            ) from error
        oauth_request = credentials.pop("request")
        _require_pkce(oauth_request)
        if not all(map(is_our_resource, filter(None, request.GET.getlist("resource")))):
            raise OAuthToolkitError(invalid_target(oauth_request))
        credentials["resource"] = [settings.MCP_RESOURCE]
        return Offer(oauth_request.client, scopes, credentials)

    def _grant(self, request: HttpRequest, offer: Offer) -> HttpResponse:
        with transaction.atomic():
            Consent.objects.update_or_create(user=cast("User", request.user), client=offer.client)
            uri, *_ = self.create_authorization_response(
                request, " ".join(offer.scopes), offer.credentials, allow=True
            )
        return _redirect(uri)


def _fault_of(request: HttpRequest) -> str:
    """What is wrong with the request before any of its values is looked at."""
    if any(len(values) > 1 for name, values in request.GET.lists() if name != "resource"):
        return "A parameter came more than once."
    if set(request.POST) - FORM_FIELDS:
        return "The form was changed."
    return ""


def _require_pkce(request: Request) -> None:
    if request.code_challenge_method != "S256" or not S256_CHALLENGE.fullmatch(request.code_challenge):
        description = "PKCE with code_challenge_method S256 is required"
        raise OAuthToolkitError(errors.InvalidRequestError(description, request=request))


def _is_as_shown(request: HttpRequest, offer: Offer) -> bool:
    try:
        shown = signing.loads(request.POST.get("offer", ""), salt=__name__, max_age=OFFER_SECONDS)
    except signing.BadSignature:
        return False
    return bool(shown == offer.digest(request))


def _page(request: HttpRequest, offer: Offer) -> dict[str, Any]:
    client = offer.client
    is_document = client.registration_source == client.RegistrationSource.CIMD
    return {
        "client": client,
        # A document proves who wrote it; a registration says whatever it likes.
        "verified_host": redirects.host_of(client.client_id) if is_document else "",
        "redirect_host": redirects.host_of(offer.redirect_uri),
        "is_loopback": redirects.is_loopback(offer.redirect_uri),
        "scopes": [settings.OAUTH2_PROVIDER["SCOPES"][scope] for scope in offer.scopes],
        "offer": signing.dumps(offer.digest(request), salt=__name__),
    }


def _refusal(code: str, credentials: dict[str, Any]) -> OAuthToolkitError:
    error = errors.CustomOAuth2Error(code, state=credentials.get("state"))
    return OAuthToolkitError(error, redirect_uri=credentials["redirect_uri"])


def _answer_error(request: HttpRequest, error: OAuthToolkitError) -> HttpResponse:
    """Tell the client, or the person where it is not certain that the client's address is its own."""
    cause = error.oauthlib_error
    if isinstance(error, FatalClientError) or not cause.redirect_uri:
        return render(request, "accounts/oauth_error.html", {"error": cause}, status=400)
    return _redirect(add_params_to_uri(cause.in_uri(cause.redirect_uri), [("iss", settings.PUBLIC_URL)]))


def _redirect(uri: str) -> HttpResponse:
    return OAuth2ResponseRedirect(uri, settings.OAUTH2_PROVIDER["ALLOWED_REDIRECT_URI_SCHEMES"])
