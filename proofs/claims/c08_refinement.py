"""C8: what each admitted change keeps, any number of them keeps: refinement is transitive."""

from __future__ import annotations

from dataclasses import dataclass

from verify_agent.proofs.model import Claim, Evidence, Lemma, Outcome, Witness
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Function, Sort, Term

_INPUT, _RESULT = Sort("Input"), Sort("Result")
_X, _Y = t.var("x", _INPUT), t.var("y", _RESULT)


@dataclass(frozen=True)
class Spec:
    """A contract as three predicates: precondition, `raises`, postcondition; `answer` is some
    result for each input (the witness of feasibility)."""

    name: str

    def requires(self, x: Term) -> Term:
        """Whether an input is allowed."""
        return t.apply(Function(f"pre_{self.name}", (_INPUT,), t.BOOL), x)

    def raises(self, x: Term) -> Term:
        """Whether the declared exception is due."""
        return t.apply(Function(f"raises_{self.name}", (_INPUT,), t.BOOL), x)

    def ensures(self, x: Term, y: Term) -> Term:
        """Whether a result is right."""
        return t.apply(Function(f"post_{self.name}", (_INPUT, _RESULT), t.BOOL), x, y)

    def answer(self, x: Term) -> Term:
        """A result that the contract allows, if it is feasible."""
        return t.apply(Function(f"answer_{self.name}", (_INPUT,), _RESULT), x)

    def feasible(self, x: Term) -> Term:
        """An allowed input that does not raise has a right result."""
        due = t.conj(self.requires(x), t.negate(self.raises(x)))
        return t.implies(due, self.ensures(x, self.answer(x)))


def refines(new: Spec, old: Spec, x: Term, y: Term) -> Term:
    """`new` may stand in for `old`, at an input and a result (both arbitrary)."""
    silent = t.conj(old.requires(x), t.negate(old.raises(x)))
    return t.conj(
        t.implies(old.requires(x), new.requires(x)),
        t.implies(old.requires(x), t.eq(new.raises(x), old.raises(x))),
        t.implies(t.conj(silent, new.ensures(x, y)), old.ensures(x, y)),
        new.feasible(x),
    )


def _obligations() -> list[Evidence]:
    a, b, c = Spec("a"), Spec("b"), Spec("c")
    raised = t.var("raised", t.BOOL)

    def keeps(spec: Spec) -> Term:
        """One call with input x, which raised or returned y, keeps a contract."""
        right = t.ite(
            raised, spec.raises(_X), t.conj(t.negate(spec.raises(_X)), spec.ensures(_X, _Y))
        )
        return t.implies(spec.requires(_X), right)

    return [
        Lemma(
            "reflexive",
            "A feasible contract refines itself.",
            (a.feasible(_X),),
            refines(a, a, _X, _Y),
            "QF_UF",
        ),
        Lemma(
            "transitive",
            "What refines a refinement refines the first.",
            (refines(b, a, _X, _Y), refines(c, b, _X, _Y)),
            refines(c, a, _X, _Y),
            "QF_UF",
        ),
        Lemma(
            "substitutable",
            "And refinement is what compatibility needs: any call that keeps the new contract "
            "keeps the old.",
            (refines(b, a, _X, _Y), keeps(b)),
            keeps(a),
            "QF_UF",
        ),
    ]


def _counter_models() -> list[Evidence]:
    pre_new, pre_old, post_new, post_old = (
        t.var(n, t.BOOL) for n in ("pre_new", "pre_old", "post_new", "post_old")
    )
    return [
        Witness(
            "feasibility-is-needed",
            "Without feasibility, a contract that no result satisfies (post false) refines every "
            "contract, and nothing could ever be delivered for it.",
            (
                pre_old,
                pre_new,
                t.implies(t.conj(pre_old, post_new), post_old),
                t.negate(post_new),
                t.negate(post_old),
            ),
            {"pre_new": True, "pre_old": True, "post_new": False, "post_old": False},
            "QF_UF",
        ),
        Witness(
            "precondition-must-not-grow",
            "A change that only strengthens the postcondition but asks for more is no refinement: "
            "an input that was allowed no longer is.",
            (pre_old, t.negate(pre_new), t.implies(post_new, post_old), post_new),
            {"pre_new": False, "pre_old": True, "post_new": True, "post_old": True},
            "QF_UF",
        ),
    ]


def claim() -> Claim:
    """The claim with its obligations."""
    return Claim(
        id="C8",
        title="Backward compatibility holds over any number of admitted changes",
        source="sections 3.3 and 6.1, `backward_compatible` of Algorithm 2",
        words=(
            "If each admitted change is backward compatible with its predecessor, the last agent "
            "is compatible with the first."
        ),
        formal=(
            "refines(C_(t+1), C_t) for all t, C_0 feasible  |-  refines(C_t, C_0) for all t, "
            "where refines is: weaker precondition, equal exceptions, stronger postcondition, "
            "feasible"
        ),
        outcome=Outcome.PROVED,
        finding=(
            "Proved, where compatible means that the new contract refines the old one. The lemmas "
            "are about an arbitrary input and an arbitrary result, so about all. Feasibility is "
            "part of the relation: without it a contract that nobody can meet refines everything."
        ),
        assumptions=(
            "both contracts speak of the same inputs and results",
            "the body keeps its contract (that is the verifier's part)",
        ),
        axioms=("induction",),
        evidence=(*_obligations(), *_counter_models()),
    )
