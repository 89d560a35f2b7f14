"""A bloated answer loses the branches and operands that nothing needs."""

from __future__ import annotations

import ast

from verify_agent.agent.synth.rules.shrink import shrunk


def _largest(tree: ast.expr) -> bool:
    value = eval("lambda a, b: " + ast.unparse(ast.fix_missing_locations(tree)))
    return all(value(a, b) == max(a, b) for a in range(-2, 3) for b in range(-2, 3))


def test_needless_parts_go() -> None:
    text = "a if a >= b and (a > b or a == b) else b if b > a or a < 0 else a if a > 0 else b"
    tree = shrunk(ast.parse(text, mode="eval").body, _largest)
    assert _largest(tree)
    assert ast.unparse(tree) in ("a if a >= b else b", "a if a > b else b")


def test_an_answer_that_needs_all_its_parts_stays() -> None:
    tree = ast.parse("a if a >= b else b", mode="eval").body
    assert shrunk(tree, _largest) is tree
