"""The child process that asks cvc5: a JSON problem on its input, a JSON answer on its output.

Problem: `{"parameters": [[name, "int" | "bool"]], "returns": ..., "requires": [text],
"ensures": [text], "resources": limit of cvc5, "seconds": limit of the process}`, and where
wanted `"single_invocation"`, cvc5's word for when to use that method. Answer:
`{"expression": text}`, `{"refused": reason}` or `{"unknown": ""}`.
"""

from __future__ import annotations

import ast
import json
import os
import resource
import signal
import sys
from typing import Any

from verify_agent.verifier.errors import Unsupported

MEMORY = 2 << 30


def _die_with_parent() -> None:
    import ctypes

    set_parent_death_signal = 1  # PR_SET_PDEATHSIG of prctl(2)
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
    if os.getppid() == 1:
        os._exit(1)


def solve(problem: dict[str, Any]) -> dict[str, str]:
    """The answer of cvc5 to one problem."""
    import cvc5

    from verify_agent.agent.synth.sygus.language import Compiler, answer_text

    solver = cvc5.Solver()
    solver.setLogic("LIA")
    method = str(problem.get("single_invocation", "use"))
    for option, value in (("sygus", "true"), ("incremental", "false"), ("sygus-si", method)):
        solver.setOption(option, value)
    solver.setOption("rlimit", str(problem["resources"]))
    compiler = Compiler(solver, problem["parameters"], problem["returns"])
    try:
        requires = [compiler.condition(_parse(text)) for text in problem["requires"]]
        ensures = [compiler.condition(_parse(text)) for text in problem["ensures"]]
    except Unsupported as error:
        return {"refused": str(error)}
    if not ensures:
        return {"refused": "no postcondition"}
    solver.addSygusConstraint(compiler.implication(requires, ensures))
    if not solver.checkSynth().hasSolution():
        return {"unknown": ""}
    try:
        return {"expression": answer_text(solver.getSynthSolution(compiler.function))}
    except Unsupported as error:
        return {"refused": str(error)}


def _parse(text: str) -> ast.expr:
    return ast.parse(text.strip(), mode="eval").body


def main() -> None:
    """Limit this process, answer one problem."""
    _die_with_parent()
    problem = json.load(sys.stdin)
    limit = problem["seconds"]
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        answer = solve(problem)
    except Exception as error:  # the edge of the process: the parent reads the cause
        answer = {"refused": f"{type(error).__name__}: {error}"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
