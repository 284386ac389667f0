from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register

from pricing_site import checks


class PricingSiteConfig(AppConfig):
    name = "pricing_site"
    verbose_name = "Site"

    def ready(self) -> None:
        for check in checks.CHECKS:
            register(check)
