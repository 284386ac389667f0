from __future__ import annotations

import pytest

from catalog.offers.attributes import NO_LIMIT, Span
from catalog.offers.read_name import span_of


@pytest.mark.parametrize(
    ("value", "span"),
    [
        ("cpu-6-9", Span("cpu", 6, 9)),
        ("gpu-8-8", Span("gpu", 8, 8)),
        ("cpu-5-*", Span("cpu", 5, NO_LIMIT)),
        ("cpu-4~-*", Span("cpu", 5, NO_LIMIT)),
    ],
)
def test_a_span_has_its_least_and_most(value: str, span: Span) -> None:
    assert span_of(value) == span
