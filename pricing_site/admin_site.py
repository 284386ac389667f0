"""The admin's site: its menu, its sign-in, and a first page that says how the product is."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.sign_in import admin_login
from console.dashboard import dashboard

# Tables that are reached from the pages of what they belong to.
UNLISTED = frozenset({"Group", "PricingInfo", "PricingTier", "SkuAttributes", "SocialAccount"})


class Site(AdminSite):
    site_header = site_title = "Cloud Pricing"
    index_title = "Administration"
    enable_nav_sidebar = False  # the lists of SKUs and prices need the width

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return cast("HttpResponse", admin_login(super().login)(request, extra_context))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {**dashboard(), **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """The tables that have a place in the menu; those of the OAuth library are among the accounts."""
        apps = {app["app_label"]: app for app in super().get_app_list(request, app_label)}
        if "accounts" in apps and (tokens := apps.pop("oauth2_provider", None)):
            apps["accounts"]["models"] += tokens["models"]
        for app in apps.values():
            app["models"] = [each for each in app["models"] if each["object_name"] not in UNLISTED]
        return [app for app in apps.values() if app["models"]]
