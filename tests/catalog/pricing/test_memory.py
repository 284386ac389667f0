"""What memory keeps of the tables, and that no answer from it is older than they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.errors import LeaseLostError, SourceError
from catalog.models import PricingTier, PricingUpdate, Sku
from catalog.pricing import list_prices
from catalog.pricing.list_prices import look_up, snapshot
from catalog.pricing.memory import Memory, State
from catalog.providers.sample.source import SampleSource
from catalog.providers.source import Entry
from catalog.sync import lease
from catalog.sync.backfill import backfill
from catalog.sync.dry_run import dry_run
from catalog.sync.run import sync
from catalog.sync.scope import EVERYTHING, WHOLE, Scope
from tests.catalog.tables import priced
from tests.catalog.wire import (
    COMPUTE,
    STORAGE,
    Wire,
    WireSource,
    compute,
    wire_price,
    wire_rate,
    wire_service,
    wire_sku,
)
from tests.harness.product import Product, install, serve
from tools import registry

pytestmark = pytest.mark.django_db

IDS = ["A", "B"]
HOUR = timedelta(hours=1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def answers() -> list[dict[str, Any]]:
    """All that the tools say of the SKUs."""
    calls: list[tuple[str, dict[str, Any]]] = [
        ("details", {"sku_ids": IDS, "history": True}),
        ("calculate", {"items": [{"sku_id": sku_id, "quantity": 730} for sku_id in IDS]}),
        ("details", {"sku_ids": IDS, "as_of": "2024-01-01"}),
        ("details", {"sku_ids": IDS, "as_of": timezone.now().isoformat()}),
    ]
    return [registry.call(*call).content for call in calls]


def is_current() -> bool:
    """Whether memory, which the first call fills if it may, answers as the tables would."""
    now = timezone.now()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: now)
        warm = answers()
        list_prices.forget()
        return warm == answers()


def first_price() -> str:
    [sku] = registry.call("details", {"sku_ids": ["A"]}).content["skus"]
    amount: str = sku["pricing"]["tiers"][0]["unit_price"]["amount"]
    return amount


def both(nanos: int, **fields: Any) -> WireSource:
    return WireSource({COMPUTE: [priced(nanos, "A", **fields)], STORAGE: [priced(nanos, "B", **fields)]})


class PastSource(WireSource):
    """A price list with a price of each SKU that nobody has recorded."""

    def past_sku_lists(
        self, service_ids: Sequence[str], _since: datetime, _until: datetime
    ) -> Iterator[Iterator[Entry]]:
        return map(self.skus, service_ids)


def fail_half_way() -> None:
    sync(WireSource({COMPUTE: [priced(2, "A")], STORAGE: SourceError("No network.")}))


def be_interrupted() -> None:
    with pytest.raises(KeyboardInterrupt):
        sync(WireSource({COMPUTE: [priced(2, "A")], STORAGE: KeyboardInterrupt()}))


def lose_the_lease() -> None:
    def close(*_: object) -> Iterator[Wire]:
        PricingUpdate.objects.filter(status="running").update(status="failed")
        yield priced(2, "B")

    with pytest.raises(LeaseLostError):
        sync(WireSource({COMPUTE: [priced(2, "A")], STORAGE: close()}))


def add_past_prices() -> None:
    early = wire_price(wire_rate(nanos=7), effective="2023-01-01T00:00:00Z")
    backfill(
        PastSource({COMPUTE: [wire_sku("A", early)], STORAGE: []}),
        EVERYTHING,
        LONG_AGO,
        timezone.now(),
    )


WRITERS: dict[str, Callable[[], object]] = {
    "a sync": lambda: sync(both(2)),
    "a sync of one service": lambda: sync(both(2), Scope(names=[COMPUTE])),
    "a sync that renames": lambda: sync(both(1, description="N2 Core")),
    "a sync that withdraws": lambda: sync(WireSource({COMPUTE: [priced(1, "C")], STORAGE: []})),
    "a sync that finds no price": lambda: sync(
        WireSource({COMPUTE: [wire_sku("A", pricingInfo=[])], STORAGE: [priced(1, "B")]})
    ),
    "a sync that changes nothing": lambda: sync(both(1)),
    "a sync that cannot read a service": fail_half_way,
    "a sync that is interrupted": be_interrupted,
    "a sync that another one has replaced": lose_the_lease,
    "a backfill": add_past_prices,
    "a dry run": lambda: dry_run(both(2)),
}


@pytest.mark.usefixtures("remembering")
@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_call_after_a_write_answers_from_what_was_written(write: Callable[[], object]) -> None:
    sync(both(1))
    answers()

    write()

    assert is_current()


@pytest.mark.usefixtures("remembering")
def test_calls_during_a_sync_answer_from_what_it_has_written_so_far() -> None:
    sync(both(1))
    names = []

    def call() -> None:
        names.append(look_up(["A"], snapshot())["A"].sku.display_name)
        assert is_current()

    answers()
    sync(both(2, description="N2 Core"), progress=call)

    # A is written while B is read, and both before the run ends.
    assert names == ["N2 Instance Core running in Frankfurt", "N2 Core"]


@pytest.mark.usefixtures("remembering")
def test_a_price_that_changes_and_comes_back_is_each_time_the_one_that_is_answered() -> None:
    seen = []
    for nanos in (1, 2, 1):
        sync(both(nanos))
        seen += [first_price(), first_price()]

    assert seen == ["0.000000001"] * 2 + ["0.000000002"] * 2 + ["0.000000001"] * 2


@pytest.mark.usefixtures("remembering")
def test_a_real_price_list_replaces_the_kept_sample() -> None:
    sync(SampleSource())
    sku_id = Sku.objects.order_by("pk").values_list("pk", flat=True)[0]
    assert look_up([sku_id], snapshot())

    sync(both(1))

    assert not look_up([sku_id], snapshot())
    assert is_current()


@pytest.mark.usefixtures("remembering")
def test_a_kept_price_that_is_listed_for_later_takes_effect_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    soon = timezone.now() + HOUR
    timeline = [wire_price(wire_rate(nanos=1)), wire_price(wire_rate(nanos=2), effective=soon.isoformat())]
    sync(compute(wire_sku("A", *timeline)))
    assert first_price() == "0.000000001"

    monkeypatch.setattr(timezone, "now", lambda: soon + HOUR)

    assert first_price() == "0.000000002"


@pytest.mark.usefixtures("remembering")
def test_a_run_that_stops_without_a_word_shows_though_it_writes_nothing() -> None:
    sync(both(1))
    PricingUpdate.objects.update(completed_at=timezone.now() - HOUR)
    run = lease.acquire(both(1), WHOLE, is_full=True)
    PricingUpdate.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now() - lease.LEASE + HOUR / 3600)
    assert registry.call("details", {"sku_ids": IDS}).content["catalog"]["stale"] is False

    later = timezone.now() + HOUR / 60
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: later)
        assert registry.call("details", {"sku_ids": IDS}).content["catalog"]["stale"] is True


@pytest.mark.usefixtures("remembering")
@pytest.mark.parametrize("name", ["details", "calculate"])
def test_a_call_about_kept_skus_takes_one_query(
    name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sync(both(1))
    items = [{"sku_id": sku_id, "quantity": 1} for sku_id in IDS]
    arguments = {"sku_ids": IDS} if name == "details" else {"items": items}

    with django_assert_num_queries(2):
        registry.call(name, arguments)
    with django_assert_num_queries(1):
        registry.call(name, arguments)
    with django_assert_num_queries(2):
        registry.call(name, arguments | {"as_of": timezone.now().isoformat()})


def test_nothing_is_kept_in_a_transaction_which_may_be_rolled_back() -> None:
    sync(both(1))
    assert first_price() == "0.000000001"
    with transaction.atomic():
        PricingTier.objects.update(price_nanos=2)
        assert first_price() == "0.000000002"
        transaction.set_rollback(True)

    assert first_price() == "0.000000001"


def test_what_is_kept_of_a_database_is_not_answered_for_another() -> None:
    kept: Memory[str, int] = Memory(2)
    kept.keep({"A": 1}, State("one", "[1,[]]"))

    assert kept.find(["A"], State("other", "[1,[]]")) == {}
    assert kept.find(["A"], State("one", "[1,[]]")) == {"A": 1}


def test_the_values_that_were_used_longest_ago_make_room() -> None:
    state, kept = State("", ""), Memory[str, int](2)
    kept.keep({"A": 1, "B": 2}, state)
    kept.find(["A"], state)
    kept.keep({"C": 3}, state)

    assert kept.find(["A", "B", "C"], state) == {"A": 1, "C": 3}


def test_a_thread_with_an_older_state_gets_and_leaves_no_value_for_a_newer_one() -> None:
    kept: Memory[str, str] = Memory(50)

    def use(number: int) -> bool:
        state = State("", f"{number % 3}")
        kept.keep({f"{number % 40}": state.runs}, state)
        return set(kept.find(map(str, range(40)), state).values()) <= {state.runs}

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(use, range(6000)))


def price_list(folder: Path, nanos: int) -> str:
    (folder / "skus").mkdir(parents=True)
    (folder / "services.json").write_text(json.dumps({"services": [wire_service()]}))
    (folder / "skus" / f"{COMPUTE}.json").write_text(json.dumps({"skus": [priced(nanos)]}))
    return str(folder)


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    product = install(tmp_path, price_list(tmp_path / "old", 1))
    with serve(product, tmp_path / "server.log"):
        yield product


def test_the_next_call_has_the_price_that_another_process_has_synced(
    product: Product, tmp_path: Path
) -> None:
    token = product.token("agent")
    arguments = {"items": [{"sku_id": "A", "quantity": 1000}]}

    def cost() -> object:
        content = product.ask(token, "calculate", arguments).structured_content
        return content and content["total"]["amount"]

    assert [cost(), cost()] == ["0.000001", "0.000001"]

    product.manage("sync_catalog", "--source", price_list(tmp_path / "new", 2))

    assert cost() == "0.000002"
