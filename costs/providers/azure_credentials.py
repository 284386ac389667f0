"""Credentials of Azure by an identity: the default chain's, a managed identity's, or a key by its name."""

from __future__ import annotations

import json

from azure.identity import ClientSecretCredential, DefaultAzureCredential, ManagedIdentityCredential

from costs.identity import Identity

Credential = ClientSecretCredential | DefaultAzureCredential | ManagedIdentityCredential
# What `az ad sp create-for-rbac` writes.
_FORM = 'JSON like {"tenant": "…", "appId": "…", "password": "…"}'
OF_BLOBS = f"{_FORM}, or a connection string of the storage account with a signature"


def credential(identity: Identity, form: str = _FORM) -> Credential:
    """A credential, which its user closes.

    Args:
        identity: whose.
        form: what its key has to be.

    Raises:
        LoadError: the key is none.
    """
    if identity.key:
        return _by_key(identity, form)
    if identity.role:
        return ManagedIdentityCredential(client_id=identity.role)
    return DefaultAzureCredential()


def is_connection_string(identity: Identity) -> bool:
    """Whether the key of an identity is a connection string of a storage account rather than JSON."""
    return "=" in identity.key and not identity.key.startswith("{")


def _by_key(identity: Identity, form: str) -> ClientSecretCredential:
    try:
        told = json.loads(identity.key)
        tenant, client, secret = (told[name] for name in ("tenant", "appId", "password"))
        return ClientSecretCredential(tenant, client, secret)
    except (ValueError, TypeError, KeyError, AttributeError):
        # Without the cause, which may quote it.
        raise identity.not_understood(form) from None
