from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.storage.blob import ContainerClient, ContentSettings, ExponentialRetry
from sqlglot import exp
from werkzeug import Request, Response

from costs.errors import LoadError
from costs.load.job import load
from costs.models import CostSource
from costs.providers import azure, azure_credentials
from costs.providers.folder import FolderSource
from costs.providers.look import look
from costs.providers.registry import kind_of, open_source
from costs.providers.source import Delivery
from costs.store.lake import Lake
from tests.costs.providers.blob_storage import Export, Front, before, blob_of, refused
from tests.costs.providers.writers import in_month, rows, write_csv, write_json
from tests.harness.azurite import ACCOUNT, Azurite

ALL = rows("azure")
APRIL, MAY = "2026-04", "2026-05"
TOTAL = sum((Decimal(row["BilledCost"]) for row in ALL), Decimal(0))
CONNECTION = "AZURE_STORAGE_CONNECTION_STRING"
PART = "20260501-20260531/run/part_0_0001.csv.gz"


pytestmark = pytest.mark.usefixtures("front")


@pytest.fixture(scope="module")
def azurite() -> Iterator[Azurite]:
    with Azurite() as running:
        yield running


@pytest.fixture
def export(azurite: Azurite, tmp_path: Path) -> Iterator[Export]:
    name = f"c-{secrets.token_hex(8)}"
    with ContainerClient.from_connection_string(azurite.connection_string(), name) as client:
        yield Export(client, tmp_path / "by-hand")


@pytest.fixture
def front(azurite: Azurite, monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    """What clients reach azurite through."""
    with before(azurite) as front:
        monkeypatch.setenv(CONNECTION, front.connection_string())
        yield front


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "copy"


@pytest.fixture(autouse=True)
def _no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ExponentialRetry, "get_backoff_time", lambda *_: 0)


def deliveries(export: Export, copy: Path) -> list[Delivery]:
    return list(open_source("azure-blob", "azure", export.location, copy).deliveries())


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def told(found: list[Delivery], root: Path) -> list[Any]:
    """Deliveries, wherever their files are."""
    return [
        (
            each.period,
            each.revision,
            each.rows,
            each.layout,
            each.problem.replace(f"{root}", ""),
            [path.relative_to(root) for path in each.files],
        )
        for each in found
    ]


def by_hand(export: Export) -> list[Any]:
    return told(list(FolderSource("azure", export.copied).deliveries()), export.copied)


def run_twice(export: Export) -> None:
    """Two runs of May and one of April; of May the second counts."""
    export.run(MAY, "2026-05-20T06:00:00Z", [ALL[:20]], run="old")
    export.run(MAY, "2026-05-21T06:00:00Z", [ALL[:30], ALL[30:]])
    export.run(APRIL, "2026-05-01T06:00:00Z", [in_month(ALL[:3], APRIL)])


def test_what_is_fetched_is_what_one_copies_by_hand(export: Export, front: Front, copy: Path) -> None:
    run_twice(export)

    assert told(deliveries(export, copy), copy) == by_hand(export)
    old = "20260501-20260531/old/part_0_0001.csv.gz"
    everything = content(export.copied)
    assert content(copy) == {name: data for name, data in everything.items() if name != old}
    assert front.names() == sorted(content(copy))


def test_nothing_is_fetched_again_and_of_a_newer_run_only_what_it_wrote(
    export: Export, front: Front, copy: Path
) -> None:
    run_twice(export)
    deliveries(export, copy)
    front.forget()
    deliveries(export, copy)
    assert (front.reads, front.lists) == ([], 1)

    export.run(MAY, "2026-05-22T06:00:00Z", [ALL[:9], ALL[9:]], run="new")
    found = deliveries(export, copy)

    folder = "20260501-20260531/new"
    assert front.names() == [
        f"{folder}/manifest.json",
        f"{folder}/part_0_0001.csv.gz",
        f"{folder}/part_1_0001.csv.gz",
    ]
    assert told(found, copy) == by_hand(export)
    assert sorted(path.parent.name for path in copy.rglob("part_*")) == ["new", "new", "run"]
    assert len([*copy.rglob("manifest.json")]) == 4


def test_what_is_deleted_in_the_container_is_deleted_in_the_copy(export: Export, copy: Path) -> None:
    run_twice(export)
    deliveries(export, copy)
    export.delete(*(export.copied / "20260501-20260531" / "run").iterdir())

    assert told(deliveries(export, copy), copy) == by_hand(export)
    assert sorted(path.parent.name for path in copy.rglob("part_*")) == ["old", "run"]


def test_other_blobs_are_left_alone(export: Export, front: Front, copy: Path) -> None:
    export.run(MAY, "2026-05-21T06:00:00Z", [ALL])
    for name in ("notes.txt", ".hidden/manifest.json", "20260501-20260531/making/part_0_0001.csv.gz"):
        export.container.upload_blob(f"exports/daily-focus/{name}", b"x")
    export.container.upload_blob("exports/daily-focus-2/20260501-20260531/run/manifest.json", b"x")

    assert [each.problem for each in deliveries(export, copy)] == [""]
    assert front.names() == ["20260501-20260531/run/manifest.json", PART]


def test_parts_of_a_month_without_any_manifest_are_a_problem_as_in_a_folder(
    export: Export, copy: Path
) -> None:
    export.run(APRIL, "2026-05-01T06:00:00Z", [in_month(ALL[:3], APRIL)])
    export.delete(export.run(MAY, "2026-05-21T06:00:00Z", [ALL]))

    found = told(deliveries(export, copy), copy)

    assert found == by_hand(export)
    assert "There are parts of 2026-05" in found[1][4]


def test_of_an_export_of_another_type_nothing_but_its_manifest_is_fetched(
    export: Export, front: Front, copy: Path
) -> None:
    actual = {"exportName": "daily-actual", "type": "ActualCost"}
    export.run(MAY, "2026-05-21T06:00:00Z", [ALL], exportConfig=actual)

    with pytest.raises(
        LoadError, match="of an Azure export of the type ActualCost: export the type FocusCost"
    ):
        deliveries(export, copy)
    assert front.names() == ["20260501-20260531/run/manifest.json"]


def test_two_exports_below_a_location_are_two_sources_and_no_part_of_them_is_fetched(
    export: Export, front: Front, copy: Path
) -> None:
    export.run(MAY, "2026-05-21T06:00:00Z", [ALL])
    other = {"exportName": "weekly-focus", "type": "FocusCost"}
    export.run(MAY, "2026-05-21T06:00:00Z", [ALL], run="b", exportConfig=other)

    with pytest.raises(LoadError, match="such as daily-focus and weekly-focus: make a source of each"):
        deliveries(export, copy)
    assert not [name for name in front.names() if "part" in name]


def test_files_that_say_that_they_are_compressed_are_kept_as_they_are(export: Export, copy: Path) -> None:
    export.run(MAY, "2026-05-21T06:00:00Z", [ALL])
    part = export.copied / PART
    settings = ContentSettings(content_type="text/csv", content_encoding="gzip")
    export.container.upload_blob(
        export.name(part), part.read_bytes(), overwrite=True, content_settings=settings
    )

    assert told(deliveries(export, copy), copy) == by_hand(export)


def test_names_with_signs_of_addresses_are_found(export: Export, copy: Path) -> None:
    export.container.upload_blob("Konto+1 %/ä&b/20260501-20260531/run/part_0_0001.csv.gz", b"x")
    location = export.location.replace("exports/daily-focus", "Konto+1%20%25/%C3%A4&b")

    [delivery] = open_source("azure-blob", "azure", location, copy).deliveries()

    assert delivery.problem.startswith("There are parts of 2026-05")


def test_a_container_with_thousands_of_blobs_is_listed_in_pages_and_only_what_counts_is_read(
    export: Export, front: Front, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(azure, "_PAGE", 100)
    run_twice(export)
    _upload_parts(export, 250)

    assert told(deliveries(export, copy), copy) == by_hand(export)
    assert front.lists == 3
    assert len(front.names()) == 6


@pytest.mark.slow
def test_of_thousands_of_blobs_of_many_days_the_manifests_are_read_once(
    export: Export, front: Front, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(azure, "_PAGE", 1_000)
    run_twice(export)
    _upload_parts(export, 3_000)
    manifest = json.loads(next(export.copied.rglob("old/manifest.json")).read_text())
    for number in range(300):
        write_json(export.copied / "20260501-20260531" / f"old-{number:03}" / "manifest.json", manifest)
    export.upload()
    deliveries(export, copy)
    assert len(front.names()) == 306

    front.forget()
    assert told(deliveries(export, copy), copy) == by_hand(export)
    assert (front.reads, front.lists) == ([], 4)


def _upload_parts(export: Export, count: int) -> None:
    """Parts of runs that were replaced long ago."""
    names = [
        f"exports/daily-focus/20260501-20260531/old/part_{number}_0001.csv.gz" for number in range(1, count)
    ]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: export.container.upload_blob(name, b"x"), names))
    for name in names:
        export.copy_by_hand(name, b"x")


def change(manifest: Path, **changes: Any) -> None:
    write_json(manifest, {**json.loads(manifest.read_text()), **changes})


def lose_a_part(export: Export, manifest: Path) -> None:
    export.delete(manifest.parent / "part_1_0001.csv.gz")


def lack_rows(_: Export, manifest: Path) -> None:
    body = json.loads(manifest.read_text())
    body["blobs"][1]["dataRowCount"] += 1
    change(manifest, blobs=body["blobs"], dataRowCount=len(ALL) + 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lose_a_part, "lacks its part exports/daily-focus/20260501-20260531/new/part_1_0001.csv.gz."),
        (lack_rows, "The files have 60 rows, but their manifest promises 61."),
    ],
)
def test_half_a_delivery_is_refused_and_the_old_load_stays_until_it_is_whole(
    export: Export, harm: Callable[[Export, Path], None], why: str
) -> None:
    source = CostSource.objects.create(name="azure", kind="azure-blob", location=export.location)
    export.run(MAY, "2026-05-20T06:00:00Z", [ALL[:20]], run="old")
    assert [month.outcome for month in load(source).months] == ["loaded"]
    old = billed()
    manifest = export.run(MAY, "2026-05-21T06:00:00Z", [ALL[:30], ALL[30:]], run="new")
    harm(export, manifest)
    export.upload()

    report = load(source)

    assert why in report.problems()[0]
    assert billed() == old
    export.run(MAY, "2026-05-21T06:00:00Z", [ALL[:30], ALL[30:]], run="new")
    export.container.upload_blob(
        export.name(manifest.parent / "part_1_0001.csv.gz"),
        (manifest.parent / "part_1_0001.csv.gz").read_bytes(),
        overwrite=True,
    )
    assert [month.outcome for month in load(source).months] == ["replaced"]
    assert billed() == TOTAL


def billed() -> Decimal:
    [[total]] = Lake().run(exp.select("sum(BilledCost)").from_("unified_costs")).rows
    assert isinstance(total, Decimal)
    return total


def when_read(name: str, act: Callable[[], object], times: int = 1) -> Callable[[Request], None]:
    """Does something just before a blob is read, so many times."""
    left = [None] * times

    def fault(request: Request) -> None:
        if blob_of(request) == name and left:
            left.pop()
            act()

    return fault


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"blobCount": 2}, "has 1 part, but promises 2."),
        ({"dataRowCount": 61}, "has 60 rows in its parts, but promises 61."),
        ({"blobs": [{"blobName": PART, "byteCount": 7}]}, "bytes in its part"),
    ],
)
def test_what_a_manifest_promises_is_compared_with_what_was_fetched(
    export: Export, copy: Path, changes: Any, problem: str
) -> None:
    export.run(MAY, "2026-05-21T06:00:00Z", [ALL], **changes)

    found = deliveries(export, copy)

    assert problem in found[0].problem
    assert told(found, copy) == by_hand(export)


def test_a_run_that_is_rewritten_while_it_is_read_is_read_again(
    export: Export, front: Front, copy: Path
) -> None:
    export.run(MAY, "2026-05-20T06:00:00Z", [ALL[:20]])
    again = when_read(PART, lambda: export.run(MAY, "2026-05-21T06:00:00Z", [ALL]))
    front.fault = again

    [delivery] = deliveries(export, copy)

    assert (delivery.rows, delivery.problem) == (len(ALL), "")
    assert told([delivery], copy) == by_hand(export)


def test_a_run_that_is_deleted_while_it_is_read_gives_way_to_the_one_before(
    export: Export, front: Front, copy: Path
) -> None:
    run_twice(export)
    folder = export.copied / "20260501-20260531" / "run"
    front.fault = when_read(PART, lambda: export.delete(*folder.iterdir()))

    assert told(deliveries(export, copy), copy) == by_hand(export)


def test_a_run_that_is_rewritten_all_the_time_is_left_to_the_next_load(
    export: Export, front: Front, copy: Path
) -> None:
    export.run(MAY, "2026-05-20T06:00:00Z", [ALL[:20]])
    part = write_csv(export.copied / PART, ALL)

    def rewrite() -> None:
        export.container.upload_blob(export.name(part), part.read_bytes(), overwrite=True)

    front.fault = when_read(PART, rewrite, times=3)
    with pytest.raises(LoadError, match=r"The delivery is being rewritten\. The next load reads it"):
        deliveries(export, copy)


def test_credentials_that_expire_midway_stop_the_fetch_which_goes_on_there_with_new_ones(
    export: Export, front: Front, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(azure, "_CHUNK", 1024)
    export.run(MAY, "2026-05-21T06:00:00Z", [ALL[:1], ALL])
    part = PART.replace("part_0", "part_1")
    monkeypatch.setenv(CONNECTION, front.connection_string(export.signature("rl", seconds=4)))
    expired = time.monotonic() + 5

    def wait_after_the_first_chunk(request: Request) -> None:
        if blob_of(request) == part and front.reads[-1][1] != 0:
            time.sleep(max(0, expired - time.monotonic()))

    front.fault = wait_after_the_first_chunk
    with pytest.raises(LoadError) as caught:
        deliveries(export, copy)
    where = f"{export.location}/{part}"
    assert f"403 AuthorizationFailure: {where} may not be read from here, or no longer:" in f"{caught.value}"
    assert "sig=" not in f"{caught.value}"

    front.forget()
    monkeypatch.setenv(CONNECTION, front.connection_string(export.signature("rl")))
    assert told(deliveries(export, copy), copy) == by_hand(export)
    assert front.reads[0] == (part, 1024)
    assert front.names() == [part]


def test_who_may_list_but_not_read_is_told_which_role_lacks(
    export: Export, front: Front, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export.run(MAY, "2026-05-21T06:00:00Z", [ALL])
    monkeypatch.setenv(CONNECTION, front.connection_string(export.signature("l")))

    with pytest.raises(LoadError) as caught:
        deliveries(export, copy)
    where = f"{export.location}/20260501-20260531/run/manifest.json"
    assert f"{caught.value}" == (
        f"Azure says 403 AuthorizationPermissionMismatch: {where} "
        "may not be read: give the job's identity the role Storage Blob Data Reader on the container."
    )


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (401, "InvalidAuthenticationInfo", "has not accepted the credentials, or does so no longer: renew"),
        (
            403,
            "AuthorizationFailure",
            "may not be read from here, or no longer: let this machine in, and give",
        ),
        (403, "KeyBasedAuthenticationNotPermitted", "has not accepted the credentials"),
        (404, "ContainerBeingDeleted", "is in no container that there is: correct the location"),
        (409, "BlobArchived", "is archived: rehydrate it"),
        (429, "TooManyRequests", "is throttled or down in spite of retries. The next load goes on there."),
        (503, "ServerBusy", "is throttled or down in spite of retries. The next load goes on there."),
        (400, "OutOfRangeInput", "cannot be read."),
    ],
)
def test_what_azure_refuses_is_said_in_a_sentence(
    export: Export, front: Front, copy: Path, status: int, code: str, says: str
) -> None:
    export.run(MAY, "2026-05-21T06:00:00Z", [ALL])
    for name in (PART, ""):
        front.fault = refusing(name, status, code)
        with pytest.raises(LoadError) as caught:
            deliveries(export, copy)

        where = f"{export.location}/{name}" if name else export.location
        assert f"Azure says {status} {code}: {where} {says}" in f"{caught.value}"


def refusing(name: str, status: int, code: str) -> Callable[[Request], Response | None]:
    return lambda request: refused(status, code) if blob_of(request) == name else None


def test_a_busy_azure_is_asked_again(export: Export, front: Front, copy: Path) -> None:
    run_twice(export)
    left = ["", "", PART, PART, PART]

    def busy(request: Request) -> Response | None:
        if blob_of(request) in left:
            left.remove(blob_of(request))
            return refused(503, "ServerBusy")
        return None

    front.fault = busy
    assert told(deliveries(export, copy), copy) == by_hand(export)
    assert left == []


def test_a_connection_that_breaks_within_a_part_is_made_again(
    export: Export, front: Front, copy: Path
) -> None:
    export.run(MAY, "2026-05-21T06:00:00Z", [ALL])
    left = [PART]

    def cut(request: Request) -> Response | None:
        if blob_of(request) not in left:
            return None
        left.remove(blob_of(request))
        answer = front.forward(request)
        whole = answer.get_data()
        answer.set_data(whole[:100])
        answer.headers["Content-Length"] = f"{len(whole)}"
        answer.automatically_set_content_length = False
        return answer

    front.fault = cut
    assert told(deliveries(export, copy), copy) == by_hand(export)
    assert left == []


def test_there_is_no_such_container(copy: Path) -> None:
    location = f"https://{ACCOUNT}.blob.core.windows.net/nowhere/export"
    with pytest.raises(LoadError, match=r"404 ContainerNotFound: .* is in no container that there is"):
        list(open_source("azure-blob", "azure", location, copy).deliveries())


def test_a_folder_without_any_run_is_told(export: Export, copy: Path) -> None:
    export.container.upload_blob("exports/daily-focus/notes.txt", b"x")
    with pytest.raises(LoadError, match=r"has no manifest.json of an export: name the folder of an export"):
        deliveries(export, copy)


def test_what_cannot_be_reached_is_told(
    export: Export, azurite: Azurite, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CONNECTION, azurite.connection_string(1))
    with pytest.raises(LoadError, match=r"cannot be reached: check the account's name, and that the network"):
        deliveries(export, copy)


LOCATION = "https://acme.blob.core.windows.net/costs/daily"


def test_without_credentials_the_ways_to_give_some_are_told(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(CONNECTION, raising=False)
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    with pytest.raises(
        LoadError, match=r"There are no credentials for https://acme.*managed identity.*az login"
    ):
        list(open_source("azure-blob", "azure", LOCATION, copy).deliveries())


def test_a_secret_that_has_expired_at_microsoft_entra_is_told(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Expired:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None: ...

        def get_token(self, *_: str, **__: Any) -> None:
            raise ClientAuthenticationError("AADSTS7000222: The provided client secret keys are expired.")

    monkeypatch.delenv(CONNECTION, raising=False)
    monkeypatch.setattr(azure_credentials, "DefaultAzureCredential", Expired)
    with pytest.raises(LoadError, match=r"Entra ID refuses the credentials .*\(AADSTS7000222\): renew them"):
        list(open_source("azure-blob", "azure", LOCATION, copy).deliveries())


def test_the_connection_string_of_another_account_is_not_used(
    front: Front, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    with pytest.raises(LoadError, match="There are no credentials for https://acme"):
        list(open_source("azure-blob", "azure", LOCATION, copy).deliveries())
    assert (front.reads, front.lists) == ([], 0)


def test_what_is_no_connection_string_is_told_without_it(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CONNECTION, "hunter2")
    with pytest.raises(LoadError, match=f"^{CONNECTION} is no connection string: copy it again.$"):
        list(open_source("azure-blob", "azure", LOCATION, copy).deliveries())


@pytest.mark.parametrize(
    "location",
    [
        "https://acme.blob.core.windows.net",
        "https://acme.blob.core.windows.net/",
        "http://acme.blob.core.windows.net/costs",
        "https://acme.blob.core.windows.net.evil.example/costs",
        "https://acme.blob.core.windows.net@evil.example/costs",
        "https://evil.example/acme.blob.core.windows.net/costs",
        "https://acme.dfs.core.windows.net/costs/daily",
        "https://acme.blob.core.windows.net/Costs",
    ],
)
def test_a_token_is_sent_to_blob_storage_alone(copy: Path, location: str) -> None:
    with pytest.raises(
        LoadError, match=f"^{re.escape(location)} is no location in Blob Storage: write https"
    ):
        open_source("azure-blob", "azure", location, copy)


def test_a_signature_in_a_location_is_refused_and_not_said(copy: Path) -> None:
    with pytest.raises(LoadError, match="without what follows the question mark") as caught:
        open_source("azure-blob", "azure", f"{LOCATION}?sv=2024&sig=hunter2", copy)
    assert "hunter2" not in f"{caught.value}"


def test_an_address_of_blob_storage_is_of_that_kind() -> None:
    assert kind_of(LOCATION) == "azure-blob"


def test_a_look_tells_the_months_without_fetching_parts(export: Export, front: Front) -> None:
    export.run(APRIL, "2026-05-01T06:00:00Z", [in_month(ALL[:3], APRIL)])
    export.run(MAY, "2026-05-21T06:00:00Z", [ALL])
    front.forget()

    found = look("azure-blob", export.location)

    assert [each.period for each in found.seen] == [MAY, APRIL]
    assert all(each.delivered_at for each in found.seen)
    assert [name for name in front.names() if not name.endswith("manifest.json")] == []


def test_a_look_says_what_the_identity_lacks(export: Export, front: Front) -> None:
    export.run(MAY, "2026-05-21T06:00:00Z", [ALL])
    front.fault = lambda _: refused(403, "AuthorizationPermissionMismatch")

    with pytest.raises(LoadError, match="give the job's identity the role Storage Blob Data Reader"):
        look("azure-blob", export.location)
    with pytest.raises(LoadError, match="without what follows the question mark") as caught:
        look("azure-blob", f"{export.location}?sv=2024&sig=abc")
    assert "abc" not in str(caught.value)
