"""Rules that watch costs, and messages to people when something is wrong."""

from __future__ import annotations
