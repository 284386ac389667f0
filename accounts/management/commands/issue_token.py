from __future__ import annotations

import argparse
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rapidfuzz import process

from accounts.models import User
from accounts.oauth import scopes, tokens

MAX_DAYS = 366
MAX_NAMES = 10


def _days(text: str) -> int:
    days = int(text) if text.isdecimal() else 0
    if not 1 <= days <= MAX_DAYS:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MAX_DAYS}, not {text!r}")
    return days


def _create(login: str) -> User:
    user = User(username=login, password=make_password(None))
    try:
        user.clean_fields()
    except ValidationError as error:
        raise CommandError(f"{login!r} is not a valid login: {' '.join(error.messages)}") from error
    user.save()
    return user


def _unknown(login: str) -> CommandError:
    nearest = process.extract(login, User.objects.values_list("username", flat=True), limit=MAX_NAMES)
    known = (
        f"Known logins: {', '.join(name for name, *_ in nearest)}." if nearest else "There are no users yet."
    )
    return CommandError(f"There is no user {login!r}. {known} Add --create to create the user.")


class Command(BaseCommand):
    help = "Issue a bearer token for /mcp. Prints the token to stdout and everything else to stderr."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="the user that the token acts for")
        parser.add_argument(
            "--create", action="store_true", help="create the user, without a password, if missing"
        )
        parser.add_argument(
            "--scope",
            action="append",
            choices=sorted(settings.OAUTH2_PROVIDER["SCOPES"]),
            help=f"what the token may do; repeat it for several (default: {settings.MCP_SCOPE})",
        )
        parser.add_argument("--days", type=_days, default=30, help="days until expiry (default: %(default)s)")

    def handle(
        self, *args: Any, login: str, create: bool, days: int, scope: list[str] | None, **options: Any
    ) -> None:
        user = User.objects.filter(username=login).first()
        if user is None and create:
            user = _create(login)
            self.stderr.write(f"Created user {login} without a password.")
        if user is None:
            raise _unknown(login)
        if not user.is_active:
            raise CommandError(f"User {login} is disabled; enable it in the admin first.")
        wanted = set(scope or [settings.MCP_SCOPE])
        for refused in sorted(wanted - scopes.grantable(user.pk)):
            group = settings.SCOPE_GROUPS[refused]
            raise CommandError(
                f"{login} may not give {refused}: it is for staff and members of the group {group}. "
                "Add the user to the group in the admin first."
            )
        self.stdout.write(tokens.issue(user, days=days, name="issue_token", scopes=wanted))
        self.stderr.write(
            f"Valid for {days} days at {settings.MCP_RESOURCE}. It may: {', '.join(sorted(wanted))}. "
            "It cannot be shown again; revoke it in the admin or on the account page."
        )
