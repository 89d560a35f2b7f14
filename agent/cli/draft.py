"""`verify-agent draft "..." -o task.yaml`: a specification from a description, to be confirmed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify_agent.agent.llm.drafting import Drafted
    from verify_agent.agent.llm.endpoint import Endpoint

EPILOG = """A language model proposes a signature, conditions and examples. Nothing of them is
checked but their form: whether they say what was meant is yours to judge, before `run`. Without a
model, `--template` writes a task to fill in.

exit codes:
  0    the task file is written
  1    no answer of the model was a task; nothing is written
  2    bad input
  4    no model is set up, or it can't be reached
"""
PROVIDERS = ("cerebras", "openai")
NO_DRAFT = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("description", metavar="WORDS", help="what the function is to do")
    add("-o", "--output", type=Path, required=True, metavar="FILE", help="the task file to write")
    add("--force", action="store_true", help="write over a file that is there")
    add("--template", action="store_true", help="ask no model; write a task to fill in")
    add("--provider", choices=PROVIDERS, help="whom to ask (the first that is set up)")
    add("--model", default="", help="instead of the provider's")
    add("--tokens", type=int, default=20_000, metavar="N", help="at most (20000)")
    add("--seconds", type=float, default=120.0, metavar="S", help="at most (120)")


def run(args: argparse.Namespace) -> int:
    """Write the task file; the exit code."""
    from verify_agent.agent.artifacts import write_atomically
    from verify_agent.agent.llm.drafting import template
    from verify_agent.verifier.errors import BadInput

    if not args.description.strip():
        raise BadInput("the description is empty", expected="what the function is to do")
    if args.tokens < 1 or not args.seconds > 0:
        raise BadInput("there is nothing to spend", expected="--tokens and --seconds above 0")
    if args.output.exists() and not args.force:
        advice = "`--force` writes over it"
        raise BadInput("it is there already", where=str(args.output), advice=advice)
    if args.template:
        write_atomically(args.output, template(args.description))
        print(f"wrote {args.output}; fill in what it demands, then `verify-agent run` it")
        return 0
    found = _asked(args)
    if found is None:
        return NO_DRAFT
    write_atomically(args.output, found)
    return 0


def _asked(args: argparse.Namespace) -> str | None:
    """The text of the file, shown as well; None where no answer was a task."""
    import time

    from verify_agent.agent.llm.client import Client
    from verify_agent.agent.llm.drafting import Drafted, draft
    from verify_agent.agent.llm.spending import Spending

    known = _endpoint(args.provider, args.model)
    spending, client = Spending(args.tokens), Client(known, silence=args.seconds)
    until = time.monotonic() + args.seconds
    try:
        found = draft(args.description, args.output, client, known.model, spending, until, _heard)
    finally:
        client.close()
    print(spending.text, file=sys.stderr)
    if isinstance(found, Drafted):
        return _confirmable(found, known, args.output)
    print(f"no draft: {found.reason}", file=sys.stderr)
    print("nothing is written; `--template` writes a task to fill in", file=sys.stderr)
    return None


def _heard(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _confirmable(found: Drafted, known: Endpoint, output: Path) -> str:
    text = (
        f"# Drafted by {known.name} {known.model}. Nothing of it is checked: it may not be what "
        f"was meant.\n# Read every line and every example, change them, then `verify-agent run`.\n"
        f"{found.text}"
    )
    print(text)
    for key in found.left_out:
        print(f"left out: `{key}`, which a draft may not decide")
    print(f"wrote {output}: a draft, to be confirmed by you")
    return text


def _endpoint(provider: str | None, model: str) -> Endpoint:
    """The endpoint that was named, or the first that is set up; `ProviderError` where none is."""
    from verify_agent.agent.llm.endpoint import endpoint
    from verify_agent.agent.llm.provider import ProviderError, Trouble

    if provider is not None:
        return endpoint(provider, model)
    for name in PROVIDERS:
        try:
            return endpoint(name, model)
        except ProviderError:
            continue
    detail = "set CEREBRAS_API_KEY or OPENAI_BASE_URL; `--template` needs no model"
    raise ProviderError(Trouble.NO_KEY, "draft", detail)
