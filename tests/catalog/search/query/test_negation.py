"""What a question says that it is not about, in front of it ("not spot") or behind it ("spot disabled")."""

from __future__ import annotations

import re

import pytest

from catalog.search.query.negation import take_negated


@pytest.mark.parametrize(
    ("text", "negated", "rest"),
    [
        ("n2 standard 4 iowa preemptible off", "preemptible", "n2 standard 4 iowa"),
        ("nearline soft delete disabled iowa", "soft delete", "nearline iowa"),
        ("soft delete is turned off nearline", "soft delete", "nearline"),
        ("bucket autoclass deactivated", "autoclass", "bucket"),
        ("gpu not needed n2 core", "gpu", "n2 core"),
        ("high availability switched off mysql", "high availability", "mysql"),
    ],
)
def test_what_is_said_to_be_off_is_negated(text: str, negated: str, rest: str) -> None:
    found, left = take_negated(text)

    assert found == (negated,)
    assert left.split() == rest.split()


def test_several_things_that_are_off_are_negated_in_order_and_leave_gaps() -> None:
    negated, rest = take_negated("n2 spot disabled core ha off no gpu")

    assert negated == ("spot", "ha", "gpu")
    assert re.split(" {2,}", rest.strip()) == ["n2", "core"]


@pytest.mark.parametrize(
    "text",
    [
        "n2 standard 4 turned off",
        "cloud sql turned off storage",
        "virtual machine is off",
        "n2 core 20 off",
        "committed use discount off on demand n2",
        "spot off the list price",
        "n2 cores off peak",
        "static ip not used",
        "off n2 core",
    ],
)
def test_what_is_off_and_still_paid_for_and_what_is_taken_off_a_price_are_not_negated(text: str) -> None:
    assert take_negated(text)[0] == ()


def test_a_phrase_may_start_with_a_word_that_leads_to_what_is_negated() -> None:
    assert take_negated("n2 not on demand iowa")[0] == ("on demand",)
    assert take_negated("n2 not on a spot vm")[0] == ("spot vm",)


def test_the_name_of_a_product_is_negated_as_a_whole() -> None:
    assert take_negated("mysql no cloud sql license")[0] == ("cloud sql",)
    assert take_negated("mysql without confidential computing please")[0] == ("confidential computing",)
