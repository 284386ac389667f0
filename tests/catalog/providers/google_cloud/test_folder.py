from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from catalog.errors import SourceError
from catalog.providers.google_cloud.folder import FolderSource
from tests.catalog.wire import COMPUTE, STORAGE, Wire, wire_service, wire_sku


def write(path: Path, body: Wire) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(body).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)


@pytest.mark.parametrize("suffix", [".json", ".json.gz"])
def test_responses_are_read_plain_and_compressed(tmp_path: Path, suffix: str) -> None:
    write(tmp_path / f"services{suffix}", {"services": [wire_service()]})
    write(tmp_path / "skus" / f"{COMPUTE}{suffix}", {"skus": [wire_sku("A"), wire_sku("B")]})
    source = FolderSource(tmp_path)

    assert [service.service_id for service in source.services()] == [COMPUTE]
    assert [sku.sku_id for sku in source.skus(COMPUTE)] == ["A", "B"]


def test_a_service_without_a_file_has_no_sku(tmp_path: Path) -> None:
    assert list(FolderSource(tmp_path).skus(STORAGE)) == []


def test_a_folder_without_services_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"contains neither services\.json nor services\.json\.gz"):
        list(FolderSource(tmp_path).services())


@pytest.mark.parametrize("service_id", ["../secret", "..", "a/b", "", "/etc/passwd", "A\n"])
def test_an_id_cannot_lead_to_a_file_outside_the_folder(tmp_path: Path, service_id: str) -> None:
    write(tmp_path / "secret.json", {"skus": [wire_sku()]})

    with pytest.raises(SourceError, match="is not a service id"):
        list(FolderSource(tmp_path).skus(service_id))


def test_an_incomplete_list_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "skus" / f"{COMPUTE}.json", {"skus": [wire_sku()], "nextPageToken": "more"})

    with pytest.raises(SourceError, match="is incomplete"):
        list(FolderSource(tmp_path).skus(COMPUTE))


@pytest.mark.parametrize("name", ["services.json", "services.json.gz"])
def test_the_error_for_a_damaged_file_names_it(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x1f\x8b{")

    with pytest.raises(SourceError, match=r"services\.json cannot be read"):
        list(FolderSource(tmp_path).services())
