"""What Azure's errors mean for whoever runs the job (learn.microsoft.com, "Blob Storage error codes")."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ServiceRequestError,
)

from costs.wording import quoted, shortened

_AGAIN = "The next load goes on there."
# What Microsoft Entra ID calls its refusals.
_ENTRA = re.compile(r"AADSTS\d+")
_OF_CONTAINER = frozenset({"ContainerNotFound", "ContainerBeingDeleted", "ContainerDisabled"})
_ROLE = "give the job's identity the role Storage Blob Data Reader on the container"
_CREDENTIALS = f"has not accepted the credentials, or does so no longer: renew them. {_AGAIN}"
_BUSY = f"is throttled or down in spite of retries. {_AGAIN}"
_OF_CODE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(_OF_CONTAINER, "is in no container that there is: correct the location."),
        "AuthorizationPermissionMismatch": f"may not be read: {_ROLE}.",
        "AuthorizationFailure": f"may not be read from here, or no longer: let this machine in, and {_ROLE}.",
        "BlobArchived": "is archived: rehydrate it, and keep the files of exports out of the archive.",
    }
)
_OF_STATUS: Mapping[int, str] = MappingProxyType(
    {401: _CREDENTIALS, 403: _CREDENTIALS, 429: _BUSY, 500: _BUSY, 503: _BUSY}
)


_OF_QUERY: Mapping[int, str] = MappingProxyType(
    {
        **dict.fromkeys((429, 500, 502, 503, 504), _BUSY),
        401: _CREDENTIALS,
        403: "may not be read: give the job's identity the role Cost Management Reader on it.",
        404: "is no scope that there is, or none that the identity sees: correct the location.",
    }
)


def is_of_container(error: AzureError) -> bool:
    """Whether the container is not there, rather than a blob of it."""
    return _code(error) in _OF_CONTAINER


def sentence(error: AzureError, address: str, name: str) -> str:
    """What is wrong and what to do.

    Args:
        error: of a call for a blob, or for the list of blobs.
        address: where the export is.
        name: of the blob; "" for the list.
    """
    if isinstance(error, ClientAuthenticationError) and not _code(error):
        return _of_sign_in(address, f"{error}")
    if isinstance(error, HttpResponseError) and error.status_code:
        code, where = _code(error), f"{address}/{name}" if name else address
        what = _OF_CODE.get(code) or _OF_STATUS.get(error.status_code) or "cannot be read."
        return f"Azure says {error.status_code} {code}".rstrip() + f": {where} {what}"
    if isinstance(error, ServiceRequestError):
        advice = "check the account's name, and that the network of this machine lets it through"
        return f"{address} cannot be reached: {advice}."
    return f"The connection to {address} broke in spite of retries. {_AGAIN}"


def of_query(error: AzureError, address: str) -> str:
    """What is wrong with a question to Cost Management, and what to do."""
    if isinstance(error, ClientAuthenticationError) and error.status_code is None:
        return _of_sign_in(address, f"{error}")
    if not isinstance(error, HttpResponseError) or error.status_code is None:
        return sentence(error, address, "")
    name = f"{getattr(error.error, 'code', None) or ''}"
    told = f"Azure says {error.status_code} {name}".rstrip()
    if what := _OF_QUERY.get(error.status_code):
        return f"{told}: {address} {what}"
    message = shortened(f"{getattr(error.error, 'message', None) or error.reason or ''}")
    return f"{told}: {address} cannot be read: {quoted(message)}."


def _of_sign_in(address: str, told: str) -> str:
    """No request was sent to the account, because there was no token for it."""
    if refusal := _ENTRA.search(told):
        return (
            f"Microsoft Entra ID refuses the credentials for {address} ({refusal[0]}): renew them. {_AGAIN}"
        )
    ways = "a managed identity, a workload identity, AZURE_CLIENT_ID with its secret or certificate"
    return f"There are no credentials for {address}: give the job {ways}, or run az login."


def _code(error: AzureError) -> str:
    code = getattr(error, "error_code", None)
    return f"{getattr(code, 'value', code) or ''}"
