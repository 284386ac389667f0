"""The page for questions in a real browser, from the real server with the demo."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.console.conftest import DESKTOP, PHONE
from tests.harness import axe
from tests.harness.browser import watched_page
from tests.harness.product import Product, install, serve

QUESTIONS = (
    "spend by cloud and day in October 2026",
    "What did project atlantis cost?",
    "What did Google cost in October 2026?",
    "October 2026 vs September 2026 by service",
    "Are we over budget?",
)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("product")
    product = install(folder, COSTS_DIR=str(folder / "costs"), QUESTIONS_PER_MINUTE="0")
    product.manage("demo_costs")
    with serve(product, folder / "server.log"):
        yield product


@pytest.fixture
def page(page: Page, product: Product) -> Page:
    page.goto(f"{product.url}/ask/")
    return page


def ask(page: Page, text: str) -> None:
    """Ask by the keyboard alone."""
    page.locator("#q").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator("article.answer").last.get_by_role("heading")).to_have_text(f"You asked: {text}")


def test_answers_fit_their_screen_hinder_nobody_and_get_the_focus(page: Page) -> None:
    assert axe.faults(page) == []
    for text in QUESTIONS:
        ask(page, text)
        expect(page.locator("article.answer").last).to_be_focused()
    for each in page.locator("summary").all():
        each.click()
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert axe.faults(page) == []


def test_a_talk_follows_up_and_a_reading_is_chosen_by_a_click(product: Product, page: Page) -> None:
    ask(page, QUESTIONS[2])
    page.get_by_role("button", name="the cloud gcp").click()
    last = page.locator("article.answer").last
    expect(last.locator(".sentence")).to_contain_text("8,012.63 USD")
    ask(page, "and by day?")

    assert page.url.startswith(f"{product.url}/ask/talks/")
    page.locator("article.answer").last.locator("canvas").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("article.answer").last.locator(".told")).to_contain_text("USD")
    expect(page.locator("#formats a").first).to_have_attribute("href", re.compile(r"^/ask/talks/\d+\.json$"))


def test_waiting_is_stopped_and_a_fault_leaves_the_question_in_its_box(
    product: Product, browser: Browser, session: str
) -> None:
    held: list[Route] = []
    faults: list[str] = []
    with watched_page(browser, faults, viewport=DESKTOP) as page:
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": product.url}])
        page.goto(f"{product.url}/ask/")
        page.route("**/ask/question/", lambda route: held.append(route))  # noqa: PLW0108  no built-in
        page.locator("#q").fill("How much in October 2026?")
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.locator("#ask-says")).to_have_text("Looking it up…")
        page.get_by_role("button", name="Stop").click()
        expect(page.locator("#ask-says")).to_contain_text("Stopped.")
        expect(page.get_by_role("button", name="Stop")).to_be_hidden()
        for each in held:
            each.abort()

        page.unroute("**/ask/question/")
        page.route("**/ask/question/", lambda route: route.fulfill(status=200, body="Sign in"))
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.locator("#ask-says")).to_contain_text("There is no answer")
        expect(page.locator("#q")).to_have_value("How much in October 2026?")
    # What htmx logs of the request that was stopped.
    assert {each.partition(",")[0] for each in faults} <= {"htmx:afterRequest", "htmx:sendAbort"}


def test_an_answer_is_judged_shared_and_deleted(product: Product, page: Page) -> None:
    ask(page, "How much in October 2026?")
    page.get_by_text("Wrong", exact=True).click()
    page.get_by_label("What is wrong?").fill("It was more.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("You said that this answer is wrong: It was more.")).to_be_visible()
    expect(page.locator("article.answer")).to_have_count(1)
    page.get_by_role("link", name="Link to this question").click()
    expect(page.get_by_role("heading", name="A question that was shared")).to_be_visible()
    expect(page.get_by_text("31,320.64").first).to_be_visible()
    assert axe.faults(page) == []

    page.goto(f"{product.url}/ask/")
    page.get_by_text("Delete all", exact=True).click()
    page.get_by_role("button", name="for good").click()
    expect(page.get_by_text("None yet.")).to_be_visible()


def test_without_javascript_the_page_is_whole(product: Product, browser: Browser, session: str) -> None:
    with watched_page(browser, [], viewport=PHONE, java_script_enabled=False) as page:
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": product.url}])
        page.goto(f"{product.url}/ask/")
        page.get_by_role("button", name="How much did we spend by cloud in").click()
        page.locator("#q").fill("only AWS")
        page.get_by_role("button", name="Ask", exact=True).click()

        expect(page.locator("article.answer").last).to_contain_text("of cloud aws")
        assert page.url.split("#")[1] == page.locator("article.answer").last.get_attribute("id")
        expect(page.get_by_role("button", name="Copy the answer").first).to_be_hidden()
