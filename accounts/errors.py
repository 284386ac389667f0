"""Errors of the accounts app."""

from __future__ import annotations


class NotLocalError(Exception):
    """A local account was requested on a server that others can reach.

    Args:
        public_url: the server's PUBLIC_URL.
    """

    def __init__(self, public_url: str) -> None:
        super().__init__(f"A local account requires PUBLIC_URL to be on this machine, not {public_url}.")
        self.public_url = public_url


class ClientMetadataError(Exception):
    """A client's metadata was rejected (RFC 7591 section 3.2.2).

    Args:
        code: `invalid_redirect_uri` or `invalid_client_metadata`.
        description: what is wrong, for the client's developer.
    """

    def __init__(self, description: str, code: str = "invalid_client_metadata") -> None:
        super().__init__(description)
        self.code = code
        self.description = description


class InvalidTokenError(Exception):
    """A bearer token is not valid for /mcp (RFC 6750 section 3.1).

    Args:
        description: why, for the token's holder.
    """

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description


class TooManyClientsError(Exception):
    """Too many clients are registered that nobody agreed to yet.

    Args:
        retry_after: seconds after which the oldest of them can be replaced.
    """

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            "Too many clients were registered and not used yet. "
            f"Try again in {retry_after // 60} minutes, or use a client ID metadata document."
        )
        self.retry_after = retry_after
