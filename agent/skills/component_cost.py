"""What a component costs in an enumerated term: cheap ones are tried first."""

from icontract import ensure


@ensure(lambda result: 1 <= result <= 9)
def component_cost(template: str) -> int:
    """The cost of one use, without its arguments."""
    if template == "{0} + {1}":
        return 1
    if template == "{0} - {1}":
        return 1
    if template == "{0} * {1}":
        return 2
    if template == "{0} // {1}":
        return 1
    if template == "{0} % {1}":
        return 1
    if template == "-{0}":
        return 1
    if template == "abs({0})":
        return 2
    if template == "min({0}, {1})":
        return 2
    if template == "max({0}, {1})":
        return 2
    if template == "{0} < {1}":
        return 1
    if template == "{0} <= {1}":
        return 1
    if template == "{0} == {1}":
        return 1
    if template == "{0} != {1}":
        return 1
    if template == "{0} and {1}":
        return 2
    if template == "{0} or {1}":
        return 2
    if template == "not {0}":
        return 2
    if template == "{0} in {1}":
        return 2
    if template == "len({0})":
        return 1
    if template == "({0} > {1}) - ({0} < {1})":
        return 5
    if template == "{0} + {1} #bool":
        return 3
    if template == "2 ** {0}":
        return 3
    if template == "{0}[0]":
        return 1
    if template == "{0}[-1]":
        return 1
    if template == "{0}.upper()":
        return 1
    if template == "{0}.lower()":
        return 1
    if template == "{0}.strip()":
        return 1
    if template == "{0}[::-1]":
        return 1
    return 2
