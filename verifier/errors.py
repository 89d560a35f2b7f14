"""One root for all errors that a person sees; each has a stable code."""

from __future__ import annotations


class VerifyAgentError(Exception):
    """Something that a person must be told: what was found, expected, where, and what to do."""

    code = "VA000"
    exit_code = 4

    def __init__(
        self, found: str, *, expected: str = "", where: str = "", advice: str = ""
    ) -> None:
        super().__init__(found)
        self.found = found
        self.expected = expected
        self.where = where
        self.advice = advice

    def __str__(self) -> str:
        head = f"{self.where}: {self.found}" if self.where else self.found
        parts = [head]
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.advice:
            parts.append(self.advice)
        return "; ".join(parts)


class BadInput(VerifyAgentError, ValueError):
    """A file, option or expression of the person's is wrong (exit code 2)."""

    code = "VA001"
    exit_code = 2


class BadTask(BadInput):
    """A task file is refused before anything runs."""

    code = "VA002"


class BadSource(BadInput):
    """Source text that does not parse or lacks the function that was named."""

    code = "VA003"


class NotBuiltYet(BadInput):
    """A feature of the task format that this version does not have."""

    code = "VA004"


class ToolMissing(VerifyAgentError, RuntimeError):
    """A tool that is needed is missing or broke (exit code 4)."""

    code = "VA005"


class SandboxTooWeak(ToolMissing):
    """Fewer layers of isolation are active than the policy asks for."""

    code = "VA006"


class Unsupported(VerifyAgentError):
    """A construct outside the modelled subset: never an answer, always `unknown`.

    `construct` names it and `line` and `column` say where (lines from 1, columns from 0).
    """

    code = "VA007"
    exit_code = 3

    def __init__(self, construct: str, line: int = 0, column: int = 0) -> None:
        super().__init__(f"unsupported: {construct} at {line}:{column}")
        self.construct = construct
        self.line = line
        self.column = column

    def at(self, line: int, column: int = 0) -> Unsupported:
        """The same with a place, unless it has one already."""
        return self if self.line else type(self)(self.construct, line, column)

    def __reduce__(self) -> tuple[type[Unsupported], tuple[str, int, int]]:
        return type(self), (self.construct, self.line, self.column)
