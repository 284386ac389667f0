"""What tables of costs have in common in the admin."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db import models


class OneLineTexts(admin.ModelAdmin):
    """Rows whose texts are one line each."""

    formfield_overrides: ClassVar = {models.TextField: {"widget": AdminTextInputWidget}}
