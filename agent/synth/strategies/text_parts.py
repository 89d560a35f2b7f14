"""Texts put together from constants and parts of texts, in a different way for each place.

Gulwani, "Automating string processing in spreadsheets using input-output examples", POPL 2011:
the results of all examples are read from left to right at once, and the cheapest sequence of
parts that explains all of them is found by Dijkstra's search over the places reached.
"""

from __future__ import annotations

import ast
import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.contract.examples import example_results
from verify_agent.agent.synth.problem import Body
from verify_agent.agent.synth.render import function_node
from verify_agent.agent.synth.strategies.names import fresh_names
from verify_agent.verifier.ir.types import INT, STR

MARKS = "-_/.,:;@|+ "
CASES = ("", ".upper()", ".lower()", ".capitalize()", ".title()")
CUTS = ("", "[0]", "[-1]", "[1:]", "[:-1]", "[:2]", "[:3]", "[:4]", "[-2:]", "[-3:]", "[-4:]")
PLACES = (0, 1, 2, 3, -1)
MAX_PLACES = 4_000
MAX_ANSWERS = 12
PART, CUT, CASE, CONSTANT, LETTER = 2, 1, 1, 1, 2
"""Costs: of a part of a text, of cutting it (more where a number of letters is told), of changing
its case, of a constant and each of its letters and digits."""


@dataclass(frozen=True)
class Part:
    """A text with its value in each example; `split` is the call that takes a text apart."""

    text: str
    values: tuple[str, ...]
    cost: int
    split: str = ""
    constant: bool = False


class TextParts:
    """`part + constant + part`, as a formatted string."""

    name = "text parts"
    waits = False

    def price(self, context: Context) -> float | None:
        """Applies where texts are read and a text returned, with examples that say which."""
        types = context.types
        texts = bool(types) and all(t in (STR, INT) for t in types) and STR in types
        several = len(_examples(context)) > 1
        return 3.9 if texts and several and context.problem.returns == STR else None

    def search(self, context: Context) -> Iterator[Body | None]:
        """The cheapest sequences of parts that all known cases allow, and no dearer ones.

        A dearer sequence may be shorter to write, but says less of what the examples mean.
        """
        examples = _examples(context)
        results = tuple(result for _, result in examples)
        parts = list(_parts(context, [values for values, _ in examples], results))
        yield None
        best: int | None = None
        for sequence in _sequences(parts, results):
            context.meter.spend(20)
            if sequence is None:
                yield None
                continue
            cost = sum(part.cost for part in sequence)
            if best is not None and cost > best:
                return
            body = _body(context, sequence)
            node = function_node(context.problem, body, guarded=True)
            if best is None and context.passes(node, learn=False):
                best = cost
            yield body


def _examples(context: Context) -> list[tuple[tuple[object, ...], str]]:
    return [(v, r) for v, r in example_results(context.problem) if isinstance(r, str)]


def _parts(
    context: Context, inputs: list[tuple[object, ...]], results: tuple[str, ...]
) -> Iterator[Part]:
    """Whole texts and their fields, cut and with their case changed; each value once."""
    seen: set[tuple[str, ...]] = set()
    sources = _sources(context, inputs, results)
    for part in sorted((p for s in sources for p in _forms(s)), key=lambda p: p.cost):
        context.meter.spend(len(part.values))
        hidden = {case.strip(".()") for case in CASES if case and part.text.endswith(case)}
        if part.values not in seen and any(part.values) and not hidden & context.problem.forbid:
            seen.add(part.values)
            yield part


def _forms(source: Part) -> Iterator[Part]:
    if " * " in source.text:
        yield source
        return
    for cut, case in itertools.product(CUTS, CASES):
        try:
            values = tuple(_changed(v, cut, case) for v in source.values)
        except IndexError:
            continue
        far = any(letter in "234" for letter in cut)
        cost = source.cost + CUT * (bool(cut) + 2 * far) + CASE * bool(case)
        yield Part(source.text + cut + case, values, cost, source.split)


def _changed(text: str, cut: str, case: str) -> str:
    if cut:
        inner = cut.strip("[]")
        if ":" in inner:
            low, high = (int(x) if x else None for x in inner.split(":"))
            text = text[low:high]
        else:
            text = text[int(inner)]
    return str(getattr(text, case.strip(".()"))()) if case else text


def _runs(name: str, texts: list[str], results: tuple[str, ...]) -> Iterator[Part]:
    """A mark as often as the text has letters, or a few times less."""
    marks = [c for c in dict.fromkeys("".join(results)) if not c.isalnum()]
    for mark, less in itertools.product(marks, range(7)):
        times = f"(len({name}) - {less})" if less else f"len({name})"
        values = tuple(mark * (len(text) - less) for text in texts)
        if max(map(len, values)) > 1:
            yield Part(f"{mark!r} * {times}", values, 2 * PART)


def _sources(
    context: Context, inputs: list[tuple[object, ...]], results: tuple[str, ...]
) -> Iterator[Part]:
    for position, (name, type_) in enumerate(context.problem.types.items()):
        texts = [str(values[position]) for values in inputs]
        yield Part(name if type_ == STR else f"str({name})", tuple(texts), PART)
        if type_ != STR:
            continue
        yield from _runs(name, texts, results)
        if "split" in context.problem.forbid:
            continue
        marks = [m for m in MARKS if all(m in t for t in texts)]
        for call in ("split()", *(f"split({m!r})" for m in marks if m != " ")):
            mark = None if call == "split()" else ast.literal_eval(call[6:-1])
            fields = [text.split(mark) for text in texts]
            if all(len(f) < 2 for f in fields):
                continue
            for place in PLACES:
                if all(-len(f) <= place < len(f) for f in fields):
                    values = tuple(f[place] for f in fields)
                    yield Part(f"[{place}]", values, PART + (place < 0), f"{name}.{call}")


Places = tuple[int, ...]


def _sequences(parts: list[Part], results: tuple[str, ...]) -> Iterator[tuple[Part, ...] | None]:
    """All sequences whose texts are the results, cheapest first; None now and then."""
    count = itertools.count()
    queue: list[tuple[int, int, Places, tuple[Part, ...]]] = [
        (0, next(count), (0,) * len(results), ())
    ]
    visits: dict[Places, int] = {}
    while queue and len(visits) < MAX_PLACES:
        cost, _, places, sequence = heapq.heappop(queue)
        visits[places] = visits.get(places, 0) + 1
        if visits[places] > MAX_ANSWERS:
            continue
        rest = [r[p:] for r, p in zip(results, places, strict=True)]
        if not any(rest):
            yield sequence
            continue
        yield None
        constant = _constants(rest) if not (sequence and sequence[-1].constant) else iter(())
        for part in itertools.chain(parts, constant):
            pairs = list(zip(rest, part.values, strict=True))
            if all(r.startswith(v) for r, v in pairs):
                ahead = tuple(p + len(v) for p, v in zip(places, part.values, strict=True))
                if ahead != places:
                    item = (cost + part.cost, next(count), ahead, (*sequence, part))
                    heapq.heappush(queue, item)


def _constants(rest: list[str]) -> Iterator[Part]:
    """What all rests begin with."""
    shortest = min(rest, key=len)
    for length in range(1, len(shortest) + 1):
        text = shortest[:length]
        if not all(r.startswith(text) for r in rest):
            return
        cost = CONSTANT + LETTER * sum(c.isalnum() for c in text)
        yield Part(text, (text,) * len(rest), cost, constant=True)


def _body(context: Context, sequence: tuple[Part, ...]) -> Body:
    """One `return`, with names for the fields where a text is taken apart more than once."""
    splits = [p.split for p in sequence if p.split]
    names: dict[str, str] = {}
    lines: list[str] = []
    for split in dict.fromkeys(splits):
        if splits.count(split) > 1:
            free = fresh_names(context, ("parts", "fields", "pieces"))
            names[split] = list(free.values())[len(names) % 3]
            lines.append(f"{names[split]} = {split}")
    pieces = [_text(part, names) for part in sequence]
    lines.append(f"return {' + '.join(pieces) if len(pieces) < 3 else _formatted(sequence, names)}")
    return Body(tuple(ast.parse("\n".join(lines)).body))


def _text(part: Part, names: dict[str, str]) -> str:
    if part.constant:
        return repr(part.text)
    return names.get(part.split, part.split) + part.text if part.split else part.text


def _formatted(sequence: tuple[Part, ...], names: dict[str, str]) -> str:
    values: list[ast.expr] = []
    for part in sequence:
        if part.constant:
            values.append(ast.Constant(value=part.text))
        else:
            inner = ast.parse(_text(part, names), mode="eval").body
            values.append(ast.FormattedValue(value=inner, conversion=-1))
    return ast.unparse(ast.fix_missing_locations(ast.JoinedStr(values=values)))
