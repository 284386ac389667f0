"""The administrator and the bearer token that script/run creates on a person's own machine."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from accounts.errors import NotLocalError
from accounts.models import User
from accounts.oauth import tokens

USERNAME = "admin"
TOKEN_DAYS = 365


@dataclass(frozen=True, slots=True)
class LocalAccount:
    """Credentials for the admin and for connecting an agent. A password that the person set is not known."""

    username: str
    password: str | None
    token: str


def ensure_local_account(path: Path) -> LocalAccount:
    """Create the local administrator and token, or reuse those saved in `path` if they still work.

    Args:
        path: the file that later runs read the same password and token from. Only its owner can read it.
            Without it, the administrator gets a new password.

    Raises:
        NotLocalError: PUBLIC_URL is not on this machine.
    """
    if not settings.IS_LOCAL:
        raise NotLocalError(settings.PUBLIC_URL)
    saved = _read(path)
    user, password = _ensure_administrator(saved)
    token = saved.get("token") or ""
    bearer = tokens.check(token)
    if bearer is None or bearer.user_id != user.pk:
        token = tokens.issue(user, days=TOKEN_DAYS, name="script/run")
    account = LocalAccount(user.get_username(), password, token)
    _write(path, account)
    return account


def _ensure_administrator(saved: dict[str, str | None]) -> tuple[User, str | None]:
    """The administrator and their password, or None if they changed the saved one."""
    user, is_new = User.objects.get_or_create(username=USERNAME)
    user.is_staff = user.is_superuser = user.is_active = True
    password = saved.get("password", "")
    if is_new or password == "":
        password = password or secrets.token_urlsafe(12)
        user.set_password(password)
    elif password and not user.check_password(password):
        password = None
    user.save()
    return user, password


def _read(path: Path) -> dict[str, str | None]:
    """The saved account; {} if the file is missing or damaged."""
    try:
        saved = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return saved if isinstance(saved, dict) else {}


def _write(path: Path, account: LocalAccount) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Set the mode before writing, so that other users can never read the secrets.
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(asdict(account), indent=2))
