"""Values of environment variables: what is taken, and how a wrong one is refused."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from pricing_site.environment import Environment

env = Environment()


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NAME", raising=False)


def test_an_unset_or_blank_variable_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        assert env.str("NAME", default="text") == "text"
        assert env.int("NAME", default=7) == 7
        assert env.bool("NAME", default=True) is True
        assert env.list("NAME", default=[]) == env.ids("NAME", default=[]) == []
        monkeypatch.setenv("NAME", " ")


@pytest.mark.parametrize("text", ["a secret", "$a-secret", "\\$a"])
def test_a_text_is_read_as_it_is_without_the_newline_of_its_file(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("NAME", f"{text}\n")

    assert env.str("NAME") == text


@pytest.mark.parametrize(("text", "value"), [("0", 0), (" 12 ", 12)])
def test_a_whole_number_is_read(monkeypatch: pytest.MonkeyPatch, text: str, value: int) -> None:
    monkeypatch.setenv("NAME", text)

    assert env.int("NAME", default=7) == value


@pytest.mark.parametrize("text", ["abc", "-1", "1.5", "1e3"])
def test_anything_else_is_not_a_whole_number(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("NAME", text)

    with pytest.raises(
        ImproperlyConfigured, match=f"^NAME must be a whole number of at least 0, not '{text}'.$"
    ):
        env.int("NAME", default=7)


def test_a_number_below_the_minimum_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME", "0")

    with pytest.raises(ImproperlyConfigured, match="at least 1, not '0'"):
        env.int("NAME", default=7, minimum=1)


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("True", True), ("1", True), ("false", False), ("off", False), ("0", False)],
)
def test_a_switch_is_read(monkeypatch: pytest.MonkeyPatch, text: str, value: bool) -> None:
    monkeypatch.setenv("NAME", text)

    assert env.bool("NAME", default=not value) is value


def test_anything_else_is_not_a_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME", "maybe")

    with pytest.raises(ImproperlyConfigured, match=r"^NAME must be true or false, not 'maybe'.$"):
        env.bool("NAME", default=False)


def test_spaces_around_the_parts_of_a_list_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME", " acme , globex,, ")

    assert env.list("NAME", default=[]) == ["acme", "globex"]


def test_ids_are_numeric(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME", "583231, 12")
    assert env.ids("NAME", default=[]) == ["583231", "12"]

    monkeypatch.setenv("NAME", "583231, octocat")
    with pytest.raises(ImproperlyConfigured, match=r"NAME must be numeric ids .* but has 'octocat'"):
        env.ids("NAME", default=[])


def test_a_choice_is_one_of_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.choice("NAME", default="line", choices=("line", "json")) == "line"
    monkeypatch.setenv("NAME", "json")
    assert env.choice("NAME", default="line", choices=("line", "json")) == "json"
    monkeypatch.setenv("NAME", "JSON")
    with pytest.raises(ImproperlyConfigured, match=r"^NAME must be line or json, not 'JSON'\.$"):
        env.choice("NAME", default="line", choices=("line", "json"))


def test_amounts_are_read_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.decimals("NAME", default="") == []
    monkeypatch.setenv("NAME", " 3, 15,0.30,3.75 ")

    assert [str(amount) for amount in env.decimals("NAME", default="")] == ["3", "15", "0.30", "3.75"]


@pytest.mark.parametrize("text", ["3,x", "-1", "NaN", "1,Infinity"])
def test_anything_else_is_no_amount(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("NAME", text)

    with pytest.raises(ImproperlyConfigured, match="NAME must be amounts such as"):
        env.decimals("NAME", default="")
