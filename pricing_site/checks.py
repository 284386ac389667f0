"""System checks for settings that are unsafe or do not fit together."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ImproperlyConfigured

from assistant.model import providers
from assistant.model.provider import ModelError
from catalog.sync import cloud_run
from costs.errors import StoreUnavailableError
from costs.store import configured
from pricing_site import alert_checks

SECRET_KEY_MIN_LENGTH = 50
METRICS_TOKEN_MIN_LENGTH = 24


def check_secret_key(**_: Any) -> list[CheckMessage]:
    if settings.IS_LOCAL or len(settings.SECRET_KEY) >= SECRET_KEY_MIN_LENGTH:
        return []
    message = f"SECRET_KEY is shorter than {SECRET_KEY_MIN_LENGTH} characters."
    hint = "Generate one with: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
    return [Error(message, hint=hint, id="pricing_site.E001")]


def check_debug(**_: Any) -> list[CheckMessage]:
    if settings.IS_LOCAL or not settings.DEBUG:
        return []
    message = (
        "DEBUG is on, but PUBLIC_URL is not on this machine: error pages would expose code and settings."
    )
    return [Error(message, hint="Unset DEBUG.", id="pricing_site.E002")]


def check_public_url(**_: Any) -> list[CheckMessage]:
    error = _origin_error(settings.PUBLIC_URL)
    hint = "Set only an origin, for example https://pricing.example.com."
    return [Error(f"PUBLIC_URL {error}.", hint=hint, id="pricing_site.E003")] if error else []


def check_sync(**_: Any) -> list[CheckMessage]:
    is_part = 0 <= settings.SYNC_TASK_INDEX < settings.SYNC_TASK_COUNT
    if is_part and settings.SYNC_REQUESTS_PER_MINUTE > 0:
        return []
    message = "The sync could not send requests, or would skip services."
    hint = (
        "SYNC_REQUESTS_PER_MINUTE must be at least 1, "
        "and CLOUD_RUN_TASK_INDEX from 0 to CLOUD_RUN_TASK_COUNT - 1."
    )
    return [Error(message, hint=hint, id="pricing_site.E004")]


def check_sync_job(**_: Any) -> list[CheckMessage]:
    if not settings.SYNC_JOB or cloud_run.NAME.fullmatch(settings.SYNC_JOB):
        return []
    message = "SYNC_JOB is not the name of a Cloud Run job."
    hint = "It has the form projects/PROJECT/locations/REGION/jobs/JOB."
    return [Error(message, hint=hint, id="pricing_site.E009")]


def check_sign_in(**_: Any) -> list[CheckMessage]:
    if settings.HAS_GITHUB:
        return []
    hint = "Create an OAuth app at github.com/settings/developers and set its client ID and secret."
    if settings.GITHUB_CLIENT_ID or settings.GITHUB_CLIENT_SECRET:
        message = "Only one of GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET is set."
        return [Error(message, hint=hint, id="pricing_site.E005")]
    if settings.IS_LOCAL:
        return []
    message = "GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET are not set: no one can sign in."
    return [CheckWarning(message, hint=hint, id="pricing_site.W001")]


def check_proxies(**_: Any) -> list[CheckMessage]:
    if settings.IS_LOCAL or settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        return []
    message = "TRUSTED_PROXIES is 0: rate limits would count everyone behind the proxy as one address."
    hint = "Set it to the number of proxies that append to X-Forwarded-For: 1 on Cloud Run."
    return [CheckWarning(message, hint=hint, id="pricing_site.W002")]


def check_metrics(**_: Any) -> list[CheckMessage]:
    token = settings.METRICS_TOKEN
    if not token or len(token) >= METRICS_TOKEN_MIN_LENGTH:
        return []
    message = f"METRICS_TOKEN is shorter than {METRICS_TOKEN_MIN_LENGTH} characters, so it could be guessed."
    hint = "Generate one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
    return [Error(message, hint=hint, id="pricing_site.E011")]


def check_cost_store(**_: Any) -> list[CheckMessage]:
    if settings.COST_STORE == configured.LAKE:
        # It brings DuckDB, which a server loads at the first question.
        return []
    try:
        configured.open_loads()
    except StoreUnavailableError as error:
        return [Error(error.message, hint=error.hint, id="pricing_site.E012")]
    return []


def check_model(**_: Any) -> list[CheckMessage]:
    """A model that is half set up would be found out at somebody's question."""
    if not (settings.ANTHROPIC_API_KEY or settings.ASK_MODEL or settings.ASK_MODEL_PRICE):
        return []
    try:
        providers.price()
    except ModelError as error:
        return [CheckWarning(error.message, hint=error.hint, id="pricing_site.W003")]
    return []


CHECKS = (
    check_secret_key,
    check_debug,
    check_public_url,
    check_sync,
    check_sync_job,
    check_sign_in,
    check_proxies,
    check_metrics,
    check_cost_store,
    check_model,
    *alert_checks.CHECKS,
)


def refuse_unsafe_settings() -> None:
    """Run the checks for a server that is about to start.

    Raises:
        ImproperlyConfigured: a check found an error. The message has a line for each.
    """
    errors = [message for check in CHECKS for message in check() if message.is_serious()]
    if errors:
        raise ImproperlyConfigured("\n".join(f"{error.msg} {error.hint} ({error.id})" for error in errors))


def _origin_error(url: str) -> str:
    """What is wrong with a PUBLIC_URL, to follow its name in a sentence; "" if nothing is."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "does not start with https:// and a host (or http:// on this machine)"
    if url != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        return "contains more than a scheme, host and port"
    if parts.scheme == "http" and not settings.IS_LOCAL:
        return "is not https, so tokens would be sent in the clear"
    return ""
