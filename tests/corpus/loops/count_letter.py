"""Counting one letter."""

from icontract import ensure, require


@require(lambda letter: len(letter) == 1)
@ensure(lambda s, letter, result: result == s.count(letter))
def count_letter(s: str, letter: str) -> int:  # expect: proved
    n = 0
    for c in s:
        if c == letter:
            n += 1
    return n


@require(lambda letter: len(letter) == 1)
@ensure(lambda s, letter, result: result == s.count(letter))
def count_letter_broken(s: str, letter: str) -> int:  # expect: refuted
    n = 0
    for c in s:
        if c >= letter:
            n += 1
    return n
