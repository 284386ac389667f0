"""What can be wrong with an account."""

from __future__ import annotations


class NotLocalError(Exception):
    """A local account was asked for on a server that others reach.

    Args:
        public_url: the address that others reach it at.
    """

    def __init__(self, public_url: str) -> None:
        super().__init__(f"A local account is made only where PUBLIC_URL is this machine, not {public_url}.")
        self.public_url = public_url


class ClientMetadataError(Exception):
    """A client said something about itself that it may not (RFC 7591 section 3.2.2).

    Args:
        code: `invalid_redirect_uri` or `invalid_client_metadata`.
        description: what is wrong, for the client's developer.
    """

    def __init__(self, description: str, code: str = "invalid_client_metadata") -> None:
        super().__init__(description)
        self.code = code
        self.description = description
