"""Names of models as people send them: "claude-sonnet-4.5 on bedrock" is a model of the table, on a cloud."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from catalog.errors import InvalidArgumentError
from catalog.offers.model_names import BUNDLED
from catalog.offers.resources.model_aliases import id_called
from catalog.providers.community import prices as community

AWS, AZURE, GCP = "aws", "azure", "gcp"
# What people call the clouds and their services of models.
_CLOUDS = {
    **dict.fromkeys(("aws", "amazon", "bedrock", "amazon bedrock", "aws bedrock"), AWS),
    **dict.fromkeys(
        ("azure", "microsoft", "foundry", "microsoft foundry", "azure foundry", "azure ai foundry"), AZURE
    ),
    **dict.fromkeys(("azure openai", "azure openai service", "foundry models"), AZURE),
    **dict.fromkeys(("gcp", "google", "google cloud", "vertex", "vertex ai", "google vertex ai"), GCP),
}
# What may follow the name of a model.
_DIRECTION_WORDS = frozenset({"input", "output", "token", "text", "cached"})
# Of a name: "qwen3 coder 480b a35b instruct".
MAX_WORDS = 7
_SIGNS = re.compile(r"[\s._-]+")
_ON_CLOUD = re.compile(r"\A(?P<model>.+?)[\s_-]+(?:on|at|in)[\s_-]+(?P<cloud>.+)\Z")


@dataclass(frozen=True, slots=True)
class ModelName:
    """A name that was sent: the model without its cloud, its id in the table, and the cloud; or None."""

    name: str
    model_id: str | None
    cloud: str | None


def read_model_name(text: str) -> ModelName:
    """The model and the cloud that `text` names. Capitals and the signs between words do not count."""
    match = _ON_CLOUD.match(text)
    cloud = cloud_called(match["cloud"]) if match else None
    name = match["model"] if match and cloud else text
    return ModelName(name, _id_of(name), cloud)


def clouds_of(name: ModelName, said: str | None) -> tuple[str, ...]:
    """The clouds on which a model may be: the one that is named, or all that the table knows.

    Args:
        name: the model; of one that no table has, nobody knows on which cloud it is.
        said: the argument `cloud`.

    Raises:
        InvalidArgumentError: there is no such cloud, the name has another one, or the model is not on it.
    """
    cloud = cloud_called(said) if said else None
    if said and not cloud:
        raise InvalidArgumentError(
            f"cloud {said!r} is none of aws, azure, gcp.", candidates=[AWS, AZURE, GCP]
        )
    if cloud and name.cloud and cloud != name.cloud:
        raise InvalidArgumentError(
            f"The name says {name.cloud}, cloud says {cloud}.", hint="Send one of the two."
        )
    asked = cloud or name.cloud
    known = model_clouds()[name.model_id] if name.model_id else (AWS, AZURE, GCP)
    if asked and asked not in known:
        raise InvalidArgumentError(
            f"The catalog knows no {name.name} on {asked}.",
            hint="Send a cloud of it.",
            candidates=list(known),
        )
    return (asked,) if asked else known


def cloud_called(text: str) -> str | None:
    """The code of a cloud by its name or that of its service of models, or None."""
    return _CLOUDS.get(_SIGNS.sub(" ", text.strip().lower()))


def model_ids() -> list[str]:
    """The ids of all models of the table, in its order."""
    return list(model_clouds())


def models_in(text: str) -> list[str]:
    """The names of models that a text has, each with its cloud if that follows: "gpt-5 on azure"."""
    words = text.split()
    found, at = [], 0
    while at < len(words):
        size, model_id = _longest_at(words[at : at + MAX_WORDS])
        if model_id:
            cloud = _cloud_after(words[at + size :][:3])
            found.append(f"{model_id}-on-{cloud}" if cloud else model_id)
        at += size
    return list(dict.fromkeys(found))


def _longest_at(words: Sequence[str]) -> tuple[int, str | None]:
    """How many of the words are the longest name of a model that they begin with, and its id."""
    for size in range(len(words), 0, -1):
        if model_id := id_called(" ".join(words[:size])):
            return size, model_id
    return 1, None


def _cloud_after(words: Sequence[str]) -> str | None:
    """The cloud of "on azure", which follows a name."""
    for size in (3, 2):
        if cloud := read_model_name(" ".join(("model", *words[:size]))).cloud:
            return cloud
    return None


@cache
def model_clouds() -> Mapping[str, tuple[str, ...]]:
    """The clouds by the id of each model, as the table of names and the community's list have them."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    with BUNDLED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["model_id"]][row["cloud"]] = None
    for price in community.prices():
        found[price.model_id][price.provider] = None
    return {model_id: tuple(sorted(clouds)) for model_id, clouds in found.items()}


def _id_of(name: str) -> str | None:
    stripped = " ".join(word for word in _SIGNS.split(name) if word.lower() not in _DIRECTION_WORDS)
    return id_called(name) or id_called(stripped)
