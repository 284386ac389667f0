from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.management import CommandError, call_command

from catalog.errors import SourceError
from catalog.google_cloud.client import ApiSource
from catalog.models import PricingUpdate, Sku
from tests.catalog.factories import make_update
from tests.catalog.wire import COMPUTE, STORAGE, Wire, wire_service, wire_sku

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    services = [wire_service(COMPUTE, "Compute Engine"), wire_service(STORAGE, "Cloud Storage")]
    (tmp_path / "skus").mkdir()
    (tmp_path / "services.json").write_text(json.dumps({"services": services}))
    put(tmp_path, COMPUTE, {"skus": [wire_sku("A")]})
    return tmp_path


def put(folder: Path, service_id: str, body: Wire) -> None:
    (folder / "skus" / f"{service_id}.json").write_text(json.dumps(body))


def run(source: Path | str, **options: Any) -> str:
    out = StringIO()
    call_command("sync_catalog", source=str(source), stdout=out, **options)
    return out.getvalue()


def test_a_folder_is_synced_and_the_last_line_says_what_was_done(folder: Path) -> None:
    assert "from folder: 2 services, 1 SKUs, 1 changed, 0 retired" in run(folder)
    assert Sku.objects.get().pk == "A"


def test_the_sample_is_synced_by_its_name() -> None:
    assert "from sample: 4 services" in run("sample")


def test_if_empty_does_nothing_once_a_sync_has_completed() -> None:
    make_update(status=PricingUpdate.Status.FAILED)
    assert run("sample", if_empty=True)

    assert run("sample", if_empty=True) == ""
    assert PricingUpdate.objects.count() == 2


def test_a_service_that_fails_gives_exit_code_2(folder: Path) -> None:
    put(folder, STORAGE, {"skus": [{"description": "no id"}]})

    with pytest.raises(CommandError) as caught:
        run(folder)

    assert caught.value.returncode == 2
    assert Sku.objects.count() == 1


def test_a_folder_without_a_price_list_gives_exit_code_1_and_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"holds no services\.json") as caught:
        run(tmp_path)

    assert caught.value.returncode == 1
    assert "\n" not in str(caught.value)


def test_the_sample_is_refused_over_a_real_price_list(folder: Path) -> None:
    run(folder)

    with pytest.raises(CommandError, match="holds a real price list"):
        run("sample")


def test_ctrl_c_ends_with_a_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("catalog.google_cloud.folder.FolderSource.skus", interrupt)

    with pytest.raises(CommandError, match="Stopped"):
        run(folder)

    assert PricingUpdate.objects.get().status == PricingUpdate.Status.FAILED


def test_the_api_is_the_default_and_is_asked_with_the_key_of_the_settings(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GOOGLE_API_KEY = "made-up-key"
    connect = Mock(side_effect=SourceError("Google is not asked in a test."))
    monkeypatch.setattr(ApiSource, "connect", connect)

    with pytest.raises(CommandError, match="not asked in a test"):
        call_command("sync_catalog")

    connect.assert_called_once_with("made-up-key")
