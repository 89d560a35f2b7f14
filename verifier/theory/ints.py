"""Python's integer arithmetic in terms.

`//` and `%` by a constant are made of SMT-LIB's `div` and `mod`; by anything else they are the
symbols `fdiv` and `fmod` with axioms, which solvers handle far better than a variable divisor.
`x ** n` for n >= 0 is the symbol `pow`, with `pow2` for base two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import INT, Function, Term
from verify_agent.verifier.theory.rewrite import from_linear, linear

ZERO, ONE, TWO = t.integer(0), t.integer(1), t.integer(2)
FDIV = Function("fdiv", (INT, INT), INT)
FMOD = Function("fmod", (INT, INT), INT)
POW = Function("pow", (INT, INT), INT)
POW_LOW = Function("pow~1", (INT, INT), INT)
POW2 = Function("pow2", (INT,), INT)
POW2_LOW = Function("pow2~1", (INT,), INT)
GCD = Function("gcd", (INT, INT), INT)
GCD_LOW = Function("gcd~1", (INT, INT), INT)
ISQRT = Function("isqrt", (INT,), INT)
LITERAL_POWER = 64
MOST_CONDITIONS = 3


def value(term: Term) -> int | None:
    """The value of an integer constant."""
    return term.payload if term.op == "const" and isinstance(term.payload, int) else None


def floor_div(a: Term, b: Term) -> Term:
    """`a // b` for b != 0: rounds towards minus infinity."""
    divisor = value(b)
    if divisor is None:
        return ZERO if a is ZERO else t.apply(FDIV, a, b)
    if divisor < 0:
        return t.div(t.neg(a), t.integer(-divisor))
    return t.div(a, b)


def floor_mod(a: Term, b: Term) -> Term:
    """`a % b` for b != 0: has b's sign."""
    divisor = value(b)
    if divisor is None:
        return _modulo_variable(a, b)
    if divisor < 0:
        return t.neg(t.mod(t.neg(a), t.integer(-divisor)))
    return t.mod(a, b)


def _modulo_variable(a: Term, b: Term, most: int = MOST_CONDITIONS) -> Term:
    """`a % b`; where a depends on a condition each case alone, if one is plainly 0.

    A case may show further conditions: of all, one inside the other, there are at most `most`.
    """
    conditions = list(dict.fromkeys(_conditions(a)))
    if 0 < len(conditions) <= most:
        condition = conditions[0]
        cases = [_modulo_variable(_chosen(a, condition, branch), b, most - 1) for branch in (1, 2)]
        if ZERO in cases:
            return t.ite(condition, cases[0], cases[1])
    return _modulo_plain(a, b)


def _conditions(a: Term) -> Iterator[Term]:
    """What conditional parts of a sum, or of a remainder in it, depend on."""
    if a.op == "ite":
        yield a.args[0]
    elif a.op in ("+", "neg") or (a.op == "app" and a.payload == FMOD):
        for part in a.args if a.op != "app" else a.args[:1]:
            yield from _conditions(part)


def _chosen(a: Term, condition: Term, branch: int) -> Term:
    """The same where the condition is true (branch 1) or false (branch 2)."""
    return _Choice(condition, branch, {}).of(a)


@dataclass(frozen=True)
class _Choice:
    condition: Term
    branch: int
    made: dict[Term, Term]

    def of(self, a: Term) -> Term:
        """Each part once: parts that occur twice double with every depth."""
        if a not in self.made:
            self.made[a] = self._of(a)
        return self.made[a]

    def _of(self, a: Term) -> Term:
        if a.op == "ite" and a.args[0] is self.condition:
            return self.of(a.args[self.branch])
        if a.op == "ite":
            return t.ite(a.args[0], *map(self.of, a.args[1:]))
        if a.op == "+":
            return t.add(*map(self.of, a.args))
        if a.op == "neg":
            return t.neg(self.of(a.args[0]))
        if a.op == "app" and a.payload == FMOD:
            return _modulo_plain(self.of(a.args[0]), a.args[1])
        return a


def _modulo_plain(a: Term, b: Term) -> Term:
    """`a % b` with multiples of b dropped and remainders by b undone: the value is the same."""
    parts, constant = linear(a)
    kept: dict[Term, int] = {}
    for part, factor in parts.items():
        if part is b or (part.op == "*" and b in part.args):
            continue
        while part.op == "app" and part.payload == FMOD and part.args[1] is b:
            part = part.args[0]
        inner, offset = linear(part)
        constant += factor * offset
        for piece, times in inner.items():
            if piece is not b:
                kept[piece] = kept.get(piece, 0) + factor * times
    rest = from_linear({k: c for k, c in kept.items() if c}, constant)
    if rest is a:
        return t.apply(FMOD, a, b)
    return ZERO if rest is ZERO else t.apply(FMOD, rest, b)


def power(base: Term, exponent: Term) -> Term:
    """`base ** exponent` for exponent >= 0."""
    x, n = value(base), value(exponent)
    if n is not None and 0 <= n <= LITERAL_POWER:
        if x is not None:
            return t.integer(x**n)
        if n <= 8:
            product = ONE
            for _ in range(n):
                product = t.mul(product, base)
            return product
    if x == 2:
        return t.apply(POW2, exponent)
    return t.apply(POW, base, exponent)


def absolute(a: Term) -> Term:
    """`abs(a)`."""
    return t.ite(t.lt(a, ZERO), t.neg(a), a)


def minimum(a: Term, b: Term) -> Term:
    """`min(a, b)`."""
    return t.ite(t.lt(b, a), b, a)


def maximum(a: Term, b: Term) -> Term:
    """`max(a, b)`."""
    return t.ite(t.lt(a, b), b, a)


def clamp(a: Term, low: Term, high: Term) -> Term:
    """a, moved into low..high."""
    return maximum(low, minimum(a, high))


def round_up_div(a: Term, b: Term) -> Term:
    """The least integer that is not below a / b."""
    return t.neg(floor_div(t.neg(a), b))


def common_divisor(a: Term, b: Term) -> Term:
    """`math.gcd(a, b)`."""
    return t.apply(GCD, a, b)


def integer_root(n: Term) -> Term:
    """`math.isqrt(n)` for n >= 0."""
    return t.apply(ISQRT, n)


# -- axioms ------------------------------------------------------------------------------------


def axioms(function: Function) -> tuple[Term, ...]:
    """What is known of a symbol of this file; none for others."""
    match function.name:
        case "fdiv":
            return _division()
        case "fmod":
            return (*_division(), *_divisibility())
        case "pow":
            return _power()
        case "pow2":
            return _power_of_two()
        case "gcd":
            return _common_divisor()
        case "isqrt":
            return _integer_root()
        case _:
            return ()


def _division() -> tuple[Term, ...]:
    a, b = t.var("a!", INT), t.var("b!", INT)
    quotient, rest = t.apply(FDIV, a, b), t.apply(FMOD, a, b)
    whole = t.eq(a, t.add(t.mul(b, quotient), rest))
    above = t.implies(t.lt(ZERO, b), t.conj(t.le(ZERO, rest), t.lt(rest, b)))
    below = t.implies(t.lt(b, ZERO), t.conj(t.lt(b, rest), t.le(rest, ZERO)))
    small = t.implies(
        t.conj(t.le(ZERO, a), t.lt(a, b)), t.conj(t.eq(rest, a), t.eq(quotient, ZERO))
    )
    body = t.implies(t.ne(b, ZERO), t.conj(whole, above, below))
    return (
        t.forall([a, b], body, [[quotient], [rest]]),
        t.forall([a, b], small, [[quotient], [rest]]),
    )


def _divisibility() -> tuple[Term, ...]:
    """Where d divides b: it divides a exactly when it divides a % b; and every d divides 0."""
    a, b, d = (t.var(n, INT) for n in ("a!", "b!", "d!"))
    rest = t.apply(FMOD, a, b)
    by_rest, by_b, by_a = (t.apply(FMOD, x, d) for x in (rest, b, a))
    nonzero = t.conj(t.ne(b, ZERO), t.ne(d, ZERO), t.eq(by_b, ZERO))
    same = t.implies(nonzero, t.eq(t.eq(by_rest, ZERO), t.eq(by_a, ZERO)))
    itself = t.implies(t.ne(d, ZERO), t.eq(t.apply(FMOD, d, d), ZERO))
    zero = t.implies(t.ne(d, ZERO), t.eq(t.apply(FMOD, ZERO, d), ZERO))
    of_zero = t.apply(FMOD, ZERO, d)
    return (
        t.forall([a, b, d], same, [[by_rest, by_b], [rest, by_a, by_b]]),
        t.forall([a, d], t.conj(itself, zero), [[t.apply(FMOD, a, d)]]),
        t.forall([d], zero, [[of_zero]]),
    )


def _power() -> tuple[Term, ...]:
    x, n = t.var("x!", INT), t.var("n!", INT)
    here, low = t.apply(POW, x, n), t.apply(POW_LOW, x, n)
    less = t.apply(POW_LOW, x, t.sub(n, ONE))
    unfold = t.implies(t.lt(ZERO, n), t.eq(here, t.mul(x, less)))
    none = t.implies(t.le(n, ZERO), t.eq(here, ONE))
    halved = t.apply(POW_LOW, t.mul(x, x), t.div(n, TWO))
    odd = t.mul(x, halved)
    squared = t.eq(here, t.ite(t.eq(t.mod(n, TWO), ZERO), halved, odd))
    positive = t.implies(t.lt(ZERO, x), t.lt(ZERO, here))
    not_negative = t.implies(t.le(ZERO, x), t.le(ZERO, here))
    return (
        t.forall([x, n], t.conj(unfold, none, t.eq(here, low)), [[here]]),
        t.forall([x, n], t.conj(positive, not_negative), [[here]]),
        t.forall([x, n], t.implies(t.le(ZERO, n), squared), [[here]]),
        t.forall([x, n], t.implies(t.le(n, ZERO), t.eq(low, ONE)), [[low]]),
    )


def _power_of_two() -> tuple[Term, ...]:
    m, n = t.var("m!", INT), t.var("n!", INT)
    here, low = t.apply(POW2, n), t.apply(POW2_LOW, n)
    less = t.apply(POW2_LOW, t.sub(n, ONE))
    double = t.eq(here, t.add(less, less))
    other = t.apply(POW2, m)
    grows = t.implies(t.conj(t.le(ZERO, m), t.lt(m, n)), t.le(t.add(other, other), here))
    return (
        t.forall([n], t.conj(t.implies(t.lt(ZERO, n), double), t.eq(here, low)), [[here]]),
        t.forall([n], t.implies(t.le(n, ZERO), t.eq(here, ONE)), [[here]]),
        t.forall([n], t.conj(t.lt(n, here), t.lt(ZERO, here)), [[here]]),
        t.forall([n], t.implies(t.le(n, ZERO), t.eq(low, ONE)), [[low]]),
        t.forall([n], t.lt(ZERO, low), [[low]]),
        t.forall([m, n], grows, [[other, here]]),
    )


def _integer_root() -> tuple[Term, ...]:
    """The largest number whose square is not above n."""
    n = t.var("n!", INT)
    here = t.apply(ISQRT, n)
    after = t.add(here, ONE)
    between = t.conj(t.le(t.mul(here, here), n), t.lt(n, t.mul(after, after)))
    body = t.implies(t.le(ZERO, n), t.conj(t.le(ZERO, here), t.le(here, n), between))
    return (t.forall([n], body, [[here]]),)


def _common_divisor() -> tuple[Term, ...]:
    """Euclid's steps, by division and by subtraction; what it divides; its sign."""
    a, b = t.var("a!", INT), t.var("b!", INT)
    here, low = t.apply(GCD, a, b), t.apply(GCD_LOW, a, b)
    steps = [
        t.eq(here, low),
        t.eq(here, t.apply(GCD_LOW, b, a)),
        t.eq(here, t.apply(GCD_LOW, t.sub(a, b), b)),
        t.eq(here, t.apply(GCD_LOW, a, t.sub(b, a))),
        t.implies(t.ne(b, ZERO), t.eq(here, t.apply(GCD_LOW, b, t.apply(FMOD, a, b)))),
        t.implies(t.ne(b, ZERO), t.eq(here, t.apply(GCD_LOW, t.apply(FMOD, a, b), b))),
    ]
    divides = t.conj(*(t.eq(t.apply(FMOD, x, here), ZERO) for x in (a, b)))
    some = t.disj(t.ne(a, ZERO), t.ne(b, ZERO))
    return (
        t.forall([a, b], t.conj(*steps), [[here]]),
        t.forall([a, b], t.conj(t.le(ZERO, here), t.implies(some, t.lt(ZERO, here))), [[here]]),
        t.forall([a, b], t.implies(some, divides), [[here]]),
        t.forall([a, b], t.implies(t.eq(b, ZERO), t.eq(low, absolute(a))), [[low]]),
        t.forall([a, b], t.implies(t.eq(a, ZERO), t.eq(low, absolute(b))), [[low]]),
        t.forall([a, b], t.implies(t.eq(a, b), t.eq(low, absolute(b))), [[low]]),
    )
