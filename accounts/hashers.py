"""How a client's secret is stored."""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class ClientSecretHasher(PBKDF2PasswordHasher):
    """One round: a secret is 128 random characters, which no dictionary holds and nobody guesses.

    The rounds that protect a password would cost half a second of CPU at every token request.
    """

    algorithm = "client_secret"
    iterations = 1
