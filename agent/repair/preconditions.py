"""Conditions that leave out the inputs on which a function fails, and putting one on it."""

from __future__ import annotations

import ast
from collections.abc import Callable

from verify_agent.agent.repair.trial import Arguments, Trial
from verify_agent.agent.repair.vocabulary import vocabulary_of
from verify_agent.agent.task_origin import find_node
from verify_agent.contracts.spelling import PACKAGE, REQUIRE, spelling_of
from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir.interpreter import Interpreter, Returned

CONDITIONS, SAMPLE = 4, 300


def conditions(trial: Trial) -> list[str]:
    """Conditions on the arguments that no failing input meets, the weakest first."""
    contract = trial.subject.contract
    words = vocabulary_of(trial.program, [c.text for c in contract.ensures])
    sample = trial.passing[:SAMPLE]
    found: list[tuple[int, int, str]] = []
    for position, atom in enumerate(words.atoms(words.parameters)):
        holds = _probe(trial, atom)
        if holds is None or any(holds(args) is not False for args in trial.failing):
            continue
        lost = sum(holds(args) is not True for args in sample)
        if lost < len(sample):
            found.append((lost, position, atom))
    return [atom for _, _, atom in sorted(found)[:CONDITIONS]]


def _probe(trial: Trial, atom: str) -> Callable[[Arguments], bool | None] | None:
    """The truth of a condition on arguments (None where it raises)."""
    node = find_node(trial.subject.source, trial.subject.qualname)
    if not isinstance(node, ast.FunctionDef):
        return None
    test = ast.FunctionDef(node.name, node.args, [], [], node.returns)
    test.body = ast.parse(f"return bool({atom})").body
    try:
        program = trial.bodies.with_body(ast.copy_location(test, node))
    except Unsupported:
        return None
    if program is None:
        return None
    machine = Interpreter(program)

    def holds(args: Arguments) -> bool | None:
        found = machine.run(args)
        return bool(found.value) if isinstance(found, Returned) else None

    return holds


def required(text: str, qualname: str, condition: str) -> str | None:
    """The text with one more precondition on a function, evaluated after those it has.

    None where the module does not import icontract.
    """
    node = find_node(text, qualname)
    lines = text.split("\n")
    end = "\r" if lines[0].endswith("\r") else ""
    used = {n.id for n in ast.walk(ast.parse(condition)) if isinstance(n, ast.Name)}
    given = ", ".join(a.arg for a in node.args.args if a.arg in used)
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)]) - 1
    name = _spelled(text)
    if name is None:
        name = "require"
        imported = _imports(text)
        if imported is None:
            return None
        lines[imported.lineno - 1] = _with_name(lines[imported.lineno - 1], imported)
    lines.insert(first, f"{' ' * node.col_offset}@{name}(lambda {given}: {condition}){end}")
    return "\n".join(lines)


def _spelled(text: str) -> str | None:
    """How the module writes icontract's `require`, if it can already."""
    spelling = spelling_of(ast.parse(text))
    for local, meaning in spelling.meaning.items():
        if meaning == f"{PACKAGE}.{REQUIRE}":
            return local
    return next((f"{n}.{REQUIRE}" for n, m in spelling.meaning.items() if m == PACKAGE), None)


def _imports(text: str) -> ast.ImportFrom | None:
    """The module's `from icontract import ...`, where it stands on one line."""
    for node in ast.parse(text).body:
        match node:
            case ast.ImportFrom(module="icontract", lineno=line, end_lineno=end) if line == end:
                return node
    return None


def _with_name(line: str, node: ast.ImportFrom) -> str:
    """The line of an import with `require` in it too, the names in order."""
    head, _, tail = line.partition(" import ")
    shown = [f"{a.name} as {a.asname}" if a.asname else a.name for a in node.names]
    comment = tail[tail.index("#") :] if "#" in tail else ""
    names = ", ".join(sorted([*shown, "require"]))
    return f"{head} import {names}" + (f"  {comment}" if comment else "")
