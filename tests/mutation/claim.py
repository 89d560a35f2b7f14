"""A function under contract with what an unbroken verifier must say of it."""

from __future__ import annotations

from dataclasses import dataclass

from verify_agent.verifier.frontend.load import subject
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.invariants.asserts import asserts_at_head
from verify_agent.verifier.smt.portfolio import Portfolio
from verify_agent.verifier.smt.query import Budget
from verify_agent.verifier.smt.z3_ import Z3
from verify_agent.verifier.vc.loops import Invariants
from verify_agent.verifier.vc.verify import verify
from verify_agent.verifier.vc.verify_limits import Limit

HEAD = "from icontract import ensure, require, snapshot\n\n\n"
LIMIT = Limit(Budget(timeout_ms=1_000, rlimit=4_000_000))


@dataclass(frozen=True)
class Claim:
    """The function `f` of a source text, and whether it is to be proved, its end included."""

    true: bool
    source: str

    def proved(self) -> bool:
        """Whether the verifier proves it."""
        program = lower(subject(HEAD + self.source, "f"))
        rule = Invariants((asserts_at_head,))
        done = verify(program, rule, Portfolio(Z3(), Z3()), LIMIT, stop_at_failure=False)
        return done.proved and done.terminates
