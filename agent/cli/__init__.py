"""The command line: parse, call, exit code, nothing else.

Each command is one file with `add_arguments(parser)` and `run(args) -> int`, and is imported
only when it is asked for, so that `--help` stays quick.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # type checkers take it for true; `typing` itself takes too long to import
if TYPE_CHECKING:
    from collections.abc import Sequence

    from verify_agent.verifier.errors import VerifyAgentError

PROGRAM = "verify-agent"
#: Command to what it does; the module of the same name here holds it.
COMMANDS = {
    "run": "deliver verified code for a task file",
    "ask": "say in words what is to be done with a function",
    "check": "check the contracts of Python files",
    "draft": "a task file from a description, proposed by a language model",
    "diff": "what got better and worse between two reports",
    "explain": "one obligation: what was tried, what it rests on, how to go on",
    "init": "write settings for `check` after looking at the project",
    "serve": "keep the engines warm for `run` and `check` in this project",
    "mcp": "the verifier for coding agents, over the Model Context Protocol",
    "lsp": "verdicts in an editor, over the Language Server Protocol",
    "replay": "check written proofs again with both solvers",
    "audit": "derive the claims again, certify the policy, check stored proofs and the ledger",
    "improve": "better skills behind a proved gate: propose, show, roll back",
    "policy": "show, explain and certify how tools are chosen",
    "experiment": "answer a question by a planned, repeated measurement, with a report",
    "memory": "show, export, import and forget what earlier runs found",
    "similar": "the functions like one function, with a proof of equality where there is one",
    "schema": "print the JSON Schema of task files or reports",
}
INTERRUPTED = 130
BROKEN_PIPE = 141


def run_command_line(argv: Sequence[str]) -> int:
    """Run one command and return its exit code (0 to 4; 130 where it was interrupted).

    Prints errors to stderr as `error[VA001]: ...`; no traceback reaches a person unless
    `--debug` is given.
    """
    from verify_agent.verifier.errors import VerifyAgentError

    debug = "--debug" in argv
    try:
        return _dispatch(list(argv))
    except VerifyAgentError as problem:
        if debug:
            raise
        _print_problem(problem)
        return problem.exit_code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _let_go_of_stdout()
        return BROKEN_PIPE
    except Exception as problem:  # the edge of the process: nothing may escape as a traceback
        if debug:
            raise
        return _internal_error(problem)


def _dispatch(argv: list[str]) -> int:
    match argv:
        case []:
            print(_overview(), file=sys.stderr)
            return 2
        case ["-h" | "--help" | "help", *_]:
            print(_overview())
            return 0
        case ["--version", *_]:
            from verify_agent import __version__

            print(f"{PROGRAM} {__version__}")
            return 0
        case [name, *rest] if name in COMMANDS:
            return _command(name, rest)
        case [name, *_]:
            from verify_agent.agent.cli.parser import unknown_command

            raise unknown_command(name, COMMANDS)
        case _:
            raise AssertionError(argv)


def _command(name: str, arguments: list[str]) -> int:
    import importlib

    from verify_agent.agent.cli.parser import HelpShown, command_parser

    module = importlib.import_module(f"{__name__}.{name}")
    parser = command_parser(f"{PROGRAM} {name}", COMMANDS[name])
    module.add_arguments(parser)
    try:
        args = parser.parse_args(arguments)
    except HelpShown:
        return 0
    code: int = module.run(args)
    sys.stdout.flush()
    return code


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"usage: {PROGRAM} COMMAND ...", "", "commands:"]
    lines += [f"  {name:<{width}}  {says}" for name, says in COMMANDS.items()]
    lines += [
        "",
        f"`{PROGRAM} COMMAND --help` says more; `{PROGRAM} --version` says which this is.",
    ]
    return "\n".join(lines)


def _print_problem(problem: VerifyAgentError) -> None:
    """One `error[code]` per line of the problem: a task file may have many."""
    for line in str(problem).splitlines():
        print(f"error[{problem.code}]: {line}", file=sys.stderr)


def _internal_error(problem: Exception) -> int:
    from verify_agent.agent.cli.crash import write_crash

    told = " ".join(str(problem).split())[:200]
    print(
        f"error[VA000]: internal error ({type(problem).__name__}: {told}); please report it with "
        f"{write_crash(problem)}",
        file=sys.stderr,
    )
    return 4


def _let_go_of_stdout() -> None:
    """Keep the interpreter from complaining about the closed pipe once more at its end."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
