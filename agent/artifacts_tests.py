"""The test module that is delivered: pytest and Hypothesis against the delivered module."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from pathlib import Path

from verify_agent.agent.artifacts_strategies import INTEGERS, OBJECTS, drawn, mutable, strategy_text
from verify_agent.agent.task import TEST, Task
from verify_agent.contracts.model import Property

_SETTINGS = """\
CHECKED = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)"""


def render_tests(
    task: Task, folder: Path, *, importing: bool = True, more: Sequence[str] = ()
) -> str:
    """The text of a test module that stands in `folder` beside the delivered module.

    It is green for an implementation that keeps the contract, and holds what icontract can't
    say too: exceptions, properties, examples, the reference, and that arguments stay unchanged.
    A method of a class is called on objects that Hypothesis builds from the constructor's types.
    `more` are further test functions. Without `importing` the names of the module under test are
    taken to be there already.
    """
    contract = task.contract
    body = [
        _contract_test(task),
        _aliased_test(task),
        *(_example_test(i, text) for i, text in enumerate(contract.examples, 1)),
        *(_property_test(i, p) for i, p in enumerate(contract.properties, 1)),
        *more,
    ]
    joined = "\n".join(body)
    tools = [t for name, t in (("integers(", INTEGERS), ("objects(", OBJECTS)) if name in joined]
    pieces = [_SETTINGS, *_reference(task, folder), *(t.strip() for t in tools), *body]
    text = "\n\n\n".join(p for p in pieces if p)
    return f"{_head(task, text, folder, importing)}\n\n\n{text}\n"


def _head(task: Task, text: str, folder: Path, importing: bool) -> str:
    read = {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
    apart = task.in_codebase and importing
    delivered = {"importlib"} if task.kind != TEST else set()
    wanted = read | (delivered | {"sys"} if apart else set())
    names = ("copy", "importlib", "inspect", "runpy", "sys")
    standard = [f"import {m}{'.util' * (m == 'importlib')}" for m in names if m in wanted]
    if "Path" in read or apart:
        standard.append("from pathlib import Path")
    typing = sorted(read & {"Any", "Literal", "Optional", "Union"})
    if typing:
        standard.append(f"from typing import {', '.join(typing)}")
    hypothesis = [
        "HealthCheck",
        *(n for n in ("assume", "given", "reject", "settings") if n in read),
    ]
    third = [f"from hypothesis import {', '.join(hypothesis)}"]
    third += ["from hypothesis import strategies as st"] if "st" in read else []
    third = [f"import {m}" for m in ("icontract", "pytest") if m in read] + third
    doc = f'"""Tests of `{task.qualname}` against its contract."""'
    subject = _subject_import(task, read, folder) if importing else ""
    blocks = [doc, "\n".join(standard), "\n".join(third), subject]
    return "\n\n".join(b for b in blocks if b)


def _subject_import(task: Task, read: set[str], folder: Path) -> str:
    outer = task.qualname.partition(".")[0]
    if not task.in_codebase:
        names = _defined(task.contract.definitions) & read
        return f"from {task.output.stem} import {', '.join(sorted({outer, *names}))}"
    if task.kind == TEST:
        return _imported_in_place(task, outer, read, folder)
    return _loaded_in_place(task, outer, read, folder)


def _defined(definitions: str) -> set[str]:
    return {
        name
        for s in ast.parse(definitions).body
        for name in (
            [s.name]
            if isinstance(s, ast.FunctionDef | ast.ClassDef)
            else [(a.asname or a.name).partition(".")[0] for a in s.names]
            if isinstance(s, ast.Import | ast.ImportFrom)
            else [n.id for n in ast.walk(s) if isinstance(n, ast.Name)]
        )
    }


def _imported_in_place(task: Task, outer: str, read: set[str], folder: Path) -> str:
    """The codebase's own file, which stays as it is."""
    import os

    assert task.origin is not None
    base = task.origin.subject
    root = os.path.relpath(base.roots[0], folder)
    names = ", ".join(sorted({outer, *(task.origin.names & read)}))
    return (
        f"sys.path.insert(0, str(Path(__file__).resolve().parent / {root!r}))\n\n"
        f"from {base.module} import {names}  # noqa: E402"
    )


def _loaded_in_place(task: Task, outer: str, read: set[str], folder: Path) -> str:
    """The delivered file under the name that its codebase gives it, so that its imports work."""
    import os

    assert task.origin is not None
    base = task.origin.subject
    root = os.path.relpath(base.roots[0], folder)
    names = [n for n in sorted(task.origin.names & read) if n != outer]
    lines = [
        "HERE = Path(__file__).resolve().parent",
        f"sys.path.insert(0, str(HERE / {root!r}))",
        f"SPEC = importlib.util.spec_from_file_location({base.module!r}, "
        f"HERE / {task.output.name!r})",
        "assert SPEC is not None and SPEC.loader is not None",
        "MODULE = importlib.util.module_from_spec(SPEC)",
        f"sys.modules[{base.module!r}] = MODULE",
        "SPEC.loader.exec_module(MODULE)",
        *(f"{name} = MODULE.{name}" for name in [outer, *names]),
    ]
    return "\n".join(lines)


def _parameters(task: Task) -> list[tuple[str, str]]:
    """Parameters with annotations; `self` has its class's name."""
    owner = task.qualname.rpartition(".")[0]
    return [
        (p.name, p.annotation or (owner if owner and i == 0 else "int"))
        for i, p in enumerate(task.signature.parameters)
    ]


def _tuple(seen: Sequence[tuple[str, str]]) -> str:
    names = ", ".join(name for name, _ in seen)
    return f"({names},)" if len(seen) == 1 else f"({names})"


def _arguments(task: Task, function: str, seen: Sequence[tuple[str, str]]) -> str:
    conditions = [c.text for c in task.contract.requires]
    lines = drawn(seen, conditions)
    body = [*lines, f"return {_tuple(seen)}"]
    return "\n".join(["@st.composite", f"def {function}(draw):", *(f"    {line}" for line in body)])


def _contract_test(task: Task) -> str:
    """One call under the contract: postconditions, exceptions, frame, reference."""
    seen = _parameters(task)
    head = [_arguments(task, "arguments", seen), "", ""] if seen else []
    opening = (
        ["@given(arguments())", "@CHECKED", "def test_contract(given_arguments):"]
        if seen
        else ["def test_contract():"]
    )
    unpack = [f"{_tuple(seen)} = given_arguments"] if seen else []
    body = [*unpack, *_call_lines(task, seen, aliased=False)]
    return "\n".join([*head, *opening, *(f"    {line}" for line in body)])


def _aliased_test(task: Task) -> str:
    """The same with one object for two parameters, where their types allow it.

    Where one of the two may be changed the frame says nothing about the other.
    """
    seen = _parameters(task)
    pairs = [
        (a, b)
        for i, (a, kind) in enumerate(seen)
        for b, other in seen[i + 1 :]
        if kind == other and mutable(kind)
    ]
    if not pairs:
        return ""
    first, second = pairs[0]
    if {first, second} & set(task.contract.modifies or ()):
        return ""
    body = [f"{_tuple(seen)} = given_arguments", f"{second} = {first}"]
    body += _call_lines(task, seen, aliased=True)
    opening = ["@given(arguments())", "@CHECKED"]
    opening.append(f"def test_contract_with_one_object_for_{first}_and_{second}(given_arguments):")
    return "\n".join([*opening, *(f"    {line}" for line in body)])


def _call_lines(task: Task, seen: Sequence[tuple[str, str]], *, aliased: bool) -> list[str]:
    contract = task.contract
    lines = [f"assume({c.text})" for c in contract.requires]
    kept = _kept(task, seen)
    kinds = dict(seen)
    lines += [f"{name}_before = copy.deepcopy({_state(name, kinds[name])})" for name in kept]
    given = ", ".join(name for name, _ in seen)
    frame = [f"assert {_state(name, kinds[name])} == {name}_before" for name in kept]
    result = "result = " if contract.reference and not _returns_nothing(task) else ""
    if result:
        lines.append(f"wanted = REFERENCE(*copy.deepcopy({_tuple(seen)}))")
    call = f"{result}{_called(task, seen)}"
    if contract.raises:
        lines += _raising(task)
        lines += ["if expected:", "    with pytest.raises(expected):"]
        lines.append(f"        inspect.unwrap({task.qualname})({given})")
        lines += [f"    {line}" for line in frame]
        lines.append("    return")
    lines += [call, *frame]
    if result:
        lines.append("assert result == wanted")
    return lines


def _state(name: str, annotation: str) -> str:
    """What of an argument must stay: an object of a class may have no equality of its own."""
    return f"vars({name})" if strategy_text(annotation).startswith("objects(") else name


def _called(task: Task, seen: Sequence[tuple[str, str]]) -> str:
    names = [name for name, _ in seen]
    if "." in task.qualname and names:
        return f"{names[0]}.{task.qualname.rpartition('.')[2]}({', '.join(names[1:])})"
    return f"{task.qualname}({', '.join(names)})"


def _raising(task: Task) -> list[str]:
    table = "".join(f"({r.exception}, bool({r.condition.text})), " for r in task.contract.raises)
    return [f"expected = tuple(kind for kind, holds in ({table}) if holds)"]


def _kept(task: Task, seen: Sequence[tuple[str, str]]) -> list[str]:
    """The parameters that must not change; objects are compared by `==` of their class."""
    modifies = task.contract.modifies
    if modifies is None:
        return []
    from verify_agent.contracts.old import immutable

    return [n for n, kind in seen if n not in modifies and not immutable(kind)]


def _returns_nothing(task: Task) -> bool:
    return task.signature.returns == "None"


def _example_test(number: int, text: str) -> str:
    return f"def test_example_{number}():\n    assert {text}"


def _property_test(number: int, prop: Property) -> str:
    head = f"def values_{number}(draw):"
    lines = drawn(prop.given, [prop.when] if prop.when else [])
    draws = ["@st.composite", head, *(f"    {x}" for x in [*lines, f"return {_tuple(prop.given)}"])]
    when = [f"    assume({prop.when})"] if prop.when else []
    test = [
        f"@given(values_{number}())",
        "@CHECKED",
        f"def test_property_{number}(values):",
        f"    {_tuple(prop.given)} = values",
        *when,
        f"    assert {prop.then}",
    ]
    return "\n".join([*draws, "", "", *test])


def _block(text: str) -> str:
    """A text as a literal, over several lines where that is the same text."""
    block = f'"""\\\n{text}"""'
    plain = "\\" not in text and '"""' not in text and text.endswith("\n")
    return block if plain else repr(text)


def _reference(task: Task, folder: Path) -> Iterable[str]:
    if task.contract.reference_source:
        name = task.contract.reference.partition("::")[2]
        yield f"ORIGINAL = {_block(task.contract.reference_source)}"
        yield "NAMES: dict[str, object] = {}"
        yield "exec(ORIGINAL, NAMES)"
        yield f"REFERENCE = NAMES[{name!r}]"
        return
    if task.reference is None:
        return
    import os

    relative = os.path.relpath(task.reference, folder)
    name = task.contract.reference.partition("::")[2]
    where = f"Path(__file__).resolve().parent / {relative!r}"
    yield f"REFERENCE = runpy.run_path(str({where}))[{name!r}]"
