"""`verify-agent init`: settings for `check`, written after looking at the project."""

from __future__ import annotations

import argparse
import re
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    add = parser.add_argument
    add("folder", nargs="?", type=Path, default=Path(), metavar="DIR", help="the project (here)")
    add("--print", action="store_true", dest="only_print", help="print it, write nothing")
    add("--force", action="store_true", help="write over settings that are there")


def run(args: argparse.Namespace) -> int:
    """Write `[tool.verify-agent]` into pyproject.toml; 0 where that was done."""
    from verify_agent.agent.artifacts import write_atomically
    from verify_agent.agent.cli.gate import ENOUGH
    from verify_agent.verifier.errors import BadInput

    root = args.folder.resolve()
    if not root.is_dir():
        raise BadInput("it is no folder", expected="the folder of a project", where=str(root))
    text, said = _table(root)
    if args.only_print:
        print(text, end="")
        return ENOUGH
    file = root / "pyproject.toml"
    before = file.read_text(encoding="utf-8") if file.is_file() else ""
    has = _has_table(before, file)
    if has and not args.force:
        raise BadInput(
            "there are settings already", where=str(file), advice="`--force` writes new ones"
        )
    kept = _without_table(before) if has else before
    write_atomically(file, f"{kept.rstrip()}\n\n{text}".lstrip("\n"))
    for line in said:
        print(line)
    print(f"wrote [tool.verify-agent] to {file}; now run `verify-agent check`")
    return ENOUGH


def _table(root: Path) -> tuple[str, list[str]]:
    """The table for what is there, and what was seen."""
    from verify_agent.agent.cli.check_files import selected
    from verify_agent.agent.cli.check_settings import Settings
    from verify_agent.verifier.errors import BadSource

    paths = _paths(root)
    exclude = [f"{p}/*" for p in ("tests", "test", "docs") if _inside(root / p, root, paths)]
    settings = Settings(root, exclude=tuple(exclude))
    said = []
    try:
        found = selected([str(root / p) for p in paths], settings)
        said.append(f"{found.count} functions with something to show in {', '.join(paths)}")
        said.append(f"{len(found.skipped)} functions without contract or assert")
    except BadSource as problem:
        said += ["some files are no Python and must be excluded:", str(problem)]
    lines = [
        "[tool.verify-agent]",
        f"paths = {_list(paths)}",
        f"exclude = {_list(exclude)}",
        '# The least evidence to accept: "tested", "confirmed" or "proved".',
        'evidence = "tested"',
        "# Seconds a function.",
        "timeout = 20",
        '# baseline = "verify-agent.baseline.json"  # made by `check --write-baseline`',
        '# waivers = "verify-agent.waivers.toml"',
    ]
    return "\n".join(lines) + "\n", said


def _paths(root: Path) -> list[str]:
    """Where the code is: `src`, else the packages, else everything."""
    if (root / "src").is_dir():
        return ["src"]
    packages = [p.parent.name for p in sorted(root.glob("*/__init__.py"))]
    packages = [p for p in packages if p not in ("tests", "test", "docs")]
    return packages or ["."]


def _inside(folder: Path, root: Path, paths: list[str]) -> bool:
    return folder.is_dir() and "." in paths and folder.is_relative_to(root)


def _list(texts: list[str]) -> str:
    return "[" + ", ".join(f'"{t}"' for t in texts) + "]"


def _has_table(text: str, file: Path) -> bool:
    import tomllib

    from verify_agent.verifier.errors import BadInput

    try:
        return "verify-agent" in tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError as problem:
        raise BadInput(f"it is no TOML: {problem}", where=str(file)) from problem


def _without_table(text: str) -> str:
    """The text without the table and its sub-tables, up to the next other table."""
    kept, ours = [], False
    for line in text.splitlines(keepends=True):
        head = re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]", line)
        if head:
            ours = re.match(r'tool\s*\.\s*"?verify-agent"?(\s*\.|$)', head[1]) is not None
        if not ours:
            kept.append(line)
    return "".join(kept)
