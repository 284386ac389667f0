"""The queries of the board on BigQuery, as queries.sql has them.

Write them anew with `.venv/bin/python -m tests.costs.grafana.queries` after a change that is meant.
"""

from __future__ import annotations

from pathlib import Path

from costs.grafana.bigquery import query_text
from costs.panels import PANELS

KEPT = Path(__file__).with_name("queries.sql")


def text() -> str:
    asked = {panel.name: panel.question for panel in PANELS.values() if panel.question}
    return "\n".join(f"-- {name}\n{query_text(question)};\n" for name, question in asked.items())


if __name__ == "__main__":
    KEPT.write_text(text(), encoding="utf-8")
