from __future__ import annotations

from django.apps import AppConfig


class PricingSiteConfig(AppConfig):
    name = "pricing_site"
    verbose_name = "Site"
