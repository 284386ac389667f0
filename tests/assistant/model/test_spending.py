from __future__ import annotations

from decimal import Decimal

import pytest
from pytest_django.fixtures import Settings

from assistant.model import spending
from assistant.model.provider import Price, Usage
from assistant.models import ModelDay

pytestmark = pytest.mark.django_db

PRICE = Price(Decimal(3), Decimal(15), Decimal("0.30"), Decimal("3.75"), "made up")


@pytest.fixture(autouse=True)
def _limit(settings: Settings) -> None:
    settings.ASK_USD_PER_DAY = Decimal(1)


def test_tokens_cost_what_their_kind_costs_to_the_last_digit() -> None:
    # By hand: 3 + 2 x 15 + 3 x 0.30 + 4 x 3.75, of a millionth.
    assert spending.cost(Usage(1, 2, 3, 4), PRICE) == Decimal("0.0000489")


def test_what_a_request_has_not_cost_is_given_back() -> None:
    with spending.taking(Decimal("0.9")) as taken:
        assert spending.spent_today() == Decimal("0.9")
        taken.settle(Decimal("0.000000001"))

    assert spending.spent_today() == Decimal("0.000000001")


def test_two_at_a_time_cannot_both_take_the_last_of_it() -> None:
    with spending.taking(Decimal("0.6")), pytest.raises(spending.SpentError), spending.taking(Decimal("0.6")):
        pass

    with pytest.raises(spending.SpentError), spending.taking(Decimal("0.4000000001")):
        pass
    assert ModelDay.objects.get().requests == 1


def test_what_a_request_has_cost_counts_in_full_until_it_is_known() -> None:
    def fail() -> None:
        with spending.taking(Decimal("0.6")):
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert spending.spent_today() == Decimal("0.6")
