"""Entry point of the command line; the commands are imported only when they are asked for."""

import sys

#: What a warm server may do; see `agent/server`.
SERVED = ("run", "check")


def main() -> int:
    """Run the command line and return its exit code (see TASKS: 0 to 4)."""
    if sys.argv[1:2] and sys.argv[1] in SERVED:
        from verify_agent.agent.server.client import served

        code = served(sys.argv[1:])
        if code is not None:
            return code
    from verify_agent.verifier.own_folders import keep_bytecode

    keep_bytecode()
    from verify_agent.agent.cli import run_command_line

    return run_command_line(sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
