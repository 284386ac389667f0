"""Rules for token requests beyond those of django-oauth-toolkit (docs/decisions/0002)."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from oauth2_provider.models import AccessToken, Grant, RefreshToken
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749 import errors

from accounts import github, redirects
from accounts.models import Client, Consent, RedeemedCode, User
from accounts.oauth import rotation
from accounts.oauth.resource import is_our_resource
from accounts.oauth.scopes import are_well_formed, narrow, still_grantable

logger = logging.getLogger(__name__)


class Validator(OAuth2Validator):
    """The authorization server's rules. `request` is oauthlib's, not Django's."""

    def validate_code(
        self,
        client_id: str,  # noqa: ARG002 oauthlib's signature
        code: str,
        client: Client,
        request: Request,
        *_args: Any,
        **_kwargs: Any,
    ) -> bool:
        """Keep the code's grant for the calls that follow: another request may redeem the code in between."""
        grant = Grant.objects.select_related("user").filter(code=code, application=client).first()
        if grant is None or grant.is_expired():
            _revoke_tokens_from(code)
            return False
        request.grant, request.user, request.scopes = grant, grant.user, grant.scope.split()
        return _may_act_for(client, grant.user)

    def validate_scopes(
        self,
        client_id: str,  # noqa: ARG002 oauthlib's signature
        scopes: list[str],
        client: Client,  # noqa: ARG002
        request: Request,
        *_args: Any,
        **_kwargs: Any,
    ) -> bool:
        """Narrow the scopes to what can be granted; the token response says which were (section 3.3)."""
        request.scopes = narrow(scopes)
        return are_well_formed(scopes)

    def get_code_challenge(self, _code: str, request: Request) -> str | None:
        return request.grant.code_challenge or None

    def get_code_challenge_method(self, _code: str, request: Request) -> str | None:
        return request.grant.code_challenge_method or None

    def confirm_redirect_uri(
        self, _client_id: str, _code: str, redirect_uri: str, _client: Client, request: Request
    ) -> bool:
        return redirects.with_path(redirect_uri) == redirects.with_path(request.grant.redirect_uri)

    def validate_refresh_token(
        self, refresh_token: str, client: Client, request: Request, *_args: Any, **_kwargs: Any
    ) -> bool:
        """Accept a live refresh token, or one that was rotated moments ago (accounts.oauth.rotation)."""
        token = rotation.find(refresh_token)
        if token is None:
            return False
        request.refresh_token_instance, request.user = token, token.user
        is_clients = token.application_id == client.pk
        if token.revoked is None:
            is_valid = is_clients and not rotation.is_expired(token)
        elif is_clients and rotation.successor(token):
            is_valid = True
        else:
            rotation.end_session(token)
            is_valid = False
        if not is_valid or not _may_act_for(client, token.user):
            return False
        return self._narrow_to_session(request)

    def _narrow_to_session(self, request: Request) -> bool:
        """Reduce the scopes that a refresh asks for to those of its session (RFC 6749 section 6).

        False if the person may no longer give any of these.
        """
        requested = (request.scope or "").split()
        if not are_well_formed(requested):
            raise errors.InvalidScopeError(request=request)
        original = self.get_original_scopes(request.refresh_token, request).split()
        request.scope = " ".join(narrow(requested, original))
        return bool(original)

    def get_original_scopes(
        self,
        refresh_token: str,  # noqa: ARG002 oauthlib's signature
        request: Request,
        *_args: Any,
        **_kwargs: Any,
    ) -> str:
        """The scopes of the session that its person may still give."""
        token = request.refresh_token_instance
        access_token = token.access_token or rotation.successor(token)
        return still_grantable(access_token.scope, token.user_id) if access_token else ""

    def save_bearer_token(self, token: dict[str, Any], request: Request, *args: Any, **kwargs: Any) -> None:
        """Exchange the code or refresh token for `token`.

        The transaction takes the write lock when it begins, so nothing it reads changes before it commits.
        """
        if request.grant_type == "refresh_token":
            self._save_refreshed(token, request)
            return
        with transaction.atomic():
            wins = _claim_code(request)
            if wins:
                super().save_bearer_token(token, request, *args, **kwargs)
        if not wins:
            _revoke_tokens_from(request.code)
            raise errors.InvalidGrantError(request=request)

    def _save_refreshed(self, token: dict[str, Any], request: Request) -> None:
        """Store the pair that a refresh token is exchanged for.

        The library's way cannot answer a retry, because it would have to store tokens in plaintext.
        """
        self._check_and_set_request_resource(request)
        presented = request.refresh_token_instance
        expires = timezone.now() + timedelta(seconds=token["expires_in"])
        with transaction.atomic():
            rotates = rotation.claim(presented)
            if rotates or rotation.successor(presented):
                # Only the first pair keeps the link: it is unique, and shows that the token was rotated.
                source = presented if rotates else None
                access_token = self._create_access_token(expires, request, token, source_refresh_token=source)
                self._create_refresh_token(request, token["refresh_token"], access_token, presented)
                return
        rotation.end_session(presented)
        raise errors.InvalidGrantError(request=request)

    def revoke_token(
        self, token: str, token_type_hint: str, request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """Revoke the token and its session (RFC 7009 section 2.1).

        A retried refresh may have left pairs in the session that the client never received.
        """
        sessions = list(rotation.sessions_of(token, request.client))
        super().revoke_token(token, token_type_hint, request, *args, **kwargs)
        for family in sessions:
            RefreshToken.revoke_family(family)

    def invalidate_authorization_code(self, *_args: Any, **_kwargs: Any) -> None:
        """Done in save_bearer_token, within its transaction."""

    def _create_refresh_token(
        self, request: Request, raw: str, access_token: AccessToken, previous: RefreshToken | None
    ) -> RefreshToken:
        token = super()._create_refresh_token(request, raw, access_token, previous)
        if request.grant_type == "authorization_code":
            RedeemedCode.objects.create(checksum=_checksum(request.code), token_family=token.token_family)
        return token

    def _check_and_set_request_resource(self, request: Request) -> None:
        """Bind every token to /mcp, even if the client does not ask for it (RFC 8707 section 2)."""
        requested = [value for name, value in request.decoded_body or [] if name == "resource" and value]
        if not all(map(is_our_resource, requested)):
            raise invalid_target(request)
        request.resource = [settings.MCP_RESOURCE]
        super()._check_and_set_request_resource(request)


def invalid_target(request: Request) -> errors.OAuth2Error:
    description = f"resource must be {settings.MCP_RESOURCE}"
    return errors.CustomOAuth2Error("invalid_target", description=description, request=request)


def _may_act_for(client: Client, user: User) -> bool:
    """Whether the user may still sign in, and agreed to the client within the last CONSENT_DAYS."""
    oldest = timezone.now() - timedelta(days=settings.CONSENT_DAYS)
    consents = Consent.objects.filter(user=user, client=client, renewed__gt=oldest)
    return user.is_active and github.is_still_allowed(user) and consents.exists()


def _claim_code(request: Request) -> bool:
    claimed, _ = Grant.objects.filter(code=request.code, application=request.client).delete()
    return claimed > 0


def _revoke_tokens_from(code: str) -> None:
    """Revoke the tokens from a replayed code: its first use may have been theft (RFC 6749 section 4.1.2)."""
    family: UUID | None = (
        RedeemedCode.objects.filter(checksum=_checksum(code)).values_list("token_family", flat=True).first()
    )
    if family is not None:
        logger.warning("An authorization code was replayed; its tokens were revoked")
        RefreshToken.revoke_family(family)


def _checksum(code: str) -> str:
    return hashlib.sha256(code.encode(errors="surrogatepass")).hexdigest()
