"""The administrator and the bearer token that script/run creates on a person's own machine."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from accounts.errors import NotLocalError
from accounts.models import User
from accounts.oauth import access, scopes, tokens

USERNAME = "admin"
TOKEN_DAYS = 365
TOKEN_NAME = "script/run"  # noqa: S105 a label


@dataclass(frozen=True, slots=True)
class LocalAccount:
    """Credentials for the admin and for connecting an agent. A password that the person set is not known.

    `is_restored` says that the administrator was disabled or had lost their rights, which was undone.
    """

    username: str
    password: str | None
    token: str
    is_restored: bool = False


def ensure_local_account(path: Path) -> LocalAccount:
    """Create the local administrator and token, or reuse those saved in `path` if they still work.

    The token moves with the server to another address, and has all scopes, even those that came after it.
    There is only one of them.

    Args:
        path: the file that later runs read the same password and token from. Only its owner can read it.
            Without it, the administrator gets a new password.

    Raises:
        NotLocalError: PUBLIC_URL is not on this machine.
    """
    if not settings.IS_LOCAL:
        raise NotLocalError(settings.PUBLIC_URL)
    saved = _read(path)
    user, password, is_restored = _ensure_administrator(saved)
    token = saved.get("token") or ""
    allowed = scopes.grantable(user.pk)
    if not tokens.renew(token, user, allowed):
        token = tokens.issue(user, days=TOKEN_DAYS, name=TOKEN_NAME, scopes=allowed)
    access.revoke_personal_tokens(user, name=TOKEN_NAME, keep=token)
    account = LocalAccount(user.get_username(), password, token, is_restored)
    _write(path, account)
    return account


def _ensure_administrator(saved: dict[str, str | None]) -> tuple[User, str | None, bool]:
    """The administrator, their password (None if they changed it) and whether they had lost rights."""
    user, is_new = User.objects.get_or_create(username=USERNAME)
    is_restored = not (is_new or (user.is_staff and user.is_superuser and user.is_active))
    user.is_staff = user.is_superuser = user.is_active = True
    password = saved.get("password", "")
    if is_new or password == "":
        password = password or secrets.token_urlsafe(12)
        user.set_password(password)
    elif password and not user.check_password(password):
        password = None
    user.save()
    return user, password, is_restored


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
    saved = asdict(account)
    del saved["is_restored"]
    path.write_text(json.dumps(saved, indent=2))
