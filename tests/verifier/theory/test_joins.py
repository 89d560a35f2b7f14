"""What is known of `str.join`, `strip` and its kin, put to concrete texts, is CPython's."""

from __future__ import annotations

import itertools
import random
import sys
from collections.abc import Callable, Sequence

import pytest

from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.evaluate import evaluate
from verify_agent.verifier.smt.terms import Binder, Term
from verify_agent.verifier.smt.values import ArrayValue
from verify_agent.verifier.smt.values import Value as Constant
from verify_agent.verifier.theory import joins, strips
from verify_agent.verifier.theory.registry import Theory
from verify_agent.verifier.theory.values import ArraySeq, IntV, ItemsSeq, Seq, StrV

PIECES = ("", "a", "b", "ab", "ba", "abc")
SEPARATORS = ("", ",", "; ")


def codes(text: str) -> ArrayValue:
    return ArrayValue(0, tuple((k, ord(c)) for k, c in enumerate(text)))


def _number(array: ArrayValue, key: int) -> int:
    found = array.get(key)
    assert isinstance(found, int)
    return found


def _sum(array: ArrayValue, lo: int, hi: int) -> int:
    return sum(_number(array, k) for k in range(lo, hi))


def _first(upper: int, has: Callable[[int], bool]) -> int:
    return next((k for k in range(upper) if has(k)), -1)


def _origin(lengths: ArrayValue, gap: int, x: int) -> int:
    begin = 0
    for k in range(30):
        begin += _number(lengths, k) + gap
        if x < begin:
            return k
    return 0


MEANING: dict[str, Callable[..., Constant]] = {
    "sum": _sum,
    "negative-length": lambda a, n: _first(n, lambda k: _number(a, k) < 0),
    "length-not-one": lambda a, n: _first(n, lambda k: _number(a, k) != 1),
    "text-at": _origin,
}


def _joined(theory: Theory, separator: str) -> tuple[ArraySeq, Term]:
    texts = t.array_sort(t.INT, joins.INTS)
    cells = (t.var("L", joins.INTS), t.var("C", texts))
    made = joins.join(
        theory,
        ArraySeq(ir.INT, t.integer(len(separator)), (t.var("S", joins.INTS),)),
        ArraySeq(ir.STR, t.var("n", t.INT), cells),
    )
    assert isinstance(made, ArraySeq)
    return made, made.cells[0]


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_row_of_texts_is_that_of_cpython(separator: str) -> None:
    theory, rng = Theory(), random.Random(separator)
    made, row = _joined(theory, separator)
    definition = theory.definition_of(row)
    assert definition is not None
    for size in range(5):
        texts = [rng.choice(PIECES) for _ in range(size)]
        # What stands behind the list's end is nobody's business.
        spare = [*texts, *("zz" for _ in range(9))]
        whole = "".join(x + separator for x in spare)
        given: dict[str, Constant] = {
            "L": ArrayValue(2, tuple((k, len(x)) for k, x in enumerate(spare))),
            "C": ArrayValue(codes("zz"), tuple((k, codes(x)) for k, x in enumerate(spare))),
            "S": codes(separator),
            "n": size,
            str(row.payload): codes(whole),
        }
        joined = separator.join(texts)
        assert evaluate(made.length, given, MEANING) == len(joined)
        assert whole.startswith(joined)
        for fact in definition.facts:
            assert _instances(fact, given) > 0


def _instances(fact: Term, given: dict[str, Constant]) -> int:
    variables = fact.payload.variables if isinstance(fact.payload, Binder) else ()
    names = [str(v.payload) for v in variables]
    rows = list(itertools.product(range(-2, 8), repeat=len(names)))
    for row in rows:
        values = given | dict(zip(names, row, strict=True))
        assert evaluate(fact.args[0], values, MEANING) is True, (fact, values)
    return len(rows)


def test_a_row_with_a_negative_length_is_not_spoken_of() -> None:
    """Arrays that are no texts must leave the facts true of some row."""
    theory = Theory()
    _, row = _joined(theory, ",")
    definition = theory.definition_of(row)
    assert definition is not None
    given: dict[str, Constant] = {
        "L": ArrayValue(2, ((0, 1), (1, -3), (2, 2))),
        "C": ArrayValue(codes("zz"), ((0, codes("a")), (2, codes("bb")))),
        "S": codes(","),
        "n": 3,
        str(row.payload): codes("a,"),
    }
    for fact in definition.facts:
        assert _instances(fact, given) > 0


def test_few_texts_are_written_out() -> None:
    theory = Theory()
    for texts in itertools.product(PIECES, repeat=2):
        for separator in SEPARATORS:
            made = joins.join(theory, _known(separator), ItemsSeq(ir.STR, tuple(map(_text, texts))))
            assert _read(made) == separator.join(texts)


def _known(text: str) -> ItemsSeq:
    return ItemsSeq(ir.INT, tuple(IntV(t.integer(ord(c))) for c in text))


def _text(text: str) -> StrV:
    return StrV(_known(text))


def _read(seq: Seq) -> str:
    assert isinstance(seq, ItemsSeq)
    terms = [x.term for x in seq.items if isinstance(x, IntV)]
    return "".join(chr(int(str(x.payload))) for x in terms)


# -- strip ---------------------------------------------------------------------------------------


def test_whitespace_is_that_of_cpython() -> None:
    known = {c for a, b in strips.WHITESPACE for c in range(a, b + 1)}
    assert known == {c for c in range(sys.maxunicode + 1) if chr(c).isspace()}
    assert known == {c for c in range(sys.maxunicode + 1) if not chr(c).strip()}


TEXTS = ("", "a", " a ", "  ", "\u2003a\x85", "aab", "baa", "\x1ca b\u3000", "xyx", "aaa")
CHARS: tuple[str | None, ...] = (None, "a", "ab", "xy")


@pytest.mark.parametrize("name", ["strip", "lstrip", "rstrip"])
@pytest.mark.parametrize("chars", CHARS)
def test_what_is_stripped(name: str, chars: str | None) -> None:
    for text in TEXTS:
        wanted = getattr(text, name)(chars)
        begin = len(text) - len(text.lstrip(chars)) if name != "rstrip" else 0
        assert _stripped(name, chars, text, begin, begin + len(wanted)) == (begin, len(wanted))
        assert _admitted(name, chars, text) == [(begin, begin + len(wanted))]


def test_nothing_is_stripped_of_no_characters() -> None:
    base = _known(" a ")
    assert strips.stripped(Theory(), base, [], left=True, right=True) is base
    assert " a ".strip("") == " a "


def _admitted(name: str, chars: str | None, text: str) -> list[tuple[int, int]]:
    """Every pair of ends that the facts admit, where what they say of it is looked at."""
    places = range(len(text) + 1)
    begins = places if name != "rstrip" else (0,)
    ends = places if name != "lstrip" else (len(text),)
    found = []
    for begin, end in itertools.product(begins, ends):
        if _stripped(name, chars, text, begin, end) is not None:
            found.append((begin, end))
    return found


def _stripped(
    name: str, chars: str | None, text: str, begin: int, end: int
) -> tuple[int, int] | None:
    """Offset and length of what is left, if the facts admit these ends."""
    theory = Theory()
    base = ArraySeq(ir.INT, t.integer(len(text)), (t.var("A", joins.INTS),))
    codes_of = None if chars is None else [t.integer(ord(c)) for c in chars]
    left, right = name != "rstrip", name != "lstrip"
    made = strips.stripped(theory, base, codes_of, left=left, right=right)
    assert isinstance(made, ArraySeq)
    ends = [begin] * left + [end] * right
    given: dict[str, Constant] = {"A": codes(text)}
    for definition, value in zip(theory.definitions.values(), ends, strict=True):
        given[str(definition.name.payload)] = value
    if not all(_holds(d.facts, given) for d in theory.definitions.values()):
        return None
    offset, length = (evaluate(x, given) for x in (made.offset, made.length))
    assert isinstance(offset, int)
    assert isinstance(length, int)
    return offset, length


def _holds(facts: Sequence[Term], given: dict[str, Constant]) -> bool:
    return all(evaluate(fact, given) is True for fact in facts)
