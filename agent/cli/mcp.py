"""`verify-agent mcp`: the verifier for coding agents, over the Model Context Protocol."""

from __future__ import annotations

import argparse
from pathlib import Path

EPILOG = """The server speaks over standard input and output; an agent's client starts it. Files are
used only in the roots that the client grants; a client that lists none gets the FOLDERs.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.epilog = EPILOG
    parser.add_argument(
        "folders", nargs="*", type=Path, metavar="FOLDER", help="for clients that list no roots"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until the client goes."""
    from verify_agent.verifier.errors import BadInput, ToolMissing

    for folder in args.folders:
        if not folder.is_dir():
            raise BadInput("it is no folder", where=str(folder))
    try:
        from verify_agent.agent.mcp.server import serve
    except ImportError as problem:
        raise ToolMissing(
            f"the SDK of the Model Context Protocol is missing ({problem})",
            advice="pip install 'verify-agent[mcp]'",
        ) from problem
    serve(tuple(folder.resolve() for folder in args.folders))
    return 0
