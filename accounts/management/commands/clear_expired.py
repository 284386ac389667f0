from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts import events, usage
from accounts.oauth import expired


class Command(BaseCommand):
    help = "Delete expired tokens, codes, consents and sessions, and unused clients. Run it daily."

    def handle(self, *args: Any, **options: Any) -> None:
        deleted = expired.clear()
        usage.forget_old()
        events.forget_old()
        call_command("clearsessions")
        self.stdout.write("Deleted " + ", ".join(f"{what}: {count}" for what, count in deleted.items()) + ".")
