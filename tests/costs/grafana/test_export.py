from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from costs.grafana import export
from costs.management.commands.export_grafana import PACKAGE
from costs.panels import PANELS
from tests.costs.management.running import fail, run

DEPLOYED = settings.BASE_DIR / "deploy" / "grafana"
BOARDS = ["dashboards/costs-bigquery.json", "dashboards/costs-lake.json", "dashboards/live.json"]


def test_the_files_of_this_repository_are_those_that_are_exported() -> None:
    deployed = {f"{path.relative_to(DEPLOYED)}": path for path in DEPLOYED.rglob("*") if path.is_file()}

    assert {name: path.read_text(encoding="utf-8") for name, path in deployed.items()} == export.files()


def test_the_command_writes_the_files_and_names_them(tmp_path: Path) -> None:
    printed = run("export_grafana", "--out", f"{tmp_path}")

    assert printed.split() == [f"{tmp_path / name}" for name in export.files()]
    assert (tmp_path / BOARDS[0]).read_text(encoding="utf-8") == export.files()[BOARDS[0]]


@pytest.mark.parametrize("name", BOARDS)
def test_a_board_survives_the_types_of_grafana(name: str) -> None:
    register_default_plugins()
    board = json.loads(export.files()[name])

    again = json.loads(json.dumps(Dashboard.from_json(board), cls=JSONEncoder))

    assert again == board


@pytest.mark.parametrize("name", BOARDS)
def test_panels_of_a_board_have_numbers_and_places_of_their_own(name: str) -> None:
    panels = json.loads(export.files()[name])["panels"]

    assert len({panel["id"] for panel in panels}) == len(panels)
    assert len({(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}) == len(panels)


def test_the_board_of_the_lake_has_all_panels() -> None:
    panels = json.loads(export.files()[BOARDS[1]])["panels"]

    assert [panel["title"] for panel in panels] == [panel.title for panel in PANELS.values()]


def test_the_boards_use_the_data_sources_that_are_provisioned() -> None:
    provisioned = sources()

    for name in BOARDS:
        board = json.loads(export.files()[name])
        used = {(each["datasource"]["type"], each["datasource"]["uid"]) for each in board["panels"]}
        assert used <= {(source["type"], source["uid"]) for source in provisioned}


def test_the_token_and_the_address_come_from_the_environment() -> None:
    (lake,) = [source for source in sources() if source["uid"] == "costs-lake"]

    assert lake["secureJsonData"] == {"bearerToken": "$COSTS_TOKEN"}
    assert lake["url"] == "$COSTS_URL"
    assert lake["jsonData"]["allowedHosts"] == ["$COSTS_URL"]


def test_a_missing_package_is_one_sentence_with_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("costs.grafana", "grafana_"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "grafana_foundation_sdk", None)

    code, message, _ = fail("export_grafana")

    assert code == 1
    assert message.endswith(f'python -m pip install "{PACKAGE}"')


def test_the_package_is_the_one_that_is_pinned() -> None:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["optional-dependencies"]["grafana"] == [PACKAGE]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "dashboards").write_text("a file", encoding="utf-8")

    code, message, _ = fail("export_grafana", "--out", f"{tmp_path}")

    assert (code, "cannot be written" in message) == (1, True)


def sources() -> list[dict[str, Any]]:
    found = yaml.safe_load(export.files()["provisioning/datasources/costs.yaml"])
    return list(found["datasources"])
