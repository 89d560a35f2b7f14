"""`verify-agent audit`: derive every claim again, and check a run's own records."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify_agent.agent.audit.derive import Derived, Inputs

#: Functions of the cache that are proved again where nobody says how many.
CACHE_SAMPLE = 20
EPILOG = """what is audited:
  audit                        the claims, the policy in use, and this project's own records
  audit export --output FILE   the same, kept as one file that another machine can audit
  audit BUNDLE                 such a file or folder: nothing in it is trusted
  audit ledger [--entry N]     the ledger of self-improvement alone, and the checks of entry N again

exit codes:
  0    every claim has its outcome and every record that is there holds
  1    something does not hold; each thing is named
  2    bad input
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("what", nargs="?", metavar="export | ledger | BUNDLE", help="nothing: this project")
    add(
        "--output",
        type=Path,
        metavar="PATH",
        help="where the reports and all records go: a folder (.verify-agent/audit), for `export` "
        "a tar file (audit.tar.gz)",
    )
    add(
        "--state",
        type=Path,
        default=Path(".verify-agent"),
        metavar="DIR",
        help="the folder of state whose ledger and runs are checked (.verify-agent)",
    )
    add(
        "--proofs",
        action="append",
        default=[],
        type=Path,
        metavar="DIR",
        help="check these stored proofs too (`check --proofs DIR`), several times if needed",
    )
    add(
        "--code",
        action="append",
        default=[],
        metavar="PATH",
        help="prove again what the cache of `check` says is proved in these files (the settings' "
        "`paths`), several times if needed",
    )
    add(
        "--sample",
        type=int,
        metavar="N",
        help="of each folder about N stored proofs (all), of the cache about N functions (20)",
    )
    add("--entry", type=int, metavar="N", help="with `ledger`: run the checks of entry N again")
    add(
        "--anchor",
        type=Path,
        metavar="FILE",
        help="with `ledger`: the file outside of the folder that holds the ledger's head",
    )
    add("--key", type=Path, metavar="FILE", help="with `ledger`: the public key of its signature")
    add("--quiet", action="store_true", help="print only the last line and what does not hold")


def run(args: argparse.Namespace) -> int:
    """Audit, write the reports, and say what does not hold; the exit code."""
    if args.sample is not None and args.sample < 1:
        from verify_agent.verifier.errors import BadInput

        raise BadInput(f"`--sample {args.sample}`", expected="1 or more")
    if args.what == "ledger":
        return _of_ledger(args)
    if args.what is None or args.what == "export":
        return _of_project(args)
    return _of_bundle(args)


def _of_project(args: argparse.Namespace) -> int:
    from verify_agent.agent.audit import bundle

    inputs = _with_cache(args, bundle.inputs_of_project(args.state, _folders(args.proofs)))
    derived = _derive(args, inputs)
    files = bundle.contents(derived)
    if args.what == "export":
        path = args.output or Path("audit.tar.gz")
        bundle.write_tar(path, files)
    else:
        path = args.output or args.state / "audit"
        bundle.write(path, files)
        path = path / bundle.MARKDOWN
    return _tell(args, derived, list(derived.problems), path)


def _of_ledger(args: argparse.Namespace) -> int:
    from verify_agent.agent.audit.of_ledger import look

    def say(line: str) -> None:
        if not args.quiet:
            print(f"  {line}", file=sys.stderr, flush=True)

    found = look(args.state, args.anchor, args.key, args.entry, say)
    for line in () if args.quiet else found.lines:
        print(line)
    for problem in found.problems:
        print(f"FAILS  {problem}")
    wrong = f"{len(found.problems)} things do not hold" if found.problems else "everything holds"
    print(f"{len(found.lines)} entries: {wrong}")
    return 1 if found.problems else 0


def _of_bundle(args: argparse.Namespace) -> int:
    from verify_agent.agent.audit import bundle, compare
    from verify_agent.agent.audit.derive import CODE
    from verify_agent.verifier.errors import BadInput

    path = Path(args.what)
    if not path.exists():
        raise BadInput(
            "there is no such bundle",
            expected="`export`, or a file or folder that `audit` wrote",
            where=args.what,
        )
    files = bundle.read(path)
    inputs = bundle.inputs_of_bundle(files)
    derived = _derive(args, inputs)
    code = compare.fresh_code_proofs() if CODE in inputs.proofs else {}
    found = compare.problems(files, derived, code, sampled=args.sample is not None)
    if args.output:
        bundle.write(args.output, bundle.contents(derived))
    return _tell(args, derived, found, args.output or path)


def _folders(paths: list[Path]) -> dict[str, Path]:
    from verify_agent.verifier.errors import BadInput

    for path in paths:
        if not path.is_dir():
            raise BadInput("it is no folder", expected="stored proofs", where=str(path))
    names = {path.resolve().name: path for path in paths}
    if len(names) != len(paths) or names.keys() & {"code", "cache"}:
        raise BadInput("folders of proofs need names of their own, not `code` and not `cache`")
    return names


def _with_cache(args: argparse.Namespace, inputs: Inputs) -> Inputs:
    """The inputs with the proofs of the cache made again."""
    from dataclasses import replace

    from verify_agent.agent.audit.cached_proofs import FOLDER, cached_proofs
    from verify_agent.agent.cli.check_files import selected
    from verify_agent.agent.cli.check_settings import project_of, settings_of
    from verify_agent.verifier.cache.store import FILE

    if not args.code and not (args.state / FILE).is_file():
        return inputs
    settings = settings_of(project_of(args.state))
    targets = args.code or [str(settings.root / p) for p in settings.paths]
    if not targets or not args.state.is_dir():
        return inputs
    modules = selected(targets, settings).modules
    again = cached_proofs(args.state, modules, args.sample or CACHE_SAMPLE, _narrator(args))
    if again.total:
        _narrator(args)(f"{again.looked_at} of {again.total} functions of the cache proved again")
    proofs = {**inputs.proofs, FOLDER: again.files} if again.files else inputs.proofs
    return replace(inputs, proofs=proofs, problems=again.problems)


def _derive(args: argparse.Namespace, inputs: Inputs) -> Derived:
    from verify_agent.agent.audit.derive import derive

    return derive(inputs, _narrator(args), args.sample)


def _narrator(args: argparse.Namespace) -> Callable[[str], None]:
    def tell(line: str) -> None:
        if not args.quiet:
            print(f"  {line}", file=sys.stderr, flush=True)

    return tell


def _tell(args: argparse.Namespace, derived: Derived, found: list[str], path: Path) -> int:
    from verify_agent.agent.audit.render_markdown import verdict_line

    if not args.quiet:
        for result in derived.results:
            print(f"{result.claim.id:<4} {result.verdict:<24} {result.claim.title}")
        print(f"ledger: {derived.record['ledger']['says']}")
    for problem in found:
        print(f"FAILS  {problem}")
    print(verdict_line(derived.record))
    print(f"{len(found)} things do not hold: {path}" if found else f"nothing failed: {path}")
    return 1 if found else 0
