"""Dynamic client registration (RFC 7591)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.errors import ClientMetadataError
from accounts.models import Client
from accounts.oauth import pending, scopes

MAX_BODY_BYTES = 16 * 1024
GRANT_TYPES = ["authorization_code", "refresh_token"]
CLIENT_TYPES = {
    "none": Client.CLIENT_PUBLIC,
    "client_secret_basic": Client.CLIENT_CONFIDENTIAL,
    "client_secret_post": Client.CLIENT_CONFIDENTIAL,
}
# Our fields that have another name in the metadata.
FIELDS = {"name": "client_name"}


def register(body: bytes, address: str) -> dict[str, Any]:
    """Register a client, or give a public client that is registered already the same ID again.

    Args:
        body: the client metadata, as JSON.
        address: where the request came from.

    Returns:
        The client information response (section 3.2.1). A secret in it cannot be shown again.

    Raises:
        ClientMetadataError: the body is not JSON, or the metadata is not accepted here.
        TooManyClientsError: too many clients are registered and not used.
    """
    metadata = _parse(body)
    method = metadata.get("token_endpoint_auth_method", "client_secret_basic")
    kept = _scope(metadata)
    client = _build_client(metadata, method)
    secret = client.client_secret
    try:
        client.full_clean()
    except ValidationError as error:
        raise _metadata_error(error) from error
    with transaction.atomic():
        if registered := _registered_before(client):
            client = registered
        else:
            pending.add(client, address)
    return _response(client, method, secret) | {"scope": kept}


def _registered_before(client: Client) -> Client | None:
    """The public client with the same name and redirect URIs, if there is one.

    The ID of a public client is not a secret and proves nothing, everyone agrees to it for themselves, and
    codes go to the same redirect URIs, so registering it again gains nothing. Without this, a hosted client
    would add a row for each of its users.
    """
    if client.client_type != Client.CLIENT_PUBLIC:
        return None
    same = Client.objects.filter(
        registration_source=client.registration_source,
        client_type=client.client_type,
        name=client.name,
        redirect_uris=client.redirect_uris,
        disabled=False,
    )
    return same.order_by("pk").first()


def supported_grant_types(grant_types: list[str]) -> list[str]:
    """The grant types supported here: many clients list every one they know."""
    return [grant_type for grant_type in grant_types if grant_type in GRANT_TYPES]


def _parse(body: bytes) -> Mapping[str, Any]:
    if len(body) > MAX_BODY_BYTES:
        raise ClientMetadataError(f"The client metadata exceeds {MAX_BODY_BYTES} bytes.")
    try:
        metadata = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ClientMetadataError("The request body is not valid JSON.") from error
    if not isinstance(metadata, dict):
        raise ClientMetadataError("The request body is not a JSON object.")
    return metadata


def _build_client(metadata: Mapping[str, Any], method: Any) -> Client:
    if not isinstance(method, str) or method not in CLIENT_TYPES:
        raise ClientMetadataError(f"token_endpoint_auth_method must be one of {', '.join(CLIENT_TYPES)}.")
    if "authorization_code" not in _string_list(metadata, "grant_types", ["authorization_code"]):
        raise ClientMetadataError("grant_types must include authorization_code.")
    name = metadata.get("client_name", "")
    if not isinstance(name, str):
        raise ClientMetadataError("client_name must be a string.")
    return Client(
        name=name,
        redirect_uris=" ".join(_string_list(metadata, "redirect_uris", [])),
        client_type=CLIENT_TYPES[method],
        authorization_grant_type=Client.GRANT_AUTHORIZATION_CODE,
        registration_source=Client.RegistrationSource.DCR,
    )


def _scope(metadata: Mapping[str, Any]) -> str:
    """The scopes that the client can get, of those that it registers (RFC 7591 section 2)."""
    requested = metadata.get("scope", "")
    if not isinstance(requested, str):
        raise ClientMetadataError("scope must be a string of scopes separated by spaces.")
    return " ".join(scopes.narrow(requested.split()))


def _string_list(metadata: Mapping[str, Any], key: str, default: list[str]) -> list[str]:
    values = metadata.get(key, default)
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ClientMetadataError(f"{key} must be a list of strings.")
    return values


def _metadata_error(error: ValidationError) -> ClientMetadataError:
    errors = error.message_dict
    description = "; ".join(
        f"{FIELDS.get(field, field)}: {message}" for field, messages in errors.items() for message in messages
    )
    is_about_redirects = "redirect_uris" in errors
    return ClientMetadataError(
        description, "invalid_redirect_uri" if is_about_redirects else "invalid_client_metadata"
    )


def _response(client: Client, method: str, secret: str) -> dict[str, Any]:
    response = {
        "client_id": client.client_id,
        "client_id_issued_at": int(client.created.timestamp()),
        "client_name": client.name,
        "redirect_uris": client.redirect_uris.split(),
        "grant_types": GRANT_TYPES,
        "response_types": ["code"],
        "token_endpoint_auth_method": method,
    }
    if client.client_type == Client.CLIENT_CONFIDENTIAL:
        response |= {"client_secret": secret, "client_secret_expires_at": 0}
    return response
