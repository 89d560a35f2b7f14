"""What a reader must believe: each part, how large it is, and what tests stand against it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_TEST = re.compile(r"^ *(?:async )?def test_", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """A part of the trusted base: `sources` and `tests` are paths below the project's root."""

    name: str
    believed: str
    sources: tuple[str, ...]
    tests: tuple[str, ...] = ()
    package: str = ""


@dataclass(frozen=True)
class Measured:
    """A part with its lines and tests; `tests` is None where the tests are not installed."""

    part: Part
    lines: int
    tests: int | None
    version: str


PARTS = (
    Part("Python's parser", "gives the tree of the text that it is given", (), (), "python"),
    Part("Z3", "is right where it says unsat or sat; cvc5 must say the same", (), (), "z3-solver"),
    Part("cvc5", "is right where it says unsat or sat; Z3 must say the same", (), (), "cvc5"),
    Part(
        "the claims",
        "their formal statements say what the words say: to be read",
        ("proofs/claims",),
        ("tests/proofs",),
    ),
    Part(
        "terms and SMT-LIB",
        "a term and the text that solvers get mean the same",
        ("verifier/smt", "proofs/algebra.py", "proofs/solve.py", "proofs/model.py"),
        ("tests/verifier/smt", "tests/proofs"),
    ),
    Part(
        "our lowering",
        "the intermediate form means what CPython does (for proofs of code)",
        ("verifier/frontend", "verifier/ir"),
        ("tests/verifier/frontend", "tests/verifier/ir", "tests/differential"),
    ),
    Part(
        "conditions",
        "the obligations follow from the intermediate form (for proofs of code)",
        ("verifier/vc",),
        ("tests/verifier/vc", "tests/mutation", "tests/suites"),
    ),
    Part(
        "the theory files",
        "Python's types in logic (for proofs of code)",
        ("verifier/theory",),
        ("tests/verifier/theory", "tests/differential"),
    ),
    Part(
        "the certificate's checker",
        "rational arithmetic on the process and the policy",
        ("mdp/certify.py", "mdp/exact.py", "mdp/model.py", "mdp/check.py"),
        ("tests/mdp",),
    ),
    Part(
        "the kernel of the ledger",
        "recomputes the chain and the sums",
        ("agent/audit/ledger.py",),
        ("tests/agent/audit",),
    ),
    Part(
        "the gate of self-improvement",
        "takes every step, and measures what it says (an admission's evidence is looked at again)",
        (
            "agent/improve/gate.py",
            "agent/improve/gate_scope.py",
            "agent/improve/gate_critic.py",
            "agent/improve/gate_engines.py",
            "agent/improve/gate_refine.py",
            "agent/improve/gate_trials.py",
            "agent/improve/merge.py",
            "agent/improve/refine.py",
            "agent/improve/betting.py",
            "agent/improve/life.py",
            "agent/improve/ledger.py",
        ),
        ("tests/agent/improve", "tests/redteam"),
    ),
    Part(
        "the independent checker",
        "instead of all of ours: obligations, certificate and ledger with the solvers alone",
        ("proofs/independent_check.py",),
        ("tests/agent/audit", "tests/proofs"),
    ),
)


def measured() -> tuple[Measured, ...]:
    """Each part with its numbers, counted now."""
    code = Path(__file__).resolve().parents[2]
    tests = code / "tests"
    return tuple(
        Measured(
            part,
            sum(_lines(p) for s in part.sources for p in _files(code / s)),
            _tests(code, part) if tests.is_dir() else None,
            _version(part.package),
        )
        for part in PARTS
    )


def _files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _tests(root: Path, part: Part) -> int:
    paths = {p for t in part.tests for p in _files(root / t) if p.exists()}
    return sum(len(_TEST.findall(p.read_text(encoding="utf-8"))) for p in paths)


def _version(package: str) -> str:
    if package == "python":
        import platform

        return platform.python_version()
    try:
        return version(package) if package else ""
    except PackageNotFoundError:
        return "not installed"
