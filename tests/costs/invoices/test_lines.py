from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from costs.errors import InvoiceError
from costs.invoices.lines import Line, read_invoice

HEADER = "invoice_id,billing_account,billing_period,currency,amount,service,category\n"


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "invoice.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_the_simple_form_is_read_exactly(tmp_path: Path) -> None:
    text = HEADER + 'INV-1,"1,2",2026-10,usd,0.1,"A ""b""\nc",tax\n\nINV-1,12,2026-10-01,EUR,-3.000,,\n'

    invoice = read_invoice(written(tmp_path, "\ufeff" + text.replace("\n", "\r\n")))

    assert invoice.lines == [
        Line(3, "2026-10", "USD", Decimal("0.1"), "1,2", "INV-1", 'A "b"\r\nc', "Tax"),
        Line(5, "2026-10", "EUR", Decimal("-3.000"), "12", "INV-1", "", ""),
    ]


def test_the_columns_of_invoice_detail_are_read_and_voided_lines_left_out(tmp_path: Path) -> None:
    text = (
        "BilledCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,"
        "InvoiceDetailId,InvoiceId,InvoiceIssueStatus\n"
        "5.25,acc,USD,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,Usage,1,INV-1,Issued\n"
        "7,acc,USD,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,Usage,2,INV-0,Voided\n"
        "1,acc,USD,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,Credit,3,INV-2,Open\n"
    )

    invoice = read_invoice(written(tmp_path, text))

    assert [(line.invoice, line.amount) for line in invoice.lines] == [
        ("INV-1", Decimal("5.25")),
        ("INV-2", Decimal(1)),
    ]
    assert invoice.notes == [
        "1 line of voided invoices left out.",
        "1 line of open invoices, which may still change.",
    ]


def test_a_total_among_the_lines_is_told(tmp_path: Path) -> None:
    text = "billing_period,currency,amount\n2026-10,USD,1\n2026-10,USD,2\n2026-10,USD,3\n"

    assert read_invoice(written(tmp_path, text)).notes == [
        "Line 4 (3 USD) is as large as all others together: if it is their total, remove it."
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        (b"\xff\xfe1\x00", "not UTF-8"),
        ("a\0b", "is no text"),
        ("a,b\n1,2\n", r"no column billing_period \(or BillingPeriodStart\) and currency .* columns are"),
        ("billing_period;currency;amount\n", "with commas between"),
        ("amount,BilledCost\n", "says amount twice"),
        (HEADER, "no line that counts"),
        (HEADER + "a,b\n", "Line 2 has 2 values instead of 7"),
        (HEADER + "i,a,2026-10,USD,1,234.56,s,c\n", "put values with commas into double quotes"),
        (HEADER + 'i,a,2026-10,USD,"1.234,56",s,\n', "Line 2: the amount .* is no number"),
        (HEADER + "i,a,2026-10,USD,$5,s,\n", "is no number"),
        (HEADER + "i,a,2026-10,USD,NaN,s,\n", "is no number"),
        (HEADER + "i,a,2026-10,USD,(5),s,\n", "is no number"),
        (HEADER + "i,a,2026-10,USD,٣,s,\n", "is no number"),
        (HEADER + f"i,a,2026-10,USD,{'9' * 21},s,\n", "is no number"),
        (HEADER + "i,a,October,USD,5,s,\n", "Line 2: the billing period .* is no month such as 2026-10"),
        (HEADER + "i,a,2026-10,Dollar,5,s,\n", "Line 2: the currency .* is unknown"),
        (HEADER + "i,a,2026-10,USD,5,s,Rest\n", "the category .* is unknown .*Adjustment, Credit"),
        (HEADER + 'i,a,2026-10,USD,5,"s,\n', "is no CSV"),
        (
            "billing_period,currency,amount,status\n2026-10,USD,5,\n2026-10,USD,5,VOID\n",
            r"Line 3: the status \"VOID\" is unknown \(Issued, Open, Voided\)",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_write(
    tmp_path: Path, text: str | bytes, says: str
) -> None:
    with pytest.raises(InvoiceError, match=says):
        read_invoice(written(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvoiceError, match="cannot be read: No such file"):
        read_invoice(tmp_path / "none.csv")
