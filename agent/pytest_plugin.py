"""`pytest --verify-agent`: each function under contract is a test item.

A refuted contract is a failure with the counterexample as its text, an unknown one is skipped
with its reason. All functions that are selected are
checked side by side when the first of them is run, and what is known is taken from the cache.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from verify_agent.agent.cli.check_files import Selection
    from verify_agent.agent.cli.gate import Demand
    from verify_agent.verifier.evidence import FunctionReport

_OPTION = "--verify-agent"
_SKIPPED = ("test_", "conftest")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the plugin."""
    group = parser.getgroup("verify-agent", "contracts as test items")
    group.addoption(
        _OPTION, action="store_true", help="check the contracts of the Python files given"
    )
    group.addoption(
        "--verify-agent-evidence",
        choices=("tested", "confirmed", "proved"),
        help="the least evidence to accept (default: the settings')",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Collect contracts only where that is asked for."""
    if config.getoption("verify_agent"):
        config.pluginmanager.register(Collecting(config), "verify-agent-contracts")


class Refuted(Exception):
    """A contract is not kept; the text is what the report says of the function."""


class Collecting:
    """The plugin's hooks while contracts are checked."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.told: dict[tuple[str, str], tuple[str, str]] | None = None

    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        """A collector for each Python file that has no tests."""
        if file_path.suffix != ".py" or file_path.name.startswith(_SKIPPED):
            return None
        return ContractFile.from_parent(parent, path=file_path)

    def verdict(self, item: ContractItem) -> tuple[str, str]:
        """The outcome (`passed`, `failed`, `skipped`) of an item and what to say."""
        if self.told is None:
            items = [i for i in item.session.items if isinstance(i, ContractItem)]
            self.told = _checked(items, self.config)
        return self.told[str(item.path), item.qualname]


class ContractFile(pytest.File):
    """A file with functions under contract."""

    def collect(self) -> Iterable[ContractItem]:
        """An item a function that has something to show."""
        from verify_agent.agent.cli.check_files import selected
        from verify_agent.agent.cli.check_settings import project_of, settings_of
        from verify_agent.verifier.errors import BadSource

        try:
            found = selected([str(self.path)], settings_of(project_of(self.path)))
        except BadSource as problem:
            raise self.CollectError(str(problem)) from problem
        for module in found.modules:
            for subject in module.subjects:
                name = f"{subject.qualname} keeps its contract"
                yield ContractItem.from_parent(self, name=name, qualname=subject.qualname)


class ContractItem(pytest.Item):
    """One function under contract."""

    def __init__(self, *, qualname: str, **others: object) -> None:
        super().__init__(**others)  # type: ignore[arg-type]
        self.qualname = qualname

    def runtest(self) -> None:
        """Fail or skip as the verdict says."""
        plugin = self.config.pluginmanager.getplugin("verify-agent-contracts")
        outcome, text = plugin.verdict(self)
        match outcome:
            case "failed":
                raise Refuted(text)
            case "skipped":
                pytest.skip(text)
            case _:
                pass

    def repr_failure(  # type: ignore[override]
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> str:
        """The counterexample, without a traceback."""
        if isinstance(excinfo.value, Refuted):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the function stands."""
        return self.path, None, self.name


def _checked(
    items: list[ContractItem], config: pytest.Config
) -> dict[tuple[str, str], tuple[str, str]]:
    """Check the functions of all items; their outcomes by file and name."""
    from verify_agent.agent.cli.check_plan import planned
    from verify_agent.agent.cli.check_session import Session
    from verify_agent.agent.cli.check_settings import project_of, settings_of

    args = _arguments(config)
    settings = settings_of(project_of(Path(config.rootpath)))
    plan = planned(_selection(items), settings, args)
    session = Session.of(args, settings, tuple(map(str, config.invocation_params.args)), None)
    report, _ = session.check(plan)
    return {
        (str(Path(f.path).resolve()), f.id.partition(":")[2]): _outcome(f, plan.demand(f))
        for f in report.functions
    }


def _arguments(config: pytest.Config) -> argparse.Namespace:
    from verify_agent.agent.cli.check import add_arguments
    from verify_agent.agent.cli.parser import command_parser

    parser = command_parser("pytest", "contracts as test items")
    add_arguments(parser)
    evidence = config.getoption("verify_agent_evidence")
    return parser.parse_args(["--evidence", evidence] if evidence else [])


def _selection(items: list[ContractItem]) -> Selection:
    from verify_agent.agent.cli.check_files import Selection, selected
    from verify_agent.agent.cli.check_settings import project_of, settings_of

    modules = []
    for path in dict.fromkeys(i.path for i in items):
        wanted = frozenset(i.qualname for i in items if i.path == path)
        (module,) = selected([str(path)], settings_of(project_of(path))).modules
        modules.append(replace(module, contracted=wanted))
    return Selection(tuple(modules))


def _outcome(function: FunctionReport, demand: Demand) -> tuple[str, str]:
    from verify_agent.verifier.evidence import Verdict
    from verify_agent.verifier.report.text import render_function

    if demand.met(function.verdict):
        return "passed", ""
    text = render_function(function)
    return ("skipped" if function.verdict is Verdict.UNKNOWN else "failed"), text
