"""A loop whose result an expression gives, as that expression: sums, joins, lists, `any`, `all`.

Only the last loop of a body is looked at, with what follows it. Every rule keeps the meaning for
the types that are asked for; what comes of it is a candidate of its own all the same, that every
engine judges. Where what a rule brings in is forbidden, the next one has its turn.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from verify_agent.agent.synth.contract.forbidden import used
from verify_agent.agent.synth.problem import Body, SynthesisProblem
from verify_agent.agent.synth.rules.boolean import negated
from verify_agent.agent.synth.rules.kinds import is_int, is_total, kind
from verify_agent.agent.synth.rules.local_types import local_types
from verify_agent.agent.synth.rules.loop_heads import plain_head, reads
from verify_agent.agent.synth.rules.sequences import membership
from verify_agent.verifier.ir.types import INT, STR, ListType, Type

Types = Mapping[str, Type]
BROUGHT_IN = frozenset({"sum", "any", "all", "max", "min"})


@dataclass(frozen=True)
class _Ending:
    """`name = start`, a loop over `target in items`, `return name` at a body's end.

    `name` is empty where the loop itself returns and `start` is what comes after it. `test` is the
    condition of the step, None where there is none.
    """

    head: tuple[ast.stmt, ...]
    name: str
    start: ast.expr
    target: ast.expr
    items: ast.expr
    step: ast.stmt
    test: ast.expr | None = None

    def apart(self, value: ast.expr) -> bool:
        """Whether a value and the condition of the step read nothing of what the loop makes."""
        parts = [value] if self.test is None else [value, self.test]
        return not any(reads(part, self.name) for part in parts)


def without_loop(problem: SynthesisProblem, body: Body) -> Body | None:
    """The body without its last loop, or with one that ends early; None where no rule fits.

    >>> from verify_agent.agent.synth.problem import SynthesisProblem
    >>> from verify_agent.contracts.model import Contract, Parameter, Signature
    >>> signature = Signature("f", (Parameter("xs", "list[int]"),), "int")
    >>> source = "n = 0\\nfor x in xs:\\n    if x > 2:\\n        n += 1\\nreturn n"
    >>> made = without_loop(SynthesisProblem(signature, Contract()), Body(tuple(
    ...     ast.parse(source).body)))
    >>> ast.unparse(made.statements[0])
    'return sum((1 for x in xs if x > 2))'
    """
    names = {p.name for p in problem.signature.parameters} | {problem.signature.name}
    ending = _ending(body.statements)
    if ending is None or names & BROUGHT_IN:
        return None
    if isinstance(ending.start, ast.Subscript) and problem.contract.raises:
        return None  # which exception an empty list raises may matter
    loop = ast.For(ending.target, ending.items, [ending.step], [])
    types = local_types([*body.statements, loop], problem.types)
    before = used(list(body.statements))
    for statements in _rewritten(ending, types):
        made = (*ending.head, *statements)
        if not (used(list(made)) - before) & problem.forbid:
            return Body(tuple(ast.fix_missing_locations(copy.deepcopy(s)) for s in made))
    return None


def _ending(statements: tuple[ast.stmt, ...]) -> _Ending | None:
    match statements:
        case (*head, start, ast.For(orelse=[]) as loop, ast.Return(value=ast.Name(id=name))):
            first = _started(start, name)
            step, test = _step(loop)
            if first is None or step is None or reads(loop.target, name):
                return None
            if reads(loop.iter, name):
                return None
            found = _Ending(tuple(head), name, first, loop.target, loop.iter, step, test)
        case (*head, ast.For(orelse=[]) as loop, ast.Return(value=ast.expr() as value)):
            step, test = _step(loop)
            if not isinstance(step, ast.Return):
                return None
            found = _Ending(tuple(head), "", value, loop.target, loop.iter, step, test)
        case _:
            return None
    target, items, step, test = plain_head(found.target, found.items, found.step, found.test)
    return replace(found, target=target, items=items, step=step, test=test)


def _started(statement: ast.stmt, name: str) -> ast.expr | None:
    match statement:
        case (
            ast.Assign(targets=[ast.Name(id=bound)], value=ast.expr() as value)
            | ast.AnnAssign(target=ast.Name(id=bound), value=ast.expr() as value)
        ) if bound == name:
            return value
    return None


def _step(loop: ast.For) -> tuple[ast.stmt | None, ast.expr | None]:
    match loop.body:
        case [ast.If(test=test, body=[step], orelse=[])]:
            return step, test
        case [step]:
            return step, None
    return None, None


def _rewritten(ending: _Ending, types: Types) -> Iterator[tuple[ast.stmt, ...]]:
    """What stands for the loop and what follows it, shortest first."""
    match ending.step, ending.start:
        case ast.AugAssign(target=ast.Name(id=made), op=ast.Add(), value=value), ast.Constant():
            if made == ending.name and ending.apart(value):
                yield from _added(ending, value, ending.start.value, types)
        case (
            ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id=made), attr="append"),
                    args=[value],
                    keywords=[],
                )
            ),
            ast.List(elts=[]),
        ) if made == ending.name and ending.apart(value):
            each = _each(ending, value)
            yield _returned(ast.ListComp(each.elt, each.generators))
        case (
            ast.Assign(targets=[ast.Name(id=made)], value=ast.Constant(value=bool() as found)),
            ast.Constant(value=bool() as start),
        ) if made == ending.name and found is not start and ending.test is not None:
            # The loop goes on after the answer is known: only a test that never raises may not.
            if not reads(ending.test, made) and is_total(ending.test, types):
                yield from _quantified(ending, found, types)
                yield _stopping(ending, ending.test, found)
        case ast.Assign(targets=[ast.Name(id=made)], value=value), ast.Subscript():
            if made == ending.name:
                yield from _extreme(ending, value, types)
        case (
            ast.Return(value=ast.Constant(value=bool() as found)),
            ast.Constant(value=bool() as start),
        ) if found is not start and ending.test is not None:
            yield from _quantified(ending, found, types)


def _added(
    ending: _Ending, value: ast.expr, start: object, types: Types
) -> Iterator[tuple[ast.stmt, ...]]:
    if start == 0 and type(start) is int and is_int(value, types):
        yield _returned(_call(ast.Name("sum", ast.Load()), _each(ending, value)))
    elif start == "" and kind(value, types) == STR:
        join = ast.Attribute(ast.Constant(value=""), "join", ast.Load())
        yield _returned(_call(join, _each(ending, value)))


def _extreme(ending: _Ending, value: ast.expr, types: Types) -> Iterator[tuple[ast.stmt, ...]]:
    """`best = xs[0]` and a loop over the rest: for whoever comes with an empty list both raise."""
    items = ending.start.value if isinstance(ending.start, ast.Subscript) else None
    names = {ending.name, ast.unparse(ending.target)}
    walked = ast.unparse(ending.items)
    if not (isinstance(items, ast.Name) and ast.unparse(ending.start) == f"{items.id}[0]"):
        return
    if walked not in (items.id, f"{items.id}[1:]") or kind(items, types) != ListType(INT):
        return
    match value, ending.test:
        case ast.Call(func=ast.Name(id="max" | "min" as name), args=[one, two], keywords=[]), None:
            found = name if {ast.unparse(one), ast.unparse(two)} == names else ""
        case ast.Name(id=item), ast.Compare(left=one, ops=[op], comparators=[two]) if (
            item == ast.unparse(ending.target)
            and {ast.unparse(one), ast.unparse(two)} == names
            and isinstance(op, ast.Gt | ast.GtE | ast.Lt | ast.LtE)
        ):
            larger = isinstance(op, ast.Gt | ast.GtE) == (ast.unparse(one) == item)
            found = "max" if larger else "min"
        case _:
            return
    if found:
        yield _returned(_call(ast.Name(found, ast.Load()), items))


def _stopping(ending: _Ending, test: ast.expr, found: bool) -> tuple[ast.stmt, ...]:
    """A loop that returns where a flag would be set."""
    branch = ast.If(test, [ast.Return(ast.Constant(value=found))], [])
    loop = ast.For(ending.target, ending.items, [branch], [])
    return loop, ast.Return(ast.Constant(value=not found))


def _quantified(ending: _Ending, found: bool, types: Types) -> Iterator[tuple[ast.stmt, ...]]:
    """Whether some item, or every item, passes a test: also without `any` and `all`, by `in`."""
    assert ending.test is not None
    test = ending.test if found else negated(ending.test, types)
    generator = _each(replace(ending, test=None), test)
    whole = _call(ast.Name("any" if found else "all", ast.Load()), generator)
    within = membership(whole, types)
    if within is not None:
        yield _returned(within)
    yield _returned(whole)


def _each(ending: _Ending, value: ast.expr) -> ast.GeneratorExp:
    tests = [] if ending.test is None else [ending.test]
    return ast.GeneratorExp(value, [ast.comprehension(ending.target, ending.items, tests, 0)])


def _call(function: ast.expr, argument: ast.expr) -> ast.Call:
    return ast.Call(function, [argument], [])


def _returned(value: ast.expr) -> tuple[ast.stmt, ...]:
    return (ast.Return(value=value),)
