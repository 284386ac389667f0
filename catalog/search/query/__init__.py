"""Reads a person's question: which words name a place, a way to buy, what is not meant, or the thing."""

from catalog.search.query.destination import far_end
from catalog.search.query.read import Question, read_question
from catalog.search.query.terms import LITTLE, Term
from catalog.search.query.usage_type import read_usage_type

__all__ = ["LITTLE", "Question", "Term", "far_end", "read_question", "read_usage_type"]
