"""Questions as queries that a board of Grafana sends to BigQuery itself, where no code of ours finishes them.

Sums are those of costs.query.statements. Ratios are computed by the engine too, which rounds as it likes:
they are for reading, and the sums beside them are exact.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from costs.query.dimensions import Dimension, column, text
from costs.query.figures import MILLION
from costs.query.question import SUMS, Question
from costs.query.statements import OF_TOKENS, aliased, grouped_sums, ordered
from costs.store.base import TABLE

# What a variable of a board has if it chooses nothing, and that of customers if it chooses charges of none.
ALL, NOBODY = "all", "none"
_SUMS = "sums"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the variables of a board choose, or the names of Grafana's for it.

    Args:
        cloud: a cloud, or ALL.
        customer: key_of_customer() of one, or ALL.
        currency: a currency: no two are added up or drawn in one chart.
    """

    cloud: str
    customer: str
    currency: str

    def conditions(self) -> list[exp.Expr]:
        return [
            _is_chosen(self.cloud, column("x_Cloud")),
            _is_chosen(self.customer, key_of_customer()),
            column("BillingCurrency").eq(text(self.currency)),
        ]


def key_of_customer() -> exp.Expr:
    """The customer in hexadecimal digits, since Grafana cannot write every text as a literal of BigQuery."""
    digits = exp.LowerHex(this=exp.cast(column("x_ConsumerId"), "binary"))
    return exp.func("COALESCE", digits, text(NOBODY))


def board_query(question: Question, chosen: Chosen, time: exp.Expr) -> exp.Select:
    """The query of the question's rows, each with its dimensions, the currency and the measures by name.

    Args:
        question: the question, without `change`; its window is `time`.
        chosen: what else the charges are chosen by.
        time: the condition that says when they are.

    Raises:
        ValueError: the question asks for `change`, which needs a second window.
    """
    if "change" in question.measures:
        raise ValueError("a board has one window, so it cannot show change")
    order = question.order()
    keys = [aliased(key.name, _shown(key)) for key in question.keys]
    measures = [aliased(measure, _measure(question, measure)) for measure in question.measures]
    select = exp.select(*keys, *measures).from_(_SUMS)
    by = dict.fromkeys([order.by, *(key.name for key in question.keys)])
    terms = [ordered(name, descending=order.descending and name == order.by) for name in by]
    sums = grouped_sums(question, [time, *chosen.conditions()])
    return select.order_by(*terms).limit(question.limit).with_(_SUMS, as_=sums)


def customers() -> exp.Select:
    """The query of what a variable may have of customers: `text` to read, and `value` as in Chosen."""
    name = exp.func("COALESCE", column("x_ConsumerId"), text("(unattributed)"))
    return _values({"text": name, "value": key_of_customer()})


def currencies() -> exp.Select:
    """The query of the currencies of the charges."""
    return _values({"text": column("BillingCurrency"), "value": column("BillingCurrency")})


def _values(columns: dict[str, exp.Expr]) -> exp.Select:
    select = exp.select(*(aliased(name, value) for name, value in columns.items())).from_(TABLE)
    return select.distinct().order_by(ordered("text"))


def _is_chosen(value: str, key: exp.Expr) -> exp.Expr:
    return exp.In(this=text(value), expressions=[text(ALL), key])


def _shown(key: Dimension) -> exp.Expr:
    """A dimension of a row. Grafana draws times alone along an axis of time, not dates."""
    return exp.cast(column(key.name), "timestamptz") if key.unit else column(key.name)


def _measure(question: Question, measure: str) -> exp.Expr:
    if measure in SUMS:
        return column(measure)
    if measure == "share":
        of_currency = exp.Window(
            this=exp.func("SUM", column(question.base)), partition_by=[column("currency")]
        )
        return exp.SafeDivide(this=column(question.base), expression=of_currency)
    millions = exp.Mul(this=column(OF_TOKENS), expression=exp.Literal.number(f"{MILLION}"))
    return exp.SafeDivide(this=millions, expression=column("tokens"))
