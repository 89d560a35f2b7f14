"""Read a stream, and stop where a complete function stands (formula 5 of the paper).

A function stands complete when what came so far holds a whole one and the text goes on after it
outside of it: a closed fence, or a line that is not indented.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import cast

from verify_agent.agent.llm.extract import MOST_CHARACTERS, function_in
from verify_agent.agent.llm.provider import Piece, Reply, Request
from verify_agent.agent.llm.termination import may_stop
from verify_agent.contracts.model import Signature

#: A model that is surer than this of its tokens, in the geometric mean, may be cut short.
CONFIDENCE = 0.5
LEAST_CHARACTERS = 16
CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True)
class Early:
    """When reading may end; without `signature` it never ends early."""

    signature: Signature | None = None
    confidence: float = CONFIDENCE
    least: int = LEAST_CHARACTERS


def read(pieces: Iterator[Piece], request: Request, early: Early = Early()) -> Reply:
    """The whole answer, or as much of it as is needed; the stream is closed in any case.

    Where the endpoint tells no probabilities the confidence is 1: only the parse decides.
    """
    reading = _Reading(request, early)
    stream = cast("Generator[Piece, None, None]", pieces)
    with contextlib.closing(stream):
        for piece in stream:
            reading.take(piece)
            if reading.enough():
                reading.stopped = True
                break
    return reading.reply()


class _Reading:
    def __init__(self, request: Request, early: Early) -> None:
        self.request, self.early = request, early
        self.started = time.monotonic()
        self.first = 0.0
        self.text = ""
        self.last = Piece("")
        self.chances: list[float] = []
        self.pieces = 0
        self.lines = 0
        self.stopped = False

    def take(self, piece: Piece) -> None:
        if piece.text and not self.pieces:
            self.first = time.monotonic() - self.started
        self.pieces += bool(piece.text)
        self.text += piece.text
        if piece.probability is not None:
            self.chances.append(piece.probability)
        if piece.finish or piece.prompt_tokens is not None:
            self.last = piece

    @property
    def confidence(self) -> float:
        """The geometric mean of the tokens' probabilities."""
        if not self.chances:
            return 1.0
        return math.exp(sum(math.log(max(c, 1e-12)) for c in self.chances) / len(self.chances))

    def enough(self) -> bool:
        if len(self.text) > MOST_CHARACTERS:
            return True
        signature = self.early.signature
        lines = self.text.count("\n")
        if signature is None or lines == self.lines:
            return False
        self.lines = lines
        complete = stands_complete(self.text, signature)
        length = len(self.text)
        return may_stop(self.confidence, self.early.confidence, length, self.early.least, complete)

    def reply(self) -> Reply:
        asked = sum(len(m.text) for m in self.request.messages)
        counted = self.last.prompt_tokens is not None and self.last.answer_tokens is not None
        return Reply(
            self.text,
            self.last.prompt_tokens or max(1, asked // CHARACTERS_A_TOKEN),
            self.last.answer_tokens or self.pieces,
            self.last.finish,
            time.monotonic() - self.started,
            self.first,
            self.stopped,
            counted,
        )


def stands_complete(text: str, signature: Signature) -> bool:
    """Whether what came so far holds the whole function, and goes on after it.

    >>> from verify_agent.contracts.model import Parameter
    >>> wanted = Signature("f", (Parameter("x", "int"),), "int")
    >>> stands_complete("```\\ndef f(x):\\n    return x\\n", wanted)
    False
    >>> stands_complete("```\\ndef f(x):\\n    return x\\n```\\n", wanted)
    True
    """
    text = text[: text.rfind("\n") + 1]
    lines = text.splitlines()
    starts = [
        i for i, line in enumerate(lines) if line.lstrip().startswith(f"def {signature.name}")
    ]
    if not starts:
        return False
    indent = len(lines[starts[-1]]) - len(lines[starts[-1]].lstrip())
    after = [line for line in lines[starts[-1] + 1 :] if line.strip()]
    if not after:
        return False
    left = len(after[-1]) - len(after[-1].lstrip()) <= indent
    return left and isinstance(function_in(text, signature), str)
