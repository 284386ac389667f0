"""Where calls of a Bedrock model are processed, by its id."""

from __future__ import annotations

# What a model id begins with if an inference profile sends the call to other regions (docs.aws.amazon.com,
# "Supported Regions and models for inference profiles").
_GEO = frozenset({"us", "us-gov", "eu", "apac", "jp", "au", "ca", "sa", "me", "af"})


def scope_of(model: str) -> str:
    """Where calls of a model id are processed; "" if it does not tell, as that of a profile of one's own."""
    if model.startswith("arn:") or "." not in model:
        return ""
    prefix = model.partition(".")[0]
    return "global" if prefix == "global" else "geo" if prefix in _GEO else "regional"
