from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from costs.errors import LoadError
from costs.providers.bucket import ChangedError, StoredObject
from costs.providers.mirror import Mirror, again_if_changed


class Memory:
    """A bucket; `cut` ends the next reading after so many bytes."""

    address = "s3://bucket/export"

    def __init__(self, **contents: bytes) -> None:
        self.contents = {name.replace("__", "/"): content for name, content in contents.items()}
        self.cut: int | None = None
        self.reads: list[tuple[str, int]] = []

    def objects(self, folder: str) -> Iterator[StoredObject]:
        for name, content in self.contents.items():
            if name.startswith(folder):
                yield StoredObject(name, len(content), f'"{hash(content)}"')

    @contextlib.contextmanager
    def read(self, found: StoredObject, start: int) -> Iterator[Iterator[bytes]]:
        if found not in self.objects(""):
            raise ChangedError
        self.reads.append((found.name, start))
        end, self.cut = self.cut, None
        yield (self.contents[found.name][at : at + 3] for at in range(start, end or found.size, 3))


def text(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {f"{path.relative_to(folder)}": path.read_bytes() for path in files}


def test_only_what_is_new_is_fetched(tmp_path: Path) -> None:
    bucket = Memory(a__x=b"first", b=b"second")
    Mirror(bucket, tmp_path).fetch(bucket.objects(""))
    bucket.contents["b"] = b"changed"
    again = Mirror(bucket, tmp_path)
    again.fetch(bucket.objects(""))

    assert text(tmp_path) == {"a/x": b"first", "b": b"changed"}
    assert [name for name, _ in bucket.reads] == ["a/x", "b", "b"]
    assert again.fetched == len(b"changed")


def test_a_fetch_that_was_cut_off_goes_on_where_it_stopped(tmp_path: Path) -> None:
    bucket = Memory(a=b"0123456789")
    bucket.cut = 6
    with pytest.raises(
        LoadError, match=r"s3://bucket/export sent 6 of 10 bytes of a\. The next load goes on there\."
    ):
        Mirror(bucket, tmp_path).fetch(bucket.objects(""))
    assert text(tmp_path) == {}

    Mirror(bucket, tmp_path).fetch(bucket.objects(""))

    assert bucket.reads == [("a", 0), ("a", 6)]
    assert text(tmp_path) == {"a": b"0123456789"}


def test_a_part_of_another_version_is_not_gone_on_with(tmp_path: Path) -> None:
    bucket = Memory(a=b"0123456789")
    bucket.cut = 6
    with pytest.raises(LoadError):
        Mirror(bucket, tmp_path).fetch(bucket.objects(""))
    bucket.contents["a"] = b"abcdefghij"
    Mirror(bucket, tmp_path).fetch(bucket.objects(""))

    assert text(tmp_path) == {"a": b"abcdefghij"}
    assert [path.name for path in tmp_path.iterdir()] == ["a", ".tags.json"] or len(
        [*tmp_path.iterdir()]
    ) == 2


def test_what_is_no_longer_named_is_deleted(tmp_path: Path) -> None:
    bucket = Memory(a=b"1", b=b"2")
    mirror = Mirror(bucket, tmp_path)
    mirror.fetch(bucket.objects(""))
    mirror.keep(["a"])

    assert text(tmp_path) == {"a": b"1"}


def test_a_damaged_index_or_a_file_that_is_gone_is_fetched_again(tmp_path: Path) -> None:
    bucket = Memory(a=b"1", b=b"2")
    Mirror(bucket, tmp_path).fetch(bucket.objects(""))
    (tmp_path / "a").unlink()
    Mirror(bucket, tmp_path).fetch(bucket.objects(""))
    (tmp_path / ".tags.json").write_text("{")
    Mirror(bucket, tmp_path).fetch(bucket.objects(""))

    assert [name for name, _ in bucket.reads] == ["a", "b", "a", "a", "b"]


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", ".tags.json", "a/.hidden", "a\0"])
def test_no_object_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    bucket = Memory()
    bucket.contents[name] = b"x"

    with pytest.raises(LoadError, match="whose name is no path"):
        Mirror(bucket, tmp_path / "copy").fetch(bucket.objects(""))


def test_nobody_else_reads_the_copy(tmp_path: Path) -> None:
    bucket = Memory(a__x=b"1")
    Mirror(bucket, tmp_path / "copy").fetch(bucket.objects(""))

    assert {oct(path.stat().st_mode & 0o077) for path in (tmp_path / "copy").rglob("*")} == {"0o0"}


def test_a_delivery_that_is_rewritten_meanwhile_is_read_again_and_not_for_ever() -> None:
    tries = []
    for attempt in again_if_changed(3):
        with attempt:
            tries.append(1)
            if len(tries) < 3:
                raise ChangedError
    assert len(tries) == 3

    with pytest.raises(LoadError, match="is being rewritten"):
        _always_disturbed()


def _always_disturbed() -> None:
    for attempt in again_if_changed(3):
        with attempt:
            raise ChangedError
