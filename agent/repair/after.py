"""After a repair was delivered: further ones if they are wanted, and the codebase changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from verify_agent.agent.artifacts import unified_diff, write_atomically
from verify_agent.agent.loop import Journal, Policy, run
from verify_agent.agent.repair.applying import applied, changed_files, committed
from verify_agent.agent.repair.callers import unjudged
from verify_agent.agent.repair.first import UNCHANGED
from verify_agent.agent.repair.wanted import Wanted
from verify_agent.agent.state import Ending, Standing, State

if TYPE_CHECKING:
    from verify_agent.agent.run_bench import RunBench


def after_repair(
    first: State, wanted: Wanted, policy: Policy, bench: RunBench, journal: Journal
) -> tuple[str, ...]:
    """Do what is wanted once the first repair is delivered; the paths that were written.

    `BadInput` where the codebase can't be changed. The first repair is the one that is applied,
    and only if every function around it was judged or need not be.
    """
    candidate = first.candidate
    if candidate is None or candidate.strategy == UNCHANGED:
        return ()
    written: list[str] = []
    changes = changed_files(first.task, candidate)
    doubts = unjudged(first.obligations) if wanted.must_be_judged else ()
    if doubts:
        bench.say(f"the codebase was not changed: {', '.join(doubts)} could not be judged")
        wanted = replace(wanted, branch="", apply=False)
    if wanted.branch:
        message = f"Repair {first.task.qualname}: {candidate.summary}\n"
        committed(first.task, wanted.branch, changes, message)
    if wanted.apply:
        written += applied(first.task, changes)
    further = further_repairs(first, wanted.alternatives - 1, policy, bench, journal)
    for number, state in enumerate(further, 2):
        written += write_alternative(state, number)
    return tuple(written)


def further_repairs(
    first: State, count: int, policy: Policy, bench: RunBench, journal: Journal
) -> list[State]:
    """The states in which up to `count` more repairs were found good, within the same budget."""
    found: list[State] = []
    known, deliver = first.counterexamples, bench.write
    bench.write = lambda state: ()
    try:
        while len(found) < count:
            fresh = State(
                first.task,
                first.goal,
                standing=Standing.OPEN,
                counterexamples=known,
                seconds=bench.now(),
            )
            last = run(fresh, policy, bench, journal)
            if last.ending is not Ending.DELIVERED:
                break
            known = last.counterexamples
            found.append(last)
    finally:
        bench.write = deliver
    return found


def write_alternative(state: State, number: int) -> tuple[str, str]:
    """Write an alternative's module and its diff, with its number in their names."""
    if state.candidate is None:
        raise ValueError("there is nothing to write")
    task, text = state.task, state.candidate.source
    module = task.output.with_name(f"{task.output.stem}_{number}.py")
    write_atomically(module, text, task.origin.encoding if task.origin is not None else "utf-8")
    diff = module.with_suffix(".diff")
    write_atomically(diff, f"{state.candidate.summary}\n{unified_diff(task, text)}")
    return str(module), str(diff)
