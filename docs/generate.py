"""The pages that are made from the code while the site is built; a hook of mkdocs.

`python docs/generate.py FOLDER` writes them into a folder instead.

Supported Python is asked of the prover itself, construct by construct; task keys come from the
task file's model, claims from the files of the claims, the trusted base from the audit.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from verify_agent.agent.audit.trusted_base import PARTS
from verify_agent.agent.task_model import BudgetEntry, PropertyEntry, TaskFile
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Unknown, prove
from verify_agent.verifier.errors import VerifyAgentError
from verify_agent.verifier.frontend.load import subject

DOCS = Path(__file__).resolve().parent
CLAIMS = DOCS.parent / "proofs" / "claims"
LIMITS = Limits(seconds=5.0, per_query_ms=1_000)

#: Group, construct, parameters, body. `f` is the function, under `ensure(lambda result: True)`.
CONSTRUCTS = (
    ("Values", "integers without bound", "x: int", "return x * x - 7"),
    ("Values", "`//` and `%`, rounding down", "x: int", "return x // 3 + x % 3"),
    ("Values", "`**` with a constant exponent", "x: int", "return x ** 3"),
    ("Values", "bit operations", "x: int", "return (x & 5) ^ (x << 1)"),
    ("Values", "truth values, `and`, `or`, `not`", "x: bool", "return int(x and not x)"),
    ("Values", "chained comparisons", "x: int", "return int(0 <= x < 9)"),
    ("Values", "IEEE doubles", "x: float", "return int(x + 0.5 > x)"),
    ("Values", "complex numbers", "x: complex", "return int(x == x)"),
    ("Values", "strings", "s: str", "return len(s + 'a')"),
    ("Values", "bytes", "s: bytes", "return len(s)"),
    ("Values", "`Optional` and unions", "x: int | None", "return 0 if x is None else x"),
    ("Values", "tuples", "t: tuple[int, int]", "a, b = t\nreturn a + b"),
    ("Values", "f-strings", "x: int", "return len(f'{x}')"),
    ("Collections", "lists: index, slice, length", "xs: list[int]", "return len(xs[1:])"),
    ("Collections", "lists that change", "xs: list[int]", "xs.append(1)\nreturn xs[-1]"),
    ("Collections", "lists of lists", "xs: list[list[int]]", "return len(xs)"),
    ("Collections", "dicts", "d: dict[int, int]", "return d.get(1, 0)"),
    ("Collections", "sets", "s: set[int]", "return len(s | {1})"),
    ("Collections", "`sorted`", "xs: list[int]", "return len(sorted(xs))"),
    ("Collections", "`sum`, `min`, `max`, `all`, `any`", "xs: list[int]", "return sum(xs)"),
    ("Collections", "list comprehensions", "xs: list[int]", "return len([x + 1 for x in xs])"),
    ("Collections", "dict comprehensions", "n: int", "return len({i: i for i in range(n)})"),
    ("Collections", "generator expressions", "xs: list[int]", "return sum(x for x in xs)"),
    ("Statements", "`if`, `elif`, conditional expressions", "x: int", "return 1 if x else 2"),
    ("Statements", "`for` over `range`", "n: int", "for i in range(n):\n    pass\nreturn n"),
    ("Statements", "`for` with `enumerate` and `zip`", "xs: list[int]",
     "t = 0\nfor i, x in enumerate(xs):\n    t = i\nreturn t"),
    ("Statements", "`while`", "n: int", "while n > 0:\n    n -= 1\nreturn n"),
    ("Statements", "`break`, `continue`, `else` of a loop", "xs: list[int]",
     "for x in xs:\n    if x:\n        break\nelse:\n    return 1\nreturn 0"),
    ("Statements", "`raise` and `try`", "x: int",
     "try:\n    return 1 // x\nexcept ZeroDivisionError:\n    return 0"),
    ("Statements", "`assert`", "x: int", "assert x == x\nreturn x"),
    ("Statements", "`match`", "x: int", "match x:\n    case 1:\n        return 1\nreturn 0"),
    ("Statements", "`with`", "x: int", "with open('f') as f:\n    pass\nreturn x"),
    ("Statements", "`:=`", "x: int", "return (y := x) + y"),
    ("Statements", "`del` of a name", "x: int", "y = x\ndel y\nreturn x"),
    ("Statements", "`global`", "x: int", "global z\nz = x\nreturn x"),
    ("Functions", "calls of other functions in the module", "x: int", "return helper(x)"),
    ("Functions", "recursion", "n: int", "return 0 if n <= 0 else f(n - 1)"),
    ("Functions", "lambdas", "x: int", "return (lambda y: y + 1)(x)"),
    ("Functions", "functions inside of functions", "x: int",
     "def g(y: int) -> int:\n    return y\nreturn g(x)"),
    ("Functions", "`*args`", "*xs: int", "return len(xs)"),
    ("Functions", "generators", "x: int", "return sum(made(x))"),
    ("Functions", "`async`", "x: int", "async def g() -> None: ...\nreturn x"),
    ("Objects", "plain classes", "x: int", "return Point(x).x"),
    ("Objects", "dataclasses", "x: int", "return Pair(x, x).a"),
    ("Objects", "`isinstance`", "x: int | str", "return 1 if isinstance(x, int) else 2"),
    ("Objects", "`getattr` and the like", "x: int", "return getattr(x, 'real')"),
    ("Library", "`math.gcd`, `math.isqrt`", "x: int", "return math.gcd(x, 6)"),
    ("Library", "`random`", "x: int", "return random.randint(0, 1)"),
    ("Library", "input and output", "x: int", "print(x)\nreturn x"),
)  # fmt: skip
HEAD = """import dataclasses
import math
import random

from icontract import ensure


def helper(x: int) -> int:
    return x + 1


def made(n: int) -> Iterator[int]:
    yield n


class Point:
    def __init__(self, x: int) -> None:
        self.x = x


@dataclasses.dataclass
class Pair:
    a: int
    b: int


@ensure(lambda result: result == result)
"""


def supported() -> str:
    """The table of constructs, each asked of the prover."""
    rows = [(group, name, _asked(parameters, body)) for group, name, parameters, body in CONSTRUCTS]
    lines = ["# Supported Python", "", WORDS, "| | construct | prover |", "|---|---|---|"]
    last = ""
    for group, name, answer in rows:
        lines.append(f"| {'' if group == last else group} | {name} | {answer} |")
        last = group
    return "\n".join(lines) + "\n"


WORDS = """What the deductive engine models exactly is proved or left open with a reason; everything
else is `unknown: unsupported`, with the construct and its line, and is never guessed at. The other
engines run the code, so they speak about all of Python that the sandbox allows. Each row is a
function that was put to the prover when this page was made.
"""


def _asked(parameters: str, body: str) -> str:
    """`modelled`, or what the prover says that it has no model of."""
    indented = "\n".join(f"    {line}" for line in body.splitlines())
    text = f"{HEAD}def f({parameters}) -> int:\n{indented}\n"
    ast.parse(text)
    try:
        answer = prove(subject(text, "f"), LIMITS)
    except VerifyAgentError as problem:
        return f"no: {getattr(problem, 'construct', problem)}"
    if isinstance(answer, Unknown) and answer.unsupported is not None:
        return f"no: {answer.unsupported.construct}"
    return "modelled"


def tasks() -> str:
    """Every key of a task file."""
    lines = ["# Task files", "", (DOCS / "tasks.head.md").read_text(encoding="utf-8")]
    for title, model in (
        ("All keys", TaskFile),
        ("An entry of `properties`", PropertyEntry),
        ("`budget`", BudgetEntry),
    ):
        lines += [f"## {title}", "", "| key | values | without it | what it says |"]
        lines.append("|---|---|---|---|")
        for name, field in model.model_fields.items():
            default = "needed" if field.is_required() else _default(field.get_default())
            words = (field.description or "").replace("|", "\\|")
            lines.append(f"| `{name}` | {_type(field.annotation)} | {default} | {words} |")
        lines.append("")
    return "\n".join(lines)


def _default(value: object) -> str:
    return "" if value in (None, "") else f"`{value}`"


def _type(kind: Any) -> str:
    """A type in words."""
    names = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    if kind in names:
        return names[kind]
    if get_origin(kind) in (Union, UnionType):
        found = dict.fromkeys(_type(a) for a in get_args(kind) if a is not type(None))
        return " or ".join(found)
    if getattr(kind, "__origin__", None) is list:
        return f"list of {_type(get_args(kind)[0])}"
    if getattr(kind, "__origin__", None) is dict:
        return "mapping"
    if hasattr(kind, "__metadata__"):
        return _type(kind.__origin__)
    if values := [a for a in get_args(kind) if isinstance(a, str)]:
        return ", ".join(f"`{v}`" for v in values)
    return "mapping"


def claims() -> str:
    """One line a claim, from its file."""
    lines = ["# Claims", "", (DOCS / "claims.head.md").read_text(encoding="utf-8")]
    lines += ["| file | claim |", "|---|---|"]
    for path in sorted(CLAIMS.glob("c*.py")):
        words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        lines.append(f"| `{path.name}` | {words.splitlines()[0]} |")
    return "\n".join(lines) + "\n"


def trusted_base() -> str:
    """What a reader must believe."""
    head = (DOCS / "trusted-base.head.md").read_text(encoding="utf-8")
    lines = ["# Trusted base", "", head, "| part | what is believed of it | where |"]
    lines.append("|---|---|---|")
    for part in PARTS:
        where = ", ".join(f"`{s}`" for s in part.sources) or part.package
        lines.append(f"| {part.name} | {part.believed} | {where} |")
    return "\n".join(lines) + "\n"


PAGES = {
    "tasks.md": tasks,
    "claims.md": claims,
    "trusted-base.md": trusted_base,
    "supported.md": supported,
}


def on_files(files: Any, config: Any) -> Any:
    """Add the pages to the site."""
    from mkdocs.structure.files import File

    for name, make in PAGES.items():
        files.append(File.generated(config, name, content=make()))
    return files


def main() -> int:
    """Write the pages into a folder."""
    for name, make in PAGES.items():
        Path(sys.argv[1], name).write_text(make(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
