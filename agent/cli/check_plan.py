"""Options and settings of `check` put together: what is asked of which files."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from verify_agent.agent.cli.check_files import Selection, selected
from verify_agent.agent.cli.check_settings import Settings, project_of, settings_of
from verify_agent.agent.cli.gate import Demand
from verify_agent.verifier.errors import BadInput
from verify_agent.verifier.evidence import FunctionReport, Verdict
from verify_agent.verifier.frontend.load import Module
from verify_agent.verifier.options import ENGINES, Options, total

_NUMBERS = ("timeout", "seed", "per_query_ms", "rlimit", "examples", "memory_mb")


@dataclass(frozen=True)
class Group:
    """Modules that are checked under the same options."""

    options: Options
    modules: tuple[Module, ...]


@dataclass(frozen=True)
class Plan:
    """All that a run of `check` is to do. `demands` is by path."""

    settings: Settings
    selection: Selection
    groups: tuple[Group, ...]
    demands: Mapping[str, Demand]

    def demand(self, function: FunctionReport) -> Demand:
        """What is asked of a function."""
        return self.demands[function.path]


def plan_of(args: argparse.Namespace) -> Plan:
    """The plan for a command line: what it says goes before what the project's settings say."""
    _refuse_nonsense(args)
    settings = _settings(args)
    targets = tuple(args.targets) or tuple(str(settings.root / p) for p in settings.paths)
    if not targets:
        raise BadInput(
            "there is nothing to check",
            expected="a path, a module, or `paths` under `[tool.verify-agent]`",
            where=str(settings.root),
        )
    selection = selected(targets, settings)
    if args.since:
        from verify_agent.agent.cli.check_since import since

        selection = since(selection, args.since, settings.root)
    return planned(selection, settings, args)


def planned(selection: Selection, settings: Settings, args: argparse.Namespace) -> Plan:
    """The plan for what is selected."""
    groups: dict[Options, list[Module]] = {}
    demands: dict[str, Demand] = {}
    for module in selection.modules:
        own = settings.of_file(Path(module.path))
        groups.setdefault(options_of(args, own), []).append(module)
        demands[module.path] = _demand(args, own)
    made = tuple(Group(options, tuple(modules)) for options, modules in groups.items())
    return Plan(settings, selection, made, demands)


def options_of(args: argparse.Namespace, settings: Settings) -> Options:
    """The options of a run; `BadInput` for one that makes no sense."""
    from verify_agent.verifier.session.jobs import cores

    chosen: dict[str, object] = {
        "seconds": args.timeout if args.timeout is not None else settings.timeout,
        "seed": args.seed if args.seed is not None else settings.seed,
        "python": _python(args.python or settings.python),
    }
    chosen |= {name: getattr(settings, name) for name in _NUMBERS[2:]}
    engines = tuple(dict.fromkeys(args.engine or settings.engines or _usual()))
    options = replace(total(chosen), engines=engines)
    wanted = args.evidence or settings.evidence
    jobs = args.jobs or settings.jobs or cores()
    return replace(options, jobs=jobs, stop_at=Verdict(wanted) if wanted else None)


def _usual() -> tuple[str, ...]:
    return ENGINES


def _settings(args: argparse.Namespace) -> Settings:
    first = str(args.targets[0]).partition("::")[0] if args.targets else "."
    place = Path(first)
    return settings_of(project_of(place if place.exists() else Path()))


def _demand(args: argparse.Namespace, settings: Settings) -> Demand:
    least = Verdict(args.evidence or settings.evidence or Verdict.TESTED.value)
    lax = settings.strict is False and not args.strict
    return Demand(least, args.allow_unknown or lax)


def _python(given: str) -> str:
    """The path of an interpreter, made absolute; links are kept: they lead to its packages."""
    import os
    import shutil

    if not given:
        return ""
    found = shutil.which(given)
    if found is None:
        raise BadInput(f"`--python {given}` is no interpreter", expected="an executable Python")
    return os.path.abspath(found)


def _refuse_nonsense(args: argparse.Namespace) -> None:
    if args.timeout is not None and not 0 < args.timeout < float("inf"):
        raise BadInput(f"`--timeout {args.timeout}`", expected="more than 0 seconds")
    if args.seed is not None and args.seed < 0:
        raise BadInput(f"`--seed {args.seed}`", expected="0 or more")
    for name, number in (("--stability", args.stability), ("--jobs", args.jobs)):
        if number is not None and number < 1:
            raise BadInput(f"`{name} {number}`", expected="1 or more")
