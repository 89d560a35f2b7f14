"""The quality of a delivered function, and of the one that was there before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from icontract import ensure, require

from verify_agent.agent.quality.measure import read
from verify_agent.agent.task import DOCUMENT, IMPLEMENT, TEST, Task
from verify_agent.agent.task_origin import find_node, is_hole
from verify_agent.verifier.errors import ToolMissing
from verify_agent.verifier.evidence import Obligation
from verify_agent.verifier.quality import Quality, Weights, share
from verify_agent.verifier.subject import Subject

if TYPE_CHECKING:
    from verify_agent.agent.run_bench import RunBench
    from verify_agent.agent.run_worker import Request

#: A run whose tests are not asked for in full draws so many examples for their coverage.
FEW, ALL = 50, 400
SECONDS = 6.0
COVERAGE_PY = "coverage.py on the generated tests"
PROPERTY_TESTS = "tracing the property tests"
_TRACED = re.compile(r"coverage lines (\d+)/(\d+), branches (\d+)/(\d+)")


@dataclass(frozen=True)
class Measured:
    """The measurements that could be made, and notes on those that could not."""

    quality: tuple[Quality, ...] = ()
    notes: tuple[str, ...] = ()


@require(lambda subject: not subject.unread)
@ensure(lambda result: [q.when for q in result.quality] in ([], ["after"], ["before", "after"]))
@ensure(lambda result: all(0 <= q.score <= 1_000_000 for q in result.quality))
def measured(
    bench: RunBench,
    subject: Subject,
    obligations: Sequence[Obligation],
    weights: Weights,
    in_full: bool,
) -> Measured:
    """The function's quality; before, too, where there was one.

    Coverage is taken from coverage.py on the generated tests where it is asked for (`in_full`),
    where the function before has to be compared, and where tests are what was delivered (they
    were measured then: `bench.reached`). Else it is what the property tests of this run went
    through, which costs nothing more.
    """
    task = bench.task
    try:
        earlier = before(task, subject)
        anew = in_full or (earlier and task.kind != DOCUMENT)
        measured_here = None if anew or bench.reached is not None else traced(obligations)
        known = measured_here if bench.reached is None else bench.reached
        examples = ALL if in_full else FEW
        quality = []
        for when, one in (("before", earlier), ("after", subject)):
            if one is None:
                continue
            seen = read(one.source, one.qualname)
            found = known if known is not None else covered(bench, one, examples)
            by = PROPERTY_TESTS if measured_here is not None else COVERAGE_PY
            parts = (seen.complexity, seen.maintainability, found, seen.style)
            quality.append(Quality(subject.id, when, *parts, by, weights))
    except ToolMissing as problem:
        return Measured((), (f"the quality was not measured: {problem}",))
    return Measured(tuple(quality))


def before(task: Task, subject: Subject) -> Subject | None:
    """The function as the task has it; None where there was none to compare with."""
    if task.origin is None or task.kind in (IMPLEMENT, TEST):
        return None
    text = task.origin.text
    if is_hole(find_node(text, task.qualname)) or text == subject.source:
        return None
    return replace(subject, source=text)


def traced(obligations: Sequence[Obligation]) -> int | None:
    """What the property tests went through, in millionths; None where none were traced."""
    for detail in (d for o in obligations for a in o.attempts for d in a.details):
        match = _TRACED.search(detail)
        if match:
            lines, all_lines, branches, all_branches = map(int, match.groups())
            return share(lines + branches, all_lines + all_branches)
    return None


def covered(bench: RunBench, subject: Subject, examples: int) -> int:
    """The share of statements and branches that the generated tests go through."""
    from verify_agent.agent.state import PROPERTIES

    found = bench.ask(PROPERTIES, covering(bench.task, subject, examples), SECONDS + 4.0)
    return share(found["covered"], found["all"])


def covering(task: Task, subject: Subject, examples: int = FEW) -> Request:
    """What asks for the generated tests to be run under coverage.py."""
    from verify_agent.agent.artifacts_tests import render_tests
    from verify_agent.agent.observing import asked

    text = render_tests(task, task.output.parent, importing=False)
    text = text.replace(f"max_examples={ALL}", f"max_examples={examples}")
    file = str(task.output.with_name(f"test_{task.output.stem}.py").absolute())
    return asked("run_tests", subject, text, file, SECONDS)
