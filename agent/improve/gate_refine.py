"""The step of the gate that shows that the new contract refines the old."""

from __future__ import annotations

from verify_agent.agent.improve.model import Skill, StepOutcome, StepVerdict
from verify_agent.agent.improve.refine import NotRefined, Refines, refines

REFINEMENT = "refinement"


def refinement(new: Skill, old: Skill, seed: int = 0) -> StepOutcome:
    """Both solvers show it, or the proposal is refused (`unknown` where neither way is shown).

    The old text is part of the evidence, so that the step can be taken again from it.
    """
    match refines(new, old, seed):
        case Refines(shown=shown):
            evidence = {"shown": [[part, hash_] for part, hash_ in shown], "before": old.source}
            return StepOutcome(REFINEMENT, StepVerdict.PASSED, "", evidence)
        case NotRefined(part=part, reason=reason, known=known):
            verdict = StepVerdict.REFUSED if known else StepVerdict.UNKNOWN
            evidence = {"part": part, "before": old.source}
            return StepOutcome(REFINEMENT, verdict, f"{part}: {reason}", evidence)
