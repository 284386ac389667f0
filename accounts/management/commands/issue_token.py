from __future__ import annotations

import argparse
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.oauth import tokens

MAX_DAYS = 366


def _days(text: str) -> int:
    days = int(text) if text.isdecimal() else 0
    if not 1 <= days <= MAX_DAYS:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MAX_DAYS}, not {text!r}")
    return days


class Command(BaseCommand):
    help = "Issue a bearer token for /mcp. Prints the token to stdout and everything else to stderr."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="the user that the token acts for; created if missing")
        parser.add_argument("--days", type=_days, default=30, help="days until expiry (default: %(default)s)")

    def handle(self, *args: Any, login: str, days: int, **options: Any) -> None:
        try:
            User(username=login).clean_fields(exclude=["password"])
        except ValidationError as error:
            raise CommandError(f"{login!r} is not a valid login: {' '.join(error.messages)}") from error
        user, created = User.objects.get_or_create(username=login, defaults={"password": make_password(None)})
        if not user.is_active:
            raise CommandError(f"User {login} is disabled; enable it in the admin first.")
        if created:
            self.stderr.write(f"Created user {login} without a password.")
        self.stdout.write(tokens.issue(user, days=days, name="issue_token"))
        self.stderr.write(
            f"Valid for {days} days. It cannot be shown again; revoke it in the admin or on the account page."
        )
