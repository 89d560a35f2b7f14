"""What a job need not do again: modules imported, caches filled, sandboxes started.

Nothing here runs code of anybody else's: no candidate, no module of the project. CrossHair and
Hypothesis are imported by the sandboxes' keepers alone.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pkgutil
from collections.abc import Iterator

from verify_agent.verifier import spawn
from verify_agent.verifier.errors import ToolMissing
from verify_agent.verifier.sandbox.runner import Zygote

_PACKAGES = ("contracts", "mdp", "verifier", "agent")
#: They patch other libraries at import, or belong to somebody else's process.
_HYPOTHESIS = ("properties_preload", "properties_job")
_LEFT_OUT = ("symbolic_preload", "symbolic_job", "sift_job", "pytest_plugin", *_HYPOTHESIS)
#: Packages that `run` and `check` do without.
_APART = {"llm", "mcp", "lsp"}
_LIBRARIES = (
    "z3",
    "cvc5",
    "mypy.build",
    "mypy.main",
    "libcst",
    "yaml",
    "numpy",
    "rich.console",
    "radon.complexity",
    "radon.metrics",
)
_SAMPLE = "from icontract import require\n\nx: int = 1\n"


def warm_up() -> list[Zygote]:
    """Warm this process; the keepers that its forks share, to be kept for as long as it lives.

    `ToolMissing` where an import started a thread: such a process must not fork.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for name in (*_LIBRARIES, *_modules()):
        with contextlib.suppress(ImportError):  # an extra that is not installed
            importlib.import_module(name)
    keepers = [_keeper(preload) for preload in _preloads()]
    _fill()
    gc.collect()
    gc.freeze()
    spawn.warm()
    if not spawn.forkable():
        raise ToolMissing("a library started a thread at its import; the server can't fork")
    return keepers


def _modules() -> Iterator[str]:
    for package in _PACKAGES:
        found = importlib.import_module(f"verify_agent.{package}")
        for module in pkgutil.walk_packages(found.__path__, f"{found.__name__}."):
            last = module.name.rpartition(".")[2]
            apart = _APART & set(module.name.split("."))
            if last not in _LEFT_OUT and not apart:
                yield module.name


def _preloads() -> Iterator[tuple[str, ...]]:
    from verify_agent.verifier.engines import properties, symbolic

    yield symbolic.PRELOAD
    yield properties.PRELOAD
    yield ("verify_agent.verifier.harness.script",)


def _keeper(preload: tuple[str, ...]) -> Zygote:
    zygote = Zygote(preload=preload)
    spawn.keep_open(zygote.share())
    return zygote


def _fill() -> None:
    """Fill the caches of this process with what does not depend on the job."""
    import z3

    from verify_agent.agent.run import active_layers, tool_versions
    from verify_agent.verifier.cache.key import environment
    from verify_agent.verifier.engines.typing import check_text

    z3.main_ctx()
    active_layers()
    tool_versions()
    check_text(_SAMPLE)
    environment()
