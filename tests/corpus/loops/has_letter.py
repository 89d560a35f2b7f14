"""Whether a letter occurs."""

from icontract import ensure, require


@require(lambda letter: len(letter) == 1)
@ensure(lambda s, letter, result: result == (letter in s))
def has_letter(s: str, letter: str) -> bool:  # expect: proved
    for i in range(len(s)):
        if s[i] == letter:
            return True
    return False


@require(lambda letter: len(letter) == 1)
@ensure(lambda s, letter, result: result == (letter in s))
def has_letter_broken(s: str, letter: str) -> bool:  # expect: refuted
    for i in range(1, len(s)):
        if s[i] == letter:
            return True
    return False
