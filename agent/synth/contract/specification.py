"""A contract that can be run: is this input allowed, is this result right?"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from verify_agent.agent.synth.contract.examples import example_results
from verify_agent.agent.synth.contract.interpret import Code, Env, Machine
from verify_agent.agent.synth.contract.primitives import OutOfBudget
from verify_agent.agent.synth.meter import Meter
from verify_agent.agent.synth.problem import Input, SynthesisProblem
from verify_agent.contracts.model import Condition, Property
from verify_agent.verifier.errors import Unsupported

Function = Callable[..., Any]
CANDIDATE_STEPS = 4_000
CALL = 10
"""Units of work of a call of a candidate, apart from its own steps."""
MAX_UNDECIDED = 5
"""Runs of one candidate that may end without a result, on large inputs; more are not tried."""
_UNDECIDED = (OutOfBudget, RecursionError, MemoryError)


@dataclass
class Case:
    """An input with the names that a postcondition may read, and answers known so far."""

    input: Input
    env: Env
    raised: str | None
    known: dict[Any, bool] = field(default_factory=dict)


class Specification:
    """The contract of a problem, compiled.

    Conditions outside the evaluator's subset are kept in `opaque`: they rule nothing out here
    and are left to the engines.
    """

    def __init__(self, problem: SynthesisProblem, meter: Meter | None = None) -> None:
        contract = problem.contract
        self.problem = problem
        self.machine = Machine(meter=meter)
        self.opaque: list[str] = []
        self.undecided = 0
        self.names = problem.signature.names
        if contract.definitions:
            self._attempt(contract.definitions, self.machine.define)
        self.requires = self._compile(contract.requires)
        self.ensures = self._compile(contract.ensures)
        self.raises = [
            (r.exception, code) for r in contract.raises for code in self._compile((r.condition,))
        ]
        self.snapshots = [
            (f"OLD.{s.name}", code)
            for s in contract.snapshots
            for code in self._compile((Condition(s.text),))
        ]
        self.examples = self._compile(tuple(Condition(text) for text in contract.examples))
        self.properties = [
            (p, self._compile((Condition(p.when or "True"),)), self._compile((Condition(p.then),)))
            for p in contract.properties
        ]
        self.definition = _definition(contract.ensures)
        self._defined = self._attempt(self.definition, self.machine.expression)
        self._reference = self._load_reference()
        self._given = {repr(values): result for values, result in example_results(problem)}

    def _attempt(self, item: Any, compile_: Callable[[Any], Any]) -> Any:
        if item is None:
            return None
        try:
            return compile_(item)
        except (Unsupported, SyntaxError) as error:
            self.opaque.append(str(error))
            return None

    def _compile(self, conditions: tuple[Condition, ...]) -> list[Code]:
        codes = (self._attempt(c.text, self.machine.expression) for c in conditions)
        return [code for code in codes if code is not None]

    def _load_reference(self) -> Function | None:
        problem = self.problem
        if not problem.reference_source:
            return None
        machine = Machine(meter=self.machine.budget.meter)
        try:
            tree = ast.parse(problem.reference_source)
            functions = [n for n in tree.body if isinstance(n, ast.FunctionDef)]
            machine.define(ast.unparse(ast.Module(body=list(functions), type_ignores=[])))
        except (Unsupported, SyntaxError) as error:
            self.opaque.append(str(error))
            return None
        found = machine.functions.get(problem.reference_function)

        def run(*args: Any) -> Any:
            machine.budget.refill()
            assert found is not None
            return found(*args)

        return run if found else None

    @property
    def functional(self) -> bool:
        """Whether the contract computes the result by itself."""
        return self._defined is not None or self._reference is not None

    def holds(self, code: Code, env: Env) -> bool | None:
        """Whether a condition holds; None where its evaluation is too long to say."""
        self.machine.budget.refill()
        try:
            return bool(code(env))
        except _UNDECIDED:
            return None
        except Exception:  # an expression of the task file that raises is a violation
            return False

    def case(self, values: Input) -> Case | None:
        """The case of an input; None where it is not allowed or can't be decided."""
        env = dict(zip(self.names, values, strict=True))
        if not all(self.holds(code, env) for code in self.requires):
            return None
        raised = None
        for exception, code in self.raises:
            met = self.holds(code, env)
            if met is None:
                return None
            if met:
                raised = exception
                break
        for name, code in self.snapshots:
            try:
                env[name] = copy.deepcopy(code(env))
            except Exception:  # an undefined snapshot leaves no case to judge
                return None
        case = Case(values, env, raised)
        return None if raised is None and self._too_long(case) else case

    def _too_long(self, case: Case) -> bool:
        """Whether the contract's own result takes more steps than we have."""
        try:
            self._compute(case)
        except _UNDECIDED:
            return True
        except Exception:  # undefined here: whatever a candidate returns is judged later
            return False
        return False

    def _compute(self, case: Case) -> tuple[bool, Any]:
        self.machine.budget.refill()
        if self._defined is not None:
            return True, self._defined(case.env)
        if self._reference is not None:
            return True, self._reference(*copy.deepcopy(case.input))
        return False, None

    def accepts(self, case: Case, result: Any) -> bool:
        """Whether the postconditions and the reference allow a result of a pure call."""
        key = (type(result), result if _hashable(result) else repr(result))
        known = case.known.get(key)
        given = self._given.get(repr(case.input), result) if self._given else result
        if not _same(given, result):
            return False
        if known is None:
            known = case.known[key] = self._judge(case.env | {"result": result}, case)
        return known

    def accepts_after(self, case: Case, name: str, value: Any) -> bool:
        """Whether the postconditions allow a parameter to end with a value, nothing returned."""
        return self._judge(case.env | {name: value, "result": None}, case)

    def _judge(self, env: Env, case: Case) -> bool:
        for code in self.ensures:
            held = self.holds(code, env)
            if held is False or (held is None and is_small(case.input)):
                return False
        if self._reference is not None:
            found, value = self.expected(case)
            return not found or _same(value, env["result"])
        return True

    def expected(self, case: Case) -> tuple[bool, Any]:
        """Whether the contract computes the result for a case, and that result."""
        try:
            if self._given and repr(case.input) in self._given:
                return True, self._given[repr(case.input)]
            return self._compute(case)
        except Exception:  # undefined or too long: not known
            return False, None

    def meets(self, function: Function, case: Case) -> bool:
        """Whether a call does what the contract says: result, exception, arguments left alone."""
        small = is_small(case.input)
        if self.undecided > MAX_UNDECIDED and not small:
            return True
        args = copy.deepcopy(case.input)
        self.machine.budget.meter.spend(CALL)
        self.machine.budget.refill(CANDIDATE_STEPS)
        try:
            result = function(*args)
        except _UNDECIDED:
            self.undecided += 1
            return case.raised is None and not small
        except Exception as error:  # whatever a candidate raises is judged here
            return type(error).__name__ == case.raised
        if case.raised is not None:
            return False
        for name, before, after in zip(self.names, case.input, args, strict=True):
            if name not in self.problem.modifies and not _same(before, after):
                return False
        if args == case.input:
            return self.accepts(case, result)
        env = case.env | dict(zip(self.names, args, strict=True)) | {"result": result}
        return self._judge(env, case)

    def meets_calls(self, function: Function) -> bool:
        """Whether the examples hold, and the properties on values that are tried."""
        name = self.problem.signature.name
        self.machine.functions[name] = function
        try:
            if any(self.holds(code, {}) is False for code in self.examples):
                return False
            return all(self._property_holds(*item) for item in self.properties)
        finally:
            del self.machine.functions[name]

    def _property_holds(self, p: Property, when: list[Code], then: list[Code]) -> bool:
        from verify_agent.agent.synth.contract.inputs import assignments

        try:
            tried = assignments(p.given, self.problem)
        except Unsupported:  # no values of these types here: left to the engines
            return True
        for env in tried:
            if not all(self.holds(code, dict(env)) for code in when):
                continue
            if any(self.holds(code, dict(env)) is False for code in then):
                return False
        return True


def _definition(ensures: tuple[Condition, ...]) -> ast.expr | None:
    """E where a postcondition says `result == E`, also under a conditional expression."""
    for condition in ensures:
        try:
            node = ast.parse(condition.text.strip(), mode="eval").body
        except SyntaxError:
            continue
        found = _defined_by(node)
        if found is not None:
            return found
    return None


def _defined_by(node: ast.expr) -> ast.expr | None:
    match node:
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
            for name, value in ((left, right), (right, left)):
                if _is_result(name) and not mentions(value, "result"):
                    return value
        case ast.IfExp(test=test, body=body, orelse=orelse) if not mentions(test, "result"):
            yes, no = _defined_by(body), _defined_by(orelse)
            if yes is not None and no is not None:
                return ast.IfExp(test=test, body=yes, orelse=no)
    return None


def _is_result(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "result"


def mentions(node: ast.AST, name: str) -> bool:
    """Whether a name is read in a syntax tree.

    >>> mentions(ast.parse("x + result"), "result")
    True
    """
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node))


def is_small(values: Any) -> bool:
    """Whether every program that a person would write is done with this input in no time."""
    if isinstance(values, (tuple, list)):
        return all(map(is_small, values))
    return not isinstance(values, int) or abs(values) <= 300


def _hashable(value: Any) -> bool:
    return isinstance(value, (int, str)) or (
        isinstance(value, tuple) and all(type(v) in (int, str) for v in value)
    )


def _same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and bool(left == right)
