"""The limit on personal tokens, against concurrent requests to two workers."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from accounts.views import MAX_TOKENS
from tests.harness.github_product import serve_with_github
from tests.harness.person import Person


@pytest.mark.slow
def test_twenty_personal_tokens_are_the_limit_for_concurrent_requests_too(tmp_path: Path) -> None:
    with serve_with_github(tmp_path, WEB_CONCURRENCY="2") as product, Person() as person:
        account = f"{product.url}/account/"
        person.go(account, until=account)
        page = person.browser.get(account).text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "name": "one of many", "days": "7"}
        cookies = dict(person.browser.cookies)

        def make(_: int) -> int:
            answer = httpx2.post(
                f"{account}tokens/", data=form, cookies=cookies, headers={"Referer": account}, timeout=60
            )
            return answer.status_code

        with ThreadPoolExecutor(10) as pool:
            statuses = list(pool.map(make, range(40)))

        listed = person.browser.get(account).text
    assert statuses.count(200) == MAX_TOKENS
    assert statuses.count(400) == 40 - MAX_TOKENS
    assert len(re.findall(r"/account/tokens/\d+/revoke/", listed)) == MAX_TOKENS
