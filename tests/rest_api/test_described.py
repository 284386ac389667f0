"""What /api/openapi.json says of the API holds for whatever Schemathesis thinks of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from pytest_django.fixtures import Settings
from schemathesis.core.result import Ok

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

# Who may ask is what test_access.py is about; dates and names are strings to the schema, and not any will do.
CHECKS = [
    check
    for check in schemathesis.checks.CHECKS.get_all()
    if check.__name__ not in ("ignored_auth", "positive_data_acceptance")
]


@pytest.fixture
def ask_all(token: str, settings: Settings) -> Callable[[int], None]:
    """Asks each operation so many questions of those that its description allows or forbids."""
    settings.TOOL_CALLS_PER_MINUTE = 0
    headers = {"Authorization": f"Bearer {token}", "Host": "127.0.0.1", "Accept-Encoding": "identity"}
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application(), headers=headers)

    def ask(times: int) -> None:
        for found in schema.get_all_operations():
            assert isinstance(found, Ok)
            operation = found.ok()

            @examples(max_examples=times, suppress_health_check=list(HealthCheck))
            @given(case=operation.as_strategy())
            def holds(case: Any) -> None:
                case.call_and_validate(headers=headers, checks=CHECKS)

            holds()

    return ask


def test_answers_are_as_described(ask_all: Callable[[int], None]) -> None:
    ask_all(6)


@pytest.mark.slow
def test_answers_to_many_questions_are_as_described(ask_all: Callable[[int], None]) -> None:
    ask_all(200)
