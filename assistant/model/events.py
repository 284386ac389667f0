"""What a turn tells as it goes on: each is a dict with its kind in `event`, and JSON as it is.

docs/ask-model.md has the fields of each, for whoever shows them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

Event = dict[str, Any]


class Reason(StrEnum):
    """Why a turn has ended."""

    ANSWERED = "answered"
    STOPPED = "stopped"
    STEPS = "steps"
    TOKENS = "tokens"
    MONEY = "money"
    TIME = "time"
    REFUSED = "refused"
    CUT = "cut"
    FAILED = "failed"


SAYS = {
    Reason.ANSWERED: "",
    Reason.STOPPED: "Stopped. What was found until then is above.",
    Reason.STEPS: "The model asked tools again and again and came to no answer. What they found is above.",
    Reason.TOKENS: "The answer reached the number of tokens that one may take, so it is not complete.",
    Reason.MONEY: "What may be spent on the model today is spent. "
    "Questions are answered without it until midnight UTC.",
    Reason.TIME: "The answer took as long as one may. What was found until then is above.",
    Reason.REFUSED: "The model declined to answer. Ask it in other words, or ask without the model.",
    Reason.CUT: "The connection to the model broke off, so the answer is not complete.",
    Reason.FAILED: "The model could not be asked.",
}


def tool(call_id: str, name: str, arguments: Any) -> Event:
    return {"event": "tool", "id": call_id, "name": name, "arguments": arguments}


# What the rows of an answer are called.
_ROWS = ("rows", "budgets", "anomalies", "items", "resources", "skus")


def rows(call_id: str, name: str, answer: dict[str, Any]) -> Event:
    """The event of an answer of a tool; `answer` is all of it."""
    return {
        "event": "rows",
        "id": call_id,
        "name": name,
        "rows": next((answer[key] for key in _ROWS if answer.get(key)), []),
        "totals": answer.get("totals") or [],
        **{key: answer.get(key) for key in ("currency", "hint", "is_demo", "is_estimate")},
        "answer": answer,
    }


def tool_error(call_id: str, name: str, error: dict[str, Any]) -> Event:
    told = {key: error.get(key) for key in ("code", "message", "hint")}
    return {"event": "tool_error", "id": call_id, "name": name, **told}
