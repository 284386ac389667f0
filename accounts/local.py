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
    """Credentials for the admin and for connecting an agent."""

    username: str
    password: str
    token: str


def ensure_local_account(path: Path) -> LocalAccount:
    """Create the local administrator and token, or reuse those saved in `path` if they still work.

    Args:
        path: the file that later runs read the same password and token from. Only its owner can read it.

    Raises:
        NotLocalError: PUBLIC_URL is not on this machine.
    """
    if not settings.IS_LOCAL:
        raise NotLocalError(settings.PUBLIC_URL)
    saved = _read(path)
    user = _ensure_administrator(password := saved.get("password") or secrets.token_urlsafe(12))
    token = saved.get("token", "")
    bearer = tokens.check(token)
    if bearer is None or bearer.user_id != user.pk:
        token = tokens.issue(user, days=TOKEN_DAYS, name="script/run")
    account = LocalAccount(user.get_username(), password, token)
    _write(path, account)
    return account


def _ensure_administrator(password: str) -> User:
    user, _ = User.objects.get_or_create(username=USERNAME)
    user.is_staff = user.is_superuser = user.is_active = True
    if not user.check_password(password):
        user.set_password(password)
    user.save()
    return user


def _read(path: Path) -> dict[str, str]:
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
