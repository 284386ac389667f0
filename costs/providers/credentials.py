"""The environment variables that clients of clouds find their credentials by; their values are never read."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from types import MappingProxyType

NAMES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "s3": ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_WEB_IDENTITY_TOKEN_FILE"),
        "azure-blob": (
            "AZURE_STORAGE_CONNECTION_STRING",
            "AZURE_TENANT_ID",
            "AZURE_CLIENT_ID",
            "AZURE_CLIENT_SECRET",
            "AZURE_CLIENT_CERTIFICATE_PATH",
            "AZURE_FEDERATED_TOKEN_FILE",
        ),
        "bigquery": ("GOOGLE_APPLICATION_CREDENTIALS",),
    }
)


def found(kind: str, told: str = "") -> str:
    """By what credentials of a kind of source are found here, in a sentence; "" for a folder.

    Args:
        kind: of the source.
        told: what the source says of its credentials.
    """
    if told:
        return f"Read by {told}."
    names = NAMES.get(kind)
    if not names:
        return ""
    here = [name for name in names if os.environ.get(name)]
    if not here:
        return f"None of {', '.join(names)} is set here, so the identity of this machine is used."
    return f"Set here: {', '.join(here)}."
