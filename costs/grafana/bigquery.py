"""The board on BigQuery: each panel with a question, as a query of the table unified_costs there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from grafana_foundation_sdk.builders import bigquery, dashboard
from grafana_foundation_sdk.models.bigquery import EditorMode, QueryFormat
from grafana_foundation_sdk.models.common import DataSourceRef
from sqlglot import exp

from costs.grafana import drawing, variables
from costs.panels import PANELS, Panel, Report
from costs.query.board import Chosen, board_query, currencies, customers
from costs.query.dimensions import column
from costs.query.question import Question
from costs.store.base import TABLE

UID = "costs-bigquery"
SOURCE = DataSourceRef("grafana-bigquery-datasource", UID)
DESCRIPTION = (
    "What AI and clouds have cost, from the table unified_costs in BigQuery. One currency at a time. "
    "Days are in UTC. `manage.py export_grafana` makes this board; docs/grafana.md says how."
)
# Percent signs in place of all that could end a literal or a name in SQL.
VARIABLES = {
    name: f"${{{name}:percentencode}}" for name in ("project", "dataset", "cloud", "customer", "currency")
}
CHOSEN = Chosen(VARIABLES["cloud"], VARIABLES["customer"], VARIABLES["currency"])
# Grafana's macro for the time that its viewer has chosen.
TIME = exp.Anonymous(this="$__timeFilter", expressions=[column("ChargePeriodStart")])


def board() -> dashboard.Dashboard:
    made = drawing.board("Costs (BigQuery)", UID, DESCRIPTION)
    for variable in _variables():
        made = made.with_variable(variable)
    for number, panel in enumerate(PANELS.values(), 1):
        if panel.question:
            query = _query(panel, panel.question)
            made = made.with_panel(drawing.drawn(_titled(panel), number, SOURCE, query))
    return made


def query_text(question: Question) -> str:
    """The query of a panel, with Grafana's variables."""
    return _text(board_query(question, CHOSEN, TIME))


def _query(panel: Panel, question: Question) -> bigquery.Dataquery:
    form = QueryFormat.TIMESERIES if drawing.is_over_time(panel) else QueryFormat.TABLE
    query = bigquery.Dataquery().raw_query(raw_query=True).editor_mode(EditorMode.CODE).format(form)
    return query.raw_sql(query_text(question)).datasource(SOURCE).ref_id("A")


def _titled(panel: Panel) -> Panel:
    """The panel as what it is here: a query has what a report is computed of, and not the report."""
    if panel.report is None:
        return panel
    purpose = f"The sums that “{panel.title}” is computed of, in the time of this board."
    title = "Spend" if panel.report is Report.MONTH_TO_DATE else f"{panel.title}: its sums"
    return replace(panel, title=title, purpose=purpose)


def _variables() -> list[dashboard.TextBoxVariable | dashboard.CustomVariable | dashboard.QueryVariable]:
    return [
        variables.text("project", "The project of Google Cloud that has the data set."),
        variables.text("dataset", "The data set that has the table unified_costs."),
        variables.listed("currency", SOURCE, _listing(currencies())),
        variables.cloud(),
        variables.listed_or_all("customer", SOURCE, _listing(customers())),
    ]


def _listing(select: exp.Select) -> dict[str, Any]:
    query = bigquery.Dataquery().raw_query(raw_query=True).editor_mode(EditorMode.CODE)
    return query.format(QueryFormat.TABLE).raw_sql(_text(select)).ref_id("A").build().to_json()


def _text(select: exp.Select) -> str:
    """A query in the dialect of BigQuery, of the table in the chosen data set."""
    names = [VARIABLES["project"], VARIABLES["dataset"]]
    stored = exp.table_(TABLE, catalog=names[0], db=names[1], quoted=True)
    placed = select.transform(
        lambda node: stored if isinstance(node, exp.Table) and node.name == TABLE else node
    )
    return placed.sql("bigquery", pretty=True)
