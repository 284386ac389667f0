"""The hasher for client secrets."""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class ClientSecretHasher(PBKDF2PasswordHasher):
    """One iteration: a secret is 128 random characters, which cannot be guessed.

    The iterations that protect a password would cost half a second of CPU on every token request.
    """

    algorithm = "client_secret"
    iterations = 1
