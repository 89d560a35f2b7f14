"""The names of parameters that a contract speaks of, those among them that are none."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from verify_agent.contracts.expressions import argument_names
from verify_agent.contracts.parse import Function, is_contract_decorator, scope_of

#: What icontract hands to a condition beside the parameters.
_ICONTRACTS = frozenset({"result", "OLD", "_ARGS", "_KWARGS", "self", "cls"})


@dataclass(frozen=True)
class Spoken:
    """The parameters that a function's own conditions take: those it has, those it has not."""

    known: frozenset[str]
    missing: tuple[str, ...]


def spoken_of(source: str, function: Function) -> Spoken:
    """What the lambdas (or the module's functions) in a function's contract take.

    >>> text = "import icontract\\n@icontract.require(lambda low: low)\\ndef f(lo): ..."
    >>> spoken_of(text, ast.parse(text).body[1]).missing
    ('low',)
    """
    scope = scope_of(source, ast.parse(source))
    taken: list[str] = []
    for decorator in function.decorator_list:
        if not isinstance(decorator, ast.Call) or not is_contract_decorator(
            decorator, scope.spelling
        ):
            continue
        for given in (*decorator.args, *(k.value for k in decorator.keywords)):
            match given:
                case ast.Lambda(args=arguments):
                    taken += _needed(arguments)
                case ast.Name(id=name) if name in scope.callables:
                    taken += _needed(scope.callables[name])
                case _:
                    pass
    own = argument_names(function.args)
    missing = [n for n in taken if n not in own and n not in _ICONTRACTS]
    return Spoken(own & frozenset(taken), tuple(dict.fromkeys(missing)))


def _needed(arguments: ast.arguments) -> list[str]:
    """The arguments without a default."""
    plain = [*arguments.posonlyargs, *arguments.args]
    plain = plain[: len(plain) - len(arguments.defaults)]
    only = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return [a.arg for a in plain] + [a.arg for a, d in only if d is None]
