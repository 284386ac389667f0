"""Probes, metrics and the log in JSON, from a real server of two workers, read by a real Prometheus."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from costs.grafana import now, operations
from tests.harness.alertmanager import alertmanager
from tests.harness.databases import copy_server
from tests.harness.needs import skip_or_fail
from tests.harness.ports import free_port
from tests.harness.product import ROOT, Product, install, over, serve
from tests.harness.sqld import Sqld

METRICS_TOKEN = "metrics-" + "x" * 24
DEPLOYED = ROOT / "deploy" / "prometheus"
METRICS = (*operations.METRICS, *now.METRICS)
# Loads are made by other tests; there are none here.
WITHOUT_COSTS = {"Age of cost sources", "Idle capacity, a day"}
QUESTION = "n2 core in a secret project"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("operations")
    settings = {"METRICS_TOKEN": METRICS_TOKEN, "LOG_FORMAT": "json", "WEB_CONCURRENCY": "2"}
    product = install(folder, "sample", **settings)
    product.manage("demo_live")
    with serve(product, log_of(folder)) as server:
        workers = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        assert len(workers) == 2, workers
        yield product


@pytest.fixture(scope="module")
def log(product: Product) -> Path:
    return log_of(Path(product.environment["DATABASE_URL"].removeprefix("file:")).parent)


@pytest.fixture(scope="module")
def calls(product: Product) -> str:
    """Calls of each kind; returns the token."""
    token = product.token("ada")
    for _ in range(2):
        product.ask(token, "search", {"query": QUESTION})
        product.ask(token, "details", {"no": "argument"})
    wrong = {"Authorization": "Bearer wrong", "Accept": "application/json, text/event-stream"}
    httpx2.post(
        f"{product.url}/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "ping"}, headers=wrong, timeout=60
    )
    for path in ("/", "/search?q=n2", "/no-such-page/"):
        httpx2.get(product.url + path, timeout=60)
    return token


def log_of(folder: Path) -> Path:
    return folder / "server.log"


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        skip_or_fail("needs Prometheus: apt-get install prometheus")
    return found


def scrape(product: Product) -> httpx2.Response:
    return httpx2.get(f"{product.url}/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})


def values(text: str) -> Mapping[str, float]:
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


@pytest.mark.parametrize("path", ["/healthz", "/health", "/readyz", "/ready"])
def test_a_probe_is_answered_under_any_host_and_by_head_too(product: Product, path: str) -> None:
    strange = {"Host": "10.1.2.3:8080"}
    whole = httpx2.get(product.url + path, headers=strange)
    head = httpx2.head(product.url + path, headers=strange)

    assert (whole.status_code, head.status_code) == (200, 200)
    assert whole.json()["status"] == ("alive" if "health" in path else "ready")
    assert head.content == b""
    assert httpx2.post(product.url + path).status_code == 405


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": METRICS_TOKEN}])
def test_metrics_are_for_who_has_the_token(product: Product, sent: dict[str, str]) -> None:
    answer = httpx2.get(f"{product.url}/metrics", headers=sent)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "cloud_pricing" not in answer.text


@pytest.mark.usefixtures("calls")
def test_what_both_workers_counted_is_added_up(product: Product) -> None:
    found = values(scrape(product).text)

    assert found['cloud_pricing_tool_calls_total{outcome="ok",tool="search",wire="mcp"}'] == 2
    assert found['cloud_pricing_tool_calls_total{outcome="invalid_argument",tool="details",wire="mcp"}'] == 2
    assert found['cloud_pricing_tool_call_duration_seconds_count{tool="search",wire="mcp"}'] == 2
    assert found['cloud_pricing_token_checks_total{outcome="refused"}'] == 1
    assert found['cloud_pricing_http_requests_total{method="GET",route="/search",status="200"}'] == 1
    assert found['cloud_pricing_http_requests_total{method="GET",route="none",status="404"}'] >= 1
    assert found["cloud_pricing_http_faults_total"] == 0
    assert found["cloud_pricing_database_up"] == 1
    assert found["cloud_pricing_catalog_skus"] > 100


@pytest.mark.usefixtures("calls")
def test_metrics_have_nothing_that_people_asked_or_who_they_are(product: Product) -> None:
    text = scrape(product).text

    assert not re.search(r"secret|ada|no-such-page", text)
    assert "client" not in text


@pytest.mark.usefixtures("calls")
def test_promtool_finds_nothing_wrong_with_the_metrics(product: Product) -> None:
    text = scrape(product).text
    checked = subprocess.run(  # noqa: S603 Debian's program
        [program("promtool"), "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )

    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


@pytest.mark.usefixtures("calls")
def test_a_prometheus_has_a_value_for_each_panel_of_the_boards(product: Product, tmp_path: Path) -> None:
    with prometheus(product, tmp_path) as url:
        empty = {metric.title for metric in METRICS}
        deadline = time.monotonic() + 30
        while empty != WITHOUT_COSTS and time.monotonic() < deadline:
            time.sleep(0.5)
            empty = {metric.title for metric in METRICS if not answer(url, metric.query)}

    assert empty == WITHOUT_COSTS


def answer(url: str, query: str) -> list[dict[str, Any]]:
    # A window of a few scrapes, as Grafana's would be.
    params = {"query": query.replace("$__rate_interval", "5s")}
    result: list[dict[str, Any]] = httpx2.get(f"{url}/api/v1/query", params=params).json()["data"]["result"]
    return result


class prometheus:  # noqa: N801 used as a function
    """A Prometheus with the deployed configuration, which scrapes the product more often."""

    def __init__(self, product: Product, folder: Path) -> None:
        config = yaml.safe_load((DEPLOYED / "prometheus.yml").read_text())
        config["global"] = {
            "scrape_interval": "500ms",
            "evaluation_interval": "500ms",
            "scrape_timeout": "500ms",
        }
        config["scrape_configs"][0]["static_configs"] = [{"targets": [product.url.removeprefix("http://")]}]
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
        (folder / "rules.yml").write_text((DEPLOYED / "rules.yml").read_text())
        (folder / "metrics_token").write_text(METRICS_TOKEN)
        self._address = f"127.0.0.1:{free_port()}"
        self._command = [program("prometheus"), f"--config.file={folder / 'prometheus.yml'}"]
        self._command += [f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address={self._address}"]
        self._log = folder / "prometheus.log"

    def __enter__(self) -> str:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)  # noqa: S603 Debian's
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                if httpx2.get(f"http://{self._address}/-/ready").status_code == 200:
                    return f"http://{self._address}"
            except httpx2.TransportError:
                time.sleep(0.1)
        raise AssertionError(self._log.read_text())

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()


def test_each_alert_fires_when_it_should() -> None:
    checked = subprocess.run(  # noqa: S603 Debian's program
        [program("promtool"), "test", "rules", "rules_test.yml"],
        cwd=DEPLOYED,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr
    groups = yaml.safe_load((DEPLOYED / "rules.yml").read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert {rule["alert"] for rule in rules if "alert" in rule} == set(
        re.findall(r"alertname: (\w+)\n\s+exp_alerts", (DEPLOYED / "rules_test.yml").read_text())
    )


def test_alertmanager_silences_costs_of_a_cloud_that_is_late_and_of_no_other(tmp_path: Path) -> None:
    checked = subprocess.run(  # noqa: S603 Debian's program
        [program("amtool"), "check-config", "alertmanager.yml"],
        cwd=DEPLOYED,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    cost = {"alertname": "LiveCostAboveLimit", "needs": "live"}
    sent = [
        {"alertname": "LiveSourceLate", "cloud": "gcp", "source": "acme"},
        *({**cost, "cloud": cloud} for cloud in ("aws", "gcp")),
    ]

    config = (DEPLOYED / "alertmanager.yml").read_text().replace("group_wait: 30s", "group_wait: 0s")
    with alertmanager(tmp_path, config) as server:
        url = server.url
        httpx2.post(f"{url}/api/v2/alerts", json=[{"labels": labels} for labels in sent]).raise_for_status()
        deadline = time.monotonic() + 20
        states: dict[str, str] = {}
        while states.get("gcp") != "suppressed" and time.monotonic() < deadline:
            time.sleep(0.2)
            found = httpx2.get(f"{url}/api/v2/alerts", params={"filter": 'needs="live"'}).json()
            states = {each["labels"]["cloud"]: each["status"]["state"] for each in found}

    assert states == {"aws": "active", "gcp": "suppressed"}


@pytest.mark.usefixtures("calls")
def test_each_line_of_the_log_is_json_and_those_of_a_request_share_its_trace(
    product: Product, log: Path
) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    httpx2.get(f"{product.url}/no-such-page/", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})

    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert {"message", "severity", "time", "logger"} <= set.intersection(*(set(line) for line in lines))
    assert [line["message"] for line in lines if line.get("logging.googleapis.com/trace") == trace] == [
        "Not Found: /no-such-page/"
    ]
    calls = [line for line in lines if line.get("event") == "tool_call"]
    assert {call["tool"] for call in calls} == {"search", "details"}
    assert all("logging.googleapis.com/trace" in call for call in calls)
    assert not any("secret" in f"{line}" for line in lines)


def test_without_its_database_the_process_lives_and_is_not_ready(tmp_path: Path) -> None:
    copy_server(tmp_path)
    with Sqld(tmp_path) as database:
        product = over(database.url, METRICS_TOKEN=METRICS_TOKEN)
        with serve(product, tmp_path / "log"):
            assert httpx2.get(f"{product.url}/readyz").status_code == 200
            database.kill()
            time.sleep(2)  # an answer is kept for so long
            ready = httpx2.get(f"{product.url}/readyz")

            assert (ready.status_code, ready.json()["checks"]) == (503, {"database": {"ok": False}})
            assert httpx2.get(f"{product.url}/healthz").status_code == 200
            assert values(scrape(product).text)["cloud_pricing_database_up"] == 0
            database.start()
            time.sleep(2)
            assert httpx2.get(f"{product.url}/readyz").status_code == 200

    assert "readiness unavailable failed=database" in (tmp_path / "log").read_text()


def test_without_a_token_in_the_settings_there_are_no_metrics(tmp_path: Path) -> None:
    product = install(tmp_path, METRICS_TOKEN="")

    with serve(product, tmp_path / "log"):
        answer = httpx2.get(f"{product.url}/metrics", headers={"Authorization": "Bearer x"})

    assert answer.status_code == 404
