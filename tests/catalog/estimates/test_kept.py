from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import InvalidArgumentError, NotFoundError
from catalog.estimates import kept as module
from catalog.estimates.items import read_item
from catalog.estimates.kept import KEPT_FOR, MAX_ITEMS, arguments, keep, kept
from catalog.estimates.request import FileRequest, Unread
from catalog.models import KeptEstimate
from catalog.offers.resources.request import ResourceRequest
from catalog.pricing.usage import Item

MACHINE = ResourceRequest(resource="n2-standard-8", region="europe-west3", quantity=Decimal("3.0"), ha=True)
USAGE = Item("22EB-AAE8-FBCD", Decimal("1e3"), "GiB", label="=down")


def request(*items: Item | ResourceRequest, **others: Any) -> FileRequest:
    return FileRequest(items, tuple(f"row {number}" for number in range(len(items))), **others)


@pytest.mark.django_db
def test_a_kept_estimate_comes_back_whole() -> None:
    asked = request(
        MACHINE,
        USAGE,
        gaps=("A bucket has no size.",),
        unread=(Unread("google_pubsub_topic", 2),),
        free=(Unread("google_project_service", 1),),
        notes=("Read from a plan.",),
    )

    key = keep(asked)
    assert kept(key) == asked
    assert keep(asked) == key
    assert KeptEstimate.objects.count() == 1


@given(
    quantity=st.decimals(min_value=0, max_value=10**9, allow_nan=False, places=6),
    label=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
)
def test_the_arguments_of_an_item_are_read_as_the_same_item(quantity: Decimal, label: str) -> None:
    item = Item("22EB-AAE8-FBCD", quantity, label=label.strip() or None)

    assert read_item(arguments(item)) == item


@pytest.mark.django_db
def test_an_estimate_is_gone_after_its_time() -> None:
    key = keep(request(MACHINE))
    KeptEstimate.objects.update(kept_at=timezone.now() - KEPT_FOR)

    with pytest.raises(NotFoundError, match="no estimate under this address"):
        kept(key)
    keep(request(USAGE))
    assert not KeptEstimate.objects.filter(key=key).exists()


@pytest.mark.django_db
def test_the_oldest_estimates_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_KEPT", 2)
    keys = [keep(request(MACHINE, label)) for label in (USAGE, MACHINE, Item("A", Decimal(1)))]

    assert set(KeptEstimate.objects.values_list("key", flat=True)) == set(keys[1:])


def test_too_many_items_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="501 items; pages take 500"):
        keep(request(*[MACHINE] * (MAX_ITEMS + 1)))
