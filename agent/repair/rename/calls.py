"""The calls of one function in a module, and the places where it is not clear whether it is one."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import libcst as cst
from libcst.metadata import QualifiedName, QualifiedNameSource

from verify_agent.agent.repair.rename.tree import Tree

#: How often a name may be handed on from module to module.
FURTHEST = 20


@dataclass(frozen=True)
class Target:
    """The function that is called: its module's import name, its place in it, its parameters.

    `exports` says for the dotted names that modules import what they import, also a dotted name;
    `heirs` are the names of classes that inherit from the method's.
    """

    module: str
    qualname: str
    parameters: tuple[str, ...]
    static: bool = False
    exports: Mapping[str, str] = field(default_factory=dict)
    heirs: frozenset[str] = frozenset()

    @property
    def owner(self) -> str:
        """The class of a method; empty for a function."""
        return self.qualname.rpartition(".")[0]

    @property
    def last(self) -> str:
        """The last part of its qualified name."""
        return self.qualname.rpartition(".")[2]

    @property
    def constructor(self) -> bool:
        """Whether a call of it is a call of its class."""
        return bool(self.owner) and self.last == "__init__"

    @property
    def name(self) -> str:
        """What a call of it ends in: the class's name for a constructor."""
        return self.dotted.rpartition(".")[2]

    @property
    def dotted(self) -> str:
        """The whole name of what is called."""
        called = self.owner if self.constructor else self.qualname
        return f"{self.module}.{called}"


@dataclass(frozen=True)
class Call:
    """A call; `positional` are the parameters that it gives by position.

    `unclear` says why it may be a call of another function, or why not all that it gives is seen;
    empty where all is clear. `certain` says that it is a call of the function.
    """

    node: cst.Call
    line: int
    within: str
    certain: bool
    unclear: str
    positional: tuple[str, ...]

    @property
    def keywords(self) -> dict[str, cst.Name]:
        """The keywords that it gives, each with its node."""
        return {a.keyword.value: a.keyword for a in self.node.args if a.keyword is not None}


@dataclass(frozen=True)
class Module:
    """A module: its tree and its import name; `package` says that it is a package's own."""

    tree: Tree
    name: str
    package: bool = False

    def whole(self, name: QualifiedName, target: Target) -> str:
        """A name as the module spells it -> the name from where imports start."""
        dotted = name.name
        if name.source is QualifiedNameSource.LOCAL:
            dotted = f"{self.name}.{dotted}"
        elif dotted.startswith("."):
            rest = dotted.lstrip(".")
            dotted = absolute(self.name, self.package, len(dotted) - len(rest), rest)
        return _handed_on(dotted, target.exports)


def absolute(module: str, package: bool, level: int, rest: str) -> str:
    """The dotted name of a relative import's `rest`, `level` dots before it."""
    parts = module.split(".")
    base = parts[: len(parts) - level + (1 if package else 0)]
    return ".".join([*base, rest] if rest else base)


def _handed_on(dotted: str, exports: Mapping[str, str]) -> str:
    for _ in range(FURTHEST):
        if dotted not in exports:
            head, _, last = dotted.rpartition(".")
            if head not in exports:
                return dotted
            dotted = f"{exports[head]}.{last}"
        else:
            dotted = exports[dotted]
    return dotted


def exports_of(text: str, module: str, package: bool) -> dict[str, str]:
    """The names that a module's imports give it, with what each of them is elsewhere."""
    found: dict[str, str] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = absolute(module, package, node.level, base)
            for alias in node.names:
                found[f"{module}.{alias.asname or alias.name}"] = f"{base}.{alias.name}"
    return {a: b for a, b in found.items() if a != b}


def calls_of(module: Module, target: Target) -> Iterator[Call]:
    """Every call of the function in a module, and those that may be one."""
    for node in list(module.tree.positions):
        if isinstance(node, cst.Call):
            found = _call(module, target, node)
            if found is not None:
                yield found


def _call(module: Module, target: Target, node: cst.Call) -> Call | None:
    certain, unclear, bound = _judged(module, target, node)
    if not (certain or unclear):
        return None
    starred = next((a for a in node.args if a.star == "**"), None)
    if certain and starred is not None:
        unclear = f"it passes `**{module.tree.code(starred.value)}`"
    taken = target.parameters[1:] if bound else target.parameters
    count = sum(1 for a in node.args if a.keyword is None and not a.star)
    line = module.tree.line(node)
    return Call(node, line, _within(module.tree, node), certain, unclear, taken[:count])


def _judged(module: Module, target: Target, node: cst.Call) -> tuple[bool, str, bool]:
    """Whether it is the function for certain, why it may be, and whether `self` is given."""
    called = node.func
    meanings = {module.whole(m, target) for m in module.tree.meanings(called)}
    if target.dotted in meanings:
        # libcst takes `C().f` and `C.f` for the same name
        made = isinstance(called, cst.Attribute) and isinstance(called.value, cst.Call)
        bound = target.constructor or (made and not target.static)
        sure = len(meanings) == 1
        return sure, "" if sure else "it may be a call of another function", bound
    if not meanings and isinstance(called, cst.Name) and called.value == target.name:
        return False, f"it is not clear where `{called.value}` comes from", target.constructor
    if not target.owner:
        return False, "", False
    bound = not target.static
    if isinstance(called, cst.Attribute) and called.attr.value == target.last:
        if _receives(module, target, called.value):
            return True, "", bound
        shown = module.tree.code(called.value)
        return False, f"`{shown}` may be an object of another class", bound
    heirs = ("cls", *target.heirs) if target.constructor else ()
    if isinstance(called, cst.Name) and called.value in heirs:
        return False, f"`{called.value}` may have a constructor of its own", True
    return False, "", False


def _receives(module: Module, target: Target, receiver: cst.BaseExpression) -> bool:
    """Whether an expression is an object of the method's class for certain."""
    tree = module.tree
    match receiver:
        case cst.Call(func=cst.Name(value="super"), args=[]):
            return _class_around(tree, receiver) in target.heirs
        case cst.Name(value=name):
            scope = tree.scopes.get(receiver)
            bound = list(scope[name]) if scope is not None else []
            node = getattr(bound[0], "node", None) if len(bound) == 1 else None
            return isinstance(node, cst.Param) and _is_of_class(module, target, node)
        case _:
            return False


def _is_of_class(module: Module, target: Target, parameter: cst.Param) -> bool:
    """Whether a parameter is `self` of a method of the class, or declared to be of it."""
    tree = module.tree
    if parameter.annotation is not None:
        meanings = tree.meanings(parameter.annotation.annotation)
        return {module.whole(m, target) for m in meanings} == {f"{target.module}.{target.owner}"}
    function = next(
        n for n in tree.around(parameter) if isinstance(n, cst.FunctionDef | cst.Lambda)
    )
    own = next(iter(function.params.params), None) is parameter
    own = own or (isinstance(function, cst.Lambda) and parameter.name.value == "self")
    holder = next((n for n in tree.around(function) if isinstance(n, cst.ClassDef)), None)
    nearest = next(
        (n for n in tree.around(function) if isinstance(n, cst.ClassDef | cst.FunctionDef)), None
    )
    if isinstance(function, cst.FunctionDef) and (nearest is not holder or _static(function)):
        return False
    name = holder.name.value if holder is not None else ""
    here = module.name == target.module and name == target.owner
    return own and (here or name in target.heirs)


def _static(function: cst.FunctionDef) -> bool:
    marks = [d.decorator for d in function.decorators]
    return any(
        isinstance(m, cst.Name) and m.value in ("staticmethod", "classmethod") for m in marks
    )


def _class_around(tree: Tree, node: cst.CSTNode) -> str:
    return next((n.name.value for n in tree.around(node) if isinstance(n, cst.ClassDef)), "")


def _within(tree: Tree, node: cst.CSTNode) -> str:
    """The qualified name of the function (or method) that a node stands in; empty for none."""
    kinds = cst.FunctionDef | cst.ClassDef
    names = [n.name.value for n in tree.around(node) if isinstance(n, kinds)]
    return ".".join(reversed(names))


def handed_on(module: Module, target: Target, old: Collection[str]) -> Iterator[tuple[int, str]]:
    """Lines at which the function itself is a value that may be called by these keywords."""
    tree = module.tree
    for node in list(tree.positions):
        named = isinstance(node, cst.Name) and not isinstance(tree.parents[node], cst.Attribute)
        if not (named or isinstance(node, cst.Attribute)):
            continue
        parent = tree.parents[node]
        called = isinstance(parent, cst.Call) and parent.func is node
        if called or isinstance(parent, cst.Attribute | cst.ImportAlias | cst.ImportFrom):
            continue
        if isinstance(parent, cst.FunctionDef | cst.ClassDef | cst.AsName | cst.Param):
            continue
        if {module.whole(m, target) for m in tree.meanings(node)} != {target.dotted}:
            continue
        call = tree.parents[parent] if isinstance(parent, cst.Arg) else None
        if not isinstance(call, cst.Call) or _may_name(call, old):
            yield tree.line(node), f"`{tree.code(node)}` is handed on"


def _may_name(call: cst.Call, old: Collection[str]) -> bool:
    keywords = {a.keyword.value for a in call.args if a.keyword is not None}
    starred = any(a.star == "**" for a in call.args)
    return starred or bool(keywords & {*old, "kwargs", "kwds"})
