"""Proposes the function under the contract that was found for it: one candidate, or none."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from verify_agent.agent.given import given_text
from verify_agent.agent.optimize.inputs import raises, samples, share_allowed
from verify_agent.agent.run_worker import Request
from verify_agent.agent.run_workers import Workers
from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.task import Task
from verify_agent.agent.task_origin import find_node
from verify_agent.agent.tools.bench import Said
from verify_agent.contracts.infer import postconditions, preconditions
from verify_agent.contracts.model import Condition
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.evidence import DEDUCTIVE, Counterexample, Verdict
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.killing import Conditions, Different, different, irredundant, strengths
from verify_agent.verifier.mutation import mutants
from verify_agent.verifier.subject import ENSURE, Subject, obligations_of

#: Conditions that are handed to the prover, and seconds for all of them.
MOST_PROVED = 20
#: Of conditions that kill the same mutants so many are tried: a strong one may resist a proof.
ALIKE = 3
PROOF_SECONDS = 12.0
GRACE_SECONDS = 5.0


@dataclass
class SpecifyProposer:
    """Templates, kept where they hold of runs and are proved, chosen by the mutants they kill."""

    task: Task
    clock: Callable[[], float]
    workers: Workers = field(default_factory=Workers)
    _told: bool = field(default=False, init=False)

    def propose(
        self, counterexamples: tuple[Counterexample, ...], deadline: float
    ) -> Candidate | None:
        """The module with the new decorators on the function; None where nothing was found."""
        if self._told:
            return None
        self._told = True
        self.workers.start(DEDUCTIVE)
        text = given_text(self.task)
        node = find_node(text, self.task.qualname)
        if not isinstance(node, ast.FunctionDef) or "." in self.task.qualname:
            raise Unsupported("a contract for what is no plain function", node.lineno)
        subject = self._needed(self.task.subject(text))
        return self._found(subject, node, min(deadline - self.clock(), PROOF_SECONDS))

    def simplify(self, candidate: Candidate) -> Candidate:
        """The same."""
        return candidate

    def close(self) -> None:
        """End the prover's process."""
        self.workers.close()

    def _needed(self, subject: Subject) -> Subject:
        """The subject with a precondition under which no drawn input makes it raise.

        The one that allows most, if one of the templates is enough; else as it is.
        """
        seed = self.task.seed
        if not raises(lower(subject), seed):
            return subject
        best: tuple[float, Subject] | None = None
        for text in preconditions(subject.signature):
            contract = subject.contract
            added = replace(contract, requires=(*contract.requires, Condition(text)))
            asked = replace(subject, contract=added)
            try:
                program = lower(asked)
            except Unsupported:
                continue
            if raises(program, seed):
                continue
            allowed = share_allowed(program, seed)
            if allowed and (best is None or allowed > best[0]):
                best = (allowed, asked)
        return best[1] if best else subject

    def _found(self, subject: Subject, node: ast.FunctionDef, seconds: float) -> Candidate | None:
        known = samples(lower(subject), self.task.seed)
        changed = different(subject, mutants(subject.source, subject.qualname), known)
        conditions = Conditions(_under(subject, _readable(subject, node)))
        true = conditions.true_of(known)
        given = conditions.kills([c.text for c in subject.contract.ensures], changed)
        done = frozenset[int]().union(*given.values())
        kills = {t: k - done for t, k in conditions.kills(true, changed).items() if k - done}
        strength = strengths(conditions, list(kills), known)
        proved = self._proved(subject, _worth(kills, strength), seconds)
        chosen = irredundant({t: kills[t] for t in proved}, strength)
        return self._candidate(subject, chosen, kills, changed, done) if chosen else None

    def _proved(self, subject: Subject, texts: Sequence[str], seconds: float) -> list[str]:
        """Those of the conditions that the prover shows."""
        asked = _under(subject, texts, alone=True)
        limits = Limits(seconds=max(1.0, seconds))
        arguments = (DEDUCTIVE, asked, limits, self.task.seed)
        request = Request("verify_agent.agent.run_engines:check", arguments)
        wait = limits.seconds + GRACE_SECONDS
        answer = self.workers.call({DEDUCTIVE: request}, wait, lambda label: None)[DEDUCTIVE]
        if not isinstance(answer.value, Said):
            raise Unsupported(f"an answer of the prover ({answer.problem})")
        shown = {i for i, a in answer.value.attempts if a.outcome is Verdict.PROVED}
        return [o.text for o in obligations_of(asked) if o.kind == ENSURE and o.id in shown]

    def _candidate(
        self,
        subject: Subject,
        chosen: Sequence[str],
        kills: Mapping[str, frozenset[int]],
        changed: Sequence[Different],
        done: frozenset[int],
    ) -> Candidate:
        contract = self.task.contract
        added = tuple(Condition(text) for text in reversed(chosen))
        # The uppermost decorator is the last condition: so the strongest stands on top.
        needed = subject.contract.requires
        wanted = replace(contract, requires=needed, ensures=(*contract.ensures, *added))
        module = given_text(replace(self.task, contract=wanted))
        killed = done.union(*(kills[t] for t in chosen))
        told = ", ".join(f"`{t}` ({len(kills[t])})" for t in chosen)
        alive = [str(m.mutant) for n, m in enumerate(changed) if n not in killed]
        left = f"; alive: {'; '.join(alive[:3])}" if alive else ""
        asked = [c.text for c in needed[len(contract.requires) :]]
        head = f"requires `{asked[0]}`; " if asked else ""
        strategy = (
            f"{head}kills {len(killed)} of {len(changed)} mutants, strongest first: {told}{left}"
        )
        return Candidate(module, strategy, len(chosen))


def _worth(kills: Mapping[str, frozenset[int]], strength: Mapping[str, int]) -> list[str]:
    """The conditions to prove: the best few for each set of mutants, those that kill more first."""
    counts: Counter[frozenset[int]] = Counter()
    found = []
    for text in sorted(kills, key=lambda t: (-len(kills[t]), -strength[t], len(t))):
        counts[kills[text]] += 1
        if counts[kills[text]] <= ALIKE:
            found.append(text)
    return found[:MOST_PROVED]


def _readable(subject: Subject, node: ast.FunctionDef) -> list[str]:
    """The candidates that the frontend can read, each by itself where all together can't be."""
    texts = list(postconditions(node, subject.signature))
    given = {c.text for c in subject.contract.ensures}
    texts = [t for t in texts if t not in given]
    try:
        lower(_under(subject, texts))
        return texts
    except Unsupported:
        return [t for t in texts if _reads(subject, t)]


def _reads(subject: Subject, text: str) -> bool:
    try:
        lower(_under(subject, [text]))
        return True
    except Unsupported:
        return False


def _under(subject: Subject, texts: Sequence[str], *, alone: bool = False) -> Subject:
    """The subject with more postconditions; `alone` without those that it has."""
    added = tuple(Condition(text) for text in texts)
    before = () if alone else subject.contract.ensures
    return replace(subject, contract=replace(subject.contract, ensures=(*before, *added)))
