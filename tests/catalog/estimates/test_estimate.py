from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.errors import CatalogEmptyError, InvalidArgumentError
from catalog.estimates.estimate import BATCH, Estimate, Options, estimate
from catalog.estimates.report import as_csv, as_json
from catalog.estimates.request import FileRequest, Unread
from catalog.offers.resources.request import ResourceRequest
from catalog.pricing.calculate import Item, calculate
from catalog.pricing.list_prices import Snapshot, snapshot
from catalog.pricing.resources import offers
from tests.catalog.factories import NOON, make_service, make_update
from tests.catalog.pricing.known_skus import DISCOUNT, EGRESS, add_discount, add_egress, add_n2

pytestmark = pytest.mark.django_db

MACHINE = ResourceRequest(resource="n2-standard-8", region="europe-west3", label="web")
UNKNOWN = ResourceRequest(resource="n2-standrad-8", region="europe-west3", label="=bad")


@pytest.fixture(autouse=True)
def catalog() -> None:
    offers.forget()
    make_update()
    add_n2(make_service(display_name="Compute Engine"))
    add_egress()
    add_discount()


def request(*items: Item | ResourceRequest, **others: tuple[object, ...]) -> FileRequest:
    names = tuple(f"row {number}" for number in range(2, len(items) + 2))
    return FileRequest(items, names, **others)  # type: ignore[arg-type]


def priced(*items: Item | ResourceRequest, options: Options | None = None) -> Estimate:
    return estimate(request(*items), snapshot(), options or Options())


def test_a_file_is_priced_as_calculate_prices_its_items() -> None:
    usage = Item(EGRESS, Decimal("0.5"), "TiB", label="down")
    items: list[Item | ResourceRequest] = [MACHINE, Item(EGRESS, Decimal(512)), usage]
    moment = snapshot()

    found = estimate(request(*items), moment, Options(months=3, compare=True, group_by="label"))

    answer = calculate(items, months=3, snapshot=moment, compare=True)
    assert found.answer["groups"]
    assert found.answer | {"groups": []} == answer


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=5,
    deadline=None,
    derandomize=True,
)
@given(st.lists(st.decimals(0, 1000, places=6), min_size=BATCH + 1, max_size=BATCH + 5))
def test_tiers_and_free_allowances_are_given_once_over_all_batches(quantities: list[Decimal]) -> None:
    found = priced(*(Item(EGRESS, quantity) for quantity in quantities))

    [whole] = calculate([Item(EGRESS, sum(quantities, Decimal(0)))])["items"]
    assert found.answer["total"]["amount"] == whole["cost"]
    assert sum(Decimal(line["cost"] or 0) for line in found.answer["items"]) == Decimal(whole["cost"] or 0)
    assert [row["given"] for row in found.answer["allowances"]] == ["100"]


def test_each_batch_is_progress() -> None:
    steps: list[int] = []

    estimate(request(*[MACHINE] * (BATCH + 1)), snapshot(), Options(), steps.append)

    assert steps == [BATCH, 1]


def test_an_item_at_fault_is_refused_by_its_row_and_the_rest_is_priced_in_part() -> None:
    found = priced(MACHINE, UNKNOWN, Item("0000-0000-0000", Decimal(1)))

    assert (found.refused, found.is_partial, found.is_priced) == (2, True, True)
    content = as_json(found)
    assert content["status"] == "partial"
    assert content["total"]["partial"] is True
    errors = content["refused"]["errors"]
    assert [error["message"] for error in errors] == [
        "row 3 (=bad): There is no resource 'n2-standrad-8'.",
        "Not in the catalog: 0000-0000-0000.",
    ]
    assert {"resource": "n2-standard-8"} in errors[0]["candidates"]


@pytest.mark.parametrize("left_open", [{"gaps": ("x: size",)}, {"unread": (Unread("aws_instance", 1),)}])
def test_what_a_plan_leaves_open_makes_the_total_partial(left_open: dict[str, tuple[object, ...]]) -> None:
    assert estimate(request(MACHINE, **left_open), snapshot(), Options()).is_partial
    free = request(MACHINE, free=(Unread("google_project", 1),))
    assert not estimate(free, snapshot(), Options()).is_partial


def test_a_whole_estimate_is_complete_and_one_without_a_price_has_failed() -> None:
    assert as_json(priced(MACHINE))["status"] == "complete"
    assert as_json(priced(UNKNOWN))["status"] == "failed"


def test_months_out_of_range_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="months must be from 1 to 120"):
        priced(MACHINE, options=Options(months=121))


def test_nothing_is_priced_before_the_first_sync() -> None:
    with pytest.raises(CatalogEmptyError):
        estimate(request(MACHINE), Snapshot(NOON, None, None), Options())


def table(found: Estimate) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(found))))


def test_the_rows_of_a_csv_file_add_up_to_the_total_and_name_what_is_missing() -> None:
    unread = (Unread("aws_instance", 2),)
    found = estimate(
        request(
            MACHINE,
            ResourceRequest(resource="n2-standard-8"),
            UNKNOWN,
            ResourceRequest(resource="n2-standard-8", region="us-west4"),
            Item(EGRESS, Decimal(1024)),
            gaps=("x: size is unknown.",),
            unread=unread,
        ),
        snapshot(),
        Options(),
    )

    rows = table(found)

    assert [row["status"] for row in rows] == [
        "priced", "to choose", "priced", "not priced", "refused", "open", "not read",
    ]  # fmt: skip
    assert sum(Decimal(row["cost_usd"] or 0) for row in rows) == Decimal(found.answer["total"]["amount"] or 0)
    assert rows[1]["message"].startswith("Which region? ")
    assert "n2-standard-8 is not sold on demand in us-west4" in rows[3]["message"]
    assert "Nearest: n2-standard-8" in rows[4]["message"]
    assert (rows[6]["resource"], rows[6]["quantity"]) == ("aws_instance", "2")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_a_spreadsheet_would_take_for_a_formula_is_escaped(sign: str) -> None:
    label = f"{sign}HYPERLINK(1)"
    machine = ResourceRequest(resource="n2-standard-8", region="europe-west3", label=label)

    assert [row["label"] for row in table(priced(machine))] == [f"'{label}"]


def test_a_negative_cost_stays_a_number() -> None:
    [row] = table(priced(Item(DISCOUNT, Decimal(1000))))

    assert Decimal(row["cost_usd"]) < 0


def test_compared_ways_to_buy_have_columns_of_their_own() -> None:
    [row] = table(priced(MACHINE, options=Options(compare=True)))

    assert row["usd_a_month_OnDemand"] == row["cost_usd"]
    assert row["usd_a_month_Commit1Yr"] == ""


def test_the_json_of_an_estimate_has_all_that_calculate_answers() -> None:
    content = json.loads(json.dumps(as_json(priced(MACHINE))))

    assert content.keys() >= calculate([MACHINE]).keys()
    assert content.keys() >= {"status", "refused", "gaps", "unread", "free", "notes"}
