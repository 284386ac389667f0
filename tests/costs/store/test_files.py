from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.costs.store.lakes import write_file

COSTS = st.lists(st.decimals(-(10**19), 10**19, places=18).map(str), min_size=1, max_size=200)


@settings(max_examples=15)
@given(costs=COSTS, data=st.data())
def test_the_same_charges_in_any_order_are_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, costs: list[str], data: st.DataObject
) -> None:
    folders = [tmp_path_factory.mktemp("files") for _ in range(2)]

    written = [write_file(folders[0], costs), write_file(folders[1], data.draw(st.permutations(costs)))]

    assert written[0].path.read_bytes() == written[1].path.read_bytes()
    assert written[0].sha256 == written[1].sha256


def test_what_was_written_is_measured_exactly_and_by_currency(tmp_path: Path) -> None:
    written = write_file(tmp_path, ["0.000000000000000001", "12345678901234567890"], BillingCurrency="EUR")

    assert (written.rows, written.billed) == (2, {"EUR": Decimal("12345678901234567890.000000000000000001")})
