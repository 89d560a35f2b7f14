"""The cycle of self-improvement: analyse, propose, ask the gate, put on record, take over.

An admission is made by its entry in the ledger. Everything that it needs is written before, and
what follows from it (the active generation, the record) is written again at the next start where
it is missing: the process may end at any moment.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path

from verify_agent.agent.audit.ledger import ADMITTED as ENTRY_ADMITTED
from verify_agent.agent.audit.ledger import PROPOSER_ADMITTED, PROPOSERS, ROLLED_BACK, START
from verify_agent.agent.improve.approval import needs_person
from verify_agent.agent.improve.archive import (
    ADMITTED,
    AWAITING,
    REJECTED,
    Archive,
    Record,
    steps_of,
)
from verify_agent.agent.improve.choosing import Chooser
from verify_agent.agent.improve.durable import write_whole
from verify_agent.agent.improve.evaluate import Evaluator, Outcome
from verify_agent.agent.improve.gate import Gate, quality_after
from verify_agent.agent.improve.gate_scope import question
from verify_agent.agent.improve.gate_trials import quality
from verify_agent.agent.improve.life import Life
from verify_agent.agent.improve.limits import Tripwires
from verify_agent.agent.improve.model import Decision, Generation, Proposal, Skill, digest
from verify_agent.agent.improve.proposers.analysis import Analysis, analyze_performance
from verify_agent.agent.improve.proposers.parameters import Bench
from verify_agent.agent.improve.proposers.samples import behaviour
from verify_agent.agent.improve.rehearsals import Rehearsals
from verify_agent.agent.improve.tasks import Task, fresh_tasks
from verify_agent.agent.improve.traced import World
from verify_agent.agent.improve.trials import SuiteTrials
from verify_agent.agent.skills.active import FILE, active_text
from verify_agent.agent.skills.registry import Skills, using

NOBODY = "nobody is there to ask"
_ADMISSIONS = (ENTRY_ADMITTED, PROPOSER_ADMITTED)


@dataclass
class Cycle:
    """One cycle in a folder. `start` is the generation that a new life begins at.

    `stop` says why to stop now, in words; `say` hears what happens; `crash` is called between
    the writes of an admission (tests end the process there).
    """

    folder: Path
    archive: Archive
    life: Life
    gate: Gate
    trials: SuiteTrials
    start: Generation
    seed: int = 0
    stop: Callable[[], str] = lambda: ""
    say: Callable[[str], None] = lambda text: None
    crash: Callable[[str], None] = lambda step: None
    tripwires: Tripwires = field(default_factory=Tripwires)
    decisions: list[Decision] = field(default_factory=list)
    current: Generation = field(init=False)
    rehearsals: Rehearsals = field(init=False)
    _traces: World | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.gate.failed = self._failed
        self.trials.earlier = self._earlier
        self.rehearsals = Rehearsals(self._world, self.trials.shipped)
        self.gate.rehearsals = self.rehearsals

    def run(self) -> str:
        """Go on until there is a reason to stop, which is returned."""
        self.begin()
        chooser = Chooser(self.archive, self.seed, self._needs_who_is_not_there)
        chooser.rehearsals = lambda: self.rehearsals.bench(lambda: bool(self.stop()))
        while not (why := self.stop()):
            with using(Skills(self.current.sources)):
                proposal = chooser.next(self.current, self._analysis(), self._bench())
            if proposal is None:
                return self.stop() or "no proposer has anything new"
            self.judge(proposal)
            if self.life.tripped:
                return f"the breaker is open: {self.life.tripped}"
        return why

    def begin(self) -> None:
        """Take up the life that the ledger tells of, or begin one; finish what was begun."""
        if not self.life.begun:
            self.archive.keep(self.start)
            self.say("measuring the generation that the life begins at")
            self.life.start(self.start, self._quality(self.start))
        self._take_up()

    def judge(self, proposal: Proposal) -> Decision:
        """Ask the gate, and put its word on record; an admission is taken over."""
        self.say(f"{proposal.proposer} changes {proposal.skill}: {proposal.aim}")
        decision = self.gate.decide(proposal, self.current)
        self.decisions.append(decision)
        child = self._child(proposal)
        if decision.admitted and child is not None:
            self._admit(proposal, decision, child)
        else:
            self.life.reject(proposal, decision, self.current)
            awaits = NOBODY in decision.reason
            self._record(proposal, decision, AWAITING if awaits else REJECTED, child)
            self.say(f"not admitted: {decision.reason}")
        self._watch()
        return decision

    def _watch(self) -> None:
        """Open the breaker where a bound of a healthy life is broken."""
        broken = self.tripwires.tripped(
            self.decisions,
            self.current,
            self.gate.shipped,
            self.trials.suite(self.current.sources),
            self.trials.suite(self.trials.shipped),
        )
        if broken and not self.life.tripped:
            self.life.trip(broken)
            self.say(f"stopped until a person resets it: {broken}")

    def roll_back(self, generation: Generation, reason: str) -> None:
        """Make an earlier generation the active one again, byte for byte."""
        self.life.roll_back(generation, self._quality(generation), reason)
        self._take_up()

    def _admit(self, proposal: Proposal, decision: Decision, child: Generation) -> None:
        proposer = proposal.skill in PROPOSERS
        after = self.life.quality if proposer else quality_after(decision)
        self.archive.keep(child)
        self.crash("child kept")
        self.life.admit(proposal, decision, child, after)
        self.crash("entry written")
        self._record(proposal, decision, ADMITTED, child, after)
        self.crash("record written")
        self._take_up()
        self.say(f"admitted: generation {child.number}, quality {float(after):.4f}")

    def _quality(self, generation: Generation) -> Fraction:
        measured = self.trials.suite(generation.sources)
        return quality(measured, self.trials.suite(self.trials.shipped))

    def _child(self, proposal: Proposal) -> Generation | None:
        try:
            new = Skill.read(proposal.skill, proposal.source)
            return self.current.replaced(new, self.current.number + 1)
        except (KeyError, SyntaxError, ValueError):
            return None

    def _needs_who_is_not_there(self, proposal: Proposal) -> bool:
        """Whether only a person could admit it, and nobody is there to ask."""
        old, new = self.current.skill(proposal.skill), Skill.read(proposal.skill, proposal.source)
        needed = needs_person(self.gate.mode, old, new, self.life.entries)
        return needed and self.gate.ask is None

    def _record(
        self,
        proposal: Proposal,
        decision: Decision,
        status: str,
        child: Generation | None,
        after: Fraction | None = None,
    ) -> None:
        shown = behaviour(proposal.skill, proposal.source) if child else ()
        record = Record(
            len(self.archive.records()) + 1,
            proposal,
            status,
            decision.reason,
            child.hash if child else "",
            shown,
            steps_of(decision),
            "" if after is None else str(after),
        )
        self.archive.record(record)

    def _take_up(self) -> None:
        """Make active what the ledger says is, and finish the records of admissions."""
        kinds = (START, *_ADMISSIONS, ROLLED_BACK)
        last = [e for e in self.life.entries if e.kind in kinds][-1]
        self.current = self.archive.generation(last.more["generation"])
        self._traces = None
        known = {r.proposal.hash for r in self.archive.records()}
        for entry in self.life.entries:
            if entry.kind in _ADMISSIONS and entry.more["proposal"] not in known:
                self._recover(entry.proof, entry.more["generation"], str(entry.quality))
        text = active_text(self.current.sources)
        path = self.folder / FILE
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_whole(path, text)

    def _recover(self, proof: str, child: str, after: str) -> None:
        """Write the record of an admission again, out of its evidence."""
        path = self.life.ledger.folder / "evidence" / f"{proof}.json"
        raw = json.loads(path.read_text(encoding="utf-8"))
        fields = {k: v for k, v in raw["proposal"].items() if k != "hash"}
        proposal = Proposal(**fields)
        shown = behaviour(proposal.skill, proposal.source)
        number = len(self.archive.records()) + 1
        steps = tuple(raw["decision"]["steps"])
        self.archive.record(Record(number, proposal, ADMITTED, "", child, shown, steps, after))

    def _analysis(self) -> Analysis:
        return analyze_performance(self.trials.measured(self.current.sources, self.trials.tasks))

    def _world(self) -> World:
        """The traces of the active generation's searches: the open suite, and earlier tasks."""
        if self._traces is None:
            found = dict[str, Outcome]()
            drawn = [list(islice(fresh_tasks(seed), count)) for seed, count in self._earlier()]
            for tasks in (self.trials.tasks, *drawn):
                measured = self.trials.evaluator.measure(tasks, self.current.sources)
                found |= {repr(t.problem): measured.outcomes[t.name] for t in tasks}
            self._traces = World.of(self.current, list(found.values()))
        return self._traces

    def _bench(self) -> Bench[Task]:
        evaluator: Evaluator = self.trials.evaluator
        shipped = evaluator.measure(self.trials.tasks, self.trials.shipped)
        return Bench(self.trials.tasks, shipped, evaluator.measure, lambda: bool(self.stop()))

    def _failed(self, asked: str) -> str | None:
        for record in self.archive.records():
            if record.status == REJECTED and question(record.proposal) == asked:
                return record.reason
        return None

    def _earlier(self) -> list[tuple[str, int]]:
        """The seeds of the fresh tasks of admissions, and how many were drawn.

        Those of a change of the proposer are no tasks.
        """
        found = []
        for record in self.archive.records():
            task_steps = () if record.proposal.skill in PROPOSERS else record.steps
            for step in task_steps:
                told = step["evidence"]
                if record.status == ADMITTED and step["step"] == "fresh":
                    seed = digest([told["committed"], told["salt"]])
                    found.append((seed, len(told["outcomes"])))
        return found


def with_text(generation: Generation, name: str, source: str) -> Generation:
    """The generation with another text of one skill, under the same number."""
    child = generation.replaced(Skill.read(name, source), generation.number)
    return replace(child, parent=generation.parent)
