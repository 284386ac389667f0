"""What people say of the answers that they got. It goes with the conversation."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from assistant import talk
from assistant.errors import AskError
from assistant.models import Feedback

MAX_REASON = 500


def give(person: Any, turn_id: str, *, is_right: bool, reason: str = "") -> Feedback:
    """Keep whether an answer was right, in place of what was said of it before.

    Args:
        person: who asked.
        turn_id: the id of the answer.
        is_right: whether it was.
        reason: why, in the person's words.

    Raises:
        AskError: the reason is too long.
        UnknownTurnError: there is no such answer of this person.
    """
    reason = " ".join(reason.split())
    if len(reason) > MAX_REASON:
        raise AskError(f"The reason has {len(reason)} characters.", hint=f"Write at most {MAX_REASON}.")
    turn = talk.find(person, turn_id)
    said = {"is_right": is_right, "reason": reason, "given_at": timezone.now()}
    return Feedback.objects.update_or_create(turn=turn, defaults=said)[0]
