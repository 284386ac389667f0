"""People in the admin. Who is an administrator is not decided there where GitHub signs in."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import Count, ManyToManyField, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User

DECIDED = "Decided by STAFF_GITHUB_IDS at each sign-in: a change made here would be undone."
RIGHTS = ("is_staff", "is_superuser")


@admin.register(User)
class PersonAdmin(UserAdmin):
    list_display = ("username", "last_login", "clients", "is_staff", "is_active")
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("username",)
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    filter_horizontal = ()
    empty_note = "Nobody has signed in yet. A person appears at the first sign-in."

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        found: QuerySet[User] = super().get_queryset(request)
        return found.annotate(client_count=Count("consents", distinct=True))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody is added where GitHub signs in: no page would accept their password."""
        return not settings.HAS_GITHUB and super().has_add_permission(request)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return super().get_fieldsets(request, obj)
        own = ("username", "github") if settings.HAS_GITHUB else ("username", "password")
        decided = {"description": DECIDED} if settings.HAS_GITHUB else {}
        return (
            (None, {"fields": (*own, "is_active", "groups")}),
            ("Administrator", {"fields": RIGHTS, **decided}),
            ("Record", {"fields": ("clients", "last_login", "date_joined")}),
        )

    def get_readonly_fields(self, _request: HttpRequest, _obj: Any = None) -> tuple[str, ...]:
        decided = RIGHTS if settings.HAS_GITHUB else ()
        return ("github", "clients", "last_login", "date_joined", *decided)

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        return super().formfield_for_manytomany(
            db_field, request, **kwargs, widget=forms.CheckboxSelectMultiple
        )

    @admin.display(description="GitHub account", empty_value="none")
    def github(self, user: User) -> SafeString | None:
        account = SocialAccount.objects.filter(user=user, provider="github").first()
        if account is None:
            return None
        address = reverse("admin:socialaccount_socialaccount_change", args=[account.pk])
        return format_html('<a href="{}">id {}</a>', address, account.uid)

    @admin.display(description="clients act for them", ordering="client_count")
    def clients(self, user: User) -> int:
        return int(getattr(user, "client_count"))  # noqa: B009  # unknown to mypy
