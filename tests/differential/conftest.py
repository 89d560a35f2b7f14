"""Random programs of the supported subset, and CPython's own word on what they do."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

# The tests are no package; what they share stands in modules beside them.
sys.path.append(str(Path(__file__).parent))

import observation
from random_programs import Generator, arguments
from third_leg import ThirdLeg, Told, TooLong

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir.nodes import Program


@pytest.fixture(scope="session")
def random_program() -> Callable[[int], tuple[str, list[list[Any]]]]:
    """A program and arguments for it, by seed."""

    def make(seed: int) -> tuple[str, list[list[Any]]]:
        rng = random.Random(seed)
        source = Generator(rng).program()
        return source, [arguments(rng) for _ in range(4)]

    return make


@pytest.fixture(scope="session")
def cpython() -> Callable[[str, list[Any]], observation.Ran]:
    """CPython's word on the function `f` of a source text."""
    return observation.cpython


@pytest.fixture(scope="session")
def observed() -> Callable[[Callable[[list[Any]], Any], list[Any]], observation.Ran]:
    """What a function does with a copy of the arguments."""
    return observation.observe


@pytest.fixture(scope="session")
def told() -> Callable[..., Told | None]:
    """The symbolic executor's word on a program and arguments; None where it refuses."""

    def run(program: Program, args: list[Any], **how: bool) -> Told | None:
        try:
            return ThirdLeg(program, deepcopy(args), **how).run()
        except (Unsupported, TooLong):
            return None

    return run
