from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts.oauth import expired


class Command(BaseCommand):
    help = "Delete expired tokens, codes, consents and sessions, and clients that nobody uses. Run it daily."

    def handle(self, *args: Any, **options: Any) -> None:
        cleared = expired.clear()
        call_command("clearsessions")
        self.stdout.write(", ".join(f"{count} {what}" for what, count in cleared.items()) + " deleted.")
