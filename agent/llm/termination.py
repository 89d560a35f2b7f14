"""When a stream of tokens may end: formula (5) of the paper, a complete parse, and a limit.

Without the limit a stream that is never confident would not end (claim C12).
"""

from __future__ import annotations

from icontract import ensure, require


@ensure(
    lambda confidence, threshold, length, least, complete, result: (
        result == (confidence > threshold and length > least and complete)
    )
)
def may_stop(confidence: float, threshold: float, length: int, least: int, complete: bool) -> bool:
    """Whether a response may end early; never for a confidence that is not a number."""
    return confidence > threshold and length > least and complete


@require(lambda max_tokens: max_tokens >= 0)
@ensure(lambda max_tokens, result: 0 <= result <= max_tokens)
@ensure(lambda stops, result: result <= len(stops))
@ensure(lambda stops, max_tokens, result: not any(stops[i] for i in range(max(0, result - 1))))
def tokens_read(stops: list[bool], max_tokens: int) -> int:
    """How many tokens are read when token i says `stops[i]` and `max_tokens` is the limit."""
    read = 0
    while read < max_tokens and read < len(stops):
        read += 1
        if stops[read - 1]:
            return read
    return read
