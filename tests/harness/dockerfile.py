"""The Dockerfile as its stages and their instructions, and the files that a build sees."""

from __future__ import annotations

import io
import json
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from dockerfile_parse import DockerfileParser
from dockerfile_parse.util import WordSplitter, extract_key_values

ROOT = Path(__file__).resolve().parent.parent.parent
FLAG = re.compile(r"--([a-z-]+)=(\S+)\s+")


@dataclass(frozen=True, slots=True)
class Stage:
    """What stands between a FROM and the next."""

    base: str
    name: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def value(self, name: str) -> str:
        """What follows the name of the stage's only instruction of that name."""
        [value] = [value for each, value in self.instructions if each == name]
        return value


def stages() -> list[Stage]:
    """The stages of the Dockerfile; the last one is the image."""
    arguments: dict[str, str] = {}
    found: list[Stage] = []
    text = (ROOT / "Dockerfile").read_text()
    for each in DockerfileParser(fileobj=io.StringIO(text)).structure:
        name, value = each["instruction"], each["value"]
        if name == "FROM":
            base, _, alias = expanded(value, arguments).partition(" AS ")
            found.append(Stage(base, alias))
        elif name == "ARG" and not found:
            arguments |= pairs(value, arguments)
        elif name != "COMMENT":
            found[-1].instructions.append((name, value))
    return found


def expanded(value: str, variables: dict[str, str]) -> str:
    """An instruction's value with its variables replaced."""
    return str(WordSplitter(value, envs=variables).dequote())


def pairs(value: str, variables: dict[str, str]) -> dict[str, str]:
    """The names and values of an ENV, ARG or LABEL."""
    return dict(extract_key_values(env_replace=True, args={}, envs=variables, instruction_value=value))


def flags(value: str) -> tuple[dict[str, str], str]:
    """The flags of an instruction by their names, and what follows them."""
    found = {}
    while flag := FLAG.match(value):
        found[flag[1]] = flag[2]
        value = value[flag.end() :]
    return found, value


def command(value: str) -> list[str]:
    """The words of a command in the exec form, that of CMD or of HEALTHCHECK."""
    words = json.loads(flags(value)[1].removeprefix("CMD "))
    return [str(word) for word in words]


def copy_context(folder: Path) -> None:
    """Copy what .dockerignore lets through."""
    for name in re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE):
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
