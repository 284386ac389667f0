from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import Tags, register

from pricing_site import checks, database_faults


class PricingSiteConfig(AppConfig):
    name = "pricing_site"
    verbose_name = "Site"

    def ready(self) -> None:
        for check in checks.CHECKS:
            register(check)
        register(database_faults.check_database, Tags.database)
