"""A docstring is put in by libcst: what a person wrote and every other byte stays."""

from __future__ import annotations

import icontract
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_agent.agent.documenting.placing import only_docstring_differs, placed, written

PLAIN = "import os\n\n\n@mark\ndef f(x):  # why\n    # first\n    return x  # last\n"
TEXTS = [
    PLAIN,
    "def f(x): return x\n",
    "def f(x): x += 1; return x\n",
    "def f(x):\n    '''Old.'''\n    return x\n",
    'def f(x):\n    """Old.\n\n    More \\n of it.\n    """\n    return x\n',
    "def f(x):\n    'Old.'\n",
    "def f(x):\n    'Ol' 'd.'\n    return x\n",
    'def f(x):\n    r"""Old \\d."""; return x\n',
    'class A:\n\tdef f(self):\n\t\t"""Old.\n\n\t\tMore."""\n\t\treturn 1\n',
    "if 1:\n  def f(x):\n    return x\n",
    'def f(x):\r\n    """Old."""\r\n    return x\r\n',
    "def f(x):\n    return x\n\n\ndef g():\n    def f(x):\n        return 2\n",
]


def name_in(text: str) -> str:
    return "A.f" if "class A" in text else "f"


@pytest.mark.parametrize("text", TEXTS)
def test_the_docstring_is_there_and_the_rest_stays(text: str) -> None:
    name = name_in(text)
    old = written(text, name)
    wanted = f"{old or 'New.'}\n\nArgs:\n    x: it, in `{{'a': \"b\"}}`."
    after = placed(text, name, wanted)
    assert written(after, name) == wanted
    assert only_docstring_differs(text, after, name)
    assert placed(after, name, wanted) == after


def test_comments_and_layout_stay() -> None:
    after = placed(PLAIN, "f", "It.")
    assert after == PLAIN.replace("    # first", '    """It."""\n    # first')


def test_what_a_person_wrote_stays_to_the_letter() -> None:
    text = 'def f(x):\n    """Old.\n\n    More \\t of it.\n    """\n    return x\n'
    after = placed(text, "f", f"{written(text, 'f')}\n\nReturns:\n    x.")
    assert '"""Old.\n\n    More \\t of it.\n\n    Returns:\n        x.\n    """' in after


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
def test_any_words_can_be_put(words: str) -> None:
    wanted = f"{words}\n\n{words}\n  {words}"
    after = placed(PLAIN, "f", wanted)
    assert written(after, "f") == wanted


def test_line_ends_stay_what_they_are() -> None:
    after = placed(TEXTS[-2], "f", "Old.\n\nArgs:\n    x: it.")
    assert after.count("\n") == after.count("\r\n") == 7


def test_what_was_written_may_not_be_dropped() -> None:
    with pytest.raises(icontract.ViolationError):
        placed(TEXTS[3], "f", "New.")
