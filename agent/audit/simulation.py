"""C16's link to the code: every step of real runs is a step of the automaton."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

from verify_agent.agent.audit.policy_record import PolicyInUse
from verify_agent.agent.state import Ending
from verify_agent.mdp.model import Model
from verify_agent.proofs.model import Finding, Table

Step = tuple[str, str, str]

#: Endings that come from outside the automaton: the last step of such a run is no step of it.
_FROM_OUTSIDE = {e.value for e in (Ending.INTERRUPTED, Ending.TOOL_BROKE, Ending.BAD_INPUT)}


def simulation(
    used: PolicyInUse, recorded: Mapping[str, Sequence[Step]], runs: int = 150
) -> Finding:
    """Check recorded runs and `runs` generated ones, half of them under the policy in use."""
    from verify_agent.agent.audit.scripted import FixedPolicy, generated_run

    fixed, model = FixedPolicy(used.policy), used.model
    made = [generated_run(seed, fixed if seed % 2 else None) for seed in range(runs)]
    generated = [step for run in made for step in run.steps]
    kept = [step for steps in recorded.values() for step in steps]
    wrong = not_steps(model, (*generated, *kept))
    unsound = sum(not run.sound for run in made)
    seen = len({(state, action) for state, action, _ in generated})
    rows = (
        ("generated runs", str(runs)),
        ("steps in them", str(len(generated))),
        ("different pairs of state and action", str(seen)),
        ("recorded runs", str(len(recorded))),
        ("steps in them", str(len(kept))),
        ("steps that are none of the automaton", str(len(wrong))),
        ("deliveries without evidence", str(unsound)),
    )
    says = (
        f"{len(generated)} steps of {runs} generated runs and {len(kept)} of {len(recorded)} "
        f"recorded runs: all but {len(wrong)} are steps of the automaton."
    )
    if not recorded:
        says += " No recorded run was there to look at."
    if wrong:
        says += f" First: {wrong[0]}."
    return Finding(not wrong and not unsound, says, Table(("", ""), rows))


def not_steps(model: Model, steps: Iterable[Step]) -> list[Step]:
    """The steps that the process can't take."""
    possible = {
        (state, action): {t for t, _ in choice.successors}
        for state, choices in model.choices.items()
        for action, choice in choices.items()
    }
    return [step for step in steps if step[2] not in possible.get(step[:2], set())]


def recorded_steps(folder: Path) -> dict[str, list[Step]]:
    """The steps of the runs in a folder of state, by run; empty where there are none.

    Only runs of this version's process are comparable: names of states that it does not know
    are reported as steps that it can't take. Raises `sqlite3.Error` for a damaged file.
    """
    from verify_agent.agent.run_store import FILE

    path = folder / FILE
    if not path.is_file():
        return {}
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        runs = connection.execute("select id, ending from runs order by rowid").fetchall()
        query = "select state, action from events where run = ? and kind = 'decided' order by rowid"
        return {
            run: _steps(connection.execute(query, (run,)).fetchall(), ending)
            for run, ending in runs
        }


def _steps(decided: Sequence[tuple[str, str]], ending: str | None) -> list[Step]:
    steps = [(state, action, after) for (state, action), (after, _) in pairwise(decided)]
    if decided and ending is not None and ending not in _FROM_OUTSIDE:
        last = "delivered" if ending == Ending.DELIVERED.value else "given up"
        steps.append((*decided[-1], last))
    return steps
