from __future__ import annotations

from typing import Any

from django.apps import AppConfig

from accounts.signals import clearing


class AssistantConfig(AppConfig):
    name = "assistant"
    verbose_name = "Questions"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        clearing.connect(_clear, dispatch_uid="assistant")


def _clear(**_: Any) -> dict[str, int]:
    """Delete old conversations with what else is deleted daily."""
    from assistant import talk  # noqa: PLC0415  models are not loaded before apps are ready

    return {"conversations": talk.sweep()}
