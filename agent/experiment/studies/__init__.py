"""What experiments can be about, one file each."""

from __future__ import annotations

from pathlib import Path

from verify_agent.agent.experiment.plan import Deltas, Plan, Policies, Sources
from verify_agent.agent.experiment.study import Study


def study_of(plan: Plan, path: Path) -> Study:
    """The study that a plan names; folders in it start from the plan's own (`path` is its file).

    Raises `BadInput` for a folder without anything to measure or a name that nothing has.
    """
    wanted = plan.study
    if isinstance(wanted, Policies):
        from verify_agent.agent.experiment.studies.policies import PolicyStudy

        return PolicyStudy.of(wanted)
    if isinstance(wanted, Sources):
        from verify_agent.agent.experiment.studies.sources import SourceStudy

        return SourceStudy.of(wanted, path.parent)
    if isinstance(wanted, Deltas):
        from verify_agent.agent.experiment.studies.deltas import DeltaStudy

        return DeltaStudy.of(wanted)
    from verify_agent.agent.experiment.studies.strategies import StrategyStudy

    return StrategyStudy.of(wanted, path.parent)
