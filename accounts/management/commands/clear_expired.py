from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts import events, usage
from accounts.oauth import expired
from accounts.signals import clearing


class Command(BaseCommand):
    help = "Delete expired tokens, codes, consents and sessions, unused clients and old talks. Run it daily."

    def handle(self, *args: Any, **options: Any) -> None:
        deleted = expired.clear()
        usage.forget_old()
        events.forget_old()
        call_command("clearsessions")
        answers: list[tuple[Any, Any]] = clearing.send(Command)
        for _, others in answers:
            deleted.update(others)
        self.stdout.write("Deleted " + ", ".join(f"{what}: {count}" for what, count in deleted.items()) + ".")
