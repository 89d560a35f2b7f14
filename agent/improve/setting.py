"""A cycle put together: its folder, its gate, its processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from verify_agent.agent.improve.approval import Ask, Mode
from verify_agent.agent.improve.archive import Archive, shipped_generation
from verify_agent.agent.improve.cycle import Cycle, with_text
from verify_agent.agent.improve.evaluate import Evaluator
from verify_agent.agent.improve.gate import Gate
from verify_agent.agent.improve.gate_engines import Engines
from verify_agent.agent.improve.gate_trials import Rules
from verify_agent.agent.improve.ledger import Ledger, default_anchor
from verify_agent.agent.improve.life import Life, core_hash
from verify_agent.agent.improve.model import Generation, digest
from verify_agent.agent.improve.outcomes import KeptOutcomes
from verify_agent.agent.improve.proposers.samples import templates
from verify_agent.agent.improve.proposers.tables import Table
from verify_agent.agent.improve.tasks import OPEN_TASKS, open_suite
from verify_agent.agent.improve.trials import SuiteTrials
from verify_agent.agent.skills.active import FILE, FOLDER, read_active
from verify_agent.verifier.errors import BadInput

MEASURED = "measured"
SHIPPED, FLAT = "shipped", "flat"
FLAT_COST, FLAT_PRICE = 2, 300


@dataclass(frozen=True)
class Wanted:
    """How a cycle is set up. `start` names the generation that a new life begins at."""

    state: Path
    mode: Mode = Mode.ASK
    ask: Ask | None = None
    seed: int = 0
    tasks: int = OPEN_TASKS
    start: str = SHIPPED


@contextmanager
def cycle_in(
    wanted: Wanted, stop: Callable[[], str], say: Callable[[str], None]
) -> Iterator[Cycle]:
    """A cycle in the folder of state; its processes are gone after the block."""
    from verify_agent.verifier.sandbox.runner import Sandbox

    folder = wanted.state / FOLDER
    tasks = open_suite(wanted.tasks)
    rules = Rules()
    ledger = Ledger(folder, default_anchor(folder))
    suites = digest([repr(t.problem) for t in tasks])
    life = Life(ledger, rules.delta, rules.alpha, suites)
    known = KeptOutcomes(folder / MEASURED, core_hash())
    evaluator = Evaluator(say=say, known=known)
    shipped = shipped_generation()
    trials = SuiteTrials(evaluator, tasks, shipped.sources)
    engines = Engines(Sandbox(), wanted.seed)
    gate = Gate(life, engines, trials, shipped, rules, wanted.mode, wanted.ask)
    gate.begin = lambda step: say(f"  gate: {step}")
    start = start_generation(wanted.start)
    try:
        yield Cycle(
            folder, Archive(folder), life, gate, trials, start, wanted.seed, stop=stop, say=say
        )
    finally:
        evaluator.close()


def start_generation(name: str) -> Generation:
    """The generation of a name: `shipped`, `flat`, or the active one of a folder of state.

    `BadInput` where a folder has no active generation, or a damaged one.
    """
    if name == SHIPPED:
        return shipped_generation()
    if name == FLAT:
        return flat_generation()
    path = Path(name) / FOLDER / FILE
    skills = read_active(Path(name))
    if not path.is_file() or skills.notes:
        raise BadInput(
            f"`{name}` is no generation to start from",
            expected=f"{SHIPPED}, {FLAT}, or a state folder with an active generation in {path}",
        )
    made = shipped_generation()
    for skill in skills.sources:
        made = with_text(made, skill, skills.sources[skill])
    return made


def flat_generation() -> Generation:
    """The shipped generation with one cost for every component and one price for every strategy."""
    shipped = shipped_generation()
    costs = Table.read("component_cost", shipped.skill("component_cost").source)
    flat = costs.changed(dict.fromkeys((*costs.rows, *templates()), FLAT_COST))
    order = shipped.skill("strategy_order").source
    head = order[: order.index("    return ")]
    made = with_text(shipped, "component_cost", flat.text)
    return with_text(made, "strategy_order", f"{head}    return {FLAT_PRICE}\n")
