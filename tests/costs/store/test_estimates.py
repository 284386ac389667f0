"""An estimate gives way to the bill of its account and month, and nothing counts twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costs.load.withdraw import withdraw
from costs.models import CostLoad
from costs.query import Question, ask
from costs.query.answer import Answer
from costs.query.snapshot import take
from costs.reports.kept import kept
from costs.reports.loads import loads as shown
from costs.store.estimates import Days, counting, of_days
from costs.store.lake import Lake
from tests.costs.store.lakes import publish

OCTOBER, NOVEMBER = "2026-10", "2026-11"
PAYER, FIRST, SECOND = "111122223333", "444455556666", "777788889999"


def charges(account: str, day: str = "2026-10-05", **others: str) -> dict[str, Any]:
    of_day = {"ChargePeriodStart": f"{day}T00:00:00Z", "BillingPeriodStart": f"{day[:7]}-01T00:00:00Z"}
    return {
        "x_Cloud": "aws",
        "BillingAccountId": PAYER,
        "SubAccountId": account,
        "ChargeCategory": "Usage",
        **of_day,
        **others,
    }


def estimate(account: str, cost: str, month: str = OCTOBER, **others: str) -> CostLoad:
    source = others.pop("source", "guess")
    values = charges(account, f"{month}-05") | others
    return publish(source, month, [cost], estimate_of=account, **values)


def bill(account: str, cost: str, month: str = OCTOBER, **others: str) -> CostLoad:
    return publish("bill", month, [cost], **(charges(account, f"{month}-05") | others))


def billed(as_of: datetime | None = None) -> Decimal:
    return sum((load.billed["USD"] for load in Lake().loads(as_of=as_of)), Decimal(0))


def answer(**parts: Any) -> Answer:
    return ask(Question(["billed_cost"], **parts), Lake())


@pytest.mark.django_db
@pytest.mark.parametrize("bill_comes_first", [False, True])
def test_an_estimate_gives_way_in_both_orders_of_arrival_and_answers_say_so(bill_comes_first: bool) -> None:
    publish("guess", "2026-09", ["7"], estimate_of=FIRST, **charges(FIRST, "2026-09-05"))
    makers: list[Callable[[], CostLoad]] = [lambda: estimate(FIRST, "5"), lambda: bill(FIRST, "4")]
    for make in reversed(makers) if bill_comes_first else makers:
        make()

    october = answer(start=date(2026, 10, 1), end=date(2026, 11, 1))
    assert [row["billed_cost"] for row in october["totals"]] == ["4"]
    assert october["is_estimate"] is False
    both = answer()
    assert [row["billed_cost"] for row in both["totals"]] == ["11"]
    assert both["is_estimate"] is True
    assert 'Estimates until a bill is loaded: 2026-09 of source "guess".' in f"{both['hint']}"
    # What gave way is loaded, and no month of its source is missing.
    assert 'Not loaded: 2026-10 of source "guess"' not in f"{both['hint']}"


@pytest.mark.django_db
def test_an_account_that_the_bill_lacks_still_counts() -> None:
    estimate(FIRST, "5")
    estimate(SECOND, "3")
    bill(FIRST, "4")

    assert billed() == 7
    assert [(load.source, load.account) for load in Lake().loads()] == [("bill", ""), ("guess", SECOND)]


@pytest.mark.django_db
def test_another_month_still_counts() -> None:
    estimate(FIRST, "5", NOVEMBER)
    bill(FIRST, "4")
    assert billed() == 9


@pytest.mark.django_db
def test_an_estimate_counts_again_once_the_bill_is_withdrawn_and_past_answers_stay() -> None:
    before = estimate(FIRST, "5").current_from
    real = bill(FIRST, "4")
    between = real.current_from
    assert billed() == 4
    withdraw([real])

    assert billed() == 5
    assert (billed(before), billed(between)) == (Decimal(5), Decimal(4))
    assert take(Lake(), between).loads[0].id == real.pk


@pytest.mark.django_db
def test_a_late_estimate_does_not_bring_the_old_one_back() -> None:
    estimate(FIRST, "5")
    bill(FIRST, "4")
    estimate(FIRST, "6")

    assert billed() == 4
    assert CostLoad.objects.current().filter(source="guess").count() == 1


@pytest.mark.django_db
def test_a_bill_of_fewer_days_says_which_the_estimate_had() -> None:
    values = charges(FIRST) | {"ChargePeriodStart": "2026-10-20T00:00:00Z"}
    estimate(FIRST, "5")
    publish("bill", OCTOBER, ["4"], **values)

    says = (
        f'2026-10 of source "bill": the bill of account {FIRST} replaces the estimates of source guess, '
        "which also had usage from 2026-10-05 until 2026-10-20: these days count only as far as the bill "
        "has them."
    )
    assert says in f"{answer()['hint']}"


@pytest.mark.django_db
@pytest.mark.parametrize("notes_again", [False, True])
def test_a_bill_that_lacks_days_in_the_middle_says_which(notes_again: bool) -> None:
    def in_days(name: str, days: Sequence[int], **others: Any) -> CostLoad:
        costs = ["1"] * len(days)
        lists = {"ChargePeriodStart": [f"2026-10-{day:02}T00:00:00Z" for day in days]}
        return publish(name, OCTOBER, costs, **(charges(FIRST) | lists | others))

    estimated = in_days("guess", [*range(1, 16), *range(20, 32)], estimate_of=FIRST)
    real = in_days("bill", [*range(1, 8), *range(10, 15), *range(17, 26), 27, 29, *range(31, 32)])
    if notes_again:
        for each, (first, last) in ((estimated, ("2026-10-01", "2026-10-31")), (real, ("2026-10-01",) * 2)):
            old = {"aws": {PAYER: {FIRST: [first, last]}}}
            CostLoad.objects.filter(pk=each.pk).update(usage_days=old)
        Lake().note_days()

    # The estimate has none from the 16th to the 19th.
    assert (
        "which also had usage from 2026-10-08 through 2026-10-09 and on 2026-10-15 and on 2026-10-26 and on "
        "more days until 2026-10-30: these days count"
    ) in f"{answer()['hint']}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cost", "currency", "is_doubted"),
    [("0.01", "USD", True), ("7.49", "USD", True), ("7.5", "USD", False), ("11", "EUR", True)],
)
def test_a_bill_with_far_less_than_the_estimate_is_doubted(
    cost: str, currency: str, is_doubted: bool
) -> None:
    estimate(FIRST, "10")
    # An older estimate of the same account adds nothing to what is compared.
    estimate(FIRST, "10", source="newer-guess")
    bill(FIRST, cost, BillingCurrency=currency)
    publish("bill-of-others", OCTOBER, ["100"], **charges(SECOND))

    says = (
        f"the bill has {cost} {currency} of account {FIRST}, far less than the 10 USD of the estimates of "
        "source newer-guess that it replaces: it may not be whole."
    )
    hint = f"{answer()['hint']}"
    assert (says in hint) == is_doubted
    assert hint.count("far less") == is_doubted


@pytest.mark.django_db
@pytest.mark.parametrize(("cost", "is_doubted"), [("5", True), ("6", False)])
def test_a_bill_that_names_no_accounts_is_compared_with_all_estimates_it_replaces(
    cost: str, is_doubted: bool
) -> None:
    estimate(FIRST, "5")
    estimate(SECOND, "3")
    bill("", cost)

    [load] = Lake().loads()
    assert [each.instead for each in load.replaces] == [None, None]
    says = f"the bill has {cost} USD of no named account, far less than the 8 USD of the estimates"
    assert f"{answer()['hint']}".count(says) == is_doubted


@pytest.mark.django_db
def test_a_bill_with_purchases_of_an_account_alone_says_that_its_usage_is_missing() -> None:
    estimate(FIRST, "5")
    bill(FIRST, "4", ChargeCategory="Tax")
    assert "also had usage from 2026-10-05 through 2026-10-05" in f"{answer()['hint']}"


@pytest.mark.django_db
def test_a_bill_that_names_no_accounts_has_all_of_its_billing_account() -> None:
    estimate(FIRST, "5")
    real = bill("", "4")
    assert billed() == 4

    # As it was published by a version that noted none.
    CostLoad.objects.filter(pk=real.pk).update(usage_days=None)
    assert billed() == 4
    Lake().note_days()
    real.refresh_from_db()
    assert real.usage_days == {"aws": {PAYER: {"": ["2026-10-05", "2026-10-05", [], {"USD": "4"}]}}}


@pytest.mark.django_db
def test_accounts_tell_however_the_billing_account_is_named() -> None:
    profile = "/providers/Microsoft.Billing/billingAccounts/1/billingProfiles/2"
    subscription = "/subscriptions/ABCDEF00-0000-0000-0000-000000000001"
    azure = {"x_Cloud": "azure", "BillingAccountId": ""}
    estimate(subscription, "5", **azure)
    bill(subscription.lower().removeprefix("/subscriptions/"), "4", **(azure | {"BillingAccountId": profile}))
    assert billed() == 4

    account = profile.partition("/billingProfiles")[0]
    estimate("", "2", **(azure | {"BillingAccountId": account}), source="rest")
    assert billed() == 4


@pytest.mark.django_db
def test_a_bill_of_no_named_accounts_is_doubted_beside_an_estimate_of_no_known_billing_account() -> None:
    subscription = "/subscriptions/abcdef00-0000-0000-0000-000000000001"
    azure = {"x_Cloud": "azure", "BillingAccountId": "/providers/Microsoft.Billing/billingAccounts/1"}
    estimate(subscription, "5", **(azure | {"BillingAccountId": subscription}))
    bill("", "4", **azure)

    assert billed() == 9
    assert (
        "source bill has a bill that names no accounts: if this one is in it, its estimate"
        in f"{answer()['hint']}"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("spelled", ["4444-5555-6666", " 444455556666", "4444 5555 6666"])
def test_an_account_of_aws_is_the_same_with_dashes_and_spaces(spelled: str) -> None:
    estimate(FIRST, "5")
    bill(spelled, "4", BillingAccountId="1111-2222-3333")
    assert billed() == 4
    assert "counts twice" not in f"{answer()['hint']}"


@pytest.mark.django_db
@pytest.mark.parametrize("spelled", ["444455556666.0", "4.44456E+11", "44455556666"])
def test_a_bill_whose_accounts_are_no_ids_of_aws_is_doubted_beside_an_estimate(spelled: str) -> None:
    estimate(FIRST, "5")
    bill(spelled, "4")

    assert billed() == 9
    assert (
        f'source bill has a bill of account "{spelled}", which is no id of AWS, 12 digits: if account '
        f"{FIRST} is meant, its estimate counts twice."
    ) in f"{answer()['hint']}"


@pytest.mark.django_db
@pytest.mark.parametrize(("payer", "is_doubted"), [(PAYER, True), ("999999999999", False)])
def test_charges_of_no_account_are_doubted_beside_an_estimate_of_their_payer(
    payer: str, is_doubted: bool
) -> None:
    estimate(FIRST, "5")
    real = bill(SECOND, "4", BillingAccountId=payer)
    day = ["2026-10-05", "2026-10-05"]
    CostLoad.objects.filter(pk=real.pk).update(usage_days={"aws": {payer: {SECOND: day, "": day}}})

    assert billed() == 9
    assert ("a bill with charges of no account: as far as" in f"{answer()['hint']}") == is_doubted


@pytest.mark.django_db
def test_of_two_estimates_of_an_account_the_newer_one_counts() -> None:
    estimate(FIRST, "5")
    estimate(FIRST, "6", source="other-guess")
    assert billed() == 6


@pytest.mark.django_db
def test_the_loads_say_what_replaced_what() -> None:
    estimate(FIRST, "5")
    estimate(SECOND, "3")
    bill(FIRST, "4")

    says = {row["source"]: row["says"] for row in shown(take(Lake(), None))}
    assert says == {
        "bill": f"Replaces the estimate by guess of account {FIRST}: 5 USD.",
        "guess": f"Estimate of account {SECOND}, until a bill is loaded.",
    }


@pytest.mark.django_db
def test_an_answer_that_was_kept_is_made_again_when_a_late_estimate_gives_way() -> None:
    bill(FIRST, "4")

    def says() -> Mapping[str, Any]:
        costs = take(Lake(), None)
        return kept("loads", {}, costs, lambda: {"says": [row["says"] for row in shown(costs)]})

    assert says()["says"] == [None]
    estimate(FIRST, "5")
    assert says()["says"] == [f"Replaces the estimate by guess of account {FIRST}: 5 USD."]


@dataclass(frozen=True)
class Made:
    """A load of a test: of a bill with these accounts, or an estimate of the only one."""

    source: str
    month: str
    accounts: frozenset[str]
    is_estimate: bool


ACCOUNTS = st.sampled_from([FIRST, SECOND, PAYER])
MONTHS = st.sampled_from([OCTOBER, NOVEMBER])
BILLS = st.builds(
    Made, st.sampled_from(["bill"]), MONTHS, st.frozensets(ACCOUNTS, min_size=1), st.just(value=False)
)
GUESSES = st.builds(
    Made, st.sampled_from(["a", "b"]), MONTHS, ACCOUNTS.map(lambda one: frozenset({one})), st.just(value=True)
)


def _load(number: int, made: Made) -> tuple[CostLoad, Days]:
    days = {"aws": {PAYER: {account: [f"{made.month}-01"] * 2 for account in made.accounts}}}
    load = CostLoad(
        id=f"{number}",
        source_id=made.source,
        billing_period=made.month,
        is_estimate=made.is_estimate,
        account=next(iter(made.accounts)) if made.is_estimate else "",
        accounts={"aws": {PAYER: {"USD": "1"}}},
        current_from=datetime(2026, 12, 1, tzinfo=UTC) + timedelta(hours=number),
    )
    return load, days


@given(st.lists(BILLS | GUESSES, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_each_account_of_a_month_counts_once_if_anybody_knows_it(made: list[Made], random: Random) -> None:
    # A later load of the same source, month and account replaces an earlier one.
    latest = {(m.source, m.month, m.accounts if m.is_estimate else None): (n, m) for n, m in enumerate(made)}
    found = [_load(*each) for each in latest.values()]
    random.shuffle(found)
    counts = of_days([load for load, _ in found], {load.pk: days for load, days in found})
    gone = {each.estimate.pk for replaced in counts.replaced.values() for each in replaced}
    assert {load.pk for load in counts.loads} == {load.pk for load, _ in found} - gone

    for month in (OCTOBER, NOVEMBER):
        known = [(load, days["aws"][PAYER]) for load, days in found if load.billing_period == month]
        for account in {name for _, names in known for name in names}:
            counted = [load for load, names in known if account in names and load.pk not in gone]
            assert len(counted) == 1
            if any(not load.is_estimate for load, names in known if account in names):
                assert not counted[0].is_estimate


@pytest.mark.django_db
def test_without_estimates_no_more_is_asked_of_the_database(
    django_assert_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    with django_assert_num_queries(0):
        assert counting([CostLoad(id="1", billing_period=OCTOBER)]).replaced == {}


def test_a_bill_of_many_accounts_beside_many_estimates_takes_no_time() -> None:
    names = [f"{number:012}" for number in range(10_000)]
    bill_days = {"aws": {PAYER: {name: ["2026-10-01", "2026-10-31"] for name in names}}}
    bill_ = CostLoad(id="bill", source_id="bill", billing_period=OCTOBER, accounts={"aws": {PAYER: {}}})
    guesses = [_load(number, Made("a", OCTOBER, frozenset({names[number]}), True)) for number in range(200)]
    days: dict[str, Days | None] = {"bill": bill_days, **{load.pk: days for load, days in guesses}}

    began = time.process_time()
    counts = of_days([bill_, *(load for load, _ in guesses)], days)

    assert len(counts.replaced["bill"]) == 200
    assert time.process_time() - began < 0.5
