"""Estimates that are too large for an address: what they ask for is kept under a key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.errors import InvalidArgumentError, NotFoundError
from catalog.estimates.items import read_item
from catalog.estimates.request import FileRequest, Unread
from catalog.models import KeptEstimate
from catalog.offers.resources.request import ResourceRequest
from catalog.pricing.usage import Item

MAX_ITEMS = 500
MAX_KEPT = 50_000
KEPT_FOR = timedelta(days=180)
_DIGITS = 32


def keep(request: FileRequest) -> str:
    """Keep what an estimate asks for, so that its address can be shared. No file is kept, only what was read.

    Args:
        request: at most MAX_ITEMS items.

    Returns:
        The key: the same for the same request. It is gone after KEPT_FOR, or once MAX_KEPT newer ones are
        kept.

    Raises:
        InvalidArgumentError: it has more items.
    """
    if len(request.items) > MAX_ITEMS:
        raise InvalidArgumentError(
            f"The estimate has {len(request.items)} items; pages take {MAX_ITEMS}.",
            hint="Split it, or run manage.py estimate, which takes 50,000.",
        )
    content = json.dumps(_document(request), ensure_ascii=False, sort_keys=True)
    key = hashlib.sha256(content.encode()).hexdigest()[:_DIGITS]
    with transaction.atomic():
        KeptEstimate.objects.update_or_create(
            key=key, defaults={"content": content, "kept_at": timezone.now()}
        )
        _forget_old_ones()
    return key


def kept(key: str) -> FileRequest:
    """What was kept under a key.

    Raises:
        NotFoundError: nothing is, or no longer.
    """
    found = KeptEstimate.objects.filter(key=key, kept_at__gt=timezone.now() - KEPT_FOR).first()
    if found is None:
        raise NotFoundError(
            "There is no estimate under this address.",
            hint=f"Estimates are kept for {KEPT_FOR.days} days at most. Make it again from its file.",
        )
    document = json.loads(found.content)
    return FileRequest(
        items=tuple(read_item(item) for item in document["items"]),
        names=tuple(document["names"]),
        gaps=tuple(document["gaps"]),
        unread=tuple(Unread(**each) for each in document["unread"]),
        free=tuple(Unread(**each) for each in document["free"]),
        notes=tuple(document["notes"]),
    )


def arguments(item: Item | ResourceRequest) -> Mapping[str, str]:
    """The arguments of an item that are not at their defaults, as texts that `read_item` takes."""
    return dict(_arguments(item))


def _arguments(item: Item | ResourceRequest) -> Iterator[tuple[str, str]]:
    for field in fields(item):
        value = getattr(item, field.name)
        if value is not None and value != field.default:
            yield field.name, f"{value:f}" if isinstance(value, Decimal) else f"{value}"


def _document(request: FileRequest) -> dict[str, Any]:
    return {
        "items": [arguments(item) for item in request.items],
        "names": request.names,
        "gaps": request.gaps,
        "unread": [asdict(each) for each in request.unread],
        "free": [asdict(each) for each in request.free],
        "notes": request.notes,
    }


def _forget_old_ones() -> None:
    KeptEstimate.objects.filter(kept_at__lte=timezone.now() - KEPT_FOR).delete()
    newest = KeptEstimate.objects.order_by("-kept_at", "key")
    if beyond := list(newest.values_list("key", flat=True)[MAX_KEPT : MAX_KEPT + MAX_ITEMS]):
        KeptEstimate.objects.filter(key__in=beyond).delete()
