"""Dates and times as the admin shows them (Django's FORMAT_MODULE_PATH)."""

from __future__ import annotations

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = r"j M Y, H:i \U\T\C"
TIME_FORMAT = r"H:i \U\T\C"
