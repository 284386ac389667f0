"""Conversations: what was asked, and what was answered. Each is one person's alone."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models

from catalog.models import CurrentTimestamp

MAX_TITLE = 80


def new_id() -> str:
    """An id that nobody guesses, to follow an answer by."""
    return secrets.token_hex(8)


class TalkQuerySet(models.QuerySet["Talk"]):
    def of(self, person: Any) -> TalkQuerySet:
        """Those of a person; without one, those of commands on this machine."""
        return self.filter(person=person)

    def older_than(self, moment: datetime) -> TalkQuerySet:
        return self.filter(asked_at__lt=moment)


class Talk(models.Model):
    """A conversation. `person` is null for the commands of whoever runs the server."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.CASCADE,
        related_name="talks",
        db_column="user_id",
    )
    title = models.TextField()
    started_at = models.DateTimeField(db_default=CurrentTimestamp())
    asked_at = models.DateTimeField(db_index=True)

    objects = TalkQuerySet.as_manager()

    class Meta:
        db_table = "cost_talks"

    def __str__(self) -> str:
        return self.title


class Turn(models.Model):
    """A question with its answer. `plan` is what it was read as; null if nothing was answered.

    `figures` is what else the answer had; null if it is too long or too old to be kept.
    """

    id = models.TextField(primary_key=True, default=new_id)
    talk = models.ForeignKey(Talk, on_delete=models.CASCADE, related_name="turns")
    text = models.TextField()
    plan = models.JSONField(null=True)
    asks = models.JSONField(default=list)
    answer = models.TextField()
    not_understood = models.JSONField(default=list)
    figures = models.JSONField(null=True)
    asked_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "cost_turns"
        ordering = ("asked_at", "id")

    def __str__(self) -> str:
        return self.text


class ModelDay(models.Model):
    """What was spent on the model in a day (UTC), with what is taken for requests under way, in nano-USD."""

    day = models.DateField(primary_key=True)
    spent_nanos = models.BigIntegerField(default=0)
    requests = models.IntegerField(default=0)

    class Meta:
        db_table = "cost_model_days"

    def __str__(self) -> str:
        return f"{self.day}"


class Feedback(models.Model):
    """Whether an answer was right, as the person who asked says."""

    turn = models.OneToOneField(Turn, on_delete=models.CASCADE, primary_key=True, related_name="feedback")
    is_right = models.BooleanField()
    reason = models.TextField(blank=True)
    given_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "cost_feedback"
        verbose_name_plural = "feedback"

    def __str__(self) -> str:
        return f"{'right' if self.is_right else 'wrong'}: {self.turn.text[:MAX_TITLE]}"
