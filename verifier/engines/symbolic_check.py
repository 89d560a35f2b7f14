"""One function and its contract as a single yes-or-no function for CrossHair. In the sandbox."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from verify_agent.contracts.model import Property
from verify_agent.verifier import subject as kinds
from verify_agent.verifier.engines.properties_inputs import Inputs
from verify_agent.verifier.engines.strategies import Untypable, constructor_hints
from verify_agent.verifier.engines.strategies_recipe import Made, Recipe, recipe
from verify_agent.verifier.harness.contract import RESOURCES, Compiled
from verify_agent.verifier.harness.harness import Harness
from verify_agent.verifier.harness.module import load, target_of
from verify_agent.verifier.harness.results import invoke

HOLDS = ""
OUT_OF_RESOURCES = "resources"
_OF_SELF = "self_"


class Undeclared(Exception):
    """Internal: stands for an exception that the contract does not declare."""


@dataclass
class Check:
    """`run` returns the id of the first obligation that a call breaks, `HOLDS` for none.

    Obligations in `skipped` are not looked at. `allowed` is the precondition.
    """

    harness: Harness
    skipped: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        # The plain module: without the harness's own guards, which do not bear symbolic values.
        subject = self.harness.subject
        module = load(subject)
        self.target = target_of(module, subject.qualname)
        self.inputs = Inputs(self.harness)
        self.declared = self.inputs.declared()
        self.made: dict[str, Any] = {}
        first = next(iter(self.declared), "")
        if self.target.owner is not None and self.declared.get(first) is self.harness.target.owner:
            self.made = constructor_hints(self.target.owner)
            self.holder = first

    def signature(self) -> inspect.Signature:
        """Keyword-only parameters of declared types; an object's constructor arguments for it."""
        declared = {n: t for n, t in self.declared.items() if not (self.made_for(n))}
        declared.update({f"{_OF_SELF}{n}": t for n, t in self.made.items()})
        untyped = [n for n, t in declared.items() if t is inspect.Parameter.empty]
        if untyped:
            raise Untypable(f"{untyped[0]} has no declared type")
        kind = inspect.Parameter.KEYWORD_ONLY
        return inspect.Signature(
            [inspect.Parameter(n, kind, annotation=t) for n, t in declared.items()]
        )

    @property
    def partial(self) -> str:
        """What part of the calls is left out; empty where all are looked at."""
        starred = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        left = [n for n, p in self.harness.signature.parameters.items() if p.kind in starred]
        return f"calls with more arguments, for {left[0]}, were left out" if left else ""

    def made_for(self, name: str) -> bool:
        """Whether this parameter is the object that the method is called on."""
        return name == getattr(self, "holder", None)

    def allowed(self, given: Mapping[str, Any]) -> bool:
        """The precondition; true also where it raises, so that `run` sees that."""
        try:
            values = self._values(given)
        except Exception:
            # The constructor refuses: there is no such object.
            return False
        try:
            return all(bool(c(values)) for c in self.harness.contract.requires)
        except Exception:
            # An undefined precondition is a finding of its own, made in `run`.
            return True

    def run(self, **given: Any) -> str:
        """One call, judged. An exception that the contract does not declare is let through."""
        contract = self.harness.contract
        values = self._values(given)
        try:
            for condition in contract.requires:
                bool(condition(values))
            due = [(kind, name, c, bool(c(values))) for kind, name, c in contract.raises]
            old = contract.old(values)
        except RESOURCES:
            return OUT_OF_RESOURCES
        except Exception:
            # An expression of the contract may raise anything.
            return self._unless_skipped(kinds.DEFINED)
        before = self._frame(values)
        spare = copy.deepcopy(values) if contract.reference else None
        try:
            result = invoke(self.target.original, self._full_signature, values)
        except RESOURCES:
            return OUT_OF_RESOURCES
        except Exception as error:
            return self._raised(error, due) or self._changed(before, values)
        return (
            self._returned(values, result, old, due)
            or self._referred(spare, result)
            or self._changed(before, values)
            or self._invariant(values)
        )

    def written(self, given: Mapping[str, Any]) -> tuple[tuple[str, ...], str]:
        """The statements and the call that make these values."""
        values = {n: given[n] for n in self.declared if n in given}
        if self.made or hasattr(self, "holder"):
            names = {n: given[f"{_OF_SELF}{n}"] for n in self.made}
            owner = self.harness.target.owner
            assert owner is not None
            values = {self.holder: Made(owner.__name__, names), **values}
        made: Recipe = recipe({n: values[n] for n in self.declared})
        return made.setup, self.inputs.call(made)

    @property
    def _full_signature(self) -> inspect.Signature:
        return self.harness.signature

    def _values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        values = {n: given[n] for n in self.declared if n in given}
        if hasattr(self, "holder"):
            owner: Any = self.target.owner
            arguments = {n: given[f"{_OF_SELF}{n}"] for n in self.made}
            values = {self.holder: owner(**arguments), **values}
        return self._filled(values)

    def _filled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        filled: dict[str, Any] = {}
        for name, parameter in self.harness.signature.parameters.items():
            if name in values:
                filled[name] = values[name]
            elif parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                filled[name] = ()
            elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
                filled[name] = {}
            elif parameter.default is not inspect.Parameter.empty:
                filled[name] = parameter.default
            elif self.target.bound_class:
                filled[name] = self.target.owner
            elif self.target.name == "__init__" and not filled:
                filled[name] = object.__new__(self.target.owner)  # type: ignore[arg-type]
            else:
                raise Untypable(f"there is no argument for {name}")
        return filled

    def _frame(self, values: Mapping[str, Any]) -> dict[str, Any]:
        modifies = self.harness.subject.contract.modifies
        if modifies is None:
            return {}
        return copy.deepcopy({n: v for n, v in values.items() if n not in modifies})

    def _raised(self, error: Exception, due: list[Any]) -> str:
        declared = [d for d in due if isinstance(error, d[0])]
        if any(holds for _, _, _, holds in declared):
            return HOLDS
        if declared:
            return self._by_raises(declared[0])
        if type(error) is AssertionError or self._id(kinds.NO_EXCEPTION) not in self.skipped:
            raise error
        return HOLDS

    def _returned(self, values: Mapping[str, Any], result: Any, old: Any, due: list[Any]) -> str:
        for one in due:
            if one[3] and (broken := self._by_raises(one)):
                return broken
        after = {**values, "result": result, "OLD": old}
        for condition in self.harness.contract.ensures:
            broken = self._condition(condition, after, kinds.ENSURE)
            if broken:
                return broken
        return HOLDS

    def _condition(self, condition: Compiled, values: Mapping[str, Any], kind: str) -> str:
        found = self._id(kind, condition.condition.display)
        try:
            if bool(condition(values)) or found in self.skipped:
                return HOLDS
        except RESOURCES:
            return OUT_OF_RESOURCES
        except Exception:
            # An expression of the contract may raise anything.
            return self._unless_skipped(kinds.DEFINED)
        return found

    def _referred(self, spare: Mapping[str, Any] | None, result: Any) -> str:
        reference = self.harness.contract.reference
        if reference is None or spare is None:
            return HOLDS
        try:
            wanted = invoke(reference, self._full_signature, spare)
        except Exception:
            # Where the reference has no result there is nothing to equal.
            return HOLDS
        return HOLDS if wanted == result else self._unless_skipped(kinds.REFERENCE)

    def _changed(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
        if any(old != after[name] for name, old in before.items()):
            return self._unless_skipped(kinds.FRAME)
        return HOLDS

    def _invariant(self, values: Mapping[str, Any]) -> str:
        for invariant in self.harness.contract.invariants:
            holder = {"self": next(iter(values.values()), None)}
            broken = self._condition(invariant, holder, kinds.INVARIANT)
            if broken:
                return broken
        return HOLDS

    def _by_raises(self, due: Any) -> str:
        _, name, condition, _ = due
        text = f"{name} exactly when {condition.condition.display}"
        found = self._id(kinds.RAISES, text)
        return HOLDS if found in self.skipped else found

    def _unless_skipped(self, kind: str) -> str:
        found = self._id(kind)
        return HOLDS if found in self.skipped else found

    def _id(self, kind: str, text: str | None = None) -> str:
        return kinds.find(self.harness.obligations, kind, text).id


@dataclass
class PropertyCheck:
    """The same for one property: `run` returns its obligation's id where it is false."""

    harness: Harness
    stated: Property
    obligation_id: str
    partial: str = ""
    skipped: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.names = self._plain_names()
        self._when = self._compiled(self.stated.when or "True")
        self._then = self._compiled(self.stated.then)

    def signature(self) -> inspect.Signature:
        """The given names with their types."""
        import typing

        scope = {**vars(typing), **self.names}
        kind = inspect.Parameter.KEYWORD_ONLY
        return inspect.Signature(
            [inspect.Parameter(n, kind, annotation=eval(t, scope)) for n, t in self.stated.given]
        )

    def allowed(self, given: Mapping[str, Any]) -> bool:
        """Whether the property speaks of these values."""
        return bool(self._when(given))

    def run(self, **given: Any) -> str:
        """The property on these values; what it raises is let through."""
        return HOLDS if self._then(given) else self.obligation_id

    def written(self, given: Mapping[str, Any]) -> tuple[tuple[str, ...], str]:
        """The statements that bind the names, and the property."""
        made = recipe(given)
        return (*made.setup, *(f"{n} = {t}" for n, t in made.arguments.items())), self.stated.then

    def _plain_names(self) -> dict[str, Any]:
        names = dict(vars(load(self.harness.subject)))
        exec(self.harness.subject.contract.definitions, names)
        return names

    def _compiled(self, text: str) -> Callable[[Mapping[str, Any]], Any]:
        names = ", ".join(name for name, _ in self.stated.given)
        function = eval(f"lambda {names}: (\n{text}\n)", self.names)
        return lambda given: function(**{n: given[n] for n, _ in self.stated.given})
