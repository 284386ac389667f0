from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core.checks import Tags, register

from pricing_site import checks, database_faults


class PricingSiteConfig(AppConfig):
    default = True
    name = "pricing_site"
    verbose_name = "Site"

    def ready(self) -> None:
        for check in checks.CHECKS:
            register(check)
        register(database_faults.check_database, Tags.database)


class AdminConfig(admin_apps.AdminConfig):
    """Django's admin, as the site that we make of it."""

    default = False
    default_site = "pricing_site.admin_site.Site"
