"""A solver that says what it is told to, for tests of what stands on solvers."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from verify_agent.verifier.smt.query import Answer, Budget, Cause, Query, Status


class Fake:
    """Answers from a script, in order; runs out into `UNKNOWN`. Remembers what it was asked.

    >>> from verify_agent.verifier.smt.terms import TRUE
    >>> fake = Fake([Status.UNSAT])
    >>> [fake.solve(Query("q", (), TRUE), Budget()).status.value for _ in range(2)]
    ['unsat', 'unknown']
    """

    def __init__(
        self, script: Iterable[Status | Answer | Callable[[], Answer]] = (), name: str = "fake"
    ) -> None:
        self._script = list(script)
        self._name = name
        self.asked: list[Query | str] = []

    @property
    def name(self) -> str:
        """The name it was given."""
        return self._name

    def solve(
        self, query: Query, budget: Budget, seed: int = 0, *, want_core: bool = False
    ) -> Answer:
        """The next answer of the script."""
        self.asked.append(query)
        return self._next(seed)

    def solve_text(self, text: str, budget: Budget, seed: int = 0) -> Answer:
        """The next answer of the script."""
        self.asked.append(text)
        return self._next(seed)

    def _next(self, seed: int) -> Answer:
        step = self._script.pop(0) if self._script else Status.UNKNOWN
        match step:
            case Answer():
                return step
            case Status.UNKNOWN:
                reason = "the script says so"
                return Answer(step, self._name, reason=reason, cause=Cause.INCOMPLETE, seed=seed)
            case Status():
                return Answer(step, self._name, seed=seed)
            case _:
                return step()
