"""Twenty kinds of wrong programs, put into a memory under the right contract of a task."""

from __future__ import annotations

from pathlib import Path

from verify_agent.agent.memory.normal import FUNCTION, Normal, parameter
from verify_agent.agent.memory.proposer import form_of
from verify_agent.agent.memory.records import Solved
from verify_agent.agent.memory.store import Memory
from verify_agent.agent.task import load_task

#: Bodies, by what they are; ARGS stands for all parameters.
KINDS: dict[str, str] = {
    "the first argument": "return p0",
    "nothing": "pass",
    "a constant": "return 0",
    "a negative constant": "return -1",
    "a large constant": "return 10 ** 9",
    "a text": "return 'p0'",
    "an empty list": "return []",
    "a pair": "return (p0, p0)",
    "a truth value": "return True",
    "an exception": "raise ValueError('no')",
    "an exception at times": "return p0 if p0 != 12345 else 1 // 0",
    "an endless loop": "while True:\n        pass",
    "endless recursion": "return f(ARGS)",
    "an import": "import os\n    return os.getpid()",
    "text evaluated": "return eval('p0')",
    "a file": "open('poisoned', 'w').write('x')\n    return p0",
    "a generator": "yield p0",
    "a name that is not there": "return nowhere",
    "very deep": f"return {'(' * 80}p0{')' * 80}",
    "no Python": "return (p0",
}


def poisoned(task_file: Path, folder: Path, kind: str) -> bool:
    """Keep a wrong program of a kind for a task; false where memory keeps nothing of it."""
    asked = form_of(load_task(task_file))
    if asked is None:
        return False
    memory = Memory(folder)
    try:
        memory.keep(Solved(asked.key, asked.family, "", _program(asked, kind), "x", "x", "proved"))
    finally:
        memory.close()
    return True


def _program(asked: Normal, kind: str) -> str:
    names = [parameter(place) for place in range(len(asked.order))]
    types = [asked.signature.parameters[place].annotation for place in asked.order]
    annotated = [f"{name}: {type_}" for name, type_ in zip(names, types, strict=True)]
    body = KINDS[kind].replace("ARGS", ", ".join(names))
    return f"def {FUNCTION}({', '.join(annotated)}):\n    {body}\n"
