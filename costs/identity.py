"""Whose credentials a source is read with: the job's own, those of a role that it takes, or a key by name.

A source never has a key. It may name one: an environment variable COST_SECRET_…, or a file of
COST_SECRETS_DIR, where secrets are mounted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from costs.errors import LoadError

# Of these alone, so that nobody who may edit sources has the server's other secrets sent somewhere.
PREFIX = "COST_SECRET_"
# A key of Google Cloud has 2.4 KB.
MAX_BYTES = 64 * 1024
_REFERENCE = re.compile(rf"env:(?P<variable>{PREFIX}[A-Z0-9_]+)|secret:(?P<file>[A-Za-z0-9_-]{{1,255}})")
_AWS, _AZURE, _GOOGLE = "aws", "azure", "gcp"
_CLOUDS: Mapping[str, str] = MappingProxyType(
    {
        "s3": _AWS,
        "cost-explorer": _AWS,
        "azure-blob": _AZURE,
        "cost-management": _AZURE,
        "bigquery": _GOOGLE,
    }
)
# How each cloud names whom a job may act as (docs.aws.amazon.com, "IAM identifiers" and "AssumeRole";
# learn.microsoft.com, "Managed identities"; docs.cloud.google.com, "Service account impersonation").
_ROLES: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        _AWS: re.compile(
            r"(?P<name>arn:aws(-[a-z]+)*:iam::\d{12}:role/[\w+=,.@/-]{1,512})"
            r"(\?external_id=(?P<external_id>[\w+=,.@:/-]{2,1224}))?",
            re.ASCII,
        ),
        _AZURE: re.compile(r"(?P<name>[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"),
        _GOOGLE: re.compile(r"(?P<name>[a-z0-9-]{6,30}@[a-z0-9.:-]{1,100}\.gserviceaccount\.com)"),
    }
)
_FORMS: Mapping[str, str] = MappingProxyType(
    {
        _AWS: "a role as arn:aws:iam::ACCOUNT:role/NAME, with ?external_id=… if it asks for one",
        _AZURE: "the client id of a managed identity",
        _GOOGLE: "a service account as NAME@PROJECT.iam.gserviceaccount.com",
    }
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose credentials a source is read with.

    Args:
        role: whom the job acts as: the ARN of a role, the client id of a managed identity, or the address of
            a service account; "" if it acts as nobody else.
        external_id: what a role of AWS asks for; "" if nothing.
        key: what a reference names; "" if there is none. It is not shown.
        reference: the reference of the key, as env:COST_SECRET_ACME.
    """

    role: str = ""
    external_id: str = ""
    key: str = field(default="", repr=False)
    reference: str = ""

    def not_understood(self, form: str) -> LoadError:
        """The error of a key that is none of a cloud's."""
        return LoadError(f"What {self.reference} names is no key that can be read: it has to be {form}.")


# The default credentials of the job.
OWN = Identity()


def refusal(kind: str, text: str) -> str:
    """Why a text cannot say whose credentials a kind of source is read with; "" if it can."""
    cloud = _CLOUDS.get(kind)
    if not text or (cloud and (_REFERENCE.fullmatch(text) or _ROLES[cloud].fullmatch(text))):
        return ""
    if not cloud:
        return "A folder is read without credentials: leave them empty."
    return f"Write env:{PREFIX}NAME or secret:NAME, which name a key, or {_FORMS[cloud]}; or leave it empty."


def identity(kind: str, text: str, variables: Mapping[str, str], folder: Path) -> Identity:
    """Whose credentials a text names.

    Args:
        kind: of the source, such as s3.
        text: what the source says.
        variables: the values of the environment variables that may be named.
        folder: where secrets are mounted.

    Raises:
        LoadError: it names nothing that there is.
    """
    if why := refusal(kind, text):
        raise LoadError(f"The credentials of the source are not understood. {why}")
    if not text:
        return OWN
    if reference := _REFERENCE.fullmatch(text):
        variable, file = reference["variable"], reference["file"]
        key = _of_variable(variable, variables) if variable else _of_file(folder / file, text)
        return Identity(key=key, reference=text)
    role = _ROLES[_CLOUDS[kind]].fullmatch(text)
    found = role.groupdict() if role else {}
    return Identity(role=found["name"], external_id=found.get("external_id") or "")


def _of_variable(name: str, variables: Mapping[str, str]) -> str:
    if key := variables.get(name, "").strip():
        return key
    raise LoadError(
        f"The environment variable {name} is not set here: set it for load_costs, and for the server if it "
        "is to check the connection."
    )


def _of_file(path: Path, text: str) -> str:
    try:
        with path.open("rb") as file:
            key = file.read(MAX_BYTES + 1).decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise LoadError(
            f"There is no secret {text} here ({type(error).__name__}): mount it as the file {path} for "
            "load_costs, and for the server if it is to check the connection."
        ) from None
    if not key or len(key) > MAX_BYTES:
        raise LoadError(f"The secret {text} is empty or over {MAX_BYTES:,} bytes: it has to be one key.")
    return key
