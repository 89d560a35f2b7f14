"""Check a certificate file again: `python -I recheck.py FILE`. Needs no package, trusts no solver.

With r = max |V - T_pi V|, exactly, |V - V_pi| <= r / (1 - gamma); so where each chosen action is
ahead of the alternatives by 2 gamma r / (1 - gamma), none is better under V_pi: it is optimal.
"""

import json
import sys
from fractions import Fraction
from typing import Any


def wrong(claim: dict[str, Any]) -> str:
    """What is wrong with a certificate, naming the state; an empty string where it is right."""
    gamma, names = Fraction(claim["discount"]), claim["states"]
    value, policy = [Fraction(v) for v in claim["values"]], claim["policy"]
    if not 0 < gamma < 1 or not len(names) == len(value) == len(policy) == len(claim["choices"]):
        return "the discount is not in (0, 1), or a list is too short"
    ours, tried = dict[int, Fraction](), list[tuple[int, int, Fraction]]()
    for s, choices in enumerate(claim["choices"]):
        enabled = [a for a, _, _ in choices]
        once = enabled.count(policy[s]) if enabled else policy[s] is None
        if once != 1 or len(set(enabled)) < len(enabled):
            return f"{names[s]}: the chosen action is not enabled, or one stands there twice"
        if not choices and value[s] != 0:
            return f"{names[s]}: an ending is worth 0"
        for action, reward, successors in choices:
            shares = [(t, Fraction(p)) for t, p in successors]
            if sum(p for _, p in shares) != 1 or any(p <= 0 or t < 0 for t, p in shares):
                return f"{names[s]}: probabilities that are none"
            q = Fraction(reward) + gamma * sum(p * value[t] for t, p in shares)
            tried.append((s, action, q))
            ours |= {s: q} if action == policy[s] else {}
    away = {s: abs(value[s] - q) for s, q in ours.items()}
    residual, worst = max(((away[s], s) for s in away), default=(Fraction(0), 0))
    if residual / (1 - gamma) > Fraction(claim["error"]):
        return f"{names[worst]}: its value is further off than is claimed"
    for s, action, q in tried:
        if action != policy[s] and ours[s] - q < 2 * gamma * residual / (1 - gamma):
            return f"{names[s]}: {claim['actions'][action]} may be better"
    return ""


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        problem = wrong(json.load(file))
    print(problem or "optimal")
    sys.exit(1 if problem else 0)
