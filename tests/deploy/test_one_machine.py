"""The units of systemd and the compose file, by the programs and schemas that read them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.fake_cloud import ROOT
from tests.harness.needs import skip_or_fail

SYSTEMD, COMPOSE = ROOT / "deploy" / "systemd", ROOT / "deploy" / "compose"
SETTINGS = set(re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
PYTHON = "/opt/cloud-pricing/.venv/bin/python"


def cloud_schedules() -> dict[str, str]:
    lines = (ROOT / "deploy" / "cloud_run" / "schedules").read_text().splitlines()
    parts = [line.split(None, 1) for line in lines if line[0] != "#"]
    return {name.replace("-", "_"): cron for name, cron in parts}


def calendar(cron: str) -> str:
    """A line of cron as systemd writes it."""
    minute, hour, day, *rest = cron.split()
    assert rest == ["*", "*"]
    minute, hour, day = (each if each == "*" else each.zfill(2) for each in (minute, hour, day))
    return f"*-*-{day} {hour}:{minute}:00 UTC"


def verified(folder: Path) -> str:
    """What systemd says of the units, whose program is not where they look for it."""
    program = shutil.which("systemd-analyze")
    if program is None:
        skip_or_fail("needs systemd-analyze (apt-get install systemd)")
    for unit in (path for path in folder.rglob("*") if path.is_file()):
        unit.write_text(unit.read_text().replace(PYTHON, sys.executable))
    units = [str(unit) for unit in folder.iterdir() if unit.suffix in (".service", ".timer")]
    done = subprocess.run(  # noqa: S603 our own files
        [program, "verify", *units], capture_output=True, text=True, check=False
    )
    return done.stderr


@pytest.fixture
def units(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SYSTEMD, tmp_path / "units"))


def test_systemd_takes_the_units(units: Path) -> None:
    assert verified(units) == ""


def test_systemd_finds_a_slip_in_a_unit(units: Path) -> None:
    unit = units / "cloud-pricing.service"
    unit.write_text(unit.read_text().replace("ProtectHome=", "ProtectHomes="))

    said = verified(units)
    assert "Unknown key" in said
    assert "'ProtectHomes'" in said


def test_systemd_finds_a_slip_in_how_the_backup_is_run(units: Path) -> None:
    added = units / "cloud-pricing-job@backup.service.d" / "keep.conf"
    added.write_text(added.read_text().replace("ExecStart=/", "ExecStarts=/"))

    assert "Unknown key" in verified(units)


def test_each_machine_backs_up_into_a_folder_of_which_it_keeps_the_newest() -> None:
    added = (SYSTEMD / "cloud-pricing-job@backup.service.d" / "keep.conf").read_text()
    service = yaml.safe_load((COMPOSE / "compose.yaml").read_text())["services"]["backup"]

    # The one of the template is taken away first: systemd would run both.
    _, first, second = re.split(r"^ExecStart=", added, flags=re.MULTILINE)
    assert not first.strip()
    program, _, words = second.strip().partition(" manage.py ")
    assert program == PYTHON
    assert words == "backup --dated --keep 14 /var/lib/cloud-pricing/backups"
    assert service["command"] == "backup --dated --keep 14 /backups"
    assert service["volumes"] == ["data:/app/data", "${BACKUPS:-./backups}:/backups"]


def test_the_server_has_time_to_migrate_its_tables() -> None:
    unit = (SYSTEMD / "cloud-pricing.service").read_text()

    # systemd's own 90 seconds would kill it, and start it again without end.
    assert "manage.py migrate" in unit
    assert "TimeoutStartSec=30min\n" in unit


def test_git_ignores_what_holds_secrets_beside_the_files_of_the_repository() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    prometheus = (ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text()

    [token] = re.findall(r"credentials_file: (\S+)", prometheus)
    assert f"/deploy/prometheus/{token}" in ignored
    assert "/deploy/compose/settings.env" in ignored
    assert "/deploy/compose/backups/" in ignored


def test_the_jobs_are_locked_up_as_the_server_is() -> None:
    server, job, live = (
        (SYSTEMD / f"cloud-pricing{name}.service").read_text().partition("\n# It writes")[2].split("\n\n")[0]
        for name in ("", "-job@", "-collect_live")
    )

    assert "ProtectSystem=strict" in server
    assert server.strip() == job.strip() == live.strip()


def test_the_timers_and_the_crontab_run_the_jobs_when_the_scheduler_does() -> None:
    timers = {path.stem.removeprefix("cloud-pricing-"): path.read_text() for path in SYSTEMD.glob("*.timer")}
    crontab = re.findall(
        r"^(\S+ \S+ \S+ \S+ \S+) +cd /opt/cloud-pricing/deploy/compose && docker compose run --rm (\S+)$",
        (COMPOSE / "crontab").read_text(),
        re.MULTILINE,
    )

    scheduled = cloud_schedules()
    assert {name.replace("-", "_"): cron for cron, name in crontab} == scheduled
    assert timers.keys() == scheduled.keys()
    for name, text in timers.items():
        assert f"OnCalendar={calendar(scheduled[name])}\n" in text
        assert f"Unit=cloud-pricing-job@{name}.service\n" in text


def test_the_example_of_settings_names_settings() -> None:
    text = (SYSTEMD / "cloud-pricing.env.example").read_text()

    named = set(re.findall(r"^(\w+)=", text, re.MULTILINE))
    assert named
    assert named <= SETTINGS


def composed(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What the schema of Compose says of a file."""
    (folder / "compose.yaml").write_text(text)
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    return subprocess.run(  # noqa: S603 our own file
        [*command, str(folder / "compose.yaml")], capture_output=True, text=True, check=False
    )


def test_the_compose_file_is_what_its_schema_says(tmp_path: Path) -> None:
    text = (COMPOSE / "compose.yaml").read_text()

    assert composed(text, tmp_path).returncode == 0
    wrong = composed(text.replace("restart:", "restarts:"), tmp_path)
    assert "'restarts'" in wrong.stdout


def test_the_server_of_the_compose_file_waits_for_the_tables_and_the_jobs_for_their_time() -> None:
    services: dict[str, Any] = yaml.safe_load((COMPOSE / "compose.yaml").read_text())["services"]
    jobs = {name: service for name, service in services.items() if service.get("profiles") == ["jobs"]}

    assert set(services) - set(jobs) == {"collect-live", "migrate", "server"}
    assert services["collect-live"]["profiles"] == ["live"]
    assert services["server"]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert {service["command"].split()[0] for service in jobs.values()} == cloud_schedules().keys()
    assert all(service["entrypoint"] == ["python", "manage.py"] for service in jobs.values())
    for service in services.values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert set(service["environment"]) <= SETTINGS
    assert all(port.startswith("127.0.0.1:") for port in services["server"]["ports"])
