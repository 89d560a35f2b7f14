"""A session: the engines of a run, each with the process that it needs, warm and killable."""

from __future__ import annotations

import contextlib
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, runtime_checkable

from verify_agent.verifier.engines.base import Engine, Findings, Limits
from verify_agent.verifier.options import Options
from verify_agent.verifier.sandbox.runner import Zygote
from verify_agent.verifier.session.worker import Worker
from verify_agent.verifier.subject import Subject

if TYPE_CHECKING:
    from verify_agent.verifier.smt.store import Proved


@runtime_checkable
class Stoppable(Protocol):
    """An engine whose work can be stopped from another thread."""

    def start(self) -> None:
        """Warm up, so that the first check does not wait."""

    def stop(self) -> None:
        """Kill what runs; `check` then raises. The engine can be used again."""


@dataclass
class InWorker:
    """A trusted engine in a process of its own."""

    engine: Engine
    worker: Worker = field(default_factory=Worker)
    proofs: list[Proved] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The engine's own name."""
        return self.engine.name

    def check(self, subject: Subject, limits: Limits, seed: int) -> Findings:
        """What the engine finds; see `Worker.check` for what is raised."""
        found = self.worker.check(self.engine, subject, limits, seed)
        self.proofs += found.proofs
        return replace(found, proofs=())

    def start(self) -> None:
        """Start the process."""
        self.worker.start()

    def stop(self) -> None:
        """Kill the process."""
        self.worker.stop()


@dataclass
class InSandbox:
    """An engine that runs foreign code, with a warm sandbox of its own."""

    engine: Engine
    zygote: Zygote

    @property
    def name(self) -> str:
        """The engine's own name."""
        return self.engine.name

    def check(self, subject: Subject, limits: Limits, seed: int) -> Findings:
        """What the engine finds."""
        return self.engine.check(subject, limits, seed)

    def start(self) -> None:
        """Start the sandbox's keeper."""
        self.zygote.start()

    def stop(self) -> None:
        """End the sandbox's keeper and all jobs in it."""
        self.zygote.close()


class Session:
    """The engines that some options name, ready to check. Close it, or use it in a `with`.

    `sandbox` is for replays; it belongs to the session.
    """

    def __init__(self, options: Options = Options()) -> None:  # noqa: B008 - frozen
        self.options = options
        self.sandbox = _zygote(options, ("verify_agent.verifier.harness.script",))
        self.engines: tuple[Engine, ...] = tuple(_engines(options))

    def start(self, only: Container[str] | None = None) -> Self:
        """Warm the engines up (only some of them, if named), side by side."""
        for engine in self.engines:
            if isinstance(engine, Stoppable) and (only is None or engine.name in only):
                engine.start()
        return self

    @property
    def proofs(self) -> tuple[Proved, ...]:
        """The proofs that were kept, if the options say `keep_proofs`."""
        return tuple(p for e in self.engines if isinstance(e, InWorker) for p in e.proofs)

    def close(self) -> None:
        """End all processes."""
        for engine in self.engines:
            if isinstance(engine, Stoppable):
                with contextlib.suppress(OSError):
                    engine.stop()
        self.sandbox.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.close()


def _engines(options: Options) -> Iterator[Engine]:
    for name in options.engines:
        match name:
            case "typing":
                from verify_agent.verifier.engines.typing import TypingEngine

                yield InWorker(TypingEngine(python=options.python))
            case "properties":
                from verify_agent.verifier.engines import properties

                zygote = _zygote(options, properties.PRELOAD)
                yield InSandbox(properties.PropertiesEngine(zygote), zygote)
            case "deductive":
                from verify_agent.verifier.engines.deductive import Deductive

                prover = Deductive(keep_proofs=options.keep_proofs)
                yield (
                    InWorker(prover)
                    if "properties" in options.engines
                    else _with_runs(prover, options)
                )
            case "symbolic":
                from verify_agent.verifier.engines import symbolic

                zygote = _zygote(options, symbolic.PRELOAD)
                yield InSandbox(symbolic.SymbolicEngine(zygote), zygote)
            case other:
                raise ValueError(f"there is no engine {other}")


def _with_runs(prover: Engine, options: Options) -> Engine:
    """The prover alone is the whole evidence: what it leaves open is run for a moment too."""
    from verify_agent.verifier.engines import properties
    from verify_agent.verifier.session.runs import WithRuns

    zygote = _zygote(options, properties.PRELOAD)
    return WithRuns.of(prover, InSandbox(properties.PropertiesEngine(zygote), zygote))


def _zygote(options: Options, preload: Sequence[str]) -> Zygote:
    return Zygote(python=options.python or None, preload=preload)
