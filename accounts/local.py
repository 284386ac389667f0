"""The administrator and the bearer token that script/run makes on a person's own machine."""

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
    """What a person needs to sign in to the admin and to connect an agent."""

    username: str
    password: str
    token: str


def ensure_local_account(path: Path) -> LocalAccount:
    """The local administrator, as kept in `path`; what is missing or no longer good is made anew.

    Args:
        path: a file that only its owner may read; a later run shows the same password and token.

    Raises:
        NotLocalError: PUBLIC_URL is not this machine.
    """
    if not settings.IS_LOCAL:
        raise NotLocalError(settings.PUBLIC_URL)
    kept = _read(path)
    user = _ensure_administrator(password := kept.get("password") or secrets.token_urlsafe(12))
    token = kept.get("token", "")
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
    """What an earlier run wrote; nothing where there was none or the file is damaged."""
    try:
        kept = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _write(path: Path, account: LocalAccount) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # The mode comes first: at no moment may another user read what follows.
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(asdict(account), indent=2))
