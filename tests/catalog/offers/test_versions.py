from __future__ import annotations

import pytest

from catalog.offers.phrases import texts
from catalog.offers.versions import version_at


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("7", ["7"]),
        ("14.04 LTS", ["14-04"]),
        ("R2", ["r2"]),
        ("2012R2", ["2012", "r2"]),
        ("SP5", ["sp5"]),
        ("LTS", []),
    ],
)
def test_a_version_is_read_in_its_parts(text: str, values: list[str]) -> None:
    found = version_at(texts(text), 0)

    assert [value for _, value in (found[1] if found else ())] == values
