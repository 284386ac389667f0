"""A person says that an alert is known."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from costs.models import Alert


def acknowledge(alert: Alert, by: User, reason: str) -> bool:
    """Acknowledge an alert that fires. The next evaluation resolves it if it is an anomaly.

    Args:
        alert: the alert.
        by: the person.
        reason: why it is so, or what is done about it.

    Returns:
        Whether it was not acknowledged before, and still fires.
    """
    firing = Alert.objects.firing().filter(pk=alert.pk, acknowledged_at=None)
    return bool(firing.update(acknowledged_at=timezone.now(), acknowledged_by=by, reason=reason))
