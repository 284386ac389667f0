"""Defaults and indexes that Django does not have."""

from __future__ import annotations

from django.db import models
from django.db.models import Func


class CurrentTimestamp(Func):
    """SQL's CURRENT_TIMESTAMP as a column default, so that rows inserted by hand are dated too."""

    template = "CURRENT_TIMESTAMP"
    output_field = models.DateTimeField()


class LongNameIndex(models.Index):
    """An index whose name may exceed Django's 30 characters, a limit that only Oracle needs."""

    max_name_length = 63
