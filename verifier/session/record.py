"""Where and how a report was made: tools, versions, platform, sandbox, options."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from verify_agent.verifier.evidence import RunRecord
from verify_agent.verifier.options import Options
from verify_agent.verifier.sandbox.runner import probe

_TOOLS = {
    "typing": ("mypy",),
    "properties": ("hypothesis", "icontract"),
    "deductive": ("z3-solver", "cvc5"),
    "symbolic": ("crosshair-tool", "z3-solver", "icontract"),
}


def run_record(
    options: Options, argv: Sequence[str], now: datetime, *, probed: bool = True
) -> RunRecord:
    """The record of a run that starts `now`; probing the sandbox takes a moment, once.

    A run that ran nothing has no sandbox to probe.
    """
    started = now.astimezone(UTC).isoformat(timespec="seconds")
    text = "\0".join((now.isoformat(), *argv, options.digest))
    return RunRecord(
        id=hashlib.sha256(text.encode()).hexdigest()[:12],
        started=started,
        argv=tuple(argv),
        seed=options.seed,
        python=platform.python_version(),
        platform=f"{sys.platform} {platform.machine()} {platform.release()}",
        tools=tools(options.engines),
        options_digest=options.digest,
        sandbox=probe(options.python) if probed else (),
    )


def tools(engines: Sequence[str]) -> Mapping[str, str]:
    """The version of each tool that these engines rest on, this one included."""
    names = dict.fromkeys(("verify-agent", *(t for e in engines for t in _TOOLS[e])))
    return {name: _version(name) for name in names}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
