from __future__ import annotations

from pathlib import Path

import pytest

from costs.errors import LoadError
from costs.identity import MAX_BYTES, OWN, Identity, identity, refusal

ROLE = "arn:aws:iam::111122223333:role/billing/read-exports"
CLIENT = "0b9c1c5e-2f4d-4a53-9c1e-0d3f5a7b9e11"
ACCOUNT = "load-costs@acme-billing.iam.gserviceaccount.com"
KEY = "made-up-key"


def named(kind: str, text: str, folder: Path = Path("/nowhere"), **variables: str) -> Identity:
    return identity(kind, text, variables, folder)


def test_without_words_a_source_is_read_by_the_credentials_of_the_job() -> None:
    assert named("s3", "") == named("folder", "") == OWN


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("s3", ROLE, Identity(ROLE)),
        ("cost-explorer", f"{ROLE}?external_id=a:b/c-1", Identity(ROLE, "a:b/c-1")),
        (
            "s3",
            "arn:aws-us-gov:iam::111122223333:role/r",
            Identity("arn:aws-us-gov:iam::111122223333:role/r"),
        ),
        ("azure-blob", CLIENT, Identity(CLIENT)),
        ("cost-management", CLIENT.upper(), Identity(CLIENT.upper())),
        ("bigquery", ACCOUNT, Identity(ACCOUNT)),
    ],
)
def test_a_source_may_name_whom_the_job_acts_as(kind: str, text: str, found: Identity) -> None:
    assert refusal(kind, text) == ""
    assert named(kind, text) == found


@pytest.mark.parametrize("kind", ["s3", "azure-blob", "bigquery", "cost-explorer", "cost-management"])
def test_a_source_may_name_a_variable_or_a_mounted_secret(kind: str, tmp_path: Path) -> None:
    (tmp_path / "acme-key").write_text(f"{KEY}\n")

    of_variable = named(kind, "env:COST_SECRET_ACME", COST_SECRET_ACME=f" {KEY}\n")
    of_file = named(kind, "secret:acme-key", tmp_path)

    assert (of_variable.key, of_variable.reference) == (KEY, "env:COST_SECRET_ACME")
    assert (of_file.key, of_file.reference) == (KEY, "secret:acme-key")
    assert KEY not in f"{of_variable!r} {of_file} {of_file.not_understood('JSON')}"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("s3", KEY),
        ("s3", "env:SECRET_KEY"),
        ("s3", "env:COST_SECRET_"),
        ("s3", "env:COST_SECRET_A B"),
        ("s3", "secret:../catalog"),
        ("s3", "secret:/etc/passwd"),
        ("s3", "secret:"),
        ("s3", CLIENT),
        ("s3", "arn:aws:iam::111122223333:user/somebody"),
        ("s3", f"{ROLE}\n"),
        ("azure-blob", ROLE),
        ("bigquery", "somebody@example.com"),
        ("folder", "env:COST_SECRET_ACME"),
        ("demo", ROLE),
    ],
)
def test_anything_else_is_refused_without_being_repeated(kind: str, text: str) -> None:
    assert refusal(kind, text)
    assert KEY not in refusal(kind, text)
    with pytest.raises(LoadError, match=r"^The credentials of the source are not understood\. "):
        named(kind, text)


def test_a_reference_to_nothing_is_one_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(
        LoadError, match=r"^The environment variable COST_SECRET_ACME is not set here: set it"
    ):
        named("s3", "env:COST_SECRET_ACME", COST_SECRET_ACME=" ")
    with pytest.raises(
        LoadError, match=r"^There is no secret secret:acme here \(FileNotFoundError\): mount it"
    ):
        named("s3", "secret:acme", tmp_path)
    for content in (b"", b"x" * (MAX_BYTES + 1)):
        (tmp_path / "acme").write_bytes(content)
        with pytest.raises(LoadError, match="The secret secret:acme is empty or over"):
            named("s3", "secret:acme", tmp_path)
    (tmp_path / "acme").write_bytes(b"\xff")
    with pytest.raises(LoadError, match="UnicodeDecodeError"):
        named("s3", "secret:acme", tmp_path)
