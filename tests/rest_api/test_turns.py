from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from mcp_api.turns import MAX_WAITING, TooManyCallsError
from rest_api.turns import Turns


def test_a_person_has_one_turn_at_a_time() -> None:
    turns, lock, most = Turns(4), threading.Lock(), [0, 0]

    def ask(_: int) -> None:
        with turns.turn(1):
            with lock:
                most[0] += 1
                most[1] = max(most)
            time.sleep(0.01)
            with lock:
                most[0] -= 1

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ask, range(8)))

    assert most[1] == 1


def test_other_people_do_not_wait_for_one() -> None:
    turns = Turns(2)

    with turns.turn(1), turns.turn(2):
        pass


def test_who_waits_too_often_is_refused() -> None:
    turns = Turns(2)
    with ThreadPoolExecutor(MAX_WAITING) as threads, turns.turn(1):
        waiting = [threads.submit(_take, turns) for _ in range(MAX_WAITING)]
        while len(turns) <= MAX_WAITING:
            time.sleep(0.001)

        with pytest.raises(TooManyCallsError), turns.turn(1):
            pass

    assert all(done.result() for done in waiting)
    assert not len(turns)


def _take(turns: Turns) -> bool:
    with turns.turn(1):
        return True
