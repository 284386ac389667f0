from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template.loader import render_to_string

from accounts.errors import NotLocalError
from accounts.local import ensure_local_account
from catalog.models import SAMPLE, PricingUpdate
from catalog.providers.sample.source import SampleSource
from costs.models import CostLoad

PATH = settings.BASE_DIR / "data" / "local-account.json"


class Command(BaseCommand):
    help = "Create the administrator and bearer token of a server on this machine and print how to use them."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            account = ensure_local_account(PATH)
        except NotLocalError as error:
            raise CommandError(f"{error}") from error
        update = PricingUpdate.objects.latest_completed()
        context = {
            "account": account,
            "public_url": settings.PUBLIC_URL,
            "mcp_url": settings.MCP_RESOURCE,
            "token": account.token,
            "update": update,
            "manage": settings.MANAGE_COMMAND,
            "has_demo": CostLoad.objects.current().filter(is_demo=True).exists(),
            "notice": SampleSource().notice() if update and update.source == SAMPLE else "",
        }
        self.stdout.write(render_to_string("pricing_site/local_account.txt", context))
