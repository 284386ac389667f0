"""What the intake refuses. Messages quote nothing of what was sent: it may have prompts."""

from __future__ import annotations


class RejectedCallError(Exception):
    """A call that cannot be counted; the message is a sentence on why."""


class MalformedBodyError(Exception):
    """A body of which nothing can be read."""


class TooLargeBodyError(Exception):
    """A body that is larger than it may be once it is unpacked."""


class NotInstalledError(Exception):
    """A form whose library is not installed; the message says how to install it."""
