from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from assistant.errors import AskError
from assistant.model import stream
from assistant.model.events import Event


async def _read(pieces: Any, most: int = 99) -> list[bytes]:
    found = []
    async for piece in pieces:
        found.append(piece)
        if len(found) == most:
            await pieces.aclose()
            break
    return found


def read(begin: Any, most: int = 99, **options: Any) -> list[bytes]:
    return asyncio.run(_read(stream.server_sent(begin, **options), most))


def test_events_are_sent_as_they_come_and_a_line_break_ends_none() -> None:
    event = {"event": "text", "text": "one\n\nevent: two\r\ndata: x\u2028\ud800", "held": True}

    [piece] = read(lambda _stop: iter([event]))

    head, data, *rest = piece.decode().split("\n")
    assert head == "event: text"
    assert json.loads(data.removeprefix("data: "))["text"].startswith("one\n\nevent: two\r\ndata: x")
    assert rest == ["", ""]


def test_a_turn_stops_when_its_reader_goes_away() -> None:
    stopped = threading.Event()

    def begin(stop: threading.Event) -> Iterator[Event]:
        yield {"event": "start"}
        if stop.wait(10):
            stopped.set()
        yield {"event": "done"}

    assert len(read(begin, most=1)) == 1
    assert stopped.wait(10)


def test_a_reader_hears_that_a_slow_turn_is_alive() -> None:
    def begin(stop: threading.Event) -> Iterator[Event]:
        stop.wait(0.2)
        yield {"event": "done"}

    pieces = read(begin, ping_seconds=0.05)

    assert pieces[0] == b": still there\n\n"
    assert pieces[-1].startswith(b"event: done\n")


@pytest.mark.parametrize(
    ("error", "code"), [(AskError("No.", hint="Ask."), "invalid_argument"), (KeyError("x"), "internal_error")]
)
def test_an_error_is_an_event_that_says_nothing_of_the_inside(error: Exception, code: str) -> None:
    def begin(_stop: threading.Event) -> Iterator[Event]:
        raise error
        yield {}

    [piece] = read(begin)

    told = json.loads(piece.decode().split("data: ")[1])
    assert (told["event"], told["code"]) == ("error", code)
    assert "KeyError" not in piece.decode()
