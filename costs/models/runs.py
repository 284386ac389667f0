"""What runs of jobs have in common of which one runs at a time (costs/lease.py)."""

from __future__ import annotations

from datetime import timedelta

from django.db import models


class Run(models.Model):
    """A run of a job. The one without an end holds the lease; a constraint of the table allows one."""

    # Without a heartbeat for so long it counts as killed.
    LEASE: timedelta

    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(default="", blank=True)

    class Meta:
        abstract = True
