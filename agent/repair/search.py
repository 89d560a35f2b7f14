"""The edits of a function in the order in which they are tried, and those that survive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from verify_agent.agent.repair.bound_edits import bound_edits
from verify_agent.agent.repair.condition_edits import condition_edits
from verify_agent.agent.repair.earlier import Earlier
from verify_agent.agent.repair.edits import Edit, applied
from verify_agent.agent.repair.expression_edits import expression_edits
from verify_agent.agent.repair.idioms import oddities
from verify_agent.agent.repair.localise import Spectrum, localised
from verify_agent.agent.repair.renewed import renewed_edits
from verify_agent.agent.repair.returned import returned_edits
from verify_agent.agent.repair.sites import Source, source_of
from verify_agent.agent.repair.statement_edits import guard_edits, statement_edits
from verify_agent.agent.repair.trial import Trial
from verify_agent.agent.repair.vocabulary import Vocabulary, vocabulary_of
from verify_agent.agent.synth.meter import Means
from verify_agent.agent.synth.problem import SynthesisProblem
from verify_agent.agent.task_origin import find_node
from verify_agent.verifier.errors import Unsupported

#: How much further down the list an edit on a line goes that no failing run takes.
UNSUSPICIOUS = 2.5
#: And one on a line that its history says nothing against.
UNTOUCHED = 0.6
#: Pairs of edits: how many single ones are looked at, and how many of them are combined.
PAIRED, SEEDS = 400, 40
#: So many other expressions are tried, in all places together.
RENEWED = 900


@dataclass(frozen=True)
class Repair:
    """Edits that make the module keep the contract on every input tried; `text` is the module."""

    edits: tuple[Edit, ...]
    text: str

    @property
    def size(self) -> float:
        """How large the repair is, by the sizes of its edits."""
        return sum(e.size for e in self.edits)


@dataclass
class Search:
    """Repairs of one function of a module's text, the smallest edits first.

    `over` says when to stop. No text comes twice. `problem` is the function as the synthesizer
    sees it, if it can; `earlier` are its versions in git.
    """

    text: str
    qualname: str
    trial: Trial
    allowed: Callable[[str], bool] = lambda text: True
    problem: SynthesisProblem | None = None
    earlier: Earlier | None = None
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.source: Source = source_of(self.text, self.qualname)
        contract = self.trial.subject.contract
        conditions = [c.text for c in (*contract.requires, *contract.ensures, *contract.invariants)]
        conditions += [r.condition.text for r in contract.raises]
        self.words: Vocabulary = vocabulary_of(self.trial.program, conditions)
        self.seen.add(self.text)
        self.odd = oddities(find_node(self.text, self.qualname))

    def repairs(self, over: Callable[[], bool]) -> Iterator[Repair]:
        """What survives: single edits, an expression found anew, then two edits together."""
        spectrum = localised(self.trial)
        past = self.earlier.suspicion(self.trial) if self.earlier is not None else {}
        edits = ranked(self.single(), spectrum, past)
        yield from self._surviving(((e,) for e in edits), over)
        yield from self._surviving(((e,) for e in self._found_anew(over)), over)
        renewed = renewed_edits(self.source, self.words, self.trial, spectrum, self._means(), over)
        yield from self._surviving(((e,) for e in islice(renewed, RENEWED)), over)
        yield from self._surviving(self._pairs(edits, over), over)

    def _means(self) -> Means:
        return Means((*self.words.ints, *self.words.texts))

    def single(self) -> Iterator[Edit]:
        """All edits of the function, unordered."""
        if self.earlier is not None:
            yield from self.earlier.edits()
        yield from expression_edits(self.source, self.words)
        yield from bound_edits(self.source, self.words)
        yield from condition_edits(self.source, self.words)
        yield from statement_edits(self.source, self.words)
        yield from guard_edits(self.source, self.words, self.words.atoms(self.words.parameters))

    def _found_anew(self, over: Callable[[], bool]) -> Iterator[Edit]:
        if self.problem is None or over():
            return
        try:
            yield from returned_edits(self.source, self.words, self.trial, self.problem, over)
        except Unsupported:
            return

    def _surviving(
        self, edits: Iterable[tuple[Edit, ...]], over: Callable[[], bool]
    ) -> Iterator[Repair]:
        for chosen in edits:
            if over():
                return
            text = applied(self.source.data, chosen)
            if text in self.seen:
                continue
            self.seen.add(text)
            if self.trial.survives(text) and self._good(text):
                yield Repair(chosen, text)

    def _good(self, text: str) -> bool:
        return self._natural(text) and self.allowed(text) and self.trial.stands(text)

    def _natural(self, text: str) -> bool:
        """Whether the function has no more odd forms than it had."""
        return oddities(find_node(text, self.qualname)) <= self.odd

    def _pairs(self, edits: list[Edit], over: Callable[[], bool]) -> Iterator[tuple[Edit, ...]]:
        """Two edits, one of which repairs some failing inputs by itself and breaks nothing."""
        few = edits[:PAIRED]
        helpful: list[tuple[float, Edit]] = []
        for edit in few:
            if over():
                return
            gain = self.trial.progress(applied(self.source.data, (edit,)))
            if gain:
                helpful.append((gain, edit))
        helpful.sort(key=lambda h: -h[0])
        for _, first in helpful[:SEEDS]:
            for second in few:
                if not first.overlaps(second):
                    yield (first, second)


def ranked(
    edits: Iterable[Edit], spectrum: Spectrum, past: Mapping[int, float] | None = None
) -> list[Edit]:
    """The edits in order: small ones first, those on suspicious lines before others.

    `past` is how suspicious lines are by their history; empty where nothing is known of it.
    """

    def rank(edit: Edit) -> float:
        known = UNTOUCHED * (1.0 - past.get(edit.line, 0.0)) if past else 0.0
        return edit.size + UNSUSPICIOUS * (1.0 - spectrum.of(edit.line)) + known

    return sorted(edits, key=rank)
