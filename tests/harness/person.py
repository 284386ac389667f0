"""A person at a browser: follows links and redirects, presses buttons."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self
from urllib.parse import urljoin

import httpx2

FAR_TOO_MANY = 12


@dataclass
class Form:
    """A form of a page, filled in as it came."""

    action: str
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(attributes.get("action", ""), attributes.get("method", "get")))
        elif tag == "input" and self.forms and "name" in attributes:
            self.forms[-1].fields[attributes["name"]] = attributes.get("value", "")
        elif tag == "button" and self.forms:
            self.forms[-1].buttons.append(attributes.get("value", ""))


@dataclass
class Person:
    """Signs in where asked to, by name and password if need be, and gives `decision` to whoever asks."""

    decision: str = "allow"
    name: str = ""
    password: str = ""
    browser: httpx2.Client = field(default_factory=lambda: httpx2.Client(follow_redirects=False, timeout=60))
    pages: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.browser.close()

    def go(self, url: str, until: str) -> str:
        """Open `url` and go on until the browser is sent to an address that starts with `until`."""
        response = self.browser.get(url)
        for _ in range(FAR_TOO_MANY):
            if response.is_redirect:
                target = urljoin(str(response.url), response.headers["location"])
                if target.startswith(until):
                    return target
                response = self.browser.get(target)
            else:
                response = self._press(response)
        raise AssertionError(f"never sent to {until}; saw {self.pages}")

    def _press(self, page: httpx2.Response) -> httpx2.Response:
        assert page.is_success, page.text
        self.pages.append(page.text)
        parser = _Forms()
        parser.feed(page.text)
        form = next(form for form in parser.forms if "logout" not in form.action)
        if self.decision in form.buttons:
            form.fields["decision"] = self.decision
        if "password" in form.fields:
            form.fields |= {"username": self.name, "password": self.password}
        target = urljoin(str(page.url), form.action) if form.action else str(page.url)
        # As a browser does; Django compares it with the host.
        return self.browser.post(target, data=form.fields, headers={"Referer": str(page.url)})
