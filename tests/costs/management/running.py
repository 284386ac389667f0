"""Runs commands of costs, and catches what they print."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command


def run(command: str, *arguments: str) -> str:
    """What a command that succeeds prints."""
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def fail(command: str, *arguments: str) -> tuple[int, str, str]:
    """The exit code, the message and the output of a command that fails."""
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command(command, *arguments, stdout=out)
    return caught.value.returncode, str(caught.value), out.getvalue()


def as_json(text: str) -> Any:
    return json.loads(text)


def help_of(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit):
        call_command(command, "--help")
    return capsys.readouterr().out
