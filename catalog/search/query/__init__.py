"""Reads a question: the product, place, usage type and negated terms that its words name."""

from catalog.search.query.destination import destination_term
from catalog.search.query.facts import NamedFact
from catalog.search.query.machine_types import NamedMachine, gpu_count
from catalog.search.query.question import Question
from catalog.search.query.read import read_question
from catalog.search.query.services import NamesOfServices
from catalog.search.query.sizes import Size
from catalog.search.query.terms import LITTLE, Term
from catalog.search.query.usage_type import read_usage_type

__all__ = [
    "LITTLE",
    "NamedFact",
    "NamedMachine",
    "NamesOfServices",
    "Question",
    "Size",
    "Term",
    "destination_term",
    "gpu_count",
    "read_question",
    "read_usage_type",
]
