"""One task from start to report: start the workers, run the loop, write down what is known."""

from __future__ import annotations

import hashlib
import platform
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify_agent.agent.loop import Journal, Policy, run
from verify_agent.agent.policy import LazyPolicy
from verify_agent.agent.progress import Narrator, Screen, Silent
from verify_agent.agent.run_aftermath import looked_back
from verify_agent.agent.run_bench import RunBench
from verify_agent.agent.run_report import report_of_run
from verify_agent.agent.run_store import FOLDER, Recorder, Run, Store, guarded, open_store
from verify_agent.agent.run_workers import Workers
from verify_agent.agent.skills.active import read_active
from verify_agent.agent.skills.registry import using
from verify_agent.agent.state import Ending, Goal, KindClass, State
from verify_agent.agent.task import ABOUT_GIVEN, IMPLEMENT, REPAIR, TEST, Task
from verify_agent.verifier.errors import BadInput
from verify_agent.verifier.evidence import Report, RunRecord

if TYPE_CHECKING:
    from verify_agent.agent.repair.wanted import Wanted
    from verify_agent.verifier.quality import Weights

INCONCLUSIVE = Ending.INCONCLUSIVE.exit_code


@dataclass(frozen=True)
class Options:
    """How a run is done; `folder` is where its state is kept."""

    argv: tuple[str, ...] = ()
    explain: bool = False
    apply: bool = False
    quality: bool = False
    weights: Weights | None = None
    folder: Path = Path(FOLDER)
    repair: Wanted | None = None


@dataclass(frozen=True)
class Done:
    """A finished run: its last state, its report, and the files that were written.

    `unjudged` names functions around a repair that no engine could judge, with it or without;
    `withheld` says that the codebase was not changed because of them, though that was asked for.
    """

    task: Task
    state: State
    report: Report
    files: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()
    withheld: bool = False

    @property
    def exit_code(self) -> int:
        """That of its ending; 3 for a repair that was not applied, as asked for."""
        return self.ending.exit_code or (INCONCLUSIVE if self.withheld else 0)

    @property
    def ending(self) -> Ending:
        """How it stopped."""
        if self.state.ending is None:
            raise ValueError("the run has not ended")
        return self.state.ending


@dataclass
class Journals:
    """Several journals as one."""

    all: list[Journal] = field(default_factory=list)

    def decided(self, *event: Any) -> None:
        """To each of them."""
        for journal in self.all:
            journal.decided(*event)

    def happened(self, *event: Any) -> None:
        """To each of them."""
        for journal in self.all:
            journal.happened(*event)

    def ended(self, state: State) -> None:
        """To each of them."""
        for journal in self.all:
            journal.ended(state)


def goal_of(task: Task) -> Goal:
    """What a run of the task must reach and may spend."""
    annotations = [p.annotation for p in task.signature.parameters] + [task.signature.returns]
    collection = ("list", "dict", "set", "Sequence", "Mapping", "Iterable")
    scalar = not any(word in a for a in annotations for word in collection)
    return Goal(task.evidence, task.budget.seconds, scalar, kind=KindClass.of(task.kind))


def run_task(
    task: Task,
    options: Options,
    screen: Screen | None = None,
    policy: Policy | None = None,
    workers: Workers | None = None,
) -> Done:
    """Run a task to its end, whatever that is; `Done.ending` has the exit code.

    Without a policy it is the one in use. Workers that were started before are closed like
    those that it starts.

    Every process that it started is gone when it returns, also after Ctrl-C.
    """
    shown = screen or Silent()
    narrator = Narrator(shown, options.explain)
    record = _record(task, options)
    files: list[str] = []
    bench = RunBench(
        task,
        narrator.heard,
        folder=options.folder,
        say=shown.line,
        workers=workers or Workers(),
        meanwhile=active_layers,
    )
    bench.write = lambda state: _remember(
        files, _write(bench, state, replace(record, sandbox=active_layers()))
    )
    skills = read_active(options.folder)
    with (
        _interruptible(),
        using(skills),
        _stored(task, record, options, shown.line) as store,
    ):
        bench.start()
        try:
            journal = Journals([narrator, *_recorders(task, options, store, record, shown.line)])
            chosen = policy or LazyPolicy(options.folder, options.explain)
            last = run(State(task, goal_of(task)), chosen, bench, journal)
            record = replace(record, sandbox=active_layers())
            if task.kind == REPAIR and last.ending is Ending.DELIVERED and options.repair:
                from verify_agent.agent.repair.after import after_repair

                files.extend(after_repair(last, options.repair, chosen, bench, narrator))
            aftermath = looked_back(bench, last, options.quality, options.weights)
        finally:
            bench.close()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        report = aftermath.on(report_of_run(task, last, record, (*bench.notes, *skills.notes)))
        if store:
            _finish(store, record, last, report, shown.line)
        written = write_report(task, report)
        files.extend(name for name in written if name not in files)
        if last.ending is Ending.DELIVERED and options.apply:
            files.extend(applied(task))
    names = _unjudged(last)
    withheld = bool(names) and options.repair is not None and options.repair.must_be_judged
    return Done(task, last, report, tuple(files), names, withheld)


def _unjudged(last: State) -> tuple[str, ...]:
    from verify_agent.agent.repair.callers import unjudged

    return () if last.ending is not Ending.DELIVERED else unjudged(last.obligations)


def _recorders(
    task: Task,
    options: Options,
    store: Store | None,
    record: RunRecord,
    complain: Callable[[str], None],
) -> list[Journal]:
    """What writes down a run as it goes: its events, and what is worth remembering."""
    found: list[Journal] = [Recorder(store, record.id)] if store else []
    if task.memory and task.kind == IMPLEMENT and store:
        from verify_agent.agent.memory.noting import Noting

        found.append(Noting(task, options.folder, complain))
    return found


def _write(bench: RunBench, state: State, record: RunRecord) -> tuple[str, ...]:
    from verify_agent.agent.artifacts import delivery, write
    from verify_agent.agent.given_delivery import delivery_about

    if state.candidate is None:
        raise ValueError("there is nothing to deliver")
    task = bench.task
    report = report_of_run(task, replace(state, ending=Ending.DELIVERED), record, bench.notes)
    if task.kind in ABOUT_GIVEN:
        made = delivery_about(bench, state, report)
    elif task.kind == REPAIR:
        from verify_agent.agent.repair.delivery import delivery_of_repair

        made = delivery_of_repair(bench, state, report)
    else:
        made = delivery(task, state.candidate.source, report)
    return tuple(str(p) for p in write(made))


def write_report(task: Task, report: Report) -> tuple[str, ...]:
    """Write the report alone, beside where the module would stand: nothing was delivered."""
    from verify_agent.agent.artifacts import write_atomically
    from verify_agent.verifier.report.json_ import render_json
    from verify_agent.verifier.report.text import render_text

    renderings = {".report.json": render_json, ".report.txt": render_text}
    paths = [task.output.with_name(task.output.stem + end) for end in renderings]
    for path, render in zip(paths, renderings.values(), strict=True):
        write_atomically(path, render(report))
    return tuple(map(str, paths))


def applied(task: Task) -> tuple[str, ...]:
    """Put the delivered module in the place of the codebase's file; nothing without a target.

    `BadInput` where that file is no longer what it was when the task was read.
    """
    from verify_agent.agent.artifacts import write_atomically
    from verify_agent.agent.task_origin import read_exactly

    if task.origin is None or task.origin.path is None or task.kind in (TEST, REPAIR):
        return ()
    path = task.origin.path
    if read_exactly(path)[0] != task.origin.text:
        raise BadInput("it was changed while the task ran; nothing was applied", where=str(path))
    write_atomically(path, read_exactly(task.output)[0], task.origin.encoding)
    return (str(path),)


def _remember(files: list[str], written: tuple[str, ...]) -> tuple[str, ...]:
    files.extend(written)
    return written


def _finish(
    store: Store, record: RunRecord, last: State, report: Report, complain: Callable[[str], None]
) -> None:
    from verify_agent.verifier.report.json_ import render_json

    guarded(lambda: store.end(record.id, last, render_json(report)), complain)


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does; both handlers are put back afterwards."""
    try:
        before = {s: signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)}
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        signal.signal(signal.SIGINT, signal.default_int_handler)
    except ValueError:  # not in the main thread: nobody can interrupt it anyway
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _stored(
    task: Task, record: RunRecord, options: Options, complain: Callable[[str], None]
) -> Iterator[Store | None]:
    """The store with the run begun, or None where the folder can't be written."""
    opened: list[Store] = []
    row = Run(record.id, record.started, str(task.path), record.argv, record.seed)

    def begin() -> None:
        opened.append(open_store(options.folder))
        opened[0].begin(row)

    guarded(begin, complain)
    try:
        yield opened[0] if opened else None
    finally:
        for store in opened:
            store.close()


def _record(task: Task, options: Options) -> RunRecord:
    started = datetime.now(UTC)
    name = f"{task.name} {started.isoformat()} {task.path.resolve()}"
    return RunRecord(
        id=hashlib.sha256(name.encode()).hexdigest()[:16],
        started=started.isoformat(timespec="seconds"),
        argv=options.argv,
        seed=task.seed,
        python=platform.python_version(),
        platform=sys.platform,
        tools=tool_versions(),
    )


@cache
def active_layers() -> tuple[str, ...]:
    """The layers of isolation in which code was run; probing starts a process, once."""
    from verify_agent.verifier.sandbox.runner import probe

    return tuple(probe())


def tool_versions() -> dict[str, str]:
    """The versions of the tools that a run rests on, those that are installed."""
    from importlib.metadata import PackageNotFoundError, version

    names = ("z3-solver", "cvc5", "mypy", "crosshair-tool", "hypothesis", "icontract")
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def overridden(task: Task, **changes: Any) -> Task:
    """The task with the options of the command line that were given (not None)."""
    given = {name: value for name, value in changes.items() if value is not None}
    return replace(task, **given)
