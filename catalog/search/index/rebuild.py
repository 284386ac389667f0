"""Rebuilds what search looks things up in: reads every SKU again and makes the index anew."""

from __future__ import annotations

from django.db import transaction

from catalog.offers.store import Progress, ReadAgain, no_progress, read_all_again
from catalog.pricing.resources import machine_store
from catalog.search.index import schema


@transaction.atomic
def rebuild(progress: Progress = no_progress) -> ReadAgain:
    """Read all SKUs with the vocabulary of this code and index them, in one transaction.

    Args:
        progress: called twice for each SKU, with the number of SKUs since the last call.
    """
    schema.drop()
    done = read_all_again(progress=progress)
    schema.create(progress)
    return done


def rebuild_served(progress: Progress = no_progress) -> ReadAgain:
    """Rebuild, and renew what is stored of machine types, which nobody uses meanwhile.

    Args:
        progress: as for `rebuild`.
    """
    with transaction.atomic():
        machine_store.discard()
        done = rebuild(progress)
    machine_store.renew()
    return done
