"""A synthetic repository of contracted functions, for measurements.

`python benchmarks/ci/synthetic.py FOLDER --functions 1000 --modules 50 --seed 0` writes a package
in src layout. The functions are of a few families with constants drawn from the seed; a third
calls the function before it, so that a change reaches more than one.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from pathlib import Path

HEAD = '"""Module {number} of a synthetic repository."""\n\nfrom icontract import ensure, require\n'


def shifted(name: str, number: int, before: str) -> str:
    """A sum, which is easy for every engine."""
    return f"""
@ensure(lambda x, result: result == x + {number})
def {name}(x: int) -> int:
    return x + {number}
"""


def clamped(name: str, number: int, before: str) -> str:
    """Branches."""
    return f"""
@ensure(lambda x, result: 0 <= result <= {number})
def {name}(x: int) -> int:
    if x < 0:
        return 0
    return x if x < {number} else {number}
"""


def counted(name: str, number: int, before: str) -> str:
    """A precondition and a division."""
    return f"""
@require(lambda n: n > 0)
@ensure(lambda n, result: result >= {number})
def {name}(n: int) -> int:
    return {number} + {number} // n
"""


def called(name: str, number: int, before: str) -> str:
    """A call of the function before."""
    return f"""
@ensure(lambda x, result: result == {before}(x) + {number})
def {name}(x: int) -> int:
    return {number} + {before}(x)
"""


FAMILIES: tuple[Callable[[str, int, str], str], ...] = (shifted, called, clamped, counted)


def module_text(number: int, functions: int, draw: random.Random) -> str:
    """The text of one module."""
    parts = [HEAD.format(number=number)]
    for index in range(functions):
        family = FAMILIES[index % len(FAMILIES)]
        before = f"f{number}_{index - 1}"
        parts.append(family(f"f{number}_{index}", draw.randint(1, 999), before))
    return "\n".join(parts)


def write(folder: Path, functions: int, modules: int, seed: int = 0) -> list[Path]:
    """Write the repository; the modules' paths."""
    draw = random.Random(seed)
    package = folder / "src" / "synthetic"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text("")
    (folder / "pyproject.toml").write_text('[project]\nname = "synthetic"\nversion = "0"\n')
    paths = []
    for number in range(modules):
        count = functions // modules + (number < functions % modules)
        path = package / f"m{number}.py"
        path.write_text(module_text(number, count, draw))
        paths.append(path)
    return paths


def main() -> None:
    """Write what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--functions", type=int, default=1000)
    parser.add_argument("--modules", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    paths = write(args.folder, args.functions, args.modules, args.seed)
    print(f"{args.functions} functions in {len(paths)} modules under {args.folder}")


if __name__ == "__main__":
    main()
