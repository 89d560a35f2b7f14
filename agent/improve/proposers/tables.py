"""A skill that maps a word to a number, read as a table and written back as a chain of tests.

Such a text is easy to change, easy to read in a diff, and easy to prove.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Table:
    """The table of a skill: `head` is its text up to the first test, `rest` what applies else.

    >>> source = 'def f(x: str) -> int:\\n    if x == "a":\\n        return 1\\n    return 2\\n'
    >>> table = Table.read("f", source)
    >>> table.rows, table.rest, table.text == source
    ({'a': 1}, 2, True)
    """

    head: str
    parameter: str
    rows: Mapping[str, int]
    rest: int

    @classmethod
    def read(cls, name: str, source: str) -> Table:
        """The table in the text of a skill; `ValueError` where it is no such chain."""
        tree = ast.parse(source)
        found = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name]
        if len(found) != 1 or len(found[0].args.args) != 1:
            raise ValueError(f"{name} is no function of one parameter")
        node = found[0]
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        rows: dict[str, int] = {}
        for statement in body[:-1]:
            key, value = _row(statement, node.args.args[0].arg)
            rows.setdefault(key, value)
        first = body[0].lineno - 1
        head = "".join(source.splitlines(keepends=True)[:first])
        return cls(head, node.args.args[0].arg, rows, _returned(body[-1]))

    @property
    def text(self) -> str:
        """The skill's text."""
        lines = [
            f"    if {self.parameter} == {_quoted(key)}:\n        return {value}\n"
            for key, value in self.rows.items()
        ]
        return f"{self.head}{''.join(lines)}    return {self.rest}\n"

    def of(self, key: str) -> int:
        """The number of a word."""
        return self.rows.get(key, self.rest)

    def changed(self, values: Mapping[str, int]) -> Table:
        """The table with other numbers; words that are new come at the end."""
        return replace(self, rows={**self.rows, **values})


def _row(statement: ast.stmt, parameter: str) -> tuple[str, int]:
    match statement:
        case ast.If(
            test=ast.Compare(
                left=ast.Name(id=name), ops=[ast.Eq()], comparators=[ast.Constant(value=str(key))]
            ),
            body=[returned],
            orelse=[],
        ) if name == parameter:
            return key, _returned(returned)
    raise ValueError(f"line {statement.lineno} is no row of a table")


def _returned(statement: ast.stmt) -> int:
    match statement:
        case ast.Return(value=ast.Constant(value=int(value))):
            return value
    raise ValueError(f"line {statement.lineno} returns no constant")


def _quoted(text: str) -> str:
    return f'"{text}"' if '"' not in text and "\\" not in text else repr(text)
