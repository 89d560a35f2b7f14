"""Learn the shipped counts from a recorded suite and solve the shipped policy: `ship.py SUITE`.

Every recorded task is replayed by each engine order of one kind (alone, one after the other),
so that every engine is seen in every situation; the counts and the solved policies replace those
in `agent/`. Nothing is written unless every class has its certificate.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from verify_agent.agent.policy_counts import SHIPPED as SHIPPED_COUNTS
from verify_agent.agent.policy_counts import read_counts, write_counts
from verify_agent.agent.policy_estimates import Estimates
from verify_agent.agent.policy_file import SHIPPED, Origin, basis, write_solutions
from verify_agent.agent.policy_judge import explored
from verify_agent.agent.policy_model import CLASSES, build_model
from verify_agent.agent.policy_recording import read_recordings
from verify_agent.mdp.certify import Certificate, certify
from verify_agent.mdp.solve import solve


def main() -> int:
    """Learn, solve, certify, write; 1 where a class has no certificate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suite", type=Path, nargs="?", help="without it the counts stay")
    arguments = parser.parse_args()
    if arguments.suite:
        today = datetime.now(UTC).date().isoformat()
        write_counts(SHIPPED_COUNTS, explored(read_recordings(arguments.suite), today))
    counts = read_counts(SHIPPED_COUNTS)
    solutions = {}
    for run_class in CLASSES:
        model = build_model((run_class,), Estimates(counts.tallies))
        solution = solve(model)
        found = certify(model, solution.policy, solution.values)
        if not isinstance(found, Certificate):
            print(f"no certificate: {found}", file=sys.stderr)
            return 1
        solutions[run_class] = solution
    origin = Origin(counts.runs, counts.size, counts.updated, basis())
    write_solutions(SHIPPED, solutions, origin)
    print(f"{len(solutions)} classes, {counts.runs} runs, {counts.size} observations")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
