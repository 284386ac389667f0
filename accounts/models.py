"""People, and the clients that act for them."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from oauth2_provider.models import AbstractApplication, ApplicationManager


class User(AbstractUser):
    """A person. Our own model from the first migration, since Django cannot swap it in later."""


class Client(AbstractApplication):
    """An OAuth client. Our own model from the first migration, for the same reason."""

    objects = ApplicationManager()

    class Meta:
        verbose_name = "client"
