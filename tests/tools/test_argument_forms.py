from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from pydantic import ValidationError

from catalog.models import Sku
from tests.catalog.factories import make_price, make_sku, make_update
from tools import registry
from tools.prices_schema import Arguments, CalculateArguments, DetailsArguments, SearchArguments

IDS = ("22EB-AAE8-FBCD", "53BB-FF1B-0C91")
Form = tuple[Any, Any]
"""A plain argument, and the same in another form."""

LEFT_OUT = object()
ABSENT: tuple[Any, ...] = ("", " ", "null", "None", "NULL", "nil", "undefined", None, [])
WILDCARDS = ("any", "All")


def cased(draw: DrawFn, text: str) -> str:
    return draw(st.sampled_from([text, text.lower(), text.upper(), text.title(), f" {text} "]))


@st.composite
def omitted(draw: DrawFn, forms: tuple[Any, ...]) -> Form:
    return LEFT_OUT, draw(st.sampled_from([LEFT_OUT, *forms]))


@st.composite
def alone(draw: DrawFn, plain: SearchStrategy[Any]) -> Form:
    """A value as it is, or in a list of its own."""
    value = draw(plain)
    return value, draw(st.sampled_from([value, [value]]))


@st.composite
def whole_number(draw: DrawFn, low: int, high: int) -> Form:
    value = draw(st.integers(low, high))
    forms = [value, float(value), str(value), f" {value} ", f"{value}.0", f"+{value}", f"{value}e0", [value]]
    return value, draw(st.sampled_from(forms))


@st.composite
def boolean(draw: DrawFn) -> Form:
    value = draw(st.booleans())
    words = ("true", "yes", "on", "1") if value else ("false", "no", "off", "0")
    return value, draw(st.sampled_from([value, int(value), cased(draw, draw(st.sampled_from(words)))]))


@st.composite
def choice(draw: DrawFn, *choices: str) -> Form:
    value = draw(st.sampled_from(choices))
    forms = ["any", value] if value == "all" else [value]
    return value, cased(draw, draw(st.sampled_from(forms)))


@st.composite
def quantity(draw: DrawFn) -> Form:
    value = draw(st.integers(0, 10**12))
    forms = [value, str(value), f" {value} ", f"{value}.0", f"{value}e0", [value]]
    grouped = [f"{value:,}"] if value >= 10**6 else []
    return value, draw(st.sampled_from([*forms, *grouped]))


@st.composite
def as_json(draw: DrawFn, form: Form) -> Form:
    """A list or object as it is or as its JSON text."""
    plain, other = form
    return plain, draw(st.sampled_from([other, json.dumps(other), f" {json.dumps(other, indent=1)} "]))


@st.composite
def arguments(draw: DrawFn, fields: dict[str, SearchStrategy[Form]]) -> Form:
    forms = {name: draw(field) for name, field in fields.items()}
    plain, other = (
        {name: form[side] for name, form in forms.items() if form[side] is not LEFT_OUT} for side in (0, 1)
    )
    return plain, other


def filters(*values: str) -> SearchStrategy[Form]:
    return alone(st.sampled_from(values)) | omitted((*ABSENT, *WILDCARDS))


def optional(form: SearchStrategy[Form]) -> SearchStrategy[Form]:
    return form | omitted(ABSENT)


@st.composite
def listed(draw: DrawFn, element: SearchStrategy[Form], size: int) -> Form:
    forms = draw(st.lists(element, min_size=1, max_size=size))
    plain, other = [form[0] for form in forms], [form[1] for form in forms]
    same = [other, other[0]] if len(other) == 1 and isinstance(other[0], dict) else [other]
    return draw(as_json((plain, draw(st.sampled_from(same)))))


@st.composite
def ids(draw: DrawFn) -> Form:
    value = draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=3))
    return value, draw(st.sampled_from([value, ",".join(value), ", ".join(value), json.dumps(value)]))


NOTHING: tuple[Any, ...] = (None, [])
AS_OF = optional(alone(st.sampled_from(["2026-03-01", "2026-03-01T12:00:00Z"])))
FORMAT = optional(choice("concise", "detailed"))
ITEM = arguments(
    {
        "sku_id": alone(st.sampled_from(IDS)),
        "quantity": quantity(),
        "unit": optional(alone(st.sampled_from(["h", "hours", "vCPU hours"]))),
        "region": filters("europe-west3", "Frankfurt"),
        "label": alone(st.sampled_from(["web", "null", "all", "None"])) | omitted(NOTHING),
    }
).flatmap(as_json)
FORMS: dict[type[Arguments], SearchStrategy[Form]] = {
    SearchArguments: arguments(
        {
            "query": alone(st.sampled_from(["n2 core", "all", "null", "any"])),
            "service": filters("Compute Engine"),
            "region": filters("europe-west3", "Frankfurt"),
            "resource_family": filters("Compute"),
            "resource_group": filters("CPU"),
            "usage_type": filters("OnDemand", "spot"),
            "kind": optional(choice("all", "skus", "services")),
            "limit": optional(whole_number(1, 50)),
            "cursor": omitted(ABSENT),
            "response_format": FORMAT,
        }
    ),
    DetailsArguments: arguments({"sku_ids": ids(), "as_of": AS_OF, "history": optional(boolean())}),
    CalculateArguments: arguments(
        {
            "items": listed(ITEM, 3),
            "months": optional(whole_number(1, 120)),
            "as_of": AS_OF,
            "response_format": FORMAT,
        }
    ),
}
TOOLS = {tool.arguments: name for name, tool in registry.TOOLS.items()}


@pytest.mark.parametrize("kind", FORMS)
@settings(deadline=None)
@given(data=st.data())
def test_arguments_in_any_mixture_of_forms_mean_what_their_plain_form_means(
    kind: type[Arguments], data: st.DataObject
) -> None:
    plain, other = data.draw(FORMS[kind])

    assert kind.model_validate(other) == kind.model_validate(plain)


def without_times(content: dict[str, Any]) -> dict[str, Any]:
    """An answer without the time of the call, which it has if no as_of was sent."""
    shown = {name: value for name, value in content.items() if name != "as_of"}
    if "proof" in shown:
        shown["proof"] = {**shown["proof"], "as_of": None}
    return shown


@pytest.fixture
def skus() -> list[Sku]:
    make_update()
    found = [make_sku(sku_id=sku_id, display_name=f"N2 Core {sku_id[:2]}") for sku_id in IDS]
    for sku in found:
        make_price(sku)
    return found


@pytest.mark.django_db
@pytest.mark.usefixtures("skus")
@pytest.mark.parametrize("kind", FORMS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(data=st.data())
def test_a_call_in_any_mixture_of_forms_is_answered_like_its_plain_form(
    kind: type[Arguments], data: st.DataObject
) -> None:
    plain, other = data.draw(FORMS[kind])

    answers = [registry.call(TOOLS[kind], sent) for sent in (plain, other)]

    assert without_times(answers[0].content) == without_times(answers[1].content)


@pytest.mark.parametrize("text", ["null", "None", "any", "all", "undefined"])
def test_a_word_for_no_value_is_kept_if_it_may_be_a_value(text: str) -> None:
    item = {"sku_id": text, "quantity": 1, "label": text}

    assert SearchArguments.model_validate({"query": text}).query == text
    assert DetailsArguments.model_validate({"sku_ids": [text]}).sku_ids == [text]
    [read] = CalculateArguments.model_validate({"items": [item]}).items
    assert (read.sku_id, read.label) == (text, text)


@pytest.mark.parametrize("text", ["any", "all"])
def test_any_is_not_a_unit_or_a_cursor_that_is_left_out(text: str) -> None:
    item = {"sku_id": "A", "quantity": 1, "unit": text}

    assert CalculateArguments.model_validate({"items": [item]}).items[0].unit == text
    assert SearchArguments.model_validate({"cursor": text}).cursor == text


def test_a_number_is_read_as_the_text_of_its_digits() -> None:
    arguments = SearchArguments.model_validate({"query": 4090, "resource_group": [7]})

    assert (arguments.query, arguments.resource_group) == ("4090", "7")


def test_a_lone_surrogate_becomes_a_question_mark_as_no_answer_can_have_it() -> None:
    [item] = CalculateArguments.model_validate(
        {"items": [{"resource": "e2-micro", "label": "a\ud800"}]}
    ).items

    assert item.label == "a?"
    with pytest.raises(ValidationError) as caught:
        DetailsArguments.model_validate({"sku_ids": ["\ud800"], "\ud800": 1})
    assert str(caught.value).encode()
