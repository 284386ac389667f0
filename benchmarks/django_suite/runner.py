"""A test runner that writes the outcome of each test to SUITE_OUTCOMES, one JSON object per line."""

from __future__ import annotations

import json
import os
import unittest
from pathlib import Path
from typing import Any

from django.test.runner import DiscoverRunner


class RecordingResult(unittest.TextTestResult):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._file = Path(os.environ["SUITE_OUTCOMES"]).open("a", encoding="utf-8")  # noqa: SIM115

    def _record(self, test: unittest.TestCase, outcome: str, cause: str = "") -> None:
        self._file.write(json.dumps({"test": test.id(), "outcome": outcome, "cause": cause}) + "\n")
        self._file.flush()

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        self._record(test, "passed")

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addExpectedFailure(test, err)
        self._record(test, "passed")

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self._record(test, "skipped", reason)

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addFailure(test, err)
        self._record(test, "failed", _cause(err))

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        super().addError(test, err)
        self._record(test, "failed", _cause(err))

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        super().addUnexpectedSuccess(test)
        self._record(test, "failed", "unexpected success")

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._record(test, "failed", _cause(err))

    def stopTestRun(self) -> None:
        super().stopTestRun()
        self._file.close()


class RecordingRunner(DiscoverRunner):
    def get_resultclass(self) -> type[RecordingResult]:
        return RecordingResult


def _cause(err: Any) -> str:
    kind, error, _ = err
    lines = str(error).strip().splitlines()
    return f"{kind.__name__}: {lines[0] if lines else ''}"[:300]
