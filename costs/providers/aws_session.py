"""Sessions of AWS by an identity: the default chain's, those of a role, or of an access key by its name."""

from __future__ import annotations

import json
from functools import partial

import boto3
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    RefreshableCredentials,
)
from botocore.exceptions import NoCredentialsError
from botocore.session import Session, get_session

from costs.identity import Identity
from costs.providers.aws_errors import explained

# Of AWS's Security Token Service, where none is set.
_REGION = "us-east-1"
_NAME = "cloud-pricing"
# What `aws configure export-credentials --format process` writes (docs.aws.amazon.com, "Sourcing credentials
# with an external process").
_FORM = 'JSON like {"AccessKeyId": "…", "SecretAccessKey": "…"}, also with a SessionToken'


def session(identity: Identity) -> boto3.session.Session:
    """A session by an identity.

    Raises:
        LoadError: the key is none, or the role cannot be taken.
    """
    if identity.key:
        return _by_key(identity)
    if identity.role:
        with explained(identity.role, f"sts:AssumeRole on {identity.role}"):
            return boto3.session.Session(botocore_session=_as_role(identity, get_session()))
    return boto3.session.Session()


def _by_key(identity: Identity) -> boto3.session.Session:
    try:
        told = json.loads(identity.key)
        key, secret, token = told["AccessKeyId"], told["SecretAccessKey"], told.get("SessionToken")
    except (ValueError, TypeError, KeyError, AttributeError):
        # Without the cause, which would quote it.
        raise identity.not_understood(_FORM) from None
    if not all(isinstance(each, str) and each for each in (key, secret, token or "-")):
        raise identity.not_understood(_FORM)
    return boto3.session.Session(key, secret, token or None)


def _as_role(identity: Identity, botocore: Session) -> Session:
    """The session, which takes the role now and again before its credentials expire."""
    own = botocore.get_credentials()
    if own is None:
        raise NoCredentialsError
    wanted = {"RoleSessionName": _NAME}
    if identity.external_id:
        wanted["ExternalId"] = identity.external_id
    region = botocore.get_config_variable("region") or _REGION
    fetcher = AssumeRoleCredentialFetcher(
        partial(botocore.create_client, region_name=region), own, identity.role, wanted
    )
    taken = RefreshableCredentials.create_from_metadata(
        fetcher.fetch_credentials(), fetcher.fetch_credentials, "assume-role"
    )
    taking = get_session()
    taking.register_component("credential_provider", CredentialResolver([_Taken(taken)]))
    return taking


class _Taken(CredentialProvider):  # type: ignore[misc]  # it has no types
    """Those of the role, and no others."""

    METHOD = "assume-role"

    def __init__(self, taken: RefreshableCredentials) -> None:
        super().__init__()
        self._taken = taken

    def load(self) -> RefreshableCredentials:
        return self._taken
