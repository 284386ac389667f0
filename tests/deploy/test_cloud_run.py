"""The manifests and scripts for Cloud Run: by Google's schema, and by what they would ask gcloud to do."""

from __future__ import annotations

import json
import re
import string
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.fake_cloud import FOLDER, ROOT, Call, FakeCloud
from tests.deploy.google_schema import faults, faults_of

SETTINGS = set(re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
SECRET = re.compile(r"SECRET|TOKEN|_KEY|PASSWORD|SLACK_URL")
# Settings that a deployment on Cloud Run does not set.
LEFT_OUT = {
    "DEBUG": "is refused there",
    "PORT": "is the container's own, 8080",
    "WEB_CONCURRENCY": "instances take the place of processes",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "needs the extra otel, which the image lacks",
    "CLOUD_RUN_TASK_INDEX": "Cloud Run sets it",
    "CLOUD_RUN_TASK_COUNT": "Cloud Run sets it",
    "COST_SECRETS_DIR": "sources there are read as the job's own account, or as one that they name",
    **dict.fromkeys(
        [name for name in SETTINGS if name.startswith(("ANTHROPIC_", "ASK_"))],
        "only the command ask_model uses them, which does not run there",
    ),
}
NOT_SECRET = {"TOOL_CALLS_PER_MINUTE"}
SECRETS = {name for name in SETTINGS if SECRET.search(name)} - NOT_SECRET - LEFT_OUT.keys()
DEPLOYED = [FOLDER / "service.yaml", *sorted((FOLDER / "jobs").glob("*.yaml"))]
MANIFESTS = [*DEPLOYED, *sorted((FOLDER / "optional").glob("*.yaml"))]
BUCKETS = ("costs", "exports", "backups")
ACCOUNT = "@acme.iam.gserviceaccount.com"


class _AnyValue(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "x"


def read(manifest: Path) -> dict[str, Any]:
    filled = string.Template(manifest.read_text()).substitute(_AnyValue(PROJECT="acme"))
    document: dict[str, Any] = yaml.safe_load(filled)
    return document


def task(document: dict[str, Any]) -> dict[str, Any]:
    """The part with the account, the container and the volumes."""
    template = document["spec"]["template"]["spec"]
    return dict(template if document["kind"] == "Service" else template["template"]["spec"])


def variables(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    [container] = task(document)["containers"]
    return {each["name"]: each for each in container["env"]}


def account_of(manifest: Path) -> str:
    return str(task(read(manifest))["serviceAccountName"])


def secrets(document: dict[str, Any]) -> set[str]:
    return {name for name, each in variables(document).items() if "valueFrom" in each}


def schedules() -> dict[str, str]:
    lines = (FOLDER / "schedules").read_text().splitlines()
    return {line.split()[0]: line.split(None, 1)[1] for line in lines if line[0] != "#"}


def texts(calls: list[Call], *words: str) -> list[str]:
    return [call.text for call in calls if all(word in call.text for word in words)]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.stem)
def test_a_manifest_is_what_the_api_of_cloud_run_takes(manifest: Path) -> None:
    document = read(manifest)

    assert faults(document) == []
    [container] = task(document)["containers"]
    container["memory"] = "1Gi"
    container["resources"]["limits"]["cpu"] = 1
    assert sorted(fault.split(": ")[1] for fault in faults(document)) == [
        "1 is not of type 'string'",
        "Additional properties are not allowed ('memory' was unexpected)",
    ]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.stem)
def test_a_manifest_names_each_variable_once_and_mounts_the_volumes_that_it_has(manifest: Path) -> None:
    part = task(read(manifest))
    [container] = part["containers"]
    names = [each["name"] for each in container["env"]]

    assert len(names) == len(set(names))
    mounted = {mount["name"]: mount["mountPath"] for mount in container.get("volumeMounts", [])}
    assert set(mounted) == {volume["name"] for volume in part.get("volumes", [])}
    assert variables(read(manifest)).get("COSTS_DIR", {}).get("value") == mounted.get("costs")


def test_the_manifests_set_every_setting_and_no_other() -> None:
    named = {name for manifest in MANIFESTS for name in variables(read(manifest))}

    assert named == SETTINGS - set(LEFT_OUT)


def test_every_secret_is_a_reference_to_secret_manager_and_nothing_else_is() -> None:
    for manifest in MANIFESTS:
        document = read(manifest)
        assert secrets(document) == variables(document).keys() & SECRETS
        for name in secrets(document):
            assert variables(document)[name]["valueFrom"] == {"secretKeyRef": {"name": name, "key": "latest"}}
    values = re.findall(r"^([A-Z_]+)=", (FOLDER / "values.env.example").read_text(), re.MULTILINE)
    assert not SECRETS & set(values)


def test_each_value_of_a_manifest_is_in_the_example_or_made_by_the_script() -> None:
    text = "".join(manifest.read_text() for manifest in MANIFESTS)
    values = re.findall(r"^([A-Z_]+)=", (FOLDER / "values.env.example").read_text(), re.MULTILINE)

    asked = set(re.findall(r"\$\{(\w+)\}", text))
    assert asked - set(values) == {"IMAGE", "DEPLOYED_AT"}
    assert set(values) - asked == {"ACCESS", "LIVE_SCHEDULE"}


def test_every_job_but_the_migration_has_a_schedule() -> None:
    jobs = {manifest.stem for manifest in DEPLOYED[1:]}

    assert set(schedules()) == jobs - {"migrate"}
    assert all(read(manifest)["metadata"]["name"] == manifest.stem for manifest in MANIFESTS[1:])
    commands = {manifest.stem: task(read(manifest))["containers"][0]["args"][0] for manifest in DEPLOYED[1:]}
    assert commands == {name: name.replace("-", "_") for name in jobs}


def test_a_project_is_set_up_with_accounts_that_read_only_their_own_secrets(tmp_path: Path) -> None:
    calls = FakeCloud(tmp_path).run("set_up")

    for account in ("server", "jobs", "alerts", "backup"):
        manifests = [each for each in MANIFESTS if account_of(each) == f"pricing-{account}{ACCOUNT}"]
        assert manifests
        assert texts(calls, f"service-accounts create pricing-{account} ")
        granted = texts(calls, "secrets add-iam-policy-binding", f"pricing-{account}{ACCOUNT}")
        assert {text.split()[3] for text in granted} == set().union(*(secrets(read(m)) for m in manifests))
        assert all(text.endswith("--role=roles/secretmanager.secretAccessor") for text in granted)
    assert not texts(calls, "add-iam-policy-binding", f"pricing-scheduler{ACCOUNT}")
    assert not texts(calls, "projects add-iam-policy-binding")


def test_an_account_uses_the_buckets_that_its_manifests_mount(tmp_path: Path) -> None:
    calls = FakeCloud(tmp_path).run("set_up")

    granted = {
        (words[4], words[5].partition("pricing-")[2].removesuffix(ACCOUNT), words[6].rpartition(".")[2])
        for words in (text.split() for text in texts(calls, "buckets add-iam-policy-binding"))
    }
    mounted = {
        (f"gs://{volume['csi']['volumeAttributes']['bucketName']}", account_of(manifest), role_for(volume))
        for manifest in MANIFESTS
        for volume in task(read(manifest)).get("volumes", [])
    }
    assert {(bucket, f"pricing-{account}{ACCOUNT}", role) for bucket, account, role in granted} == mounted
    assert {account for bucket, account, _ in granted if bucket == "gs://acme-backups"} == {"backup"}


def role_for(volume: dict[str, Any]) -> str:
    return "objectViewer" if volume["csi"].get("readOnly") else "objectUser"


def test_the_secrets_of_alerts_reach_only_the_account_of_the_job_that_sends_them() -> None:
    of_alerts = {"ALERT_WEBHOOK_SECRET", "ALERT_SLACK_URL", "EMAIL_HOST_PASSWORD"}
    reading = [manifest for manifest in MANIFESTS if secrets(read(manifest)) & of_alerts]

    assert [manifest.stem for manifest in reading] == ["evaluate-rules"]
    same = [each.stem for each in MANIFESTS if account_of(each) == account_of(reading[0])]
    assert same == ["evaluate-rules"]


def test_backups_and_what_is_deleted_of_the_costs_are_kept_for_thirty_days(tmp_path: Path) -> None:
    calls = FakeCloud(tmp_path).run("set_up")

    update = "gcloud storage buckets update gs://acme-"
    assert texts(calls, update) == [
        f"{update}costs --versioning --lifecycle-file=policies/costs.json",
        f"{update}backups --lifecycle-file=policies/backups.json",
    ]
    conditions = {"costs": {"daysSinceNoncurrentTime": 30}, "backups": {"age": 30}}
    for name, condition in conditions.items():
        policy = json.loads((FOLDER / "policies" / f"{name}.json").read_text())
        assert faults_of(policy, "storage.v1", "Bucket") == []
        assert policy["lifecycle"]["rule"] == [{"action": {"type": "Delete"}, "condition": condition}]


def test_the_newest_images_are_kept_and_old_ones_deleted(tmp_path: Path) -> None:
    calls = FakeCloud(tmp_path).run("set_up")

    [cleanup] = texts(calls, "set-cleanup-policies cloud-pricing")
    assert cleanup.endswith("--location=europe-west1 --no-dry-run --policy=policies/images.json")
    policies = json.loads((FOLDER / "policies" / "images.json").read_text())
    assert [policy["action"]["type"] for policy in policies] == ["Delete", "Keep"]
    assert policies[1]["mostRecentVersions"] == {"keepCount": 10}


def test_a_secret_begins_blank_and_only_the_signing_key_is_made(tmp_path: Path) -> None:
    calls = FakeCloud(tmp_path).run("set_up")
    made = {call.words[4]: call.stdin.strip() for call in calls if "versions add" in call.text}

    assert made.keys() == SECRETS
    assert {name for name, value in made.items() if value} == {"SECRET_KEY"}
    assert len(made["SECRET_KEY"]) > 50


def test_what_is_there_is_kept_when_a_project_is_set_up_again(tmp_path: Path) -> None:
    cloud = FakeCloud(tmp_path)
    cloud.has(*SECRETS, *(f"gs://acme-{name}" for name in BUCKETS), "--location=europe-west1")

    calls = cloud.run("set_up")

    assert not texts(calls, "secrets create")
    assert not texts(calls, "versions add")
    assert not texts(calls, "buckets create")
    assert not texts(calls, "repositories create")


def test_a_version_is_migrated_before_it_serves_with_its_values(tmp_path: Path) -> None:
    calls = FakeCloud(tmp_path).run("deploy", "v7")

    steps = [call.text.split("/")[0] for call in calls if call.manifest or "execute" in call.text]
    migration = "gcloud run jobs execute migrate --wait"
    jobs = ["gcloud run jobs replace "] * len(DEPLOYED[2:])
    assert steps == [jobs[0], migration, *jobs, "gcloud run services replace "]
    documents = [call.document for call in calls if call.manifest]
    assert [fault for document in documents for fault in faults(document)] == []
    assert documents[0]["metadata"]["name"] == "migrate"
    image = "europe-west1-docker.pkg.dev/acme/cloud-pricing/server:v7"
    assert {task(document)["containers"][0]["image"] for document in documents} == {image}
    served = {name: each.get("value") for name, each in variables(documents[-1]).items()}
    assert served["PUBLIC_URL"] == "https://cloud-pricing-4711.europe-west1.run.app"
    assert served["DATABASE_URL"] == "libsql://prices-acme.turso.io"
    assert served["STAFF_GITHUB_IDS"] == ""
    assert served["TRUSTED_PROXIES"] == "1"


def test_a_deployment_of_the_same_version_makes_a_new_revision_which_reads_new_secrets(
    tmp_path: Path,
) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    calls = FakeCloud(tmp_path).run("deploy", "v7")

    # Cloud Run makes none for a template that is the same.
    annotations = _service(calls)["spec"]["template"]["metadata"]["annotations"]
    deployed = datetime.fromisoformat(str(annotations["cloud-pricing/deployed-at"]))
    assert before <= deployed <= datetime.now(UTC)


def test_the_server_may_run_the_job_that_sync_now_runs_and_no_other(tmp_path: Path) -> None:
    calls = FakeCloud(tmp_path).run("deploy", "v7")

    [granted] = texts(calls, f"--member=serviceAccount:pricing-server{ACCOUNT}")
    assert granted.startswith("gcloud run jobs add-iam-policy-binding sync-catalog ")
    assert granted.endswith("--role=roles/run.invoker")
    job = variables(_service(calls))["SYNC_JOB"]["value"]
    assert job == "projects/acme/locations/europe-west1/jobs/sync-catalog"


def _service(calls: list[Call]) -> dict[str, Any]:
    [document] = [c.document for c in calls if c.manifest and c.document["kind"] == "Service"]
    return document


def test_the_scheduler_may_run_the_jobs_and_nothing_else(tmp_path: Path) -> None:
    cloud = FakeCloud(tmp_path)

    calls = cloud.run("deploy", "v7")

    granted = texts(calls, f"--member=serviceAccount:pricing-scheduler{ACCOUNT}")
    assert [text.split()[4] for text in granted] == list(schedules())
    assert all(text.startswith("gcloud run jobs add-iam") for text in granted)
    assert all(text.endswith("--role=roles/run.invoker") for text in granted)
    for name, cron in schedules().items():
        [trigger] = texts(calls, f"scheduler jobs create http {name} ")
        assert f"--schedule={cron} --time-zone=Etc/UTC" in trigger
        assert f"/v2/projects/acme/locations/europe-west1/jobs/{name}:run --http-method=POST" in trigger
        assert f"--oauth-service-account-email=pricing-scheduler{ACCOUNT}" in trigger
    cloud.has("--location=europe-west1")
    assert len(texts(cloud.run("deploy", "v7"), "scheduler jobs update http")) == len(schedules())


@pytest.mark.parametrize(("schedule", "number"), [("", 0), ("*/5 * * * *", 1)])
def test_live_usage_is_collected_only_where_the_values_say_when(
    tmp_path: Path, schedule: str, number: int
) -> None:
    values = f"PROJECT=acme\nREGION=r\nDATABASE_URL=libsql://h\nLIVE_SCHEDULE='{schedule}'\n"

    calls = FakeCloud(tmp_path, values).run("deploy", "v7")

    jobs = [call.document["metadata"]["name"] for call in calls if call.manifest]
    assert jobs.count("collect-live") == number
    triggers = texts(calls, "scheduler jobs create http collect-live ")
    assert [f"--schedule={schedule} --time-zone=Etc/UTC" in trigger for trigger in triggers] == [
        True
    ] * number


@pytest.mark.parametrize(("access", "granted"), [("everyone", 1), ("members", 0)])
def test_everyone_reaches_the_server_only_where_the_values_say_so(
    tmp_path: Path, access: str, granted: int
) -> None:
    cloud = FakeCloud(tmp_path, f"PROJECT=acme\nREGION=r\nDATABASE_URL=libsql://h\nACCESS={access}\n")

    assert len(texts(cloud.run("deploy", "v7"), "allUsers")) == granted


def test_a_deployment_without_a_version_builds_the_commit(tmp_path: Path) -> None:
    calls = FakeCloud(tmp_path).run("deploy")

    image = "europe-west1-docker.pkg.dev/acme/cloud-pricing/server:0123456789ab"
    assert texts(calls, "docker") == [
        "gcloud auth configure-docker europe-west1-docker.pkg.dev",
        f"docker build --platform linux/amd64 --build-arg REVISION=0123456789ab --tag {image} .",
        f"docker push {image}",
    ]


def test_changes_that_are_not_in_the_commit_are_not_built_under_its_name(tmp_path: Path) -> None:
    cloud = FakeCloud(tmp_path)
    cloud.change("tools/search.py")

    assert "commit them or take them back, then deploy" in cloud.refuses("deploy")
    # A version that was built before has nothing to do with them.
    assert not texts(cloud.run("deploy", "v7"), "docker")
