from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.test import Client, override_settings

from accounts.models import User
from costs.admin import check_source
from costs.errors import SourceArgumentError
from costs.load.job import load
from costs.load.sources import chosen_sources
from costs.models import CostSource
from costs.providers.look import Look
from tests.costs.bills import NOVEMBER, OCTOBER, charge, make_source, write_bill
from tests.costs.test_admin import add_page, page, shown

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

PASTED = "AKIA" + "A1" * 8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_bill(tmp_path / "bills", OCTOBER, [charge("3")])
    return tmp_path / "bills"


def checked(client: Client, url: str, **form: str) -> str:
    answer = client.post(url, {"is_enabled": "on", **form, "_check": "Check connection"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_check_shows_what_a_new_source_offers_and_saves_nothing(admin_client: Client, folder: Path) -> None:
    text = checked(admin_client, add_page(CostSource), name="acme", kind="folder", location=str(folder))

    assert "The location can be read. Nothing was saved." in text
    assert "2026-10" in text
    assert "not yet" in text
    assert f'value="{folder}"' in text
    assert not CostSource.objects.exists()


def test_a_check_shows_what_is_loaded_beside_what_is_offered(admin_client: Client, folder: Path) -> None:
    source = make_source(folder)
    load(source)
    write_bill(folder, NOVEMBER, [charge("4")])

    text = checked(admin_client, page(source), location=str(folder))

    assert text.index("2026-11") < text.index("not yet") < text.index("2026-10")
    assert f"/admin/costs/costload/{source.loads.get().pk}/change/" in text
    assert "Last deliveries loaded" in text
    assert "3 USD" in shown(admin_client, page(source))


def test_a_check_says_what_is_wrong_and_keeps_the_form(admin_client: Client, folder: Path) -> None:
    source = make_source(folder)
    gone = str(folder.with_name("gone"))

    text = checked(admin_client, page(source), location=gone)

    assert f"{gone} is not a folder that can be read." in text
    assert CostSource.objects.get().location == str(folder)


def test_a_form_that_is_wrong_is_not_looked_at(
    admin_client: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_source, "_look", lambda *_: pytest.fail("it was looked at"))

    text = checked(admin_client, add_page(CostSource), name="all", kind="folder", location=str(folder))

    assert "Choose another name." in text


@pytest.mark.parametrize("button", ["_check", "_save"])
@pytest.mark.parametrize("field", ["name", "location"])
def test_a_pasted_secret_is_refused_and_not_sent_back(
    admin_client: Client, caplog: pytest.LogCaptureFixture, button: str, field: str
) -> None:
    form = {"name": "acme", "kind": "s3", "location": "s3://acme/exports", "is_enabled": "on"}

    answer = admin_client.post(add_page(CostSource), {**form, field: PASTED, button: "1"})

    text = answer.content.decode()
    assert "This looks like an access key of AWS. Do not paste it here" in text
    assert PASTED not in text
    assert PASTED not in caplog.text
    assert not CostSource.objects.exists()


def test_only_those_who_may_add_or_change_sources_check_them(client: Client, folder: Path) -> None:
    source = make_source(folder)
    staff = User.objects.create_user("staff", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_costsource"))
    client.force_login(staff)

    for url in (page(source), add_page(CostSource)):
        assert client.post(url, {"location": str(folder), "_check": "1"}).status_code == 403
    assert "Check connection" not in client.get(page(source)).content.decode()


def test_a_source_that_does_not_answer_is_given_up(
    admin_client: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = threading.Event()
    monkeypatch.setattr(check_source, "SECONDS", 0.05)
    monkeypatch.setattr(check_source, "_look", lambda *_: (done.wait(20), Look([]))[1])
    form = {"name": "acme", "kind": "folder", "location": str(folder)}
    try:
        assert "There was no answer within 0 seconds" in checked(admin_client, add_page(CostSource), **form)
        checked(admin_client, add_page(CostSource), **form)
        assert "Two other checks have not ended." in checked(admin_client, add_page(CostSource), **form)
    finally:
        done.set()


def test_a_check_names_the_credentials_that_are_set_and_never_their_values(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "the-value")
    monkeypatch.setattr(check_source, "_look", lambda *_: Look([]))

    text = checked(admin_client, add_page(CostSource), name="acme", kind="s3", location="s3://acme/focus")

    assert "Set here: AWS_PROFILE" in text
    assert "the-value" not in text


def test_an_error_that_nobody_foresaw_is_one_sentence(
    admin_client: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_source, "_look", lambda *_: 1 // 0)

    text = checked(admin_client, add_page(CostSource), name="acme", kind="folder", location=str(folder))

    assert "It failed by ZeroDivisionError." in text


@pytest.mark.parametrize(
    "location", [f"s3://{PASTED}/focus", "https://acme.blob.core.windows.net/c/e?sig=abc1"]
)
def test_a_location_with_a_secret_becomes_no_source_by_the_command_either(location: str) -> None:
    with pytest.raises(SourceArgumentError, match="This looks like") as caught:
        chosen_sources(location, make=True)

    assert PASTED not in str(caught.value)
    assert "abc1" not in str(caught.value)
    assert not CostSource.objects.exists()


S3 = {"name": "acme", "kind": "s3", "location": "s3://acme/exports"}
ROLE = "arn:aws:iam::111122223333:role/read?external_id=5fY2kQ9xLm3Zt8Rv1Nb7Wc4D"


def test_a_source_names_its_credentials_and_a_check_says_which(admin_client: Client) -> None:
    form = {**S3, "credentials": "env:COST_SECRET_ACME"}

    text = checked(admin_client, add_page(CostSource), **form)

    assert "The environment variable COST_SECRET_ACME is not set here" in text
    assert "Read by env:COST_SECRET_ACME." in text
    assert 'value="env:COST_SECRET_ACME"' in text


def test_an_external_id_that_looks_like_a_secret_is_kept(admin_client: Client) -> None:
    admin_client.post(add_page(CostSource), {**S3, "credentials": ROLE, "is_enabled": "on"})
    assert CostSource.objects.get().credentials == ROLE


@pytest.mark.parametrize("button", ["_check", "_save"])
@pytest.mark.parametrize("pasted", [PASTED, "hunter2", "env:SECRET_KEY"])
def test_what_names_no_credentials_is_refused_and_not_sent_back(
    admin_client: Client, caplog: pytest.LogCaptureFixture, button: str, pasted: str
) -> None:
    answer = admin_client.post(add_page(CostSource), {**S3, "credentials": pasted, button: "1"})

    text = answer.content.decode()
    assert "This looks like an access key" in text or "Write env:COST_SECRET_NAME or secret:NAME" in text
    assert pasted not in text + caplog.text
    assert not CostSource.objects.exists()


def test_a_load_reads_the_key_that_its_source_names_and_shows_it_nowhere(
    caplog: pytest.LogCaptureFixture,
) -> None:
    source = CostSource.objects.create(**S3, credentials="env:COST_SECRET_ACME")

    with override_settings(COST_SECRETS={"COST_SECRET_ACME": "made-up-key"}):
        [problem] = load(source).problems()

    source.refresh_from_db()
    assert problem.startswith("acme: What env:COST_SECRET_ACME names is no key that can be read")
    assert "made-up-key" not in f"{problem} {source.error} {caplog.text}"
