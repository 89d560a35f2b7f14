"""icontract decorators in text are read the way icontract itself takes them."""

import textwrap

import pytest

from verify_agent.contracts.functions import functions_of
from verify_agent.contracts.model import Snapshot
from verify_agent.contracts.parse import parse_contract


def contract(source, qualname="f"):
    return parse_contract(textwrap.dedent(source), qualname)


def unread(source, qualname="f"):
    found = {f.qualname: f for f in functions_of(textwrap.dedent(source))}
    return [u.construct for u in found[qualname].unread]


SPELLINGS = [
    "import icontract\n@icontract.require(lambda x: x > 0)\n",
    "import icontract as ic\n@ic.require(lambda x: x > 0)\n",
    "from icontract import require\n@require(lambda x: x > 0)\n",
    "from icontract import require as pre\n@pre(lambda x: x > 0)\n",
    "from icontract import *\n@require(lambda x: x > 0)\n",
    "import icontract\npre = icontract.require\n@pre(lambda x: x > 0)\n",
    "import icontract\n@icontract.require(condition=lambda x: x > 0)\n",
    "import icontract\n@icontract.require(\n    lambda x: (\n        x > 0\n    )\n)\n",
    "if True:\n    import icontract\n@icontract.require(lambda x: x > 0)\n",
]


@pytest.mark.parametrize("head", SPELLINGS)
def test_every_spelling_is_read(head):
    found = parse_contract(head + "def f(x, y): ...", "f")
    assert [c.text for c in found.requires] == ["x > 0"]


def test_a_decorator_of_that_name_from_elsewhere_is_no_contract():
    source = "from flask import require\n@require(lambda x: x > 0)\ndef f(x): ..."
    function = functions_of(source)[0]
    assert function.contract.requires == ()
    assert not function.contracted
    assert function.unread[0].construct == "the decorator `@require`"


def test_the_order_is_the_one_in_which_icontract_evaluates():
    source = textwrap.dedent(
        """
        import icontract
        log = []
        def t(name):
            log.append(name)
            return True
        @icontract.invariant(lambda self: t("i-top"))
        @icontract.invariant(lambda self: t("i-low"))
        class A:
            @icontract.require(lambda x: t("r-top"))
            @icontract.require(lambda x: t("r-low"))
            @icontract.snapshot(lambda x: t("s-top"), name="a")
            @icontract.snapshot(lambda x: t("s-low"), name="b")
            @icontract.ensure(lambda x: t("e-top"))
            @icontract.ensure(lambda x: t("e-low"))
            def f(self, x):
                pass
        """
    )
    namespace = {}
    exec(source, namespace)
    instance = namespace["A"]()
    namespace["log"].clear()
    instance.f(1)
    found = parse_contract(source, "A.f")
    inv = [c.text for c in found.invariants]
    texts = [c.text for c in found.requires]
    texts += [s.text for s in found.snapshots] + [c.text for c in found.ensures]
    assert [f't("{name}")' for name in namespace["log"]] == [*inv, *texts, *inv]


def test_positions_descriptions_and_errors_are_kept():
    found = contract(
        """\
        from icontract import require, ensure
        @require(lambda x: x > 0, "positive", error=ValueError)
        @ensure(lambda result:
                result > 1, description="grows", error=lambda x: KeyError(x))
        def f(x): ...
        """
    )
    (pre,), (post,) = found.requires, found.ensures
    assert (pre.line, pre.column, pre.description, pre.error) == (2, 19, "positive", "ValueError")
    assert (post.line, post.column, post.description) == (4, 8, "grows")
    assert post.error == "lambda x: KeyError(x)"


def test_snapshots():
    found = contract(
        """
        import copy
        from icontract import ensure, snapshot
        @snapshot(lambda xs: copy.deepcopy(xs), name="deep")
        @snapshot(lambda xs: xs[:])
        @snapshot(lambda xs, n: xs[n], "one")
        @ensure(lambda xs, OLD: xs == OLD.xs)
        def f(xs, n): ...
        """
    )
    assert found.snapshots == (
        Snapshot("one", "xs[n]"),
        Snapshot("xs", "xs[:]"),
        Snapshot("deep", "xs", deep=True),
    )


def test_a_named_condition_becomes_a_call():
    found = contract(
        """
        from icontract import require
        def ordered(lo, hi):
            return lo <= hi
        POSITIVE = lambda lo: lo > 0
        @require(POSITIVE)
        @require(ordered)
        def f(x, lo, hi): ...
        """
    )
    assert [c.text for c in found.requires] == ["ordered(lo, hi)", "POSITIVE(lo)"]


@pytest.mark.parametrize(
    ("decorator", "expected"),
    [
        ("@require(lambda x: x > 0, enabled=False)", []),
        ("@require(lambda x: x > 0, enabled=True)", ["x > 0"]),
        ("@require(lambda x: x > 0, enabled=__debug__)", ["x > 0"]),
        ("@require(lambda x: x > 0, enabled=icontract.SLOW)", ["x > 0"]),
    ],
)
def test_enabled(decorator, expected):
    source = f"import icontract\nfrom icontract import require\n{decorator}\ndef f(x): ..."
    assert [c.text for c in parse_contract(source, "f").requires] == expected


@pytest.mark.parametrize(
    ("source", "construct"),
    [
        ("@require(lambda x: x < y)\ndef f(x, y): ...", "a condition that reads a module's `y`"),
        ("@require(lambda z: z > 0)\ndef f(x): ...", "a condition over `z`, no parameter"),
        ("@require(lambda *a: a)\ndef f(x): ...", "a condition with `*` arguments"),
        ("@require(lambda _ARGS: _ARGS)\ndef f(x): ...", "a condition over `_ARGS`, no parameter"),
        ("@require(make(3))\ndef f(x): ...", "the condition `make(3)`, no lambda here"),
        ("@require(lambda x: x, enabled=FLAG)\ndef f(x): ...", "`enabled=FLAG`, known only when"),
        ("@require(**options)\ndef f(x): ...", "the arguments of `@require`"),
        ("@ensure(lambda result: result)\ndef f(result): ...", "a parameter named `result` under"),
        ("@require\ndef f(x): ...", "`@require` without a condition"),
        ("@cache\ndef f(x): ...", "the decorator `@cache`"),
        ("@require(lambda x: x)\nasync def f(x): ...", "async function"),
        ("@require(lambda x: x)\ndef f(x, *, k): ...", "keyword-only parameters"),
        ("@require(lambda x: x)\ndef f(x): ...\nf = twice(f)", "a function whose name is bound"),
        (
            "if A:\n    def f(x): ...\nelse:\n    @require(lambda x: x)\n    def f(x): ...",
            "a function with several definitions",
        ),
        (
            "@snapshot(lambda x: x)\n@snapshot(lambda x: 1, name='x')\n"
            "@ensure(lambda OLD: OLD.x)\ndef f(x): ...",
            "two snapshots of one name",
        ),
    ],
)
def test_what_cannot_be_read_exactly_is_on_record(source, construct):
    head = "from icontract import require, ensure, snapshot\n"
    assert any(u.startswith(construct) for u in unread(head + source))


def test_a_condition_function_that_is_bound_twice_is_not_inlined():
    source = """
        from icontract import require
        def ok(x): return True
        @require(ok)
        def f(x): ...
        def ok(x): return False
    """
    assert unread(source) == ["the condition `ok`, no lambda here"]


INHERITED = """
    from icontract import ensure, invariant
    {mark}
    class A:
        @ensure(lambda result: result > 0)
        def f(self): ...
        def g(self): ...
    class B(A):
        def f(self): ...
        def g(self): ...
"""


def test_an_override_of_a_contracted_method_is_not_taken_for_a_plain_one():
    source = INHERITED.format(mark="")
    assert unread(source, "B.f") == ["`f` overrides a method under contract"]
    assert unread(source, "B.g") == []
    assert unread(source, "A.f") == []


def test_inherited_invariants_and_bases_from_elsewhere_are_on_record():
    source = INHERITED.format(mark="@invariant(lambda self: True)")
    assert "invariants inherited from `A`" in unread(source, "B.g")
    assert unread("class C(Base):\n    def f(self): ...", "C.f") == ["the base class `Base`"]
    assert unread("class C(Exception):\n    def f(self): ...", "C.f") == []


def test_what_may_replace_the_methods_of_a_class_is_on_record():
    body = "\n    def f(self): ..."
    head = "from abc import ABCMeta\nfrom dataclasses import dataclass\n"
    assert unread(f"{head}@dataclass(frozen=True)\nclass A(metaclass=ABCMeta):{body}", "A.f") == []
    assert unread(f"{head}@magic\nclass A:{body}", "A.f") == ["the decorator `@magic` of a class"]
    found = unread(f"{head}class A(metaclass=Meta):{body}", "A.f")
    assert found == ["`metaclass=Meta` of a class"]


def test_invariants_reach_the_methods_that_icontract_checks():
    source = textwrap.dedent(
        """
        from icontract import invariant
        @invariant(lambda self: self.n >= 0)
        class A:
            def __init__(self): ...
            def f(self): ...
            def _private(self): ...
            def __repr__(self): ...
            @staticmethod
            def s(): ...
            class Inner:
                def g(self): ...
        """
    )
    under = {f.qualname for f in functions_of(source) if f.contract.invariants}
    assert under == {"A.__init__", "A.f"}
    assert "A.Inner.g" in {f.qualname for f in functions_of(source)}


def test_overloads_are_left_out_and_the_last_definition_counts():
    source = textwrap.dedent(
        """
        from typing import overload
        from icontract import require
        @overload
        def f(x: int) -> int: ...
        @overload
        def f(x: str) -> str: ...
        def f(x): return x
        @require(lambda x: x)
        def g(x): return 1
        def g(x): return 2
        """
    )
    found = {f.qualname: f for f in functions_of(source)}
    assert found["f"].node.lineno == 8
    assert not found["f"].unread
    assert found["g"].contract.requires == ()


def test_a_function_inside_a_function_is_seen_and_never_checked():
    source = """
        from icontract import require
        def f():
            @require(lambda x: x)
            def g(x): ...
    """
    assert unread(source, "f.<locals>.g") == ["a function inside a function"]


def test_invariants_that_are_checked_on_attributes_are_on_record():
    source = """
        import icontract
        @icontract.invariant(lambda self: True, check_on=icontract.InvariantCheckEvent.ALL)
        class A:
            def f(self): ...
    """
    assert unread(source, "A.f") == ["an invariant that is checked when an attribute is set"]


def test_parse_contract_names_what_is_missing_or_unread():
    with pytest.raises(KeyError):
        parse_contract("def f(): ...", "g")
    with pytest.raises(ValueError, match="condition over `z`"):
        parse_contract("import icontract\n@icontract.require(lambda z: z)\ndef f(x): ...", "f")
