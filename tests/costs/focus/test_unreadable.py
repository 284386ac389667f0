from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from costs.focus.unreadable import unreadable
from costs.providers.focus_files import relation
from costs.providers.source import Delivery, Layout
from tests.costs.loaded import cast_into, session
from tests.costs.providers.writers import rows, write_csv


def test_each_column_with_unreadable_values_is_a_sentence_with_examples_and_their_file(
    tmp_path: Path,
) -> None:
    first, second, *others = rows("aws")
    bad = [
        {**first, "BilledCost": "12,5", "Tags": "a=b"},
        {**second, "BilledCost": "n/a", "ListCost": "1e30"},
        *others,
    ]
    path = write_csv(tmp_path / "may.csv", bad)
    delivery = Delivery("bills", None, "2026-05", "", Layout.FOCUS_CSV, [path])
    assert unreadable(session(), relation(delivery)) == [
        (
            "2 values of BilledCost cannot be read as decimal(38,18), "
            "such as '12,5' in may.csv, 'n/a' in may.csv."
        ),
        "1 value of ListCost cannot be read as decimal(38,18), such as '1e30' in may.csv.",
        "1 value of Tags cannot be read as json, such as 'a=b' in may.csv.",
    ]


def test_a_readable_file_has_no_sentence(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "may.csv", rows("azure", "1.3"))
    delivery = Delivery("bills", None, "2026-05", "", Layout.FOCUS_CSV, [path])
    assert unreadable(session(), relation(delivery)) == []


def test_labels_are_looked_at_one_by_one() -> None:
    sql = "(select 'a=b' as x_Labels, '{\"a\": 1}' as Tags, 'null' as SkuPriceDetails)"
    found = unreadable(session(), sql)
    assert found == ["1 value of x_Labels cannot be read as json, such as 'a=b'."]


@pytest.mark.parametrize("written", ["1_000", "1_000.5", "1.5_0", "1e1_0"])
def test_a_number_with_underscores_is_no_number(written: str) -> None:
    sql = f"(select '{written}' as BilledCost, '{written}' as PricingQuantity)"
    assert unreadable(session(), sql) == [
        f"1 value of BilledCost cannot be read as decimal(38,18), such as '{written}'.",
        f"1 value of PricingQuantity cannot be read as decimal(38,9), such as '{written}'.",
    ]
    with pytest.raises(duckdb.ConversionException):
        cast_into(sql, only=["BilledCost"])


@pytest.mark.parametrize("column", ["BilledCost", "ChargePeriodStart"])
def test_null_is_no_number_and_no_time(column: str) -> None:
    [sentence] = unreadable(session(), f"(select 'null' as {column}, '/bills/may.csv' as x_File)")
    assert sentence.startswith(f"1 value of {column} cannot be read as ")
    assert sentence.endswith("such as 'null' in may.csv.")


def test_a_long_value_is_shortened() -> None:
    [sentence] = unreadable(session(), "(select repeat('x', 1000) as BilledCost)")
    assert len(sentence) < 150
