"""Credentials of Google Cloud by an identity: the default ones, a service account's, or a key by its name."""

from __future__ import annotations

import json
from typing import Any

import google.auth
from google.auth import impersonated_credentials
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.oauth2 import service_account

from costs.errors import LoadError
from costs.identity import Identity

_SCOPES = ("https://www.googleapis.com/auth/bigquery",)
_TO_ACT = "https://www.googleapis.com/auth/cloud-platform"
_FORM = "the JSON key of a service account"


def credentials(identity: Identity) -> Any:
    """Credentials for BigQuery; None for the default ones, which its client finds.

    Raises:
        LoadError: the key is none, or the job may not act as the service account.
        google.auth.exceptions.GoogleAuthError: there are no default ones to act as another with.
    """
    if identity.key:
        return _by_key(identity)
    return _acting_as(identity.role) if identity.role else None


def _acting_as(role: str) -> Any:
    own, _ = google.auth.default(scopes=(_TO_ACT,))
    found = impersonated_credentials.Credentials(own, role, _SCOPES)  # type: ignore[no-untyped-call]
    try:
        # Now, since a client would tell it as a fault of its own.
        found.refresh(Request())  # type: ignore[no-untyped-call]
    except RefreshError as error:
        raise LoadError(
            f"The job may not act as {role}: grant its own account Service Account Token Creator "
            "(roles/iam.serviceAccountTokenCreator) on it, and enable iamcredentials.googleapis.com."
        ) from error
    return found


def _by_key(identity: Identity) -> Any:
    try:
        told = json.loads(identity.key)
        of_info = service_account.Credentials.from_service_account_info
        return of_info(told, scopes=_SCOPES)  # type: ignore[no-untyped-call]
    except (ValueError, TypeError, KeyError, AttributeError):
        # Without the cause, which may quote it.
        raise identity.not_understood(_FORM) from None
