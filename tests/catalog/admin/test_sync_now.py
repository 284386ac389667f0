from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from catalog.errors import SyncRefusedError
from catalog.models import PricingUpdate
from catalog.sync import cloud_run, start
from tests.catalog.factories import make_update

pytestmark = pytest.mark.django_db

SYNC = reverse("admin:sync_now")
PROGRESS = reverse("admin:sync_progress")


@pytest.fixture
def started(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The commands that were started, in a product with a source."""
    settings.GOOGLE_API_KEY = "key"
    commands: list[tuple[str, ...]] = []

    def launch() -> subprocess.Popen[bytes]:
        commands.append(start.COMMAND)
        return subprocess.Popen([sys.executable, "-c", ""])

    monkeypatch.setattr(start, "_launch", launch)
    cache.clear()
    return commands


def running(**fields: object) -> PricingUpdate:
    now = timezone.now()
    status = PricingUpdate.Status.RUNNING
    return make_update(
        **{"status": status, "completed_at": None, "started_at": now, "heartbeat_at": now} | fields
    )


def text(client: Client, address: str, **headers: str) -> str:
    return client.get(address, headers=headers).content.decode()


def test_a_sync_is_started_after_a_question_and_recorded(
    admin_client: Client, started: list[tuple[str, ...]]
) -> None:
    before = make_update()

    assert "Start the sync" in text(admin_client, SYNC)
    assert started == []
    answer = admin_client.post(SYNC)
    assert answer.headers["location"] == f"{PROGRESS}?after={before.pk}"
    assert started == [("-m", "django", "sync_catalog", "--json")]
    entry = LogEntry.objects.get()
    assert (entry.object_repr, entry.user.get_username()) == ("Sync now", "admin")


def test_a_second_click_says_that_one_is_starting_and_then_that_one_runs(
    admin_client: Client, started: list[tuple[str, ...]]
) -> None:
    admin_client.post(SYNC)
    assert "A sync is starting." in admin_client.post(SYNC, follow=True).content.decode()
    run = running()
    assert f"Sync {run.pk} is running." in admin_client.post(SYNC, follow=True).content.decode()
    assert len(started) == 1
    assert f"Sync {run.pk} is running" in text(admin_client, SYNC)


def test_a_sync_can_be_started_after_the_last_one_has_ended_or_crashed(
    admin_client: Client, started: list[tuple[str, ...]]
) -> None:
    admin_client.post(SYNC)
    make_update()
    admin_client.post(SYNC)
    running(heartbeat_at=timezone.now() - timedelta(minutes=6))
    admin_client.post(SYNC)

    assert len(started) == 3


def test_without_a_key_the_sync_is_refused_with_the_reason(
    admin_client: Client, started: list[tuple[str, ...]], settings: Settings
) -> None:
    settings.GOOGLE_API_KEY = ""

    assert "GOOGLE_API_KEY is not set" in text(admin_client, SYNC)
    assert "GOOGLE_API_KEY is not set" in admin_client.post(SYNC, follow=True).content.decode()
    assert started == []
    assert not LogEntry.objects.exists()


def test_a_process_that_cannot_be_started_is_said_so(
    admin_client: Client, started: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OSError("no memory")

    monkeypatch.setattr(start, "_launch", fail)
    assert "could not be started: no memory" in admin_client.post(SYNC, follow=True).content.decode()
    assert not start.is_starting()
    assert started == []


JOB = "projects/acme/locations/europe-west1/jobs/sync-catalog"


def test_where_there_is_a_job_of_cloud_run_it_is_run_instead_and_needs_no_key(
    admin_client: Client,
    started: list[tuple[str, ...]],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.GOOGLE_API_KEY, settings.SYNC_JOB = "", JOB
    jobs: list[str] = []
    monkeypatch.setattr(cloud_run, "run", jobs.append)

    assert f"by the Cloud Run job <code>{JOB}</code>" in text(admin_client, SYNC)
    admin_client.post(SYNC)
    assert "A sync is starting." in admin_client.post(SYNC, follow=True).content.decode()
    assert (jobs, started) == ([JOB], [])
    assert LogEntry.objects.get().change_message == f"Started {JOB}."


def test_a_job_that_cloud_run_refuses_is_said_so_and_can_be_tried_again(
    admin_client: Client,
    started: list[tuple[str, ...]],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(job: str) -> None:
        raise SyncRefusedError(f"Cloud Run has no job {job}.")

    settings.SYNC_JOB = JOB
    monkeypatch.setattr(cloud_run, "run", refuse)

    for _ in range(2):
        assert f"Cloud Run has no job {JOB}." in admin_client.post(SYNC, follow=True).content.decode()
    assert not start.is_starting()
    assert not LogEntry.objects.exists()
    assert started == []


@pytest.mark.parametrize("address", [SYNC, PROGRESS])
def test_only_superusers_sync(client: Client, started: list[tuple[str, ...]], address: str) -> None:
    client.force_login(User.objects.create_user("staff", is_staff=True))

    assert client.get(address).status_code == 403
    assert client.post(SYNC).status_code == 403
    assert started == []


def test_a_sync_from_another_site_is_refused(admin_user: User, started: list[tuple[str, ...]]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)

    assert client.post(SYNC).status_code == 403
    assert started == []


def test_progress_is_asked_for_again_until_the_run_has_ended(
    admin_client: Client, started: list[tuple[str, ...]]
) -> None:
    address = admin_client.post(SYNC).headers["location"]
    fragment: Callable[[], str] = lambda: text(admin_client, address, HX_Request="true")  # noqa: E731

    assert "The sync is starting." in fragment()
    assert 'hx-trigger="every 2s"' in fragment()
    run = running(services_synced=30, services_total=1900)
    assert "30 of 1,900 services" in fragment()
    assert "<html" not in fragment()
    assert "<html" in text(admin_client, address)
    PricingUpdate.objects.filter(pk=run.pk).update(status="completed", completed_at=timezone.now())
    assert "hx-trigger" not in fragment()
    assert reverse("admin:catalog_pricingupdate_change", args=[run.pk]) in fragment()
    assert started


def test_the_process_is_one_of_its_own(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.GOOGLE_API_KEY = "key"
    cache.clear()
    monkeypatch.setattr(start, "COMMAND", ("-c", "import os; assert os.getsid(0) == os.getpid()"))
    ended: list[int] = []
    monkeypatch.setattr(start, "_wait", lambda process: ended.append(process.wait()))

    start.start()
    for thread in threading.enumerate():
        if thread.name == start.THREAD:
            thread.join(30)
    assert ended == [0]
