from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from tests.costs.alerts.conftest import Receiver
from tests.costs.alerts.making import SECRET
from tests.harness import starter
from tests.harness.product import copy_database, over

POINTS = [
    "before-alerts-are-written",
    "after-alerts-are-written",
    "after-a-message-is-claimed",
    "after-a-message-is-sent",
]


def test_nothing_is_told_twice_or_lost_unseen_by_killed_evaluations(
    receiver: Receiver, tmp_path: Path
) -> None:
    copy_database(tmp_path / "catalog.db")
    environment = over(
        f"file:{tmp_path / 'catalog.db'}",
        ALERT_WEBHOOK_URL=f"{receiver.url}/webhook",
        ALERT_WEBHOOK_SECRET=SECRET,
        ALERT_SLACK_URL=f"{receiver.url}/slack",
    ).environment

    program = starter.run(["-m", "tests.costs.alerts.killing"], environment)
    assert program.returncode == 0, program.stderr

    states = {(budget, channel): state for budget, channel, state in json.loads(program.stdout)}
    sent = Counter(_budget(request.get_data(as_text=True), request.path) for request in receiver.requests)
    for point in POINTS:
        assert states[point, "webhook"] == "sent", point
        assert sent[point, "slack"] <= 1, point
        # Sent, or shown as a message of which nobody knows: never sent again.
        assert states[point, "slack"] == "sent" or point in POINTS[2:], point
    assert [sent[point, "slack"] for point in POINTS[:2]] == [1, 1]
    assert [states[point, "slack"] for point in POINTS[2:]].count("unknown") >= 1
    _check_repeats(receiver)


def _budget(body: str, path: str) -> tuple[str, str]:
    channel = path.rsplit("/", 1)[-1]
    [point] = [point for point in POINTS if point in body.replace("\\u200b", "").replace("\u200b", "")]
    return point, channel


def _check_repeats(receiver: Receiver) -> None:
    """A webhook that is sent again has the same id and the same content."""
    bodies: dict[str, set[bytes]] = {}
    for request in receiver.requests:
        if request.path.endswith("/webhook"):
            bodies.setdefault(request.headers["webhook-id"], set()).add(request.get_data())
    assert len(bodies) == len(POINTS)
    assert all(len(found) == 1 for found in bodies.values())
