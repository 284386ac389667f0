from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from botocore.retries.standard import ExponentialBackoff
from werkzeug import Request, Response

from costs.errors import LoadError, LoadRefusedError
from costs.load.job import load
from costs.load.report import LoadReport, Outcome
from costs.models import CostLoad, CostSource
from costs.providers.aws import AwsSource
from costs.providers.folder import FolderSource
from costs.providers.look import look
from costs.providers.registry import open_source
from costs.providers.source import Delivery
from costs.store.lake import Lake
from tests.costs.loaded import billed
from tests.costs.providers.s3 import BUCKET, LOCATION, PREFIX, Bucket
from tests.costs.providers.writers import Row, in_month, rows
from tests.harness.moto_server import (
    SECRET,
    Door,
    door,
    environment,
    moto_server,
    of_aws,
    refusal,
    with_key,
)
from tests.harness.ports import free_port

MAY, JUNE = "2026-05", "2026-06"
ALL = rows("aws")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with moto_server() as port:
        yield port


@pytest.fixture
def cloud(port: int) -> Iterator[Door]:
    with door(port) as found, of_aws(with_key(found.url)):
        yield found


@pytest.fixture
def bucket(cloud: Door) -> Bucket:  # noqa: ARG001  where it is read from
    return Bucket()


@pytest.fixture
def source() -> CostSource:
    return CostSource.objects.create(name="acme", kind=CostSource.Kind.S3, location=LOCATION)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)


def total(*all_: Row) -> Decimal:
    return sum((Decimal(row["BilledCost"]) for row in all_), Decimal(0))


def current(source: CostSource) -> dict[str, Decimal]:
    found = CostLoad.objects.current().filter(source=source)
    return {each.billing_period: each.billed_by_currency["USD"] for each in found}


def outcomes(report: LoadReport) -> list[Outcome]:
    assert not report.error, report.error
    return [month.outcome for month in report.months]


def fetched(cloud: Door) -> list[str]:
    """The names of the objects that were read since it was asked the last time."""
    found = [request.rpartition("/")[2] for request in cloud.requests if "list-type" not in request]
    cloud.requests.clear()
    return found


def copied(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")}


def read(folder: Path) -> dict[str, Decimal]:
    """The sums of the months, by way of a copy in a folder."""
    found = list(opened(folder).deliveries())
    assert [each.problem for each in found if each.problem] == []
    return {each.period: billed(each) for each in found}


def opened(folder: Path) -> AwsSource:
    found = open_source("s3", "acme", LOCATION, folder)
    assert isinstance(found, AwsSource)
    return found


@pytest.mark.django_db
@pytest.mark.one_database
def test_an_export_in_s3_is_loaded_and_loaded_again_only_if_it_changed(
    bucket: Bucket, source: CostSource, cloud: Door
) -> None:
    bucket.deliver(MAY, {"a.parquet": ALL[:40], "b.parquet": ALL[40:]})
    bucket.deliver(JUNE, {"c.parquet": in_month(ALL[:9], JUNE)})

    assert outcomes(load(source)) == [Outcome.LOADED, Outcome.LOADED]
    assert current(source) == {MAY: total(*ALL), JUNE: total(*ALL[:9])}
    manifests = ["focus-Manifest.json"] * 4  # read first, and copied last
    assert sorted(fetched(cloud)) == ["a.parquet", "b.parquet", "c.parquet", *manifests]

    assert outcomes(load(source)) == [Outcome.UNCHANGED, Outcome.UNCHANGED]
    assert fetched(cloud) == []


def test_late_rows_replace_the_month_and_old_chunks_do_not_count(
    bucket: Bucket, cloud: Door, tmp_path: Path
) -> None:
    bucket.deliver(MAY, {"a.parquet": ALL[:40]})
    read(tmp_path)
    fetched(cloud)
    bucket.deliver(MAY, {"b.parquet": ALL})

    assert read(tmp_path) == {MAY: total(*ALL)}
    assert {*fetched(cloud)} == {"b.parquet", "focus-Manifest.json"}
    assert copied(tmp_path) == {"b.parquet", "focus-Manifest.json"}


def test_a_month_that_is_restated_under_the_same_names_is_replaced(bucket: Bucket, tmp_path: Path) -> None:
    bucket.deliver(MAY, {"a.parquet": ALL[:9], "b.parquet": ALL[9:20]})
    read(tmp_path)
    restated = [{**row, "BilledCost": "2"} for row in ALL[9:20]]
    bucket.deliver(MAY, {"a.parquet": ALL[:9], "b.parquet": restated})

    assert read(tmp_path) == {MAY: total(*ALL[:9], *restated)}


@pytest.mark.django_db
@pytest.mark.one_database
def test_half_a_delivery_is_refused_and_the_old_load_stays(bucket: Bucket, source: CostSource) -> None:
    bucket.deliver(MAY, {"a.parquet": ALL[:9]})
    load(source)
    bucket.deliver(MAY, {"b.parquet": ALL[:9], "c.parquet": ALL[9:]}, lost=["c.parquet"])

    [month] = load(source).months
    assert month.outcome is Outcome.FAILED
    assert month.error == "The folder lacks 1 of 2 data files of focus-Manifest.json, such as c.parquet."
    assert current(source) == {MAY: total(*ALL[:9])}


def test_a_file_that_s3_has_lost_is_not_taken_from_the_copy_of_an_older_delivery(
    bucket: Bucket, tmp_path: Path
) -> None:
    bucket.deliver(MAY, {"a.parquet": ALL[:9], "b.parquet": ALL[9:]})
    read(tmp_path)
    bucket.delete(f"{PREFIX}/data/BILLING_PERIOD={MAY}/b.parquet")
    bucket.deliver(MAY, {"a.parquet": ALL[:8], "b.parquet": ALL[9:]}, lost=["b.parquet"])

    [delivery] = opened(tmp_path).deliveries()
    assert delivery.problem.startswith("The folder lacks 1 of 2 data files")


def test_an_export_is_read_like_its_copy_by_hand(bucket: Bucket, tmp_path: Path) -> None:
    bucket.deliver(MAY, {"old.parquet": ALL[:5]})
    bucket.deliver(MAY, {"a.parquet": ALL[:9], "b.parquet": ALL[9:]})
    bucket.deliver(JUNE, {"a.parquet": in_month(ALL, JUNE)})
    bucket.put(f"{PREFIX}/metadata/", b"")  # a folder, as the console makes them
    bucket.delete(f"{PREFIX}/metadata/")
    by_hand = tmp_path / "by-hand"
    bucket.copy_to(by_hand)
    bucket.put(f"{PREFIX}/metadata/", b"")

    def told(deliveries: Iterator[Delivery]) -> list[object]:
        return [
            (
                each.period,
                each.revision,
                each.layout,
                each.problem,
                [path.read_bytes() for path in each.files],
            )
            for each in deliveries
        ]

    hand = told(FolderSource("acme", by_hand / PREFIX).deliveries())
    assert told(opened(tmp_path / "fetched").deliveries()) == hand
    assert len(hand) == 2


def test_a_delivery_that_is_rewritten_while_it_is_read_is_read_again_whole(
    bucket: Bucket, cloud: Door, tmp_path: Path
) -> None:
    bucket.deliver(MAY, {"a.parquet": ALL[:9], "b.parquet": ALL[9:]})
    new = [{**row, "BilledCost": "3"} for row in ALL]

    def rewrite(request: Request) -> None:
        if request.path.endswith("b.parquet"):
            cloud.hook = None
            bucket.deliver(MAY, {"a.parquet": new[:9], "b.parquet": new[9:]})

    cloud.hook = rewrite
    assert read(tmp_path) == {MAY: total(*new)}


@pytest.mark.django_db
@pytest.mark.one_database
def test_a_delivery_that_is_rewritten_all_the_time_is_left_and_the_old_load_stays(
    bucket: Bucket, source: CostSource, cloud: Door
) -> None:
    bucket.deliver(MAY, {"a.parquet": ALL[:9]})
    load(source)
    bucket.deliver(MAY, {"a.parquet": ALL[:10]})
    counts = iter(range(11, 60))

    def rewrite(request: Request) -> None:
        if request.path.endswith("a.parquet"):
            bucket.deliver(MAY, {"a.parquet": ALL[: next(counts)]})

    cloud.hook = rewrite
    report = load(source)
    assert report.error == "The delivery is being rewritten. The next load reads it when it is whole."
    assert current(source) == {MAY: total(*ALL[:9])}
    cloud.hook = None
    assert outcomes(load(source)) == [Outcome.REPLACED]


def test_data_files_that_are_newer_than_their_manifest_wait_for_it(bucket: Bucket, tmp_path: Path) -> None:
    bucket.deliver(MAY, {"a.parquet": ALL[:9], "b.parquet": ALL[9:]})
    read(tmp_path)
    name = f"{PREFIX}/data/BILLING_PERIOD={MAY}/a.parquet"
    new = [{**row, "BilledCost": "3"} for row in ALL]
    before = bucket.content(f"{PREFIX}/metadata/BILLING_PERIOD={MAY}/focus-Manifest.json")
    bucket.deliver(MAY, {"a.parquet": new[:9]})
    bucket.put(f"{PREFIX}/metadata/BILLING_PERIOD={MAY}/focus-Manifest.json", before)
    bucket.date(name, 60)

    source = opened(tmp_path)
    [delivery] = source.deliveries()
    [note] = source.notes
    assert note == (
        "AWS is writing 2026-05: its data files are newer than their manifest, which comes last. The next "
        "load reads it when it is whole. What was delivered before stays until then."
    )
    assert (billed(delivery), delivery.problem) == (total(*ALL), "")

    bucket.deliver(MAY, {"a.parquet": new[:9], "b.parquet": new[9:]})
    bucket.date("Manifest", 120)
    assert read(tmp_path) == {MAY: total(*new)}


def test_a_first_delivery_that_is_being_written_is_refused_and_other_months_are_not(
    bucket: Bucket, tmp_path: Path
) -> None:
    bucket.deliver(MAY, {"a.parquet": ALL})
    bucket.deliver(JUNE, {"a.parquet": in_month(ALL, JUNE)})
    bucket.date(f"{JUNE}/a.parquet", 60)

    may, june = opened(tmp_path).deliveries()
    assert (may.problem, billed(may)) == ("", total(*ALL))
    assert june.problem.startswith("AWS is writing 2026-06: its data files are newer than their manifest")


def test_of_ten_thousand_objects_only_those_of_the_export_are_listed_and_only_named_ones_fetched(
    bucket: Bucket, cloud: Door, tmp_path: Path
) -> None:
    bucket.fill("billing/other/", 8_000)
    bucket.fill("billing/focus-2/", 500)
    bucket.fill(f"{PREFIX}/data/BILLING_PERIOD={MAY}/", 1_500)
    bucket.deliver(MAY, {"a.parquet": ALL})

    assert read(tmp_path) == {MAY: total(*ALL)}
    lists = [request for request in cloud.requests if "list-type" in request]
    assert len(lists) == 1 + 2  # metadata, and two pages of the month
    assert {*fetched(cloud)} == {"a.parquet", "focus-Manifest.json"}


@pytest.mark.django_db
@pytest.mark.one_database
def test_credentials_that_expire_midway_leave_the_old_load_and_the_next_one_goes_on(
    bucket: Bucket, source: CostSource, cloud: Door
) -> None:
    bucket.deliver(MAY, {"a.parquet": ALL[:9]})
    load(source)
    bucket.deliver(MAY, {"b.parquet": ALL[:20], "c.parquet": ALL[20:]})
    fetched(cloud)
    cloud.hook = lambda request: refusal("ExpiredToken", 400) if "c.parquet" in request.path else None

    report = load(source)
    name = f"{LOCATION}/data/BILLING_PERIOD={MAY}/c.parquet"
    expired = "the credentials have expired. Sign in again, or renew them. The next load goes on there."
    assert report.error == f"{name} cannot be read: {expired}"
    assert current(source) == {MAY: total(*ALL[:9])}

    cloud.hook = None
    fetched(cloud)
    assert outcomes(load(source)) == [Outcome.REPLACED]
    assert "b.parquet" not in fetched(cloud)
    assert current(source) == {MAY: total(*ALL)}


@pytest.mark.django_db
@pytest.mark.one_database
def test_two_loads_at_a_time_do_not_share_a_copy(bucket: Bucket, source: CostSource, cloud: Door) -> None:
    bucket.deliver(MAY, {"a.parquet": ALL})
    said = "Another load of acme is running. Start again when it is over."
    with Lake().fetching(source), pytest.raises(LoadRefusedError, match=said):
        load(source)
    assert cloud.requests == []
    assert outcomes(load(source)) == [Outcome.LOADED]


def test_a_throttled_request_is_repeated(bucket: Bucket, cloud: Door, tmp_path: Path) -> None:
    bucket.deliver(MAY, {"a.parquet": ALL})
    left = iter(range(4))
    cloud.hook = lambda _: refusal("SlowDown", 503) if next(left, None) is not None else None
    assert read(tmp_path) == {MAY: total(*ALL)}

    cloud.hook = lambda _: refusal("SlowDown", 503)
    cloud.requests.clear()
    busy = "is throttled or down in spite of retries. The next load goes on there."
    with pytest.raises(LoadError, match=f"{LOCATION} {busy}"):
        read(tmp_path)
    assert len(cloud.requests) == 6


def test_an_answer_that_is_cut_off_is_asked_for_again_from_there(
    bucket: Bucket, cloud: Door, tmp_path: Path
) -> None:
    bucket.deliver(MAY, {"a.parquet": ALL})
    ranges = []

    def cut(request: Request) -> Response | None:
        if not request.path.endswith("a.parquet"):
            return None
        ranges.append(request.headers.get("Range"))
        if len(ranges) > 1:
            return None
        whole = cloud.through(request)
        half = Response(whole.get_data()[:1000], 200, {**whole.headers})
        half.automatically_set_content_length = False
        half.headers["Content-Length"] = str(len(whole.get_data()))
        return half

    cloud.hook = cut
    assert read(tmp_path) == {MAY: total(*ALL)}
    assert ranges == [None, "bytes=1000-"]


LIST, GET = "list-type", "a.parquet"
FILE = f"{LOCATION}/data/BILLING_PERIOD={MAY}/a.parquet"


@pytest.mark.parametrize(
    ("of", "answer", "sentence"),
    [
        (
            LIST,
            refusal("AccessDenied"),
            f"{LOCATION} may not be read: give the credentials s3:ListBucket on arn:aws:s3:::bucket.",
        ),
        (
            GET,
            refusal("AccessDenied"),
            f"{FILE} may not be read: give the credentials s3:GetObject on arn:aws:s3:::{BUCKET}/{PREFIX}/*.",
        ),
        (
            GET,
            refusal("AccessDenied", message="User x is not authorized to perform: kms:Decrypt on resource y"),
            f"{FILE} may not be read: give the credentials kms:Decrypt for it.",
        ),
        (
            LIST,
            refusal("InvalidAccessKeyId"),
            f"{LOCATION} cannot be read: AWS does not accept the credentials: correct them.",
        ),
        (
            LIST,
            refusal("AuthorizationHeaderMalformed", 400),
            f"{LOCATION} is in another region: set AWS_DEFAULT_REGION to that of the bucket.",
        ),
        (
            LIST,
            refusal("RequestTimeTooSkewed"),
            f"{LOCATION} cannot be read, because the clock of this machine is wrong: set it.",
        ),
        (
            GET,
            refusal("InvalidObjectState"),
            f"{FILE} is archived: restore it, and keep the files of exports out of the archive.",
        ),
        (
            LIST,
            refusal("NoSuchBucket", 404),
            f"{LOCATION} is in no bucket that there is: correct the location of the source.",
        ),
        (
            LIST,
            Response("", 500),
            f"{LOCATION} is throttled or down in spite of retries. The next load goes on there.",
        ),
        (LIST, refusal("Surprise", 418), f'{LOCATION} cannot be read: AWS says "Surprise".'),
    ],
)
def test_a_refusal_says_what_is_wrong_and_what_to_do(
    bucket: Bucket, cloud: Door, tmp_path: Path, of: str, answer: Response, sentence: str
) -> None:
    bucket.deliver(MAY, {"a.parquet": ALL})
    cloud.hook = lambda request: answer if of in request.url else None
    with pytest.raises(LoadError) as raised:
        opened(tmp_path).deliveries()
    assert str(raised.value) == sentence


def test_a_bucket_in_another_region_is_found(bucket: Bucket, cloud: Door, tmp_path: Path) -> None:
    bucket.deliver(MAY, {"a.parquet": ALL})

    def elsewhere(request: Request) -> Response | None:
        if "/eu-west-3/" in request.headers["Authorization"]:
            return None
        answer = refusal("PermanentRedirect", 301)
        answer.headers["x-amz-bucket-region"] = "eu-west-3"
        return answer

    cloud.hook = elsewhere
    assert read(tmp_path) == {MAY: total(*ALL)}


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({}, "cannot be read without credentials of AWS: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SEC"),
        ({"AWS_PROFILE": "nobody"}, "cannot be read without credentials of AWS: set AWS_PROFILE, or "),
        ({"AWS_ACCESS_KEY_ID": "x"}, "cannot be read without credentials of AWS: "),
    ],
)
def test_without_credentials_the_ways_to_give_them_are_named(
    bucket: Bucket, cloud: Door, tmp_path: Path, variables: dict[str, str], sentence: str
) -> None:
    del bucket
    with (
        of_aws(environment(cloud.url, **variables)),
        pytest.raises(LoadError, match=f"{LOCATION} {sentence}"),
    ):
        opened(tmp_path).deliveries()
    assert cloud.requests == []


def test_credentials_of_a_profile_are_used(bucket: Bucket, cloud: Door, tmp_path: Path) -> None:
    bucket.deliver(MAY, {"a.parquet": ALL})
    keys = set()

    def note(request: Request) -> None:
        keys.add(request.headers["Authorization"].partition("Credential=")[2].partition("/")[0])

    cloud.hook = note
    profile = tmp_path / "credentials"
    profile.write_text("[billing]\naws_access_key_id = OFPROFILE\naws_secret_access_key = y\n")
    variables = {"AWS_PROFILE": "billing", "AWS_SHARED_CREDENTIALS_FILE": str(profile)}
    with of_aws(environment(cloud.url, **variables)):
        assert len(list(opened(tmp_path / "copy").deliveries())) == 1
    assert keys == {"OFPROFILE"}


def test_a_server_that_is_away_is_an_error_without_secrets(tmp_path: Path) -> None:
    with of_aws(with_key(f"http://127.0.0.1:{free_port()}")), pytest.raises(LoadError) as raised:
        opened(tmp_path).deliveries()
    assert str(raised.value) == (
        f"{LOCATION} cannot be reached (EndpointConnectionError): check that the network of this machine "
        "lets it through. The next load goes on there."
    )
    assert SECRET not in f"{raised.value}"


def test_an_address_of_aws_that_is_none_is_an_error(tmp_path: Path) -> None:
    with of_aws(with_key("nonsense")), pytest.raises(LoadError, match="AWS_ENDPOINT_URL is no address"):
        opened(tmp_path)


@pytest.mark.parametrize("location", ["s3://", "s3:///x", "s3://B/x", "s3://bucket/x?y", "s3://../x"])
def test_a_location_that_is_none_of_s3_is_refused(tmp_path: Path, location: str) -> None:
    said = re.escape(f"{location} is no location in S3: write s3://BUCKET/PREFIX/EXPORT.")
    with pytest.raises(LoadError, match=said):
        open_source("s3", "acme", location, tmp_path)


@pytest.mark.parametrize("location", [f"s3://{BUCKET}", f"s3://{BUCKET}/billing", f"{LOCATION}/data"])
def test_a_folder_that_is_no_export_is_refused(bucket: Bucket, tmp_path: Path, location: str) -> None:
    bucket.deliver(MAY, {"a.parquet": ALL})
    said = re.escape(
        f"{location} has no metadata/BILLING_PERIOD=…/…-Manifest.json: name the folder of an export"
    )
    with pytest.raises(LoadError, match=said):
        open_source("s3", "acme", location, tmp_path).deliveries()


@pytest.mark.parametrize("body", [b"not json", b"[]", b'{"dataFiles": 1}'])
def test_a_broken_manifest_is_an_error(bucket: Bucket, tmp_path: Path, body: bytes) -> None:
    bucket.put(f"{PREFIX}/metadata/BILLING_PERIOD={MAY}/focus-Manifest.json", body)
    with pytest.raises(LoadError, match=r"focus-Manifest.json is not a manifest"):
        opened(tmp_path).deliveries()


@pytest.mark.parametrize("uri", ["s3://bucket/x/../../data/BILLING_PERIOD=2026-05/../../../y", "/etc/passwd"])
def test_a_manifest_cannot_name_what_is_outside_of_the_export(
    bucket: Bucket, cloud: Door, tmp_path: Path, uri: str
) -> None:
    body = f'{{"dataFiles": ["{uri}"]}}'.encode()
    bucket.put(f"{PREFIX}/metadata/BILLING_PERIOD={MAY}/focus-Manifest.json", body)
    [delivery] = opened(tmp_path).deliveries()
    assert "is not below the data folder of the export" in delivery.problem
    assert {*fetched(cloud)} == {"focus-Manifest.json"}


def test_an_export_that_is_too_large_is_refused_before_it_is_fetched(
    bucket: Bucket, cloud: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("costs.providers.aws.MAX_FILES", 1)
    bucket.deliver(MAY, {"a.parquet": ALL[:9], "b.parquet": ALL[9:]})
    with pytest.raises(LoadError, match=r"is an export of more than 1 files or 200 GB"):
        opened(tmp_path).deliveries()
    assert {*fetched(cloud)} == {"focus-Manifest.json"}


def test_a_look_tells_the_months_without_fetching_them(bucket: Bucket, cloud: Door) -> None:
    bucket.deliver(MAY, {"a.parquet": ALL})
    bucket.deliver(JUNE, {"b.parquet": in_month(ALL, JUNE)})
    cloud.requests.clear()

    found = look("s3", LOCATION)

    assert [each.period for each in found.seen] == [JUNE, MAY]
    assert all(each.delivered_at for each in found.seen)
    assert [name for name in fetched(cloud) if not name.endswith("-Manifest.json")] == []


def test_a_look_says_what_the_credentials_lack(bucket: Bucket, cloud: Door) -> None:
    with pytest.raises(LoadError, match="name the folder of an export that AWS has delivered"):
        look("s3", LOCATION)

    bucket.deliver(MAY, {"a.parquet": ALL})
    cloud.hook = lambda request: None if "list-type" in request.url else refusal("AccessDenied")
    with pytest.raises(LoadError, match=r"give the credentials s3:GetObject on arn:aws:s3:::bucket/"):
        look("s3", LOCATION)


def test_a_look_at_what_is_no_location_says_how_to_write_one() -> None:
    with pytest.raises(LoadError, match="write s3://BUCKET/PREFIX/EXPORT"):
        look("s3", "s3://")
