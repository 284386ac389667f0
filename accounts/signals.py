"""Signals of accounts."""

from __future__ import annotations

from django.dispatch import Signal

# Sent by clear_expired each day. A receiver deletes what a room above no longer keeps of people, and returns
# how many rows of what: {"conversations": 3}.
clearing = Signal()
