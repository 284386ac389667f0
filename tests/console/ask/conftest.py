from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from assistant import examples, known
from tests.assistant.conftest import demo_loaded
from tests.console.costs.conftest import costs_dir, person, reader, shows

__all__ = ["costs_dir", "demo_loaded", "person", "reader", "shows"]

Asks = Callable[..., str]


@pytest.fixture(autouse=True)
def _forgotten_names() -> None:
    """The names of another test's charges, whose loads have the same ids."""
    known.forget()
    examples.forget()


@pytest.fixture
def asks(reader: Client) -> Asks:
    """Sends a question as the form does, and returns the page that it leads to."""

    def ask(text: str, follow: str = "", client: Client = reader) -> str:
        response = client.post("/ask/question/", {"q": text, "follow": follow}, follow=True)
        assert response.status_code == 200, response.content.decode()[:500]
        return response.content.decode()

    return ask


def last_of(page: str) -> str:
    """The id of the last answer of a page."""
    return str(re.findall(r'<article class="answer" id="a-(\w+)"', page)[-1])
