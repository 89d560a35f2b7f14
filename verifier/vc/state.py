"""One symbolic state, and the joining of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import choose
from verify_agent.verifier.theory.registry import Theory
from verify_agent.verifier.theory.values import Contents, ListV, Seq, Table, Value


@dataclass
class State:
    """Locals, heap and path of one execution.

    `bound_when` says of a local that only some of the joined paths bound when it is bound.
    `objects` holds the fields that are set of each instance; such a mapping is never changed.
    `path` holds decisions (True) and facts (False) in order: the decisions tell this path from
    all others, the facts hold on it.
    """

    locals: dict[str, Value] = field(default_factory=dict)
    bound_when: dict[str, Term] = field(default_factory=dict)
    heap: dict[int, Contents] = field(default_factory=dict)
    objects: dict[int, Mapping[str, Value]] = field(default_factory=dict)
    frozen: dict[int, str] = field(default_factory=dict)
    path: list[tuple[Term, bool]] = field(default_factory=list)
    old: dict[str, Value] = field(default_factory=dict)
    binders: tuple[Term, ...] = ()

    def copy(self) -> State:
        """A state that can go another way."""
        return State(
            dict(self.locals),
            dict(self.bound_when),
            dict(self.heap),
            dict(self.objects),
            dict(self.frozen),
            list(self.path),
            self.old,
            self.binders,
        )

    def become(self, other: State) -> None:
        """Take over another state's contents."""
        self.__dict__.update(other.copy().__dict__)

    def decide(self, condition: Term) -> None:
        """Go the way on which the condition holds."""
        if condition is not t.TRUE:
            self.path.append((condition, True))

    def assume(self, fact: Term) -> None:
        """Add what is known to hold here."""
        if fact is not t.TRUE:
            self.path.append((fact, False))

    @property
    def dead(self) -> bool:
        """Whether the path is plainly impossible."""
        known = {term for term, _ in self.path}
        return t.FALSE in known or any(t.negate(d) in known for d, chosen in self.path if chosen)

    @property
    def assumptions(self) -> tuple[Term, ...]:
        """All that holds here."""
        return tuple(dict.fromkeys(term for term, _ in self.path))

    def contents(self, value: Value) -> Seq:
        """The items of a list, str or tuple of unknown length."""
        match value:
            case v.Ref(id_, _):
                held = self.heap[id_]
                if not isinstance(held, v.SetV | v.DictV):
                    return held
            case v.ListV(seq, _) | v.StrV(seq):
                return seq
        raise Unsupported(f"items of a {v.show_type(v.type_of(value))}")

    def table(self, value: Value) -> Table | None:
        """The contents of a dict or set; None for any other value."""
        held = self.heap[value.id] if isinstance(value, v.Ref) else value
        return held if isinstance(held, v.SetV | v.DictV) else None

    def detached(self, value: Value) -> Value:
        """The value as it can be stored in a container: an object stored may change no more."""
        match value:
            case v.Ref(id_, type_):
                self.frozen[id_] = "a list that is stored in another object"
                return v.held(self.heap[id_], type_)
            case v.TupleV(items):
                return v.TupleV(tuple(map(self.detached, items)))
            case v.Record(_, class_) if class_.fields:
                return value
            case v.Obj(id_, class_) if class_.fields:
                held = self.objects[id_]
                if all(name in held for name, _ in class_.fields):
                    self.frozen[id_] = "an object that is stored in a container"
                    return v.Record(tuple((n, held[n]) for n, _ in class_.fields), class_)
                raise Unsupported("an object of which a field is not set, in a container")
            case v.Obj() | v.Record():
                raise Unsupported("an object that is stored in a container")
            case _:
                return value

    def snapshot(self, value: Value) -> Value:
        """A deep copy."""
        match value:
            case v.Ref(id_, type_):
                return v.held(self.heap[id_], type_)
            case v.TupleV(items):
                return v.TupleV(tuple(map(self.snapshot, items)))
            case v.Obj(id_, class_):
                fields = self.objects[id_].items()
                return v.Record(tuple((k, self.snapshot(x)) for k, x in fields), class_)
            case _:
                return value


def selector(state: State, since: int) -> Term:
    """The decisions taken since a position of the path."""
    return t.conj(*(term for term, chosen in state.path[since:] if chosen))


def common_prefix(states: Sequence[State]) -> int:
    """How many entries all paths start with."""
    shortest = min(len(s.path) for s in states)
    first = states[0].path
    for n in range(shortest):
        if any(s.path[n] != first[n] for s in states[1:]):
            return n
    return shortest


def join(th: Theory, states: Sequence[State]) -> State:
    """One state for several of one execution; `Unsupported` where objects can't be told apart."""
    alive = [s for s in states if not s.dead] or list(states[:1])
    if len(alive) == 1:
        return alive[0]
    since = common_prefix(alive)
    selectors = [selector(s, since) for s in alive]
    joined = State(old=alive[0].old, binders=alive[0].binders, path=alive[0].path[:since])
    joined.decide(_any_of(selectors))
    for state, chosen in zip(alive, selectors, strict=True):
        for fact, decision in state.path[since:]:
            if not decision:
                joined.assume(t.implies(chosen, fact))
        joined.frozen.update(state.frozen)
    _join_locals(th, joined, alive, selectors)
    _join_heaps(th, joined, alive, selectors)
    _join_objects(th, joined, alive, selectors)
    return joined


def _any_of(selectors: Sequence[Term]) -> Term:
    """The disjunction; complementary pairs of decisions are gathered."""
    rest = list(selectors)
    changed = True
    while changed and len(rest) > 1:
        changed = False
        for i, a in enumerate(rest):
            for k in range(i + 1, len(rest)):
                merged = _merged(a, rest[k])
                if merged is not None:
                    rest[i] = merged
                    del rest[k]
                    changed = True
                    break
            if changed:
                break
    return t.disj(*rest)


def _merged(a: Term, b: Term) -> Term | None:
    one = list(a.args if a.op == "and" else (a,))
    other = list(b.args if b.op == "and" else (b,))
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] is other[shared]:
        shared += 1
    if len(one) == len(other) == shared + 1 and one[shared] is t.negate(other[shared]):
        return t.conj(*one[:shared])
    return None


def pick(th: Theory, selectors: Sequence[Term], choices: Sequence[Value]) -> Value:
    """The value chosen by mutually exclusive selectors; the last where none of the others is."""
    value = choices[-1]
    for chosen, choice in zip(selectors[-2::-1], choices[-2::-1], strict=True):
        value = choose(th, chosen, choice, value)
    return value


def _join_locals(
    th: Theory, joined: State, states: Sequence[State], selectors: Sequence[Term]
) -> None:
    names = dict.fromkeys(name for s in states for name in s.locals)
    for name in names:
        have = [(s, c) for s, c in zip(states, selectors, strict=True) if name in s.locals]
        joined.locals[name] = pick(th, [c for _, c in have], [s.locals[name] for s, _ in have])
        whens = [t.conj(c, s.bound_when.get(name, t.TRUE)) for s, c in have]
        if len(have) < len(states) or any(name in s.bound_when for s in states):
            joined.bound_when[name] = t.disj(*whens)


def _join_heaps(
    th: Theory, joined: State, states: Sequence[State], selectors: Sequence[Term]
) -> None:
    for id_ in dict.fromkeys(i for s in states for i in s.heap):
        have = [(s, c) for s, c in zip(states, selectors, strict=True) if id_ in s.heap]
        first = have[0][0].heap[id_]
        if all(s.heap[id_] == first for s, _ in have):
            joined.heap[id_] = first
            continue
        kept = [_held(s.heap[id_]) for s, _ in have]
        joined.heap[id_] = v.contents_of(pick(th, [c for _, c in have], kept))


def _held(contents: Contents) -> Value:
    if isinstance(contents, v.SetV | v.DictV):
        return contents
    return ListV(contents, ir.ListType(contents.item))


def _join_objects(
    th: Theory, joined: State, states: Sequence[State], selectors: Sequence[Term]
) -> None:
    for id_ in dict.fromkeys(i for s in states for i in s.objects):
        have = [(s, c) for s, c in zip(states, selectors, strict=True) if id_ in s.objects]
        first = have[0][0].objects[id_]
        if any(s.objects[id_].keys() != first.keys() for s, _ in have):
            raise Unsupported("a field that only some paths set")
        chosen = [c for _, c in have]
        joined.objects[id_] = {
            name: pick(th, chosen, [s.objects[id_][name] for s, _ in have]) for name in first
        }


@dataclass(frozen=True)
class Step:
    """From a state in which a round or call begins to one in which the next may begin.

    `before` holds the variables of the one, `values` those of the other.
    """

    before: State
    after: State
    values: dict[str, Value]
