"""Search: from a person's words and filters to services, SKUs and their prices.

Raw SQL lives here because the ORM has no full-text search, and because one statement brings a page with its
prices, the facets and the total in one round trip. It is plain SQLite with FTS5 and JSON1, so that a remote
libSQL server runs it too. docs/search.md says how it works.
"""

from catalog.search.contract import SearchAnswer, SearchRequest
from catalog.search.search import search

__all__ = ["SearchAnswer", "SearchRequest", "search"]
