"""Two generations of skills side by side on fresh tasks: what was tried, lost, or got longer.

    python benchmarks/improvement/run.py --fresh WORD [--tasks 46] [--before DIR] [--after DIR]
        [--json OUT]

WORD is what the tasks are drawn from: take one that no proposer can have seen. A generation is
given by its folder of state (`.verify-agent`), `flat` (costs that say nothing) or `shipped`.
Nothing is proved here: an answer counts as solved when it is right on inputs that the search has
not seen. A task counts as lost, too, where its answer gets half as long again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from verify_agent.agent.improve.evaluate import Evaluator, no_longer
from verify_agent.agent.improve.setting import start_generation
from verify_agent.agent.improve.tasks import fresh_tasks


def sources_of(name: str) -> Mapping[str, str]:
    """The texts of a generation."""
    return start_generation(name).sources


def main() -> int:
    """Measure, print a table; 1 where a task is lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fresh", required=True, metavar="WORD")
    parser.add_argument("--tasks", type=int, default=46)
    parser.add_argument("--before", default="shipped")
    parser.add_argument("--after", default="shipped")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    before, after = sources_of(args.before), sources_of(args.after)
    evaluator, rows = Evaluator(), []
    try:
        for task in islice(fresh_tasks(args.fresh), args.tasks):
            old, new = evaluator.both(task, before, after)
            rows.append((task.name, old, no_longer(new, old)))
            print(f"{task.name:18} {old.cost:8} {new.cost:8} {old.size:5} {new.size:5}", flush=True)
    finally:
        evaluator.close()
    told = {
        "drawn_from": args.fresh,
        "tasks": len(rows),
        "tried": [sum(old.cost for _, old, _ in rows), sum(new.cost for _, _, new in rows)],
        "solved": [sum(o.solved for _, o, _ in rows), sum(n.solved for _, _, n in rows)],
        "lost": [name for name, old, new in rows if old.solved and not new.solved],
        "longer": [name for name, old, new in rows if new.solved and new.size > old.size],
        "costs": {name: [old.cost, new.cost] for name, old, new in rows},
        "sizes": {name: [old.size, new.size] for name, old, new in rows},
    }
    first, last = (sum(pair[i].cost for pair in (r[1:] for r in rows)) for i in (0, 1))
    fewer = 1 - last / max(1, first)
    print(f"{first} -> {last} candidates tried: {100 * fewer:.1f} % fewer; lost: {told['lost']}")
    if args.json:
        args.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 1 if told["lost"] else 0


if __name__ == "__main__":
    sys.exit(main())
