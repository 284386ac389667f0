"""Reads a person's question: which words name a place, a way to buy, what is not meant, or the thing."""

from catalog.question.buying import read_usage_type
from catalog.question.read import Question, read_question
from catalog.question.terms import LITTLE, Term
from catalog.question.traffic import far_end

__all__ = ["LITTLE", "Question", "Term", "far_end", "read_question", "read_usage_type"]
