"""Users, the OAuth clients that act for them, and their consents."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from oauth2_provider.models import AbstractApplication, AccessToken, ApplicationManager

from accounts import names, redirects

MAX_NAME_LENGTH = 80
MAX_REDIRECT_URIS = 10
MAX_REDIRECT_URI_LENGTH = 500
MAX_SHOWN_LENGTH = 200
MAX_TOKEN_NAME_LENGTH = 60
# Until its first use is recorded, a token's `updated` is this close to its `created`: one save sets both.
UNUSED = timedelta(seconds=1)
# Columns of ToolUse with the most milliseconds of the calls that each counts.
TIMES = {f"up_to_{most}": most for most in (10, 30, 100, 300, 1000)} | {"slower": 10**9}


class User(AbstractUser):
    """A person. A custom model from the first migration on, since Django cannot swap one in later."""


class Client(AbstractApplication):
    """An OAuth client. A custom model from the first migration on, for the same reason."""

    disabled = models.BooleanField(
        default=False, help_text="A disabled client gets no token, and those it has are refused."
    )
    registered_from = models.CharField(
        max_length=64,
        blank=True,
        default="",
        editable=False,
        db_index=True,
        help_text="A keyed hash of the address that registered it, until someone agrees to it.",
    )

    objects = ApplicationManager()

    class Meta:
        verbose_name = "client"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.client_type == self.CLIENT_PUBLIC:
            self.client_secret, self.hash_client_secret = "", False
        super().save(*args, **kwargs)

    def is_usable(self, request: Any) -> bool:  # noqa: ARG002 django-oauth-toolkit's signature
        return not self.disabled

    def get_allowed_schemes(self) -> list[str]:
        """The schemes that django-oauth-toolkit accepts in this client's redirect URIs."""
        return redirects.schemes(self.redirect_uris.split())

    def redirect_uri_allowed(self, uri: str) -> bool:
        """Whether an authorization request may name `uri`: it is registered, except for a loopback port."""
        return not self._uri_error(uri) and redirects.is_registered(uri, self.redirect_uris.split())

    def _uri_error(self, uri: str) -> str:
        if len(uri) > MAX_REDIRECT_URI_LENGTH:
            return f"is longer than {MAX_REDIRECT_URI_LENGTH} characters"
        return redirects.uri_error(uri, is_public=self.client_type == self.CLIENT_PUBLIC)

    def clean(self) -> None:
        """Validate what a client says about itself, however it registered (RFC 7591 section 5)."""
        errors: dict[str, list[str]] = {}
        if name_error := names.error(self.name, MAX_NAME_LENGTH):
            errors["name"] = [name_error]
        if self.authorization_grant_type != self.GRANT_AUTHORIZATION_CODE:
            errors["authorization_grant_type"] = ["must be authorization_code"]
        if uri_errors := self._redirect_uri_errors():
            errors["redirect_uris"] = uri_errors
        if errors:
            raise ValidationError(errors)
        try:
            super().clean()
        except ValidationError as error:
            raise _named_uris(error) from error

    def _redirect_uri_errors(self) -> list[str]:
        uris = self.redirect_uris.split()
        if not uris:
            return ["must contain a URI"]
        if len(uris) > MAX_REDIRECT_URIS:
            return [f"must be at most {MAX_REDIRECT_URIS} URIs, not {len(uris)}"]
        return [f"{_shown(uri)} {error}" for uri in uris if (error := self._uri_error(uri))]


def _named_uris(error: ValidationError) -> ValidationError:
    """The library's error in our words: it refuses URIs that pass here, such as those with a wildcard."""
    causes = error.error_dict.get("redirect_uris", [])
    uris = [cause.params["value"] for cause in causes if cause.params]
    messages = [f"{_shown(uri)} is not a valid URI" for uri in uris]
    return ValidationError({"redirect_uris": messages}) if messages else error


def _shown(uri: str) -> str:
    return repr(uri if len(uri) <= MAX_SHOWN_LENGTH else f"{uri[:MAX_SHOWN_LENGTH]}…")


class Consent(models.Model):
    """A person's consent that a client may act for them. Codes and tokens are invalid without it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="consents")
    since = models.DateTimeField(auto_now_add=True, help_text="When the person first agreed.")
    renewed = models.DateTimeField(auto_now=True, help_text="When the person last agreed.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "client"], name="one_consent_per_user_and_client")
        ]

    def __str__(self) -> str:
        return f"{self.user} to {self.client}"


class RedeemedCode(models.Model):
    """An authorization code that was exchanged, kept so that a replay revokes its tokens."""

    checksum = models.CharField(max_length=64, unique=True)
    token_family = models.UUIDField()
    redeemed = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"RedeemedCode #{self.pk}"


class PersonalToken(models.Model):
    """The name of a token that a person created for a script."""

    token = models.OneToOneField(AccessToken, on_delete=models.CASCADE, related_name="personal")
    name = models.CharField(max_length=MAX_TOKEN_NAME_LENGTH, blank=True)

    def __str__(self) -> str:
        return self.name

    @property
    def last_used(self) -> datetime | None:
        """To the hour; None if never used (accounts.oauth.tokens.record_use)."""
        was_used = self.token.updated - self.token.created > UNUSED
        return self.token.updated if was_used else None


class ToolUse(models.Model):
    """How often a person called a tool on a day, in UTC, and how fast it was (accounts/usage.py)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    tool = models.CharField(max_length=40)
    calls = models.IntegerField(default=0)
    failed = models.IntegerField(default=0, help_text="Calls that were answered with an error.")
    up_to_10 = models.IntegerField(default=0, help_text="Calls that took at most 10 ms.")
    up_to_30 = models.IntegerField(default=0, help_text="Calls that took at most 30 ms, and more than 10.")
    up_to_100 = models.IntegerField(default=0, help_text="Calls that took at most 100 ms, and more than 30.")
    up_to_300 = models.IntegerField(default=0, help_text="Calls that took at most 300 ms, and more than 100.")
    up_to_1000 = models.IntegerField(default=0, help_text="Calls that took at most a second.")
    slower = models.IntegerField(default=0, help_text="Calls that took more than a second.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "user", "tool"], name="one_tool_use_per_day_user_and_tool")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.user_id} {self.tool}: {self.calls}"


class AuditEvent(models.Model):
    """Who did what that gives or takes rights, or changes what others see: written once, never changed.

    The person is kept by number and name, since the row outlives the account.
    """

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    event = models.CharField(max_length=40)
    user_id = models.BigIntegerField(null=True, blank=True)
    user = models.CharField(max_length=150, blank=True, help_text="The name at the time.")
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "audit event"

    def __str__(self) -> str:
        return f"{self.event} by {self.user or 'nobody'}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("An audit event is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> Any:
        raise TypeError("An audit event is never deleted by hand; clear_expired forgets old ones.")
