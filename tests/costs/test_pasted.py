from __future__ import annotations

from random import Random
from string import ascii_letters, digits

import pytest

from costs.pasted import refusal

AWS_KEY = 40
KEY = "x" * AWS_KEY


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("AKIA" + "A1" * 8, "an access key of AWS"),
        ("s3://ASIA" + "A1" * 8 + "/exports", "an access key of AWS"),
        (KEY, "a secret key"),
        ("aws_secret_access_key = " + KEY, "a secret key"),
        ("https://b.s3.amazonaws.com/x?X-Amz-Signature=abc", "a signed address"),
        ("https://acme.blob.core.windows.net/c/e?sv=2024-11-04&sig=abc", "a signature of Azure"),
        ("sv=2024-11-04&ss=b&sig=abc", "a signature of Azure"),
        ("DefaultEndpointsProtocol=https;AccountKey=" + KEY, "a connection string of Azure"),
        ("x" * 86 + "==", "a secret key"),
        ('{"type": "service_account", "private_key": "-----BEGIN"}', "a private key"),
        ('{"client_email": "a@b.c"}', "a JSON key"),
        ("-----BEGIN RSA " + "PRIVATE KEY-----", "a private key"),
        ("https://" + "user:password" + "@host/path", "a password"),
        ("ya29." + KEY, "a token"),
        ("s3://acme/exports/" + "AKIA" + "A1" * 8, "an access key of AWS"),
        ("s3://acme/exports/focus_" + "AKIA" + "A1" * 8, "an access key of AWS"),
        ("s3://acme/exports/wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY", "a secret key"),
        ("s3://acme/wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY/focus", "a secret key"),
        ("s3://acme/exports/ghp_" + "aB3" * 12, "a token"),
        ("s3://acme/exports/IQoJb3JpZ2lu" + "X2VjEOf", "a token"),
        ("s3://acme/exports/focus?token=abc", "a secret"),
        ("s3://acme/exports/focus?sig=abc", "a signature of Azure"),
        ("s3://acme/exports/focus/sig=abc", "a signature of Azure"),
        ("s3://acme/exports/focus%3Fsig%3Dabc", "a signature of Azure"),
        ("https://acme.blob.core.windows.net/c/abc8Q~" + "aB3-" * 8, "a secret of Azure"),
        ("s3://acme/exports/" + "x" * 86 + "==", "a secret key"),
    ],
)
def test_a_secret_is_told_and_never_repeated(text: str, what: str) -> None:
    why = refusal(text)

    assert why.startswith(f"This looks like {what}. Do not paste it here")
    assert text not in why


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/srv/exports/aws-focus",
        "/srv/sig/keys/private-key-exports/secret",
        f"/srv/{KEY[5:]}",
        "s3://acme-billing/exports/focus-2026/daily",
        "https://acme.blob.core.windows.net/exports/daily%20focus/FocusCost",
        "bigquery://acme/billing/gcp_billing_export_v1_010101_F0FFF0_61C528?run_in=acme-jobs&max_gib=500",
        "gcp-main.2026_detail",
        "s3://acme-billing/AWSLogs/111122223333/CUR2/FocusExportDaily2026",
        "s3://acme-billing/CostAndUsageReportsProduction2026Export1/v12",
        "s3://acme-billing/exports/0b9c1c5e-2f4d-4a53-9c1e-0d3f5a7b9e11/20261001-20261031",
        "s3://acme-billing/exports/3f786850e387550fdab836ed7e6dc881de23001b",
        "s3://acme-billing/year=2026/FOCUS_1_2_AWS_COLUMNS_EU_WEST_1",
        "https://acme.blob.core.windows.net/msexports/Subscriptions/FocusCost2026Q3EMEAProd/daily",
        "costmanagement://billingAccounts/1a2b3c4d-1234-5678-9abc-1a2b3c4d5e6f:1a2b3c4d_2019-05-31",
        "/srv/Exports/AcmeGmbH/Rechnungen2026/FocusAwsV12",
    ],
)
def test_a_location_is_no_secret(text: str) -> None:
    assert refusal(text) == ""


@pytest.mark.parametrize(("length", "missed"), [(40, 0.01), (32, 0.03)])
def test_what_chance_has_made_is_told_at_the_end_of_a_path(length: int, missed: float) -> None:
    chance = Random(length)  # noqa: S311 the same in each run
    signs = ascii_letters + digits + ("+/" if length == AWS_KEY else "")
    keys = ["".join(chance.choices(signs, k=length)) for _ in range(1_000)]
    told = [key for key in keys if refusal(f"s3://acme/exports/{key}")]
    assert len(told) >= (1 - missed) * len(keys)
