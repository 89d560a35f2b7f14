"""`for i, x in enumerate(xs): if test: return found` and a default after the loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.contract.outputs import UNKNOWN, Outputs
from verify_agent.agent.synth.problem import Body
from verify_agent.agent.synth.strategies.folds import Sequence, sequences
from verify_agent.agent.synth.strategies.names import fresh_names
from verify_agent.agent.synth.terms.learner import learn, variable
from verify_agent.verifier.ir.types import BOOL, INT, ListType, Type

MAX_CASES = 60
Visit = tuple[Any, int, tuple[Any, ...], bool]


class EarlyExit:
    """Learns the test from where the loop must and must not stop."""

    name = "early exit"
    waits = False

    def price(self, context: Context) -> float | None:
        """Applies where a list or str is read and a scalar returned."""
        problem = context.problem
        if problem.modifies or not sequences(context) or isinstance(problem.returns, ListType):
            return None
        return 4.5

    def search(self, context: Context) -> Iterator[Body | None]:
        """A body for each default, each kind of returned value and each test that fits."""
        outputs = Outputs(context)
        for sequence in sequences(context):
            yield None
            results = [(c.input, outputs.of(c.input)) for c in context.pool[:MAX_CASES]]
            known = [(values, out) for values, out in results if out is not UNKNOWN]
            if len(known) < 4:
                continue
            for default in _defaults(sequence, known):
                for kind in ("index", "item", "constant"):
                    yield from self._fit(context, sequence, known, default, kind)

    def _fit(
        self, context: Context, sequence: Sequence, known: list[Any], default: Any, kind: str
    ) -> Iterator[Body | None]:
        returns = context.problem.returns
        if not _fits(kind, returns, sequence.item):
            return
        constant = next((out for _, out in known if out != default), None)
        visits = _visits(sequence, known, default, kind, constant)
        if not visits or not any(stop for *_, stop in visits):
            return
        names = fresh_names(context, ("item", "i"), sequence.name)
        variables = [
            variable(names["item"], sequence.item, [v[0] for v in visits]),
            variable(names["i"], INT, [v[1] for v in visits]),
            *(
                variable(name, type_, [v[2][i] for v in visits])
                for i, (name, type_) in enumerate(sequence.others)
            ),
        ]
        tests = learn(
            variables,
            BOOL,
            lambda row, value: value is visits[row][3],
            context.means,
            tests=0,
        )
        found = {"index": names["i"], "item": names["item"], "constant": repr(constant)}[kind]
        for test in tests:
            yield None if test is None else _body(sequence, names, test, found, repr(default))


def _defaults(sequence: Sequence, known: list[Any]) -> list[Any]:
    """What is returned for the empty sequence, if it is one constant."""
    empty = [out for values, out in known if len(values[sequence.position]) == 0]
    return [empty[0]] if empty and all(out == empty[0] for out in empty) else []


def _fits(kind: str, returns: Type, item: Type) -> bool:
    match kind:
        case "index":
            return returns == INT
        case "item":
            return returns == item
    return True


def _visits(
    sequence: Sequence, known: list[Any], default: Any, kind: str, constant: Any
) -> list[Visit] | None:
    """Where the loop goes on and where it stops; None where the schema can't explain it."""
    found: list[Visit] = []
    for values, out in known:
        items = values[sequence.position]
        others = tuple(v for i, v in enumerate(values) if i != sequence.position)
        stop = len(items)
        if out != default:
            returned = {"index": range(len(items)), "item": items}.get(kind)
            if returned is None:
                if out != constant:
                    return None
                # Where a constant is returned the place is not known: only lists of one item say.
                if len(items) != 1:
                    continue
                stop = 0
            elif out in list(returned):
                stop = list(returned).index(out)
            else:
                return None
        found += [(item, i, others, False) for i, item in enumerate(items[:stop])]
        if stop < len(items):
            found.append((items[stop], stop, others, True))
    return found[:200]


def _body(
    sequence: Sequence, names: dict[str, str], test: ast.expr, found: str, default: str
) -> Body:
    used = {n.id for n in ast.walk(test) if isinstance(n, ast.Name)} | {found}
    items, item, index = sequence.name, names["item"], names["i"]
    if index not in used:
        head = f"for {item} in {items}:"
    elif item not in used:
        head = f"for {index} in range(len({items})):"
    else:
        head = f"for {index}, {item} in enumerate({items}):"
    source = f"{head}\n    if {ast.unparse(test)}:\n        return {found}\nreturn {default}"
    return Body(tuple(ast.parse(source).body))
