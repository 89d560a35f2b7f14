"""cvc5's syntax-guided synthesis for linear conditional functions of int and bool.

Single invocation (`sygus-si=use`; Reynolds, Deters, Kuncak, Tinelli, Barrett,
"Counterexample-guided quantifier instantiation for synthesis in SMT", CAV 2015). It runs in a
process of its own that is killed at the end of the search.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.problem import AWAITED, Body, Found
from verify_agent.verifier.ir.types import BOOL, INT

RESOURCES = 300_000
"""cvc5's own units of work, which are the same on every machine; about half a second."""
SECONDS = 10
"""Processor time after which the child is a runaway."""
IDLE = 1_000
"""Units that a turn without an answer counts, so that the search comes to its end."""
DUE = 250_000
"""Units of the search's work after which it waits for the answer."""


class Sygus:
    """Asks cvc5 once for the whole contract, and waits without using the processor."""

    name = "sygus"
    waits = True

    def price(self, context: Context) -> float | None:
        """Applies to int and bool parameters and result under postconditions."""
        problem = context.problem
        types = [*context.types, problem.returns]
        if not problem.contract.ensures or any(t not in (INT, BOOL) for t in types):
            return None
        if problem.contract.snapshots or problem.contract.definitions:
            return None
        return 1.0

    def search(self, context: Context) -> Iterator[Found]:
        """The answer, if there is one, `DUE` units of work after the start."""
        child = subprocess.Popen(
            [sys.executable, "-m", "verify_agent.agent.synth.sygus.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write(json.dumps(request(context)).encode())
            child.stdin.close()
            due = context.meter.spent + DUE
            while context.meter.spent < due:
                context.meter.spend(IDLE)
                yield None
            while child.poll() is None:
                yield AWAITED
            body = _body(child.stdout.read())
            if body is not None:
                yield body
        except BrokenPipeError:
            return
        finally:
            child.kill()
            child.wait()
            if child.stdout:
                child.stdout.close()


def request(context: Context) -> dict[str, object]:
    """What the child is asked: the contract of a problem over ints and bools."""
    problem = context.problem
    names = {INT: "int", BOOL: "bool"}
    excluded = [f"not ({r.condition.text})" for r in problem.contract.raises]
    return {
        "parameters": [[name, names[type_]] for name, type_ in problem.types.items()],
        "returns": names[problem.returns],
        "requires": [c.text for c in problem.contract.requires] + excluded,
        "ensures": [c.text for c in problem.contract.ensures],
        "resources": RESOURCES,
        "seconds": SECONDS,
    }


def _body(output: bytes) -> Body | None:
    try:
        answer = json.loads(output)
    except ValueError:
        return None
    text = answer.get("expression")
    return None if text is None else Body.of(ast.parse(text, mode="eval").body)
