"""Renews what is stored of the tables for first views, after they have changed."""

from __future__ import annotations

import logging

from django.db import DatabaseError

from catalog.offers.store import Progress, ReadAgain, no_progress
from catalog.pricing import model_store
from catalog.pricing.resources import machine_store
from catalog.search.index import vocabulary
from catalog.search.index.rebuild import rebuild

logger = logging.getLogger(__name__)


def renew() -> None:
    """Work out anew what was made from other tables than those of now; else only say that it holds."""
    machine_store.renew()
    model_store.renew()
    vocabulary.renew()


def renew_after_a_failure() -> None:
    """Renew after a run that failed, whose fault may keep this from being written too."""
    try:
        renew()
    except DatabaseError as error:
        logger.warning("First views stay slow until the next sync: %s", error)


def rebuild_served(progress: Progress = no_progress) -> ReadAgain:
    """Read all SKUs again and index them, then renew what is stored, which nobody uses meanwhile.

    Args:
        progress: as for `rebuild`.
    """
    done = rebuild(progress)
    renew()
    return done
