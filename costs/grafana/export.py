"""The files that Grafana is provisioned with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from costs.grafana import bigquery, lake, metrics, now, operations

_MADE = "# Made by manage.py export_grafana. docs/grafana.md says where it goes.\n"
_PROVIDERS = (
    _MADE
    + """apiVersion: 1
providers:
  - name: costs
    folder: Costs
    type: file
    options:
      path: /etc/grafana/dashboards/costs
"""
)
# Grafana reads $NAME from its environment, so that no secret and no address is in a file.
_SOURCES = (
    _MADE
    + f"""apiVersion: 1
datasources:
  - name: Costs (BigQuery)
    uid: {bigquery.UID}
    type: {bigquery.SOURCE.type_val}
    jsonData:
      authenticationType: gce
      defaultProject: $COSTS_BIGQUERY_PROJECT
      MaxBytesBilled: 10000000000
  - name: Costs (lake)
    uid: {lake.UID}
    type: {lake.SOURCE.type_val}
    url: $COSTS_URL
    jsonData:
      auth_method: bearerToken
      allowedHosts:
        - $COSTS_URL
    secureJsonData:
      bearerToken: $COSTS_TOKEN
  - name: Prometheus
    uid: {metrics.SOURCE.uid}
    type: {metrics.SOURCE.type_val}
    url: $PROMETHEUS_URL
"""
)


def files() -> Mapping[str, str]:
    """What each file has, by its path below the folder."""
    return {
        "dashboards/costs-bigquery.json": _json(bigquery.board()),
        "dashboards/costs-lake.json": _json(lake.board()),
        "dashboards/live.json": _json(now.board()),
        "dashboards/operations.json": _json(operations.board()),
        "provisioning/dashboards/costs.yaml": _PROVIDERS,
        "provisioning/datasources/costs.yaml": _SOURCES,
    }


def write(folder: Path) -> list[Path]:
    """Write the files; returns their paths."""
    paths = []
    for name, content in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        paths.append(path)
    return paths


def _json(board: Dashboard) -> str:
    return json.dumps(board.build(), cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
