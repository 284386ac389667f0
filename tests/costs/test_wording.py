from __future__ import annotations

import pytest

from costs.wording import counted


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1200, "1,200 rows")]
)
def test_a_number_has_its_noun_in_the_singular_or_the_plural(number: int, text: str) -> None:
    assert counted(number, "row") == text
