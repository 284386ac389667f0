"""Arguments and answer of budget_status (tool contract, version 1; docs/tools.md)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from costs.reports.budgets import BudgetAnswer
from tools.argument_forms import ABSENT, ANYTHING, LeftOutAs
from tools.costs_schema import AsOf
from tools.prices_schema import Arguments


class BudgetStatusArguments(Arguments):
    budget: Annotated[str, LeftOutAs(ABSENT | ANYTHING)] = Field(
        default="", max_length=100, description="Its name (default all).", examples=["team-a"]
    )
    as_of: AsOf | None = None


BudgetStatusAnswer = BudgetAnswer
