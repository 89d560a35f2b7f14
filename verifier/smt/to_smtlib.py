"""Queries as SMT-LIB 2.6 that Z3 and cvc5 both read.

What occurs twice is bound by `let` in the innermost quantifier that it depends on, so the text
grows with the graph and not with the tree. cvc5 refuses constant arrays; they become a function
with its defining axiom, which extensionality makes the same thing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from verify_agent.verifier.smt.query import Query
from verify_agent.verifier.smt.smtlib_names import declarations, sort_text, symbol
from verify_agent.verifier.smt.terms import BOOL, F64, INT, Binder, Function, Sort, Term
from verify_agent.verifier.smt.walk import IllFormed, children, free_by_node, postorder
from verify_agent.verifier.smt.well_sorted import check_node, check_trigger

#: A text longer than this is bound by `let` even if it occurs once, so that a deep term does not
#: copy its text at each level.
_LONG = 2_000

_LOGIC = frozenset(("not", "and", "or", "distinct", "ite", "=", "select", "store"))
_INTEGERS = frozenset(("+", "*", "div", "mod", "<=", "<"))
_DOUBLES = frozenset(("fp.neg", "fp.abs", "fp.lt", "fp.leq", "fp.eq", "fp.isNaN", "fp.isInfinite"))
_SAME = _LOGIC | _INTEGERS | _DOUBLES
_RENAMED = {
    "implies": "=>",
    "neg": "-",
    "real.add": "+",
    "real.mul": "*",
    "real.div": "/",
    "real.neg": "-",
    "real.le": "<=",
    "real.lt": "<",
    "real.from_int": "to_real",
}
_ROUNDED = frozenset(("fp.add", "fp.sub", "fp.mul", "fp.div", "fp.sqrt"))


def script(
    query: Query,
    *,
    named: bool = False,
    models: bool = False,
    commands: Sequence[str] = (),
    logic: str = "ALL",
) -> str:
    """The whole script up to `(check-sat)`, then `commands`.

    `named` calls assumption i `a{i}` and asks for a core.

    >>> from verify_agent.verifier.smt import terms as t
    >>> x = t.var("x", t.INT)
    >>> print(script(Query("q", (t.lt(t.integer(0), x),), t.lt(t.integer(-1), x))))
    (set-logic ALL)
    (declare-const $x Int)
    (assert (< 0 $x))
    (assert (not (< (- 1) $x)))
    (check-sat)
    <BLANKLINE>
    """
    formulas = query.formulas
    arrays = _constant_arrays(formulas)
    lines = []
    if named:
        lines.append("(set-option :produce-unsat-cores true)")
    if models:
        lines.append("(set-option :produce-models true)")
    lines.append(f"(set-logic {logic})")
    lines += declarations(query.symbols)
    for sort in arrays:
        lines += _array_function(sort)
    for i, formula in enumerate(formulas):
        text = formula_text(formula)
        is_assumption = i + 1 < len(formulas)
        lines.append(
            f"(assert (! {text} :named a{i}))" if named and is_assumption else _assert(text)
        )
    lines += ["(check-sat)", *(["(get-unsat-core)"] if named else ()), *commands]
    return "\n".join(lines) + "\n"


def _assert(text: str) -> str:
    return f"(assert {text})"


def formula_text(formula: Term) -> str:
    """One term, without declarations. Raises `IllFormed` for a term without meaning."""
    nodes = list(postorder([formula]))
    for node in nodes:
        check_node(node)
    return _Scope(0, free_by_node([formula]), {}).body(formula)


# -- constant arrays ---------------------------------------------------------------------------

_SOME_INDEX = {INT: "0", BOOL: "false", F64: "(_ +zero 11 53)"}


def _constant_arrays(formulas: Iterable[Term]) -> list[Sort]:
    return list(dict.fromkeys(n.sort for n in postorder(formulas) if n.op == "constarray"))


def _array_function_name(sort: Sort) -> str:
    return f"|const {sort_text(sort).replace('|', '')}|"


def _array_function(sort: Sort) -> Iterator[str]:
    index, element = map(sort_text, sort.args)
    name, whole = _array_function_name(sort), sort_text(sort)
    yield f"(declare-fun {name} ({element}) {whole})"
    read = f"(select ({name} e) i)"
    yield f"(assert (forall ((e {element}) (i {index})) (! (= {read} e) :pattern ({read}))))"
    if sort.args[0] in _SOME_INDEX:
        # A consequence of the axiom; without any read in sight it tells two such arrays apart.
        first = f"(= (select ({name} e) {_SOME_INDEX[sort.args[0]]}) e)"
        yield f"(assert (forall ((e {element})) (! {first} :pattern (({name} e)))))"


# -- terms -------------------------------------------------------------------------------------


@dataclass
class _Scope:
    """A quantifier's body, or a whole formula, and the texts of the nodes that it can name.

    `outer` has the texts from the scopes around that mean the same in here.
    """

    depth: int
    free: Mapping[Term, frozenset[Term]]
    outer: Mapping[Term, str]
    texts: dict[Term, str] = field(default_factory=dict)
    lets: dict[int, list[tuple[str, str]]] = field(default_factory=dict)

    def body(self, root: Term) -> str:
        """The text of a formula with its `let`s around it, later levels inside."""
        self._render([root], _uses(root))
        text = self._text(root)
        for level in sorted(self.lets, reverse=True):
            bindings = " ".join(f"({name} {value})" for name, value in self.lets[level])
            text = f"(let ({bindings}) {text})"
        return text

    def pattern(self, terms: Sequence[Term]) -> str:
        """The text of a trigger, which stands outside the body's `let`s."""
        scope = _Scope(self.depth, self.free, self.outer)
        scope._render(terms, None)
        return " ".join(map(scope._text, terms))

    def _render(self, roots: Sequence[Term], uses: Mapping[Term, int] | None) -> None:
        """Give a text to each node that belongs here; without `uses` nothing is bound."""
        nodes = list(postorder(roots))
        direct, bound = _outside_quantifiers(roots), _bound_within(nodes)
        level: dict[Term, int] = {}
        for node in nodes:
            level[node] = max((level[child] for child in children(node)), default=0)
            # What stands under a quantifier is named out here only if no quantifier captures it.
            if node in self.outer or not (node in direct or self.free[node].isdisjoint(bound)):
                continue
            text = self._node(node)
            shared = uses is not None and uses.get(node, 0) > 1 and bool(node.args)
            if uses is not None and (shared or len(text) > _LONG) and node not in roots:
                level[node] += 1
                text = self._let(level[node], text)
            self.texts[node] = text

    def _let(self, level: int, text: str) -> str:
        bindings = self.lets.setdefault(level, [])
        bindings.append((f"?{self.depth}.{level}.{len(bindings)}", text))
        return bindings[-1][0]

    def _text(self, term: Term) -> str:
        return self.texts[term] if term in self.texts else self.outer[term]

    def _node(self, term: Term) -> str:
        if isinstance(term.payload, Binder):
            return self._quantifier(term, term.payload)
        return _plain(term, [self._text(a) for a in term.args])

    def _quantifier(self, term: Term, binder: Binder) -> str:
        bound = frozenset(binder.variables)
        visible = {**self.outer, **self.texts}
        known = {n: text for n, text in visible.items() if self.free[n].isdisjoint(bound)}
        scope = _Scope(self.depth + 1, self.free, known)
        for trigger in binder.triggers:
            check_trigger(binder.variables, trigger)
        body = scope.body(term.args[0])
        patterns = "".join(f" :pattern ({scope.pattern(p)})" for p in binder.triggers)
        if patterns:
            body = f"(! {body}{patterns})"
        variables = " ".join(
            f"({symbol(str(v.payload))} {sort_text(v.sort)})" for v in binder.variables
        )
        return f"({term.op} ({variables}) {body})"


def _outside_quantifiers(roots: Iterable[Term]) -> set[Term]:
    found: set[Term] = set()
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack.extend(() if isinstance(node.payload, Binder) else node.args)
    return found


def _bound_within(nodes: Iterable[Term]) -> frozenset[Term]:
    binders = (n.payload for n in nodes if isinstance(n.payload, Binder))
    return frozenset(v for binder in binders for v in binder.variables)


def _uses(root: Term) -> dict[Term, int]:
    uses: dict[Term, int] = {}
    for node in postorder([root]):
        for child in children(node):
            uses[child] = uses.get(child, 0) + 1
    return uses


def _plain(term: Term, args: list[str]) -> str:
    op, joined = term.op, " ".join(args)
    if op in _SAME:
        # A solver's printer may make a one-armed `and`; a reader need not take it.
        return args[0] if op in ("and", "or", "+") and len(args) == 1 else f"({op} {joined})"
    if op in _RENAMED:
        return f"({_RENAMED[op]} {joined})"
    if op in _ROUNDED:
        return f"({op} RNE {joined})"
    match op:
        case "const":
            return _constant(term.payload)
        case "var":
            return symbol(str(term.payload))
        case "app" if isinstance(term.payload, Function):
            name = symbol(term.payload.name)
            return f"({name} {joined})" if args else name
        case "constarray":
            return f"({_array_function_name(term.sort)} {joined})"
        case "fp.from_int":
            return f"((_ to_fp 11 53) RNE (to_real {joined}))"
        case _:
            raise IllFormed(f"SMT-LIB has no `{op}`")


def _constant(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value) if value >= 0 else f"(- {-value})"
        case float():
            return _double(value)
        case Fraction():
            return _rational(value)
        case _:
            raise IllFormed(f"no constant: {value!r}")


def _rational(value: Fraction) -> str:
    top, bottom = abs(value.numerator), value.denominator
    text = f"{top}.0" if bottom == 1 else f"(/ {top}.0 {bottom}.0)"
    return text if value >= 0 else f"(- {text})"


def _double(value: float) -> str:
    if value != value:
        return "(_ NaN 11 53)"
    bits = f"{struct.unpack('<Q', struct.pack('<d', value))[0]:064b}"
    return f"(fp #b{bits[0]} #b{bits[1:12]} #b{bits[12:]})"
