"""Search: from a person's words and filters to services, SKUs and their prices.

Raw SQL lives here because words are matched and ranked on a text put together from five columns, and one
statement has to bring a page, its facets and the total in one round trip. It is plain SQLite with JSON1, so
that a remote libSQL server runs it too.
"""

from catalog.search.contract import SearchAnswer, SearchRequest
from catalog.search.search import search

__all__ = ["SearchAnswer", "SearchRequest", "search"]
