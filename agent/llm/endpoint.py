"""Where a provider's endpoint is, which key opens it and which model answers.

Keys come from the environment only. They are in no representation, log, report or child process.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from verify_agent.agent.llm.provider import ProviderError, Trouble

LOCAL = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True)
class Endpoint:
    """One endpoint; `key` is left out of the representation."""

    name: str
    url: str
    model: str
    key: str = field(repr=False, default="")


@dataclass(frozen=True)
class _Known:
    keys: tuple[str, ...]
    urls: tuple[str, ...]
    models: tuple[str, ...]
    url: str = ""
    model: str = ""


_KNOWN = {
    "cerebras": _Known(
        ("CEREBRAS_API_KEY",),
        ("CEREBRAS_BASE_URL",),
        ("CEREBRAS_MODEL",),
        "https://api.cerebras.ai",
        "llama-3.3-70b",
    ),
    "openai": _Known(
        ("OPENAI_API_KEY", "OPENROUTER_API_KEY"), ("OPENAI_BASE_URL",), ("OPENAI_MODEL",)
    ),
}


def endpoint(name: str, model: str, environment: Mapping[str, str] | None = None) -> Endpoint:
    """The endpoint that the environment names; `ProviderError` where something is missing.

    An endpoint on this machine needs no key. `/v1` at the end of an address is left out: the
    client adds it.

    >>> endpoint("openai", "m", {"OPENAI_BASE_URL": "http://localhost:8080/v1"}).url
    'http://localhost:8080'
    """
    given = os.environ if environment is None else environment
    known = _KNOWN[name]
    url = _first(given, known.urls) or known.url
    if not url:
        raise ProviderError(Trouble.REFUSED, name, f"set {known.urls[0]} to the endpoint's address")
    url = url.rstrip("/").removesuffix("/v1")
    key = _first(given, known.keys)
    if not key and not _is_local(url):
        raise ProviderError(Trouble.NO_KEY, name, f"set {' or '.join(known.keys)}")
    chosen = model or _first(given, known.models) or known.model
    if not chosen:
        detail = f"say `model:` in the task, or set {known.models[0]}"
        raise ProviderError(Trouble.UNKNOWN_MODEL, name, detail)
    return Endpoint(name, url, chosen, key or "none")


def _is_local(url: str) -> bool:
    rest = url.partition("://")[2]
    return any(rest == host or rest.startswith((f"{host}:", f"{host}/")) for host in LOCAL)


def _first(given: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((given[name] for name in names if given.get(name)), "")
