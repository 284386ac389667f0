"""What the end of a run says: what was skipped or left out, and what would let it run."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.harness.needs import REFUSED

SLOW = pytest.StashKey[int]()


def pytest_deselected(items: list[pytest.Item]) -> None:
    slow = sum(item.get_closest_marker("slow") is not None for item in items)
    if items and not items[0].config.option.slow:
        _count_slow(items[0].config, slow)


def pytest_testnodedown(node: Any) -> None:
    """Each worker collects the same tests, so that each leaves the same ones out."""
    config = node.config
    config.stash[SLOW] = getattr(node, "workeroutput", {}).get("slow", 0)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["slow"] = config.stash.get(SLOW, 0)
    elif any(reason.startswith(REFUSED) for reason in _skipped(config)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    counts = _skipped(config)
    refused = {reason: counts.pop(reason) for reason in list(counts) if reason.startswith(REFUSED)}
    if counts:
        terminalreporter.line(f"skipped: {_listed(counts)}", yellow=True)
    if refused:
        told = {reason.removeprefix(REFUSED): count for reason, count in refused.items()}
        terminalreporter.line(f"failed, as nothing may be missing with CI=true: {_listed(told)}", red=True)
    if slow := config.stash.get(SLOW, 0):
        terminalreporter.line(f"left out: {slow} slow (--slow runs them)", yellow=True)


def _count_slow(config: pytest.Config, count: int) -> None:
    config.stash[SLOW] = config.stash.get(SLOW, 0) + count


def _skipped(config: pytest.Config) -> Counter[str]:
    """How many tests were skipped, by reason."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    return Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in reports)


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(_line(count, reason) for reason, count in sorted(counts.items()))


def _line(count: int, reason: str) -> str:
    verb, rest = ("needs", "need"), reason.removeprefix("needs ")
    return f"{count} {reason}" if rest == reason else f"{count} {verb[count > 1]} {rest}"
