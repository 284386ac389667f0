"""Search: finds services, SKUs and their prices by words and filters.

It uses raw SQL because the ORM has no full-text search, and because a single statement fetches a page with
its prices, the facets and the total in one round trip. It is plain SQLite with FTS5 and JSON1, so that a
remote libSQL server can run it too. docs/search.md explains how it works.
"""

from catalog.search.contract import SearchAnswer, SearchRequest
from catalog.search.search import search, search_several

__all__ = ["SearchAnswer", "SearchRequest", "search", "search_several"]
