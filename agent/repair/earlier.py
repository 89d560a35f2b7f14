"""What earlier versions of a function say about its repair: where to look, and what to put back.

That a version met its contract on some inputs proves nothing. Its body, or a piece of it, is an
edit like any other, and lines are only put in another order.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from verify_agent.agent.history.versions import History, Version, function_in
from verify_agent.agent.repair.edits import Edit, EditClass, Splice, applied
from verify_agent.agent.repair.trial import Trial
from verify_agent.agent.task_origin import Function, body_without_docstring, find_node

#: Versions that are looked at, and those of which single pieces are put back too.
MOST, PIECES = 20, 4
#: What a further line, and a version further back, adds to the size of an edit.
LINE, AGE = 0.4, 0.05
#: How suspicious a line is that came with tests, as a share.
TESTED = 0.5


@dataclass(frozen=True)
class _Piece:
    """Lines `start` up to `end` of the text (from 0) that were `lines` in a version."""

    start: int
    end: int
    lines: tuple[str, ...]

    @property
    def size(self) -> int:
        return max(self.end - self.start, len(self.lines))

    @property
    def touched(self) -> set[int]:
        """The lines of the text, from 1; where some are missing, those around the gap."""
        if self.end > self.start:
            return set(range(self.start + 1, self.end + 1))
        return {self.start, self.start + 1}


@dataclass
class Earlier:
    """The earlier versions of a function in a module's text."""

    text: str
    qualname: str
    history: History = field(default_factory=History)
    _met: Version | None = field(default=None, init=False)

    def edits(self) -> Iterator[Edit]:
        """Each earlier body put back, and pieces of the latest ones."""
        for age, (version, pieces) in enumerate(self._known):
            yield self._edit(pieces, f"the body as in {version.told}", age)
            if len(pieces) > 1 and age < PIECES:
                for piece in pieces:
                    said = f"line {piece.start + 1} as in {version.told}"
                    yield self._edit((piece,), said, age)

    def bodies(self) -> Iterator[tuple[str, Version]]:
        """The module with each earlier body put back, the latest first, and whose it was."""
        for version, pieces in self._known:
            text = applied(self.text.encode(), (self._edit(pieces, "", 0),))
            if function_in(text, self.qualname) is not None:
                yield text, version

    def suspicion(self, trial: Trial) -> Mapping[int, float]:
        """How suspicious each changed line is, from 0 to 1; lines that are not in it are not.

        The lines changed since the last version that meets the contract on the known inputs;
        where there is none, the later a line was changed the more, less with tests beside it.
        """
        self._met = next((v for text, v in self.bodies() if trial.survives(text)), None)
        found: dict[int, float] = {}
        introduced: Version | None = None
        for age, (version, pieces) in enumerate(self._known):
            lines = {line for piece in pieces for line in piece.touched}
            if version is self._met:
                return dict.fromkeys(lines, 1.0)
            share = TESTED if introduced is not None and introduced.tests else 1.0
            for line in lines - found.keys():
                found[line] = share / (1 + age)
            introduced = version
        return found

    @property
    def notes(self) -> tuple[str, ...]:
        """For the report: how far git was read, who changed the function, which version met it."""
        told = list(self.history.notes)
        if self.history.versions:
            last = self.history.versions[0]
            told.append(f"history: {self.qualname} was last changed in {last.told}")
            if self._known and self._known[0][0] is last:
                told.append(f"history: {self.qualname} has changes that are not committed")
            if self._met is not None:
                shown = f"{self._met.commit[:10]} ({self._met.day})"
                told.append(f"history: the last version that met it on the inputs tried: {shown}")
        return tuple(told)

    @cached_property
    def _known(self) -> list[tuple[Version, tuple[_Piece, ...]]]:
        """The versions whose body differs from the present one and fits in its place."""
        found = []
        for version in self.history.versions[:MOST]:
            pieces = self._pieces(version)
            if pieces:
                found.append((version, pieces))
        return found

    def _pieces(self, version: Version) -> tuple[_Piece, ...]:
        now, then = find_node(self.text, self.qualname), function_in(version.text, self.qualname)
        if then is None or _takes(now) != _takes(then) or not _alike(now, then):
            return ()
        own, old = self.text.split("\n"), version.text.split("\n")
        (start, end), (first, last) = _body(now), _body(then)
        mine = [line.removesuffix("\r") for line in own[start:end]]
        theirs = old[first:last]
        matcher = difflib.SequenceMatcher(None, mine, theirs, autojunk=False)
        return tuple(
            _Piece(start + i1, start + i2, tuple(theirs[j1:j2]))
            for tag, i1, i2, j1, j2 in matcher.get_opcodes()
            if tag != "equal"
        )

    def _edit(self, pieces: tuple[_Piece, ...], said: str, age: int) -> Edit:
        data = self.text.encode()
        lines = data.split(b"\n")
        newline = "\r\n" if b"\r\n" in data else "\n"
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line) + 1)
        splices = []
        for piece in pieces:
            put = "".join(f"{line}{newline}" for line in piece.lines)
            end = starts[piece.end]
            if end > len(data):  # the text has no last line end: neither does what is put there
                end, put = len(data), put.removesuffix(newline)
            splices.append(Splice(starts[piece.start], end, put))
        extra = LINE * (sum(piece.size for piece in pieces) - 1) + AGE * age
        return Edit(EditClass.EARLIER, tuple(splices), pieces[0].start + 1, extra, said)


def _takes(node: Function) -> tuple[type[Function], list[str]]:
    """What a call sees: the kind of function and its parameters' names."""
    a = node.args
    stars = [f"*{x.arg}" for x in (a.vararg, a.kwarg) if x is not None]
    return type(node), [x.arg for x in (*a.posonlyargs, *a.args, *a.kwonlyargs)] + stars


def _alike(now: Function, then: Function) -> bool:
    """Whether both bodies stand on lines of their own, equally far in."""
    bodies = [body_without_docstring(node) or node.body for node in (now, then)]
    own_lines = all(b[0].lineno > n.lineno for b, n in zip(bodies, (now, then), strict=True))
    return own_lines and bodies[0][0].col_offset == bodies[1][0].col_offset


def _body(node: Function) -> tuple[int, int]:
    """The lines of a body without its docstring, from 0, the end left out."""
    body = body_without_docstring(node) or node.body
    marks: list[ast.expr] = getattr(body[0], "decorator_list", [])
    return min([body[0].lineno, *(m.lineno for m in marks)]) - 1, node.end_lineno or node.lineno
