from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from costs.load.job import load
from costs.models import ConsumerRule, CostLoad, CostSource, ModelName
from tests.costs.bills import NOVEMBER, OCTOBER, charge, make_source, write_bill

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

UNKNOWN = "USE1-Quokka9Ultra-input-tokens"
APPLY = "Run load_costs to apply this. It covers loaded months too."


def list_page(model: type[Model]) -> str:
    return reverse(f"admin:costs_{model.__name__.lower()}_changelist")


def add_page(model: type[Model]) -> str:
    return reverse(f"admin:costs_{model.__name__.lower()}_add")


def page(row: Model) -> str:
    return reverse(f"admin:costs_{type(row).__name__.lower()}_change", args=[row.pk])


def shown(client: Client, url: str) -> str:
    """The text of a page, on one line."""
    response = client.get(url)
    assert response.status_code == 200
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_bill(tmp_path / "bills", OCTOBER, [charge("3"), charge("4", x_UsageType=UNKNOWN)])
    return tmp_path / "bills"


@pytest.fixture
def source(folder: Path) -> CostSource:
    source = make_source(folder)
    load(source)
    return source


@pytest.mark.parametrize(
    ("model", "note"),
    [
        (CostSource, "There are no sources yet. Add a folder of exports"),
        (CostLoad, "There are no loads yet. Run load_costs."),
        (ModelName, "No costs are loaded."),
        (ConsumerRule, "Rules replace this default."),
    ],
)
def test_an_empty_page_says_what_to_do(admin_client: Client, model: type[Model], note: str) -> None:
    assert note in shown(admin_client, list_page(model))


@pytest.mark.parametrize("model", [CostSource, CostLoad, ModelName, ConsumerRule])
def test_pages_need_the_permissions_of_django(client: Client, model: type[Model], source: CostSource) -> None:
    staff = User.objects.create_user("staff", is_staff=True)
    client.force_login(staff)
    assert client.get(list_page(model)).status_code == 403

    name = f"view_{model.__name__.lower()}"
    staff.user_permissions.add(Permission.objects.get(codename=name))
    assert client.get(list_page(model)).status_code == 200
    assert client.get(add_page(model)).status_code == 403
    assert "Name the model" not in client.get(list_page(model)).content.decode()
    explain = reverse("admin:costs_costload_explain", args=[source.loads.get().pk])
    assert client.get(explain).status_code == (200 if model is CostLoad else 403)


def test_a_source_is_added_disabled_and_kept_by_its_name(admin_client: Client, folder: Path) -> None:
    form = {"name": "aws-main", "kind": "folder", "location": str(folder), "is_enabled": "on"}
    admin_client.post(add_page(CostSource), form)
    added = CostSource.objects.get()
    assert (added.pk, added.location, added.is_enabled) == ("aws-main", str(folder), True)

    admin_client.post(page(added), {"name": "other", "kind": "demo", "location": "/elsewhere"})

    kept = CostSource.objects.get()
    assert (kept.pk, kept.kind, kept.location, kept.is_enabled) == ("aws-main", "folder", "/elsewhere", False)


def test_a_source_cannot_take_a_reserved_name(admin_client: Client) -> None:
    form = {"name": "all", "kind": "folder", "location": "/x", "is_enabled": "on"}

    assert "Choose another name." in admin_client.post(add_page(CostSource), form).content.decode()
    assert not CostSource.objects.exists()


def test_a_source_with_loads_cannot_be_deleted(admin_client: Client, source: CostSource) -> None:
    admin_client.post(reverse("admin:costs_costsource_delete", args=[source.pk]), {"post": "yes"})

    assert CostSource.objects.filter(pk=source.pk).exists()


def test_a_source_shows_its_state_and_its_last_error(
    admin_client: Client, source: CostSource, folder: Path
) -> None:
    assert "1 month loaded" in shown(admin_client, list_page(CostSource))

    write_bill(folder, NOVEMBER, [charge("1,5")])
    load(source)
    assert "2026-11 (" in shown(admin_client, list_page(CostSource))
    assert "cannot be read as decimal" in shown(admin_client, page(source))

    folder.rename(folder.with_name("elsewhere"))
    load(source)
    assert "is not a folder" in shown(admin_client, list_page(CostSource))

    now = timezone.now()
    CostLoad.objects.create(
        pk="x", source=source, billing_period=NOVEMBER, status="running", started_at=now, heartbeat_at=now
    )
    assert "Loading 2026-11" in shown(admin_client, list_page(CostSource))


def test_a_load_is_read_only_and_shows_money_checks_and_who_replaced_it(
    admin_client: Client, source: CostSource, folder: Path
) -> None:
    write_bill(folder, OCTOBER, [charge("9"), charge("9")])
    load(source)
    new, old = CostLoad.objects.order_by("-current_from")

    listed = shown(admin_client, list_page(CostLoad))
    assert "18 USD" in listed
    assert "7 USD" in listed
    assert f"Replaced by: {new.pk}" in shown(admin_client, page(old))
    text = shown(admin_client, page(new))
    assert f"Replaces: {old.pk} : 7 USD" in text
    assert "Every column is that of another row on 1 row" in text
    assert admin_client.post(page(new), {"status": "failed"}).status_code == 403
    assert admin_client.get(add_page(CostLoad)).status_code == 403


def test_the_sum_of_a_load_is_explained_even_after_it_is_replaced(
    admin_client: Client, source: CostSource, folder: Path
) -> None:
    write_bill(folder, OCTOBER, [charge("9"), charge("1", BillingCurrency="EUR")])
    load(source)
    new, old = CostLoad.objects.order_by("-current_from")
    urls = [reverse("admin:costs_costload_explain", args=[row.pk]) for row in (old, new)]
    assert urls[1] in admin_client.get(page(new)).content.decode()

    assert "7 USD Service Meter Quantity" in shown(admin_client, urls[0])
    assert UNKNOWN in shown(admin_client, urls[0])
    text = shown(admin_client, urls[1])
    assert "9 USD Service" in text
    assert "1 EUR Service" in text
    missing = reverse("admin:costs_costload_explain", args=["nothing"])
    assert admin_client.get(missing).status_code == 404


def test_a_load_whose_file_is_gone_is_explained_by_a_sentence(
    admin_client: Client, source: CostSource, costs_dir: Path
) -> None:
    (costs_dir / source.loads.get().path).unlink()

    text = shown(admin_client, reverse("admin:costs_costload_explain", args=[source.loads.get().pk]))
    assert "is missing. Ask the operator to run load_costs --source bills" in text


def test_control_characters_of_a_bill_are_shown_as_such(folder: Path, admin_client: Client) -> None:
    evil = "\x1b[2J\u202e0 DSU"
    write_bill(
        folder, OCTOBER, [charge("4", ServiceName=f"S{evil}", x_UsageType=f"USE1-Quokka{evil}-input-tokens")]
    )
    load(make_source(folder))
    explain = reverse("admin:costs_costload_explain", args=[CostLoad.objects.get().pk])

    for url in (explain, list_page(ModelName)):
        text = shown(admin_client, url)
        assert r"S\u001b[2J\u202e0 DSU" in text
        assert not {"\x1b", "\u202e"} & set(text)


def test_an_unmapped_name_is_mapped_by_one_click_and_the_past_follows(
    admin_client: Client, source: CostSource
) -> None:
    listed = admin_client.get(list_page(ModelName)).content.decode()
    assert f"Quokka9Ultra aws Amazon Bedrock 4 USD 1 {UNKNOWN}" in shown(admin_client, list_page(ModelName))
    [link] = re.findall(r'href="([^"]+)">Name the model', listed)
    form = admin_client.get(html.unescape(link)).context["adminform"].form.initial
    assert form == {"cloud": "aws", "product": "Amazon Bedrock", "billing_model": "Quokka9Ultra"}

    named = {**form, "model_id": "quokka-9-ultra", "developer": "Quokka"}
    answer = admin_client.post(add_page(ModelName), named, follow=True).content.decode()
    assert APPLY in answer
    assert "quokka-9-ultra after the next load_costs" in answer

    load(source)
    assert "Every model on the bills has a name." in shown(admin_client, list_page(ModelName))


def test_names_on_a_bill_are_no_html(admin_client: Client, folder: Path) -> None:
    evil = "USE1-<script>alert(1)</script>&x=1-input-tokens"
    write_bill(folder, OCTOBER, [charge("4", x_UsageType=evil)])
    load(make_source(folder))

    listed = admin_client.get(list_page(ModelName)).content.decode()

    assert "<script>alert" not in listed
    [link] = re.findall(r'href="([^"]+)">Name the model', listed)
    initial = admin_client.get(html.unescape(link)).context["adminform"].form.initial
    assert "<script>" in initial["billing_model"]
    assert set(initial) == {"cloud", "product", "billing_model"}


def test_customer_rules_are_listed_in_order_and_say_how_they_apply(admin_client: Client) -> None:
    ConsumerRule.objects.create(position=20, kind="tag", name="later")
    ConsumerRule.objects.create(position=10, kind="tag", name="sooner")
    assert re.findall("sooner|later", shown(admin_client, list_page(ConsumerRule))) == ["sooner", "later"]
    assert admin_client.get(add_page(ConsumerRule)).context["adminform"].form.initial["position"] == 30

    form = {"position": "5", "kind": "account", "value": "777788889999", "consumer": "acme"}
    answer = admin_client.post(add_page(ConsumerRule), form, follow=True)

    assert APPLY in answer.content.decode()
    assert str(ConsumerRule.objects.first()) == "Sub account or project 777788889999 is acme"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"kind": "tag"}, "Enter the key of the tag, such as customer."),
        ({"kind": "account", "name": "x"}, "Only tags have a name. Leave it empty, and enter the value."),
        ({"kind": "key"}, "Select a valid choice."),
    ],
)
def test_a_rule_that_cannot_fit_is_refused(admin_client: Client, form: dict[str, str], error: str) -> None:
    answer = admin_client.post(add_page(ConsumerRule), {"position": "1", **form})

    assert error in answer.content.decode()
    assert not ConsumerRule.objects.exists()


def test_a_load_is_withdrawn_by_an_action_for_those_who_may_change_loads(
    admin_client: Client, source: CostSource
) -> None:
    load_ = source.loads.get()
    form = {"action": "withdraw", "_selected_action": [load_.pk]}
    staff = User.objects.create_user("staff", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_costload"))
    client = Client()
    client.force_login(staff)
    client.post(list_page(CostLoad), form)
    assert CostLoad.objects.current().exists()

    answer = admin_client.post(list_page(CostLoad), form, follow=True).content.decode()

    assert f"Withdrawn: {load_}, 7 USD." in answer
    assert "Disable their sources, or the next load_costs loads what these still offer." in answer
    assert not CostLoad.objects.current()
    assert "Its loads count until withdrawn." in shown(admin_client, page(source))
    again = admin_client.post(list_page(CostLoad), form, follow=True).content.decode()
    assert "None of these loads is current." in again


def test_the_form_of_a_new_source_has_only_what_can_be_entered(admin_client: Client) -> None:
    form = admin_client.get(add_page(CostSource))

    assert form.context["adminform"].readonly_fields == []
    assert "Created at" not in form.content.decode()
    assert "<textarea" not in form.content.decode()


def test_the_form_of_a_customer_rule_names_the_customer_in_one_line(admin_client: Client) -> None:
    text = shown(admin_client, add_page(ConsumerRule))

    assert "Customer:" in text
    assert "each value is a customer of its own" in text
    assert "<textarea" not in admin_client.get(add_page(ConsumerRule)).content.decode()


def test_the_table_of_an_explanation_scrolls_in_its_box(admin_client: Client, source: CostSource) -> None:
    explain = reverse("admin:costs_costload_explain", args=[source.loads.get().pk])
    content = admin_client.get(explain).content.decode()

    assert re.search(r"admin/css/changelists[.\w]*\.css", content)
    assert content.index('id="changelist-form"') < content.index('class="results"')
