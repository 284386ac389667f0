"""Machine families, by the pattern of their names: Google adds several a year."""

from __future__ import annotations

import re

FAMILY = re.compile(r"[acefghmntxz][0-9]{1,2}[a-z]?|ct[0-9][a-z]{1,2}|tpu7x")
# Services whose names have machine families; others use such words for sizes and versions of their own.
SERVICES = frozenset(
    {"app-engine", "cloud-sql", "compute-engine", "kubernetes-engine", "notebooks", "vertex-ai"}
)


def is_family(word: str, service: str) -> bool:
    """Whether `word` is a machine family in the names of `service`, a slug."""
    return service in SERVICES and FAMILY.fullmatch(word) is not None
