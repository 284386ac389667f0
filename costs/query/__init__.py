"""Questions about costs: what can be asked, the SQL that adds it up, and the answer."""

from __future__ import annotations

from costs.query.answer import Answer
from costs.query.ask import answer_from, ask
from costs.query.question import Question
from costs.query.statements import compile_question

__all__ = ["Answer", "Question", "answer_from", "ask", "compile_question"]
