"""C6: how far the greedy policy may be from optimal when value iteration stops."""

from __future__ import annotations

from verify_agent.proofs.algebra import reals_named
from verify_agent.proofs.model import Claim, Evidence, Lemma, OnProject, Outcome


def _obligations() -> list[Evidence]:
    g, m, top, e, f, low, avg, w, v, best, tv = reals_named(
        "gamma m M e f min_W avg_W W V_pi V_best TV"
    )
    return [
        Lemma(
            "shift",
            "With e = m / (1 - gamma), a step's lower bound m and gamma e make e again.",
            (g >= 0, g < 1, (e * (1 - g)).equals(m)),
            (m + g * e).equals(e),
        ),
        Lemma(
            "below",
            "W = V_pi - TV - gamma e, at its least state, is at least gamma times an average of W, "
            "so at least gamma min W: then min W >= 0, that is V_pi >= TV + gamma e.",
            (g >= 0, g < 1, avg >= low, low >= g * avg),
            low >= 0,
        ),
        Lemma(
            "below-step",
            "Where that inequality comes from: W(s) = gamma (avg V_pi - avg V) - gamma e, and "
            "avg V_pi - avg V >= avg W + m + gamma e, as TV - V >= m.",
            (
                g >= 0,
                (m + g * e).equals(e),
                w.equals(g * v - g * e),
                v >= avg + m + g * e,
            ),
            w >= g * avg,
        ),
        Lemma(
            "above-step",
            "From above, U = V* - TV - gamma f: at the action that is best for V*, "
            "V* - TV <= gamma (avg V* - avg V), and V* - V <= U + M + gamma f, as TV - V <= M.",
            (
                g >= 0,
                (top + g * f).equals(f),
                w <= g * v - g * f,
                v <= avg + top + g * f,
            ),
            w <= g * avg,
        ),
        Lemma(
            "above",
            "The same from above with M and f = M / (1 - gamma): the most of V* - TV - gamma f is "
            "at most gamma times an average of it, so at most 0.",
            (g >= 0, g < 1, avg <= low, low <= g * avg),
            low <= 0,
        ),
        Lemma(
            "distance",
            "Together: V* - V_pi <= gamma / (1 - gamma) (M - m), and M - m is span(TV - V).",
            (
                g >= 0,
                g < 1,
                (e * (1 - g)).equals(m),
                (f * (1 - g)).equals(top),
                v >= tv + g * e,
                best <= tv + g * f,
            ),
            (best - v) * (1 - g) <= g * (top - m),
        ),
    ]


def claim() -> Claim:
    """The claim with its obligations."""
    return Claim(
        id="C6",
        title="The stopping rule of value iteration",
        source="section 5.1 and Listing 1 (`converged`), made precise as in Puterman 1994, 6.6.3",
        words=(
            "When value iteration stops at V, the policy greedy on V is within "
            "gamma / (1 - gamma) times the span of TV - V of optimal."
        ),
        formal="pi greedy on V  |-  0 <= V* - V_pi <= gamma/(1-gamma) (max(TV-V) - min(TV-V))",
        outcome=Outcome.PROVED,
        finding=("Proved, and computed exactly in rationals for the process in use."),
        assumptions=("finitely many states and actions", "0 <= gamma < 1", "V is any function"),
        axioms=("induction",),
        evidence=(
            *_obligations(),
            OnProject("span", "The bound on the process in use, sweep by sweep, in rationals."),
        ),
    )
