"""C5, Theorem 2: the solved policy is optimal, for the discounted reward of the model."""

from __future__ import annotations

from fractions import Fraction

from verify_agent.proofs.algebra import absolute, between, larger, lift, reals_named
from verify_agent.proofs.model import (
    Claim,
    Evidence,
    Exhibit,
    Finding,
    Lemma,
    OnProject,
    Outcome,
    Table,
    Witness,
)
from verify_agent.verifier.smt.terms import conj


def _contraction() -> list[Evidence]:
    a, b, m, n, B, w, p, x, s, g = reals_named("a b m n B w p x s gamma")
    r = reals_named("r")[0]
    return [
        Lemma(
            "max-step",
            "One more action keeps max non-expansive: from |m - n| <= B and |a - b| <= B follows "
            "|max(m, a) - max(n, b)| <= B. The base is one action.",
            (absolute(m - n) <= B, absolute(a - b) <= B),
            absolute(larger(m, a) - larger(n, b)) <= B,
            "QF_LRA",
        ),
        Lemma(
            "average-base",
            "An empty sum of weight 0 is within 0 B of 0.",
            (s.equals(0), w.equals(0)),
            absolute(s) <= w * B,
        ),
        Lemma(
            "average-step",
            "One more successor keeps a weighted sum within the weight times the bound: at weight "
            "1 a convex combination does not leave the bound.",
            (absolute(s) <= w * B, absolute(x) <= B, p >= 0, w >= 0),
            absolute(s + p * x) <= (w + p) * B,
        ),
        Lemma(
            "discount",
            "So each action's values under two value functions at most B apart are at most "
            "gamma B apart, and with `max-step` so are their maxima: T is a gamma-contraction.",
            (absolute(s - x) <= B, g >= 0),
            absolute((r + g * s) - (r + g * x)) <= g * B,
        ),
    ]


def _optimal() -> list[Evidence]:
    g, d, m, s, w = reals_named("gamma D M W w")
    return [
        Lemma(
            "greedy-is-worth-it",
            "The greedy policy's value has T_pi V* = V*, so it is at a distance D <= gamma D from "
            "V*: the distance is 0.",
            (g >= 0, g < 1, d >= 0, d <= g * d),
            d.equals(0),
        ),
        Lemma(
            "nobody-is-better",
            "For any policy, M = max_s (V_pi'(s) - V*(s)) is at most gamma M: so V_pi' <= V*.",
            (g >= 0, g < 1, m <= g * m),
            m <= 0,
        ),
        Lemma(
            "excess-is-averaged",
            "Where that comes from: at the state of the maximum the excess is at most gamma times "
            "an average of excesses, each at most M.",
            (g >= 0, w >= 0, s <= m, w <= g * s),
            w <= g * m,
        ),
    ]


def _certificate() -> list[Evidence]:
    g, r, e, v, y, qv, qp, av, ap = reals_named("gamma r e V_pi d q_V q_pi a_V a_pi")
    slack = 2 * g * e
    return [
        Lemma(
            "residual",
            "What the certificate rests on: if |V - T_pi V| <= r everywhere, then the distance d "
            "of V from V_pi has d <= r + gamma d, so d <= e = r / (1 - gamma).",
            (g >= 0, g < 1, (e * (1 - g)).equals(r), y <= r + g * y),
            y <= e,
        ),
        Lemma(
            "gap",
            "If the chosen action wins by 2 gamma e under V, no other is better under V_pi: values "
            "of actions move by at most gamma e.",
            (
                g >= 0,
                e >= 0,
                absolute(qv - qp) <= g * e,
                absolute(av - ap) <= g * e,
                qv - av >= slack,
            ),
            qp >= ap,
        ),
        Lemma(
            "no-better-action",
            "And where no action is better under V_pi, then T V_pi = V_pi: V_pi is the fixed point "
            "V* (max of the chosen and the others is the chosen).",
            (qp >= ap, v.equals(qp)),
            larger(qp, ap).equals(v),
            "QF_LRA",
        ),
    ]


def _simulation() -> list[Evidence]:
    g, er, ep, span, d, loss, a, c, top = reals_named(
        "gamma eps_R eps_P span D loss V_true V_model V_true_best"
    )
    u, w, p, x = reals_named("u w p x")
    return [
        Lemma(
            "moved-mass",
            "Mass that one distribution has more than the other, over values in [0, span]: a sum "
            "of weight w stays in [0, w span] when a term is added.",
            (between(0, u, w * span), between(0, x, span), p >= 0),
            between(0, u + p * x, (w + p) * span),
        ),
        Lemma(
            "transition-error",
            "Both surpluses weigh eps_P (the total variation), so the averages of V differ by at "
            "most eps_P span(V).",
            (between(0, u, ep * span), between(0, x, ep * span)),
            absolute(u - x) <= ep * span,
        ),
        Lemma(
            "simulation",
            "One policy in two models, V_model its values in ours: D <= eps_R + gamma eps_P span + "
            "gamma D, so D <= (eps_R + gamma eps_P span) / (1 - gamma). The same of the two "
            "optimal values, with T_true and T_model applied to V_model.",
            (g >= 0, g < 1, d <= er + g * ep * span + g * d),
            d * (1 - g) <= er + g * ep * span,
        ),
        Lemma(
            "worth-on-the-true-model",
            "Our policy's values and the optimal ones are both within D of the model's optimum: "
            "so the policy loses at most 2 D on the true model.",
            (absolute(a - c) <= d, absolute(top - c) <= d, loss.equals(top - a)),
            loss <= 2 * d,
            "QF_LRA",
        ),
    ]


def _undiscounted() -> list[Evidence]:
    g, now, later, one, two = reals_named("gamma now later total_now total_later")
    return [
        Witness(
            "discount-matters",
            "An action that pays 1 at once against one that pays 21/20 a step later: at "
            "gamma = 9/10 the first is optimal (1 against 189/200), by the cumulative reward the "
            "second (21/20 against 1). `Cumulative` can't be left undiscounted.",
            (
                now.equals(1),
                later.equals(lift(Fraction(21, 20)) * g),
                now > later,
                one.equals(1),
                two.equals(lift(Fraction(21, 20))),
                one < two,
                conj(g > 0, g < 1),
            ),
            {
                "gamma": Fraction(9, 10),
                "now": Fraction(1),
                "later": Fraction(189, 200),
                "total_now": Fraction(1),
                "total_later": Fraction(21, 20),
            },
        )
    ]


def _diverges() -> Finding:
    """The undiscounted reward of one state that pays 1 a step."""
    totals = [(n, sum(1 for _ in range(n))) for n in (1, 10, 100, 1000)]
    rows = tuple(
        (str(n), str(total), str(float(10 * (1 - Fraction(9, 10) ** n)))) for n, total in totals
    )
    heading = ("steps", "cumulative reward", "discounted at 9/10")
    return Finding(
        all(total == n for n, total in totals),
        "A state that pays 1 for ever: its cumulative reward passes every number, discounted it "
        "stays below 10.",
        Table(heading, rows),
    )


def claim() -> Claim:
    """The claim with its obligations."""
    return Claim(
        id="C5",
        title="Theorem 2: the tool selection policy is optimal",
        source="Theorem 2, section 5.2, and formula (2)",
        words=(
            "The policy computed from the decision process is optimal with respect to the expected "
            "cumulative reward."
        ),
        formal=(
            "S, A finite, 0 <= gamma < 1, T V(s) = max_a [R(s,a) + gamma sum P(t|s,a) V(t)]  |-  "
            "|TV - TW| <= gamma |V - W|; V_pi* = V* >= V_pi for every pi"
        ),
        outcome=Outcome.CORRECTED,
        finding=(
            "Proved for the discounted reward, gamma < 1, as formula (2) has it; for the very "
            "process that this agent uses there is an exact certificate in rationals. Optimal for "
            "the estimated, abstract model: the simulation lemma bounds what that is worth on the "
            "true one, and with the model's own uncertainty the bound is weak (see the numbers)."
        ),
        assumptions=(
            "finitely many states and actions, rewards bounded",
            "0 <= gamma < 1",
            "the process is the model: its probabilities are estimates",
        ),
        axioms=("induction", "completeness"),
        correction="`cumulative` is `discounted cumulative`; `optimal` is `optimal for the model`",
        evidence=(
            *_contraction(),
            *_optimal(),
            *_certificate(),
            *_simulation(),
            *_undiscounted(),
            Exhibit(
                "undiscounted-diverges", "Without a discount there is no finite worth.", _diverges
            ),
            OnProject("certificate", "The policy in use, certified in exact rationals."),
            OnProject("worth", "What the model's optimum is worth on a true model, in seconds."),
        ),
    )
