from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.cursor import Cursor, fingerprint


@given(
    request=st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
    update_id=st.integers(0, 10**17),
    offset=st.integers(0, 10**8),
)
def test_a_cursor_survives_encoding_and_is_url_safe(request: str, update_id: int, offset: int) -> None:
    cursor = Cursor(request, update_id, offset)
    text = cursor.encode()
    assert Cursor.decode(text) == cursor
    assert text.replace("-", "").replace("_", "").isalnum()


@given(st.text(max_size=60))
def test_other_text_is_not_a_cursor(text: str) -> None:
    with pytest.raises(ValueError, match="not a cursor"):
        Cursor.decode(text)


def test_different_requests_have_different_fingerprints() -> None:
    assert fingerprint("n2", None) == fingerprint("n2", None)
    assert len({fingerprint(*args) for args in [("n2", None), (None, "n2"), ("n2", ""), ("n2",)]}) == 4
