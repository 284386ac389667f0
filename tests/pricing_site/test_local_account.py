from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.oauth import tokens
from costs.models import CostLoad, CostSource
from pricing_site.management.commands import local_account
from tests.catalog.factories import make_update

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "local-account.json"
    monkeypatch.setattr(local_account, "PATH", path)
    return path


def printed() -> str:
    out = StringIO()
    call_command("local_account", stdout=out)
    return out.getvalue()


def test_it_prints_everything_a_newcomer_needs(path: Path) -> None:
    text = printed()
    kept = json.loads(path.read_text())
    assert f"http://127.0.0.1:8000/admin/\n          name admin, password {kept['password']}\n" in text
    assert f"Token     {kept['token']}\n" in text
    assert tokens.check(kept["token"])
    assert "claude mcp add --transport http cloud-pricing http://127.0.0.1:8000/mcp" in text


def test_the_snippet_to_paste_is_json_with_the_token(path: Path) -> None:
    [snippet] = re.findall(r"^\{.*?\}\}\}\}$", printed(), re.DOTALL | re.MULTILINE)
    token = json.loads(path.read_text())["token"]
    assert json.loads(snippet) == {
        "mcpServers": {
            "cloud-pricing": {
                "type": "http",
                "url": "http://127.0.0.1:8000/mcp",
                "headers": {"Authorization": f"Bearer {token}"},
            }
        }
    }


def test_every_line_fits_a_terminal_of_80_columns() -> None:
    make_update(source="sample")
    assert max(map(len, printed().splitlines())) <= 80


def test_a_password_of_ones_own_is_not_printed_over() -> None:
    printed()
    user = User.objects.get()
    user.set_password("my own password")
    user.save()

    text = printed()
    assert "name admin, with the password that you set\n" in text
    assert "None" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_an_administrator_who_was_disabled_is_not_enabled_without_a_word() -> None:
    assert "undone" not in printed()
    User.objects.update(is_active=False)

    text = printed()
    assert "admin was disabled or had lost rights, which is undone\n" in text
    assert max(map(len, text.splitlines())) <= 80


def test_it_says_where_the_prices_come_from() -> None:
    assert "The catalog is empty" in printed()

    make_update(source="sample")
    assert "from the bundled sample, not today's" in " ".join(printed().split())

    make_update(source="api")
    assert "sample" not in printed()


def test_it_says_how_to_see_the_demo_of_costs_if_that_is_loaded() -> None:
    assert "demo" not in printed()
    demo = CostSource.objects.create(name="demo-aws", kind=CostSource.Kind.DEMO)
    load = CostLoad(id="1", source=demo, billing_period="2026-11", started_at=timezone.now(), is_demo=True)
    load.status = CostLoad.Status.CURRENT
    load.save()

    text = printed()
    for command in ("query_costs --dimensions cloud billing_month", "demo_costs"):
        assert f"  {django_settings.MANAGE_COMMAND} {command}\n" in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_public_server_is_refused_with_a_reason(settings: Settings) -> None:
    settings.IS_LOCAL = False
    settings.PUBLIC_URL = "https://pricing.example.com"
    with pytest.raises(CommandError, match="requires PUBLIC_URL to be on this machine"):
        printed()
