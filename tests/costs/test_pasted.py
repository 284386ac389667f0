from __future__ import annotations

import pytest

from costs.pasted import refusal

KEY = "x" * 40


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
    ],
)
def test_a_location_is_no_secret(text: str) -> None:
    assert refusal(text) == ""
