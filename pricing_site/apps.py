from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import Tags, register

from pricing_site import checks, database_faults


class PricingSiteConfig(AppConfig):
    name = "pricing_site"
    verbose_name = "Site"

    def ready(self) -> None:
        register(checks.check_secret_key)
        register(checks.check_debug)
        register(checks.check_public_url)
        register(checks.check_sync)
        register(checks.check_sign_in)
        register(checks.check_proxies)
        register(database_faults.check_database, Tags.database)
