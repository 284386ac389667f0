from __future__ import annotations

from pathlib import Path

import pytest

from costs.errors import SourceArgumentError
from costs.load.sources import chosen_sources
from costs.models import CostSource

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.mark.parametrize(
    ("location", "name"),
    [
        ("costexplorer://111122223333?months=3", "111122223333"),
        ("costexplorer://111122223333/444455556666?months=3&max_calls=9", "444455556666"),
        ("costmanagement://subscriptions/12345678-1234-1234-1234-123456789012?months=2", "12345678-1234-"),
        ("bigquery://acme/billing/export?run_in=queries/x", "export"),
        ("s3://bucket/exports/focus/", "focus"),
    ],
)
def test_a_source_is_named_after_its_location_without_what_follows_a_question_mark(
    location: str, name: str
) -> None:
    [source] = chosen_sources(location, make=True)

    assert source.name.startswith(name)
    assert source.location == location.rstrip("/")
    assert chosen_sources(location, make=True) == [source]


def test_a_folder_is_named_after_all_of_its_last_part(tmp_path: Path) -> None:
    (tmp_path / "a?b").mkdir()

    with pytest.raises(SourceArgumentError, match="a\\?b cannot become the source 'a\\?b': Use up to 60"):
        chosen_sources(f"{tmp_path / 'a?b'}", make=True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "The source is empty: name one, or leave --source out for all."),
        (" ", "The source is empty"),
        ("/", "The folder / has no name for a source"),
        ("costexplorer://", "costexplorer:// is only how an address begins: docs/deliveries.md says"),
        ("costexplorer://?months=3", "costexplorer:// is only how an address begins"),
        ("s3:///", "s3:// is only how an address begins"),
        ("costexplorer:", "costexplorer: is no source, no folder and no address at a cloud."),
        ("s3://bucket/focus?x=abc1", "s3://bucket/focus cannot be read with what follows its question"),
        ("https://acme.blob.core.windows.net/c/e?x=abc1", "https://acme.blob.core.windows.net/c/e cannot"),
    ],
)
def test_what_names_no_source_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(SourceArgumentError) as caught:
        chosen_sources(text, make=True)

    assert f"{caught.value}".startswith(says)
    assert "abc1" not in f"{caught.value}"
    assert not CostSource.objects.exists()
