"""Inputs for one subject, made from its types and precondition. Runs in the sandbox."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from verify_agent.contracts.model import Property
from verify_agent.contracts.parse import parse_contract
from verify_agent.verifier.engines.strategies import Maker, Scale, Strategy, Untypable, hints_of
from verify_agent.verifier.engines.strategies_arguments import Condition, Demand, arguments
from verify_agent.verifier.engines.strategies_pools import Pools, pools_of
from verify_agent.verifier.engines.strategies_recipe import Made, Recipe
from verify_agent.verifier.harness.contract import Compiled
from verify_agent.verifier.harness.harness import Harness
from verify_agent.verifier.harness.results import TimeUp, alarm

_CONDITION_SECONDS = 0.2
_GRID = 40_000
_GRID_SECONDS = 2.0
_PARAMETER_KINDS = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.KEYWORD_ONLY,
)


@dataclass(frozen=True)
class Inputs:
    """Strategies for one subject, by scale, and how its inputs are written as calls."""

    harness: Harness

    def of_call(self, scale: Scale) -> Strategy:
        """Arguments of the function; raises `Untypable` where a type has no strategy."""
        demand = self.demand()
        return arguments(self._maker(scale), demand)

    def of_property(self, stated: Property, scale: Scale) -> Strategy:
        """Values for the names that a property is given."""
        names = self.harness.names.copy()
        declared = {name: self._declared(text, names) for name, text in stated.given}
        texts = [stated.when] if stated.when else []
        holds = [_condition(text, names) for text in texts]
        return arguments(self._maker(scale), Demand(declared, texts, holds, names))

    def demand(self) -> Demand:
        """What a call's arguments have to meet."""
        contract = self.harness.subject.contract
        compiled = self.harness.contract.requires
        return Demand(
            self.declared(),
            [c.text for c in contract.requires],
            [_guarded(c, c.parameters) for c in compiled],
            self.harness.names.copy(),
            [r.condition.text for r in contract.raises],
        )

    def declared(self) -> dict[str, Any]:
        """The declared types by parameter; `*args` and `**kwargs` are left out."""
        target = self.harness.target
        hints = hints_of(target.original)
        found: dict[str, Any] = {}
        for position, (name, parameter) in enumerate(self.harness.signature.parameters.items()):
            if position == 0 and target.owner is not None and self._receives(target.name):
                if target.name != "__init__" and not target.bound_class:
                    found[name] = target.owner
                continue
            if parameter.kind in _PARAMETER_KINDS:
                found[name] = hints.get(name, inspect.Parameter.empty)
        return found

    def call(self, recipe: Recipe) -> str:
        """The call, as it can be pasted."""
        target = self.harness.target
        parameters = self.harness.signature.parameters
        positional = tuple(
            n
            for n in recipe.arguments
            if parameters[n].kind is not inspect.Parameter.KEYWORD_ONLY and n in parameters
        )
        if target.owner is None:
            return recipe.call(target.name, positional)
        owner = target.owner.__name__
        if target.name == "__init__":
            return recipe.call(owner, positional)
        if not self._receives(target.name) or target.bound_class:
            return recipe.call(f"{owner}.{target.name}", positional)
        first = self.harness.parameters[0]
        rest = {n: t for n, t in recipe.arguments.items() if n != first}
        holder = recipe.arguments[first]
        if target.attribute:
            return f"{holder}.{target.name}"
        return Recipe(recipe.setup, rest).call(
            f"{holder}.{target.name}", tuple(n for n in positional if n != first)
        )

    def grid(self) -> Iterator[dict[str, Any]]:
        """Small values of all parameters in all combinations, where each type has some."""
        demand = self.demand()
        pools = self._pools()
        columns = [_few(declared, pools) for declared in demand.declared.values()]
        if not columns or not all(columns):
            return
        allowed: list[dict[str, Any]] = []
        with suppress(TimeUp), alarm(_GRID_SECONDS):
            for values in islice(product(*columns), _GRID):
                given = dict(zip(demand.declared, values, strict=True))
                if _all_hold(self.harness.contract.requires, given):
                    allowed.append(given)
        yield from allowed

    def _receives(self, name: str) -> bool:
        """Whether the first parameter is the object or class that the function is called on."""
        target = self.harness.target
        assert target.owner is not None
        return not isinstance(inspect.getattr_static(target.owner, name), staticmethod)

    def _maker(self, scale: Scale) -> Maker:
        return Maker(self._pools(), scale, self._nested, self.harness.names.copy())

    def _pools(self) -> Pools:
        contract = self.harness.subject.contract
        texts = [c.text for c in (*contract.requires, *contract.ensures, *contract.invariants)]
        texts += [r.condition.text for r in contract.raises] + list(contract.examples)
        return pools_of(self.harness.subject.source, texts)

    def _nested(
        self, maker: Maker, qualname: str, declared: Mapping[str, Any], depth: int
    ) -> Strategy:
        """Arguments of a constructor or method, within its own precondition."""
        names = self.harness.names.copy()
        try:
            contract = parse_contract(self.harness.subject.source, qualname)
            texts = [c.text for c in contract.requires]
        except (KeyError, ValueError, SyntaxError):
            texts = []
        texts = [t for t in texts if "self" not in t]
        holds = [_condition(text, names) for text in texts]
        return arguments(maker, Demand(declared, texts, holds, names), depth)

    def _declared(self, annotation: str, names: Mapping[str, Any]) -> Any:
        try:
            return eval(annotation, {**vars(typing), **names})
        except Exception as error:
            # An annotation may be any expression.
            raise Untypable(f"the type {annotation}: {error}") from error


def built(names: Mapping[str, Any], recipe: Recipe) -> dict[str, Any]:
    """The values that a recipe describes, made afresh; raises what the statements raise."""
    scope = dict(names)
    for line in recipe.setup:
        exec(line, scope)
    return {name: eval(text, scope) for name, text in recipe.arguments.items()}


def _all_hold(conditions: Sequence[Compiled], given: Mapping[str, Any]) -> bool:
    try:
        return all(condition(given) for condition in conditions)
    except Exception:
        # A condition may raise anything; an input for which it does is not allowed.
        return False


def _few(declared: Any, pools: Pools) -> Sequence[Any]:
    """A few small values of a type; none where the type is not simple."""
    if declared is bool:
        return (False, True)
    if declared is int:
        return tuple(dict.fromkeys((*range(-3, 31), *pools.ints)))
    if declared is float:
        return pools.floats
    if declared is str:
        return pools.strings
    if declared == list[int]:
        return [list(t) for n in range(4) for t in product((0, 1, 2), repeat=n)]
    return ()


def _condition(text: str, names: Mapping[str, Any]) -> Condition:
    code = compile(text, "<precondition>", "eval")
    return _guarded(lambda values: eval(code, {**names, **values}), tuple(code.co_names))


def _guarded(evaluate: Callable[[Mapping[str, Any]], Any], mentioned: Sequence[str]) -> Condition:
    """The condition as a yes or no; yes where it speaks of an object that is not made yet."""

    def holds(values: Mapping[str, Any]) -> bool:
        if any(_unmade(values.get(name)) for name in mentioned):
            return True
        try:
            with alarm(_CONDITION_SECONDS):
                return bool(evaluate(values))
        except (Exception, TimeUp):
            # A condition may raise anything; an input for which it does is not allowed.
            return False

    return holds


def _unmade(value: Any) -> bool:
    match value:
        case Made():
            return True
        case list() | tuple():
            return any(map(_unmade, value))
        case dict():
            return any(map(_unmade, value.values()))
        case _:
            return False
