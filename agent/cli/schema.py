"""`verify-agent schema`: the JSON Schema of task files (or of reports)."""

from __future__ import annotations

import argparse
import json
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "of", nargs="?", choices=("task", "report"), default="task", help="of what (default: task)"
    )


def run(args: argparse.Namespace) -> int:
    """Print the schema."""
    if args.of == "report":
        from verify_agent.verifier.report.schema import json_schema
    else:
        from verify_agent.agent.task_model import json_schema
    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")
    return 0
