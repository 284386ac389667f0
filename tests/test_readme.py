"""The question and answer of the README, asked of the starter catalog."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from catalog.providers.sample.source import SampleSource
from catalog.sync.run import sync
from tools import registry

README = Path(__file__).resolve().parent.parent / "README.md"


@pytest.mark.django_db
def test_the_readme_shows_the_answer_that_the_starter_catalog_gives() -> None:
    request, shown, *_ = (
        json.loads(block)
        for block in re.findall(r"^```json\n(.*?)^```", README.read_text(), re.DOTALL | re.MULTILINE)
    )
    sync(SampleSource())

    result = registry.call("calculate", request)

    assert not result.is_error
    assert shown["total"]["amount"] == "110.88"
    assert _only(result.content, shown) == shown


def _only(answer: Any, shown: Any) -> Any:
    """`answer` without the fields that `shown` leaves out."""
    if isinstance(shown, dict):
        return {name: _only(answer[name], part) for name, part in shown.items()}
    if isinstance(shown, list):
        return [_only(item, part) for item, part in zip(answer, shown, strict=True)]
    return answer
