"""The shared ladder and semantics programs with the deductive engine: never a wrong verdict.

A file's name says what holds of the contracts in it: `__holds`, `__violated`, `__diverges`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from verify_agent.verifier.evidence import FunctionReport, Verdict, weakest
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.options import Options
from verify_agent.verifier.session.module import check_modules

SUITES = Path(__file__).parents[3] / "shared" / "suites" / "verify"
OPTIONS = Options(engines=("deductive",), seconds=20.0, jobs=2)
TERMINATES = "terminates"
PROVED, REFUTED = 25, 29

Reports = Mapping[str, tuple[FunctionReport, ...]]


def files(folder: str) -> dict[str, str]:
    """The programs of a folder by name; skips loudly where the suites are not there."""
    if not SUITES.is_dir():
        pytest.skip(f"the shared suites are not at {SUITES}")
    return {path.stem: path.read_text() for path in sorted((SUITES / folder).glob("*.py"))}


def reports_on(programs: Mapping[str, str], options: Options = OPTIONS) -> Reports:
    """The reports by the programs' names."""
    modules = [load(text, f"{name}.py", name) for name, text in programs.items()]
    report = check_modules(modules, options=options)
    assert report.complete
    return {name: tuple(f for f in report.functions if f.path == f"{name}.py") for name in programs}


def words(reports: Reports) -> dict[str, Verdict]:
    """One word a program: the weakest of its functions."""
    return {name: weakest(f.verdict for f in found) for name, found in reports.items()}


def assert_nothing_wrong(reports: Reports) -> None:
    """No program that holds is refuted, none that does not is proved, and nothing broke."""
    for name, word in words(reports).items():
        assert word not in (Verdict.ERROR, Verdict.VACUOUS), name
        if name.endswith("__holds"):
            assert word is not Verdict.REFUTED, name
        elif name.endswith("__violated"):
            assert word is not Verdict.PROVED, name
        else:
            assert name.endswith("__diverges"), name
            assumed = {a for f in reports[name] for a in f.assumptions}
            assert word is not Verdict.PROVED or TERMINATES in assumed, name


def lacking(found: Mapping[str, Verdict], ending: str, verdict: Verdict) -> list[str]:
    """The programs of an ending without the verdict."""
    return [n for n, word in found.items() if n.endswith(ending) and word is not verdict]


@pytest.mark.slow
def test_ladder() -> None:
    reports = reports_on(files("ladder"))
    assert_nothing_wrong(reports)
    found = words(reports)
    assert len(found) == 62
    unproved = lacking(found, "__holds", Verdict.PROVED)
    assert 31 - len(unproved) >= PROVED, unproved
    unrefuted = lacking(found, "__violated", Verdict.REFUTED)
    assert 31 - len(unrefuted) >= REFUTED, unrefuted
    refuted = [f for name in reports if found[name] is Verdict.REFUTED for f in reports[name]]
    seen = [o.counterexample for f in refuted for o in f.obligations]
    assert sum(c is not None and c.replayed for c in seen) >= REFUTED


@pytest.mark.slow
def test_semantics() -> None:
    reports = reports_on(files("semantics"))
    assert len(reports) == 29
    assert_nothing_wrong(reports)


@pytest.mark.slow
def test_names_carry_no_hint() -> None:
    before = {**files("ladder"), **files("semantics")}
    names = {name: f"p{i}" for i, name in enumerate(before, 1)}
    after = {names[name]: renamed(text) for name, text in before.items()}
    old, new = words(reports_on(before)), words(reports_on(after))
    alone = replace(OPTIONS, jobs=1)
    for name in [n for n in before if old[n] is not new[names[n]]]:
        # Near a time limit the machine's load decides: once more, one after the other.
        old |= words(reports_on({name: before[name]}, alone))
        new |= words(reports_on({names[name]: after[names[name]]}, alone))
    assert {names[name]: word for name, word in old.items()} == new


def renamed(source: str) -> str:
    """The program with its functions, classes and methods called by numbers."""
    tree = ast.parse(source)
    defined = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    given = [n.name for n in defined if not n.name.startswith("__")]
    # A method may have the name of a method of a builtin type, which has to keep its own.
    builtin = {name for type_ in (list, str, dict, set, int, float) for name in dir(type_)}
    free = dict.fromkeys(name for name in given if name not in builtin)
    numbers = {name: f"g{i}" for i, name in enumerate(free, 1)}
    return ast.unparse(_Renamer(numbers).visit(tree))


class _Renamer(ast.NodeTransformer):
    """Puts the new names in wherever an old one is meant."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        node.attr = self.names.get(node.attr, node.attr)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self.names.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self.names.get(node.name, node.name)
        return self.generic_visit(node)


def test_the_renaming_renames() -> None:
    source = "def total(xs: list[int]) -> int:\n    return total(xs) if xs else 0"
    assert renamed(source) == source.replace("total", "g1")
    if SUITES.is_dir():
        for name, text in {**files("ladder"), **files("semantics")}.items():
            assert_same_tree_but_names(name, text, renamed(text))


def assert_same_tree_but_names(name: str, before: str, after: str) -> None:
    """Both have functions under contract, as many, and none is called as it was."""
    old, new = (load(text, f"{name}.py").subjects for text in (before, after))
    assert len(old) == len(new) > 0, name
    assert not plain(s.qualname for s in old) & plain(s.qualname for s in new), name


def plain(qualnames: Iterable[str]) -> set[str]:
    """The last parts of names that are not special methods or methods of builtin types."""
    lasts = {name.rpartition(".")[2] for name in qualnames}
    builtin = {name for type_ in (list, str, dict, set, int, float) for name in dir(type_)}
    return {name for name in lasts if not name.startswith("__")} - builtin
