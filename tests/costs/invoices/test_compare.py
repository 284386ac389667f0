from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from catalog.pricing.decimals import exact_sum
from costs.invoices.compare import Compared, Comparison, compare
from costs.invoices.lines import Invoice, Line
from costs.invoices.report import as_json, text
from tests.costs.stores import MemoryStore, charge

CENT = Decimal("0.01")
ACCOUNT, INVOICE = "111122223333", "INV-1"


def billed(cost: str, **others: Any) -> Any:
    return charge(cost=cost, **{"BillingAccountId": ACCOUNT, "InvoiceId": INVOICE, **others})


def line(amount: str, **others: Any) -> Line:
    values = {"period": "2026-10", "currency": "USD", "account": ACCOUNT, "invoice": INVOICE, **others}
    return Line(2, values.pop("period"), values.pop("currency"), Decimal(amount), **values)


def invoice(*lines: Line, without: Sequence[str] = ("service", "category")) -> Invoice:
    names = {each.name for each in fields(Line)} - {"number", *without}
    return Invoice(lines, frozenset(names), [])


def only(found: Comparison) -> Compared:
    [row] = found.rows
    return row


def test_charges_that_add_up_to_the_invoice_agree() -> None:
    found = compare(invoice(line("10.00"), line("0.30")), MemoryStore([billed("10.1"), billed("0.2")]))

    assert only(found).difference == 0
    assert found.differing(Decimal(0)) == []
    assert "None of 1 row differs at all." in text(found, Decimal(0))


def test_a_difference_of_a_cent_and_of_a_digit_is_found() -> None:
    store = MemoryStore([billed("10.000000000000000001")])

    assert only(compare(invoice(line("10.00")), store)).difference == Decimal("1e-18")
    found = compare(invoice(line("9.98")), store)
    assert [len(found.differing(Decimal(most))) for most in ("0.01", "0.020000000000000001")] == [1, 0]
    assert as_json(found, CENT)["rows"][0]["difference"] == "0.020000000000000001"


def test_what_lines_are_rounded_by_is_named_but_counts() -> None:
    found = compare(
        invoice(line("3.34"), line("3.33"), line("3.34")), MemoryStore([billed("9.996"), billed("0.001")])
    )

    assert only(found).is_rounding
    assert "rounding" in text(found, CENT)
    assert len(found.differing(CENT)) == 1
    assert not only(compare(invoice(line("3.34"), line("3.33")), MemoryStore([billed("9")]))).is_rounding


def test_a_tax_that_only_one_side_has_is_named() -> None:
    store = MemoryStore(
        [billed("100"), billed("19", ChargeCategory="Tax"), billed("-5", ChargeCategory="Credit")]
    )

    row = only(compare(invoice(line("95.00", category="Usage"), without=["service"]), store))
    assert (row.difference, row.alike) == (Decimal(19), ["Tax"])
    assert dict(row.loaded_parts) == {"Credit": -5, "Tax": 19, "Usage": 100}
    assert "the difference is as large as Tax" in text(compare(invoice(line("95.00")), store), CENT)


def test_services_are_compared_and_taxes_as_one_of_them() -> None:
    store = MemoryStore(
        [
            billed("4", ServiceName="Amazon Bedrock"),
            billed("2", ServiceName="Amazon EC2"),
            billed("1", ServiceName="Amazon EC2", ChargeCategory="Tax"),
        ]
    )
    lines = [line("4", service="Amazon Bedrock"), line("3", service="EC2"), line("1.00", category="Tax")]

    found = compare(invoice(*lines, without=[]), store)

    assert {row.key["service"]: (row.invoiced, row.loaded) for row in found.rows} == {
        "(Tax)": (Decimal(1), Decimal(1)),
        "Amazon Bedrock": (Decimal(4), Decimal(4)),
        "Amazon EC2": (None, Decimal(2)),
        "EC2": (Decimal(3), None),
    }
    assert len(found.differing(CENT)) == 2
    shown = text(found, CENT)
    assert "only loaded" in shown
    assert "only on the invoice" in shown


def test_what_is_loaded_of_other_invoices_is_a_difference_unless_the_file_is_partial() -> None:
    store = MemoryStore([billed("4"), billed("6", InvoiceId="INV-2"), billed("1", InvoiceId=None)])

    whole = compare(invoice(line("4")), store)
    partial = compare(invoice(line("4")), store, is_partial=True)

    assert [row.key["invoice"] for row in whole.differing(CENT)] == ["", "INV-2"]
    assert partial.differing(CENT) == []
    assert "Loaded beside the invoice: 6 of invoice INV-2" in text(partial, CENT)


def test_other_months_accounts_and_sources_are_not_compared() -> None:
    store = MemoryStore(
        [
            billed("4"),
            charge("2026-09-05", "7", BillingAccountId=ACCOUNT),
            billed("8", BillingAccountId="9"),
            billed("2", x_Source="copy"),
        ]
    )

    assert only(compare(invoice(line("6")), store)).difference == 0
    assert only(compare(invoice(line("4")), store, sources=["aws"])).difference == 0


def test_bills_without_invoice_ids_are_compared_without_them() -> None:
    found = compare(
        invoice(line("4"), line("2", invoice="INV-2")), MemoryStore([billed("6", InvoiceId=None)])
    )

    assert found.by == ["account", "period", "currency"]
    assert only(found).difference == 0
    assert "The bills have no invoice ids, so the invoices of the file are compared as one." in found.notes


def test_an_account_that_is_not_loaded_is_told_with_those_that_are() -> None:
    found = compare(invoice(line("4", account="11112222333")), MemoryStore([billed("4")]))

    assert only(found).loaded is None
    assert found.notes[0].endswith(f'nothing is loaded in these months, but of "{ACCOUNT}".')


def test_of_many_accounts_that_are_not_loaded_some_are_named() -> None:
    lines = [line("4", account=f"a{number}") for number in range(7)]

    found = compare(invoice(*lines), MemoryStore([billed("4")]))

    assert len(found.rows) == 7
    assert len(found.notes) == 6
    assert found.notes[5] == "Nor is anything loaded of 2 other billing accounts of the file."


def test_accounts_that_the_file_does_not_name_are_told_by_month_and_currency() -> None:
    others = [
        billed("8", BillingAccountId="9"),
        billed("1", BillingAccountId="9", InvoiceId="INV-9", ServiceName="Amazon EC2"),
        billed("2", BillingAccountId="9", BillingCurrency="EUR"),
        billed("3", BillingAccountId=None),
    ]

    found = compare(invoice(line("4")), MemoryStore([billed("4"), *others]))

    assert found.differing(Decimal(0)) == []
    assert [(*row.key.values(), row.loaded) for row in found.beside] == [
        ("", "2026-10", "USD", Decimal(3)),
        ("9", "2026-10", "EUR", Decimal(2)),
        ("9", "2026-10", "USD", Decimal(9)),
    ]
    told = "Loaded beside the invoice: 9 of account 9, period 2026-10, currency USD."
    assert told in text(found, CENT).splitlines()
    assert as_json(found, CENT)["beside"][2]["loaded"] == "9"
    assert compare(invoice(line("4"), without=["account"]), MemoryStore(others)).beside == []


def test_twice_as_many_invoices_take_about_twice_as_long() -> None:
    def seconds(count: int) -> float:
        lines = [line("1.00", invoice=f"{number}", account=f"{number}") for number in range(count)]
        started = time.process_time()
        found = compare(invoice(*lines), MemoryStore([billed("1")]), is_partial=True)
        assert len(found.rows) == count
        assert text(found, CENT)
        return time.process_time() - started

    assert seconds(8000) < 12 * max(seconds(1000), 0.05)


def test_currencies_are_never_added_up() -> None:
    store = MemoryStore([billed("4"), billed("5", BillingCurrency="EUR")])

    found = compare(invoice(line("4"), line("5", currency="EUR")), store)

    assert [row.key["currency"] for row in found.rows] == ["EUR", "USD"]
    assert found.differing(Decimal(0)) == []


def test_estimates_among_what_is_loaded_are_told() -> None:
    found = compare(invoice(line("5")), MemoryStore([billed("4"), billed("1", x_IsEstimate=True)]))

    assert "1 USD of what is loaded are estimates, which no invoice has." in found.notes


amounts = st.decimals("-1e6", "1e6", places=6, allow_nan=False)
rows = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["USD", "EUR"]), amounts), min_size=1, max_size=8
)


@given(rows, rows)
def test_no_money_is_lost_whatever_is_compared(bills: list[Any], lines: list[Any]) -> None:
    store = MemoryStore(
        [billed(f"{cost}", BillingCurrency=currency, InvoiceId=id_) for id_, currency, cost in bills]
    )
    found = compare(
        invoice(*(line(f"{cost}", currency=currency, invoice=id_) for id_, currency, cost in lines)), store
    )

    for currency in ("USD", "EUR"):
        mine = [row for row in found.rows if row.key["currency"] == currency]
        assert exact_sum(row.loaded or Decimal(0) for row in mine) == exact_sum(
            cost for _, of, cost in bills if of == currency
        )
        assert exact_sum(row.difference for row in mine) == exact_sum(
            [
                *(cost for _, of, cost in bills if of == currency),
                *(-c for _, of, c in lines if of == currency),
            ]
        )
