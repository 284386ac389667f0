from __future__ import annotations

import pytest

from catalog.search.query import read_question
from catalog.search.query.notation import read_notation


def _read(query: str) -> str:
    return " ".join(read_notation(query).text.split())


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (
            "gcloud compute instances create vm1 --machine-type=n2-standard-4 --zone europe-west3-a --spot",
            "n2-standard-4 europe-west3-a spot",
        ),
        ("gcloud beta compute disks create data --size=500GB --type=pd-ssd", "500gb pd ssd"),
        ("gcloud compute instances create vm1 --no-address --machine-type=e2-small", "e2-small"),
        ("--accelerator=type=nvidia-l4,count=1", "l4 gpu 1x"),
        ("'--zone=us-east1-b', '--machine-type=c2d-standard-32'", "' us-east1-b ', ' c2d-standard-32 '"),
        (
            "gcloud compute interconnects attachments partner create a --router=r --bandwidth=1Gbps",
            "partner vlan attachment 1 gbps",
        ),
        (
            "gcloud compute interconnects create --interconnect-type=PARTNER",
            "interconnect circuit partner",
        ),
        ("--link-type=LINK_TYPE_ETHERNET_100G_LR", "100 gbps"),
        ("--location-policy=us-east1-b=allow", "zone us east1 b"),
        (
            "gcloud compute --project=shop instances create datastore-8 --machine-type=n2-standard-4",
            "n2-standard-4",
        ),
        (
            "gcloud compute instances create web --source-instance-template small --local-ssd=interface=NVME",
            "local ssd",
        ),
        (
            "gcloud container clusters create-auto prod --region europe-west1",
            "autopilot kubernetes cluster europe-west1",
        ),
        ("gsutil mb -c nearline -l europe-west3 gs://my-bucket", "bucket nearline storage europe-west3"),
    ],
)
def test_a_command_is_what_its_options_say(command: str, words: str) -> None:
    assert _read(command) == words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            'resource "google_compute_instance" "web" { machine_type = "e2-medium" zone = "us-east1-b" }',
            "e2-medium us-east1-b }",
        ),
        (
            "machineType: n2d-standard-8\nregion: ${REGION:-us-east4}\nproject: shop",
            "n2d-standard-8 us-east4",
        ),
        ('machine_type = var.machine_type\nzone = "us-east1-b"', "us-east1-b"),
        ('"gke-spot": "true"', "spot"),
        (
            'resource "google_compute_interconnect_attachment" { bandwidth = "BPS_500M" type = "PARTNER" }',
            "vlan attachment 500 mbps partner }",
        ),
        ("cloud.google.com/gke-accelerator:nvidia-a100-80gb", "a100 80gb gpu"),
        ("filestore = {\n tier = BASIC_HDD\n}", "filestore BASIC_HDD }"),
        ("resources:\n  cpu: 4\n  memory: 2Gi", "4 vcpu 2gi ram"),
    ],
)
def test_configuration_is_what_its_settings_say(code: str, words: str) -> None:
    assert _read(code) == words


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("gcloud compute instances create vm1 --zone europe-west3-a", "europe-west3-a n1 standard 1"),
        ("gcloud compute disks create data", "pd standard capacity"),
        ("gsutil mb -l europe-west3 gs://my-bucket", "bucket europe-west3 standard storage"),
    ],
)
def test_a_setting_that_is_left_out_is_its_default(command: str, words: str) -> None:
    assert _read(command) == words


@pytest.mark.parametrize(
    "question",
    [
        "note: n2 core in Frankfurt",
        "what does a C# function cost",
        "cost of n2-core - and of e2-core",
        "zone: us-east1-b",
        "ram = memory?",
    ],
)
def test_a_question_in_plain_english_stays_as_it_is(question: str) -> None:
    assert read_notation(question).text == question


def test_a_setting_that_is_not_known_is_told() -> None:
    question = read_question("gcloud compute instances create vm1 --frobnicate=7 --machine-type e2-small")

    assert question.unread_settings == ("--frobnicate=7",)
    assert "frobnicate" not in question.words


@pytest.mark.parametrize(
    ("code", "has_spot", "region"),
    [
        ("machine_type = e2-small # spot, in Frankfurt", True, "europe-west3"),
        ("machine_type = e2-small\npreemptible = false # was spot", False, None),
        ('machine_type = e2-small zone = "us-east1-b" # not in Frankfurt', False, "us-east1"),
        ("# spot e2-small in Frankfurt", True, "europe-west3"),
    ],
)
def test_a_comment_counts_where_the_code_leaves_something_open(
    code: str, has_spot: bool, region: str | None
) -> None:
    question = read_question(code)

    assert (("term", "spot") in {each for fact in question.facts for each in fact.facts}) is has_spot
    assert (question.place.label if question.place else None) == region
