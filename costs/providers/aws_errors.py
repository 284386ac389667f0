"""What AWS's errors mean for whoever runs the job (docs.aws.amazon.com, "Error responses" of Amazon S3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConfigParseError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import (
    ConnectionError as NetworkError,
)

from costs.errors import LoadError
from costs.wording import quoted

AGAIN = "The next load goes on there."
_WAYS = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run the job under a role"
_WITHOUT = (
    ConfigParseError,
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
)
_SIGNED_OUT = "cannot be read: the credentials have expired. Sign in again, or renew them. " + AGAIN
_UNKNOWN = "cannot be read: AWS does not accept the credentials: correct them."
_ELSEWHERE = "is in another region: set AWS_DEFAULT_REGION to that of the bucket."
_BUSY = "is throttled or down in spite of retries. " + AGAIN
_OF_CODE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"), _SIGNED_OUT),
        **dict.fromkeys(
            (
                "InvalidAccessKeyId",
                "InvalidClientTokenId",
                "InvalidToken",
                "SignatureDoesNotMatch",
                "UnrecognizedClientException",
            ),
            _UNKNOWN,
        ),
        **dict.fromkeys(
            ("AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "PermanentRedirect"),
            _ELSEWHERE,
        ),
        **dict.fromkeys(
            (
                "InternalError",
                "LimitExceededException",
                "RequestLimitExceeded",
                "ServiceUnavailable",
                "SlowDown",
                "Throttling",
                "ThrottlingException",
                "TooManyRequestsException",
            ),
            _BUSY,
        ),
        "DataUnavailableException": "has no data yet: it takes a day from when Cost Explorer was enabled.",
        "InvalidObjectState": "is archived: restore it, and keep the files of exports out of the archive.",
        "NoSuchBucket": "is in no bucket that there is: correct the location of the source.",
        "RequestTimeTooSkewed": "cannot be read, because the clock of this machine is wrong: set it.",
    }
)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "AllAccessDisabled", "403"})
_ACTION = re.compile(r"not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)")


@contextmanager
def explained(what: str, permission: str) -> Iterator[None]:
    """Errors of AWS as sentences.

    Args:
        what: is read, such as s3://bucket/export.
        permission: what reading it takes, as "s3:GetObject on arn:aws:s3:::bucket/*".

    Raises:
        LoadError: the block had an error of AWS.
    """
    try:
        yield
    except ClientError as error:
        raise LoadError(_refusal(error, what, permission)) from error
    except BotoCoreError as error:
        raise LoadError(_failure(error, what)) from error


def code(error: ClientError) -> str:
    """What AWS calls an error, such as NoSuchKey."""
    return f"{error.response.get('Error', {}).get('Code', '')}"


def _refusal(error: ClientError, what: str, permission: str) -> str:
    name = code(error)
    if name in _DENIED:
        told = _ACTION.search(f"{error}")
        lacking = f"{told[1]} for it" if told and told[1] not in permission else permission
        return f"{what} may not be read: give the credentials {lacking}."
    if known := _OF_CODE.get(name):
        return f"{what} {known}"
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status in {429, 500, 502, 503, 504}:
        return f"{what} {_BUSY}"
    return f"{what} cannot be read: AWS says {quoted(name)}."


def _failure(error: BotoCoreError, what: str) -> str:
    if isinstance(error, SSOError | TokenRetrievalError):
        return f"{what} {_SIGNED_OUT}"
    if isinstance(error, _WITHOUT):
        return f"{what} cannot be read without credentials of AWS: {_WAYS}."
    if isinstance(error, HTTPClientError | NetworkError):
        network = "check that the network of this machine lets it through"
        return f"{what} cannot be reached ({type(error).__name__}): {network}. {AGAIN}"
    return f"{what} cannot be read: {quoted(f'{error}')}."
