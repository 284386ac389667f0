from __future__ import annotations

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "live"
    verbose_name = "Live usage"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        """Let rules about what is used now be evaluated as those about bills are."""
        from costs.alerts import causes  # noqa: PLC0415  # models are not loaded before
        from live import watch  # noqa: PLC0415
        from live.window import MINUTES_KEPT  # noqa: PLC0415

        causes.RULES[watch.RULES] = causes.Rules(
            (watch.PREFIX,), watch.find, watch.is_needed, keeps=MINUTES_KEPT
        )
