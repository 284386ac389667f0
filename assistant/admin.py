"""What people said of answers, in the admin: of their conversations, only these turns are shown."""

from __future__ import annotations

from django.contrib import admin

from assistant.models import Feedback
from catalog.admin import ReadOnly
from catalog.admin.read_only import pretty
from costs.wording import printable


@admin.register(Feedback)
class FeedbackAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["question", "is_right", "reason_given", "given_at", "person"]
    list_filter = ["is_right", "given_at"]
    list_select_related = ["turn__talk__person"]
    search_fields = ["turn__text", "reason"]
    ordering = ["-given_at"]
    fields = [
        "question",
        "read_as",
        "answer",
        "not_understood",
        "is_right",
        "reason_given",
        "given_at",
        "person",
    ]
    empty_note = "Nobody has said yet whether an answer was right."

    @admin.display(ordering="turn__text")
    def question(self, given: Feedback) -> str:
        return printable(given.turn.text)

    @admin.display(description="read as")
    def read_as(self, given: Feedback) -> str:
        return pretty(given.turn.plan)

    @admin.display
    def answer(self, given: Feedback) -> str:
        return printable(given.turn.answer)

    @admin.display(description="not understood", empty_value="-")
    def not_understood(self, given: Feedback) -> str | None:
        return ", ".join(map(printable, given.turn.not_understood)) or None

    @admin.display(description="reason", ordering="reason", empty_value="-")
    def reason_given(self, given: Feedback) -> str | None:
        return printable(given.reason) or None

    @admin.display
    def person(self, given: Feedback) -> str:
        return f"{given.turn.talk.person}"
