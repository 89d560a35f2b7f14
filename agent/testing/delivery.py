"""The tests of a function that stays as it is: chosen, run green, and what the mutants showed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from icontract import ensure, require

from verify_agent.agent.artifacts import formatted
from verify_agent.agent.artifacts_tests import render_tests
from verify_agent.agent.observing import SECONDS, asked
from verify_agent.agent.run_bench import RunBench
from verify_agent.agent.run_worker import Request
from verify_agent.agent.state import PROPERTIES
from verify_agent.agent.testing.difference import Answer, Differs
from verify_agent.agent.testing.examples import Choice, choose
from verify_agent.agent.testing.render import example_test
from verify_agent.verifier.engines.observations import Observation, Outcome
from verify_agent.verifier.errors import ToolMissing
from verify_agent.verifier.evidence import DEDUCTIVE
from verify_agent.verifier.mutation import Mutant, mutants
from verify_agent.verifier.subject import Subject

DRAWN = 150
#: So many mutants are looked at, evenly spread over the function.
MOST_MUTANTS = 80
BATCH = 10
RUN_SECONDS = 3.0
#: All of the delivered tests together, on a busy machine.
GREEN_SECONDS = 40.0


@dataclass(frozen=True)
class Written:
    """A test module, its green run's coverage, and what the mutants showed."""

    text: str
    choice: Choice
    covered: int
    whole: int


@require(lambda subject: not subject.unread)
@ensure(lambda result: 0 <= result.covered <= result.whole)
def written(bench: RunBench, subject: Subject, calm: bool) -> Written:
    """The test module of a subject, green on it; `calm` where it is known to change no argument.

    `ToolMissing` where the sandbox does not answer, or a test is red: then the engines that found
    no fault and this run disagree.
    """
    every = mutants(subject.source, subject.qualname)
    made = _spread(every)
    if len(made) < len(every):
        bench.remarks.append(f"{len(made)} of {len(every)} mutants, evenly spread, were looked at")
    bench.say(f"{bench.now():6.1f} s  {len(made)} mutants of {subject.qualname}")
    seen = bench.ask(PROPERTIES, asked("observe", subject, DRAWN, bench.task.seed), SECONDS)
    stated = bench.ask(PROPERTIES, asked("stated", subject), SECONDS)
    ask = _Asking(bench, subject, calm)
    choice = choose(made, seen, stated, ask.run, ask.compare, ask.look)
    bench.say(f"{bench.now():6.1f} s  {_told(choice)}")
    more = [
        example_test(i, subject.signature.name, e.seen, [str(m) for m in e.kills])
        for i, e in enumerate(choice.examples, 1)
    ]
    return _green(bench, subject, more, choice)


def remarks(choice: Choice) -> list[str]:
    """What a report says of the mutants, those that live one by one."""
    lines = [_told(choice)]
    lines += [f"proved equal to the function: {mutant}" for mutant in choice.equal]
    lines += [f"no test tells it from the function: {m} ({why})" for m, why in choice.alive]
    return lines


def _told(choice: Choice) -> str:
    best = "the fewest of the inputs tried" if choice.fewest else "maybe not the fewest"
    stated = f"{len(choice.stated)} by the examples of the task, " if choice.stated else ""
    endless = f" ({choice.endless} of them do not end)" if choice.endless else ""
    count = len(choice.examples)
    return (
        f"{choice.killed} of {len(choice.mutants)} mutants are killed{endless}: {stated}"
        f"{choice.killed - len(choice.stated)} by {count} example{'s' * (count != 1)} ({best}); "
        f"proved equal: {len(choice.equal)}, alive: {len(choice.alive)}"
    )


def _spread(found: tuple[Mutant, ...]) -> tuple[Mutant, ...]:
    step = max(1, -(-len(found) // MOST_MUTANTS))
    return found[::step]


def _green(bench: RunBench, subject: Subject, more: Sequence[str], choice: Choice) -> Written:
    task = bench.task
    folder = task.output.parent
    text = render_tests(task, folder, importing=False, more=more)
    file = str(task.output.with_name("test_module.py").absolute())
    request = asked("run_tests", subject, text, file, GREEN_SECONDS)
    found = bench.ask(PROPERTIES, request, GREEN_SECONDS + 5.0)
    if found["red"]:
        raise ToolMissing(
            f"these tests fail on the function: {', '.join(found['red'])}",
            expected="green tests, since no engine found a fault",
        )
    if found["late"]:
        raise ToolMissing(f"the tests did not end within {GREEN_SECONDS:g} s")
    whole = formatted(render_tests(task, folder, more=more))
    return Written(whole, choice, found["covered"], found["all"])


@dataclass(frozen=True)
class _Asking:
    """The questions about mutants, put to the warm workers."""

    bench: RunBench
    subject: Subject
    calm: bool

    def run(
        self, made: Sequence[Mutant], seen: Sequence[Observation]
    ) -> Sequence[Sequence[Outcome]]:
        """In batches, so that it can be interrupted and no call is long."""
        inputs = tuple(o.input for o in seen)
        rows: list[Sequence[Outcome]] = []
        for start in range(0, len(made), BATCH):
            batch = tuple(self.subject.with_source(m.source) for m in made[start : start + BATCH])
            request = asked("repeat", batch, inputs, RUN_SECONDS)
            rows += self.bench.ask(PROPERTIES, request, BATCH * (3 * RUN_SECONDS + 5.0))
        return rows

    def compare(self, mutant: Mutant) -> Answer:
        """The prover's word."""
        target = "verify_agent.agent.testing.difference:difference"
        request = Request(target, (self.subject, mutant.source, self.calm))
        answer: Answer = self.bench.ask(DEDUCTIVE, request, 15.0)
        return answer

    def look(self, found: Differs) -> Observation | None:
        """The function's own run on the solver's arguments."""
        request = asked("look", self.subject, found.arguments)
        seen: Observation | None = self.bench.ask(PROPERTIES, request, SECONDS)
        return seen
