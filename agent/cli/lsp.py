"""`verify-agent lsp`: verdicts in an editor, over the Language Server Protocol."""

from __future__ import annotations

import argparse

EPILOG = """The server speaks over standard input and output; the editor starts it. A file is
checked when it is opened and saved, and of it what a change can affect. docs/editors.md has the
settings for VS Code and Neovim.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    from verify_agent.agent.cli.parser import at_least

    parser.epilog = EPILOG
    parser.add_argument(
        "--timeout",
        type=at_least(0.1),  # type: ignore[arg-type]
        default=10.0,
        metavar="SECONDS",
        help="for each function (10)",
    )
    parser.add_argument("--stdio", action="store_true", help="what editors pass; always so")


def run(args: argparse.Namespace) -> int:
    """Serve until the editor goes."""
    from verify_agent.verifier.errors import ToolMissing

    try:
        from verify_agent.agent.lsp.server import serve
    except ImportError as problem:
        raise ToolMissing(
            f"the library for language servers is missing ({problem})",
            advice="pip install 'verify-agent[lsp]'",
        ) from problem
    serve(args.timeout)
    return 0
