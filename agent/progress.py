"""What a person sees while a run goes on: what is running, for how long, what is known."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TextIO

from verify_agent.agent import policy_actions as actions
from verify_agent.agent.loop import Decision
from verify_agent.agent.state import State
from verify_agent.agent.task import ABOUT_GIVEN, WHOLE_MODULE
from verify_agent.verifier.evidence import Obligation, weakest

SHOWN_ALTERNATIVES = 6


class Screen(Protocol):
    """Where lines go, and where it is shown what is running."""

    def line(self, text: str) -> None:
        """One line that stays."""

    def running(self, text: str) -> None:
        """What is running from now on; empty for nothing."""

    def close(self) -> None:
        """No more."""


@dataclass
class Silent:
    """Says nothing."""

    def line(self, text: str) -> None:
        """Nothing is shown."""

    def running(self, text: str) -> None:
        """Nothing is shown."""

    def close(self) -> None:
        """Nothing was open."""


@dataclass
class Plain:
    """Plain lines, for a pipe or a file."""

    stream: TextIO

    def line(self, text: str) -> None:
        """One line, flushed, so that a reader sees it at once."""
        print(text, file=self.stream, flush=True)

    def running(self, text: str) -> None:
        """Only results are worth a line in a pipe."""

    def close(self) -> None:
        """Nothing was open."""


@dataclass
class Terminal:
    """A live line with a spinner and a clock under the lines that stay."""

    stream: TextIO
    _live: Any = None

    def line(self, text: str) -> None:
        """One line above the live one."""
        from rich.text import Text

        self._open().console.print(Text(text))

    def running(self, text: str) -> None:
        """The live line, with its own clock; empty takes it away."""
        from rich.text import Text

        live = self._open()
        live.update(_Running(text, time.monotonic()) if text else Text(""), refresh=True)

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _open(self) -> Any:
        if self._live is None:
            from rich.console import Console
            from rich.live import Live

            console = Console(file=self.stream, highlight=False)
            self._live = Live(console=console, refresh_per_second=8, transient=True)
            self._live.start()
        return self._live


@dataclass
class _Running:
    """Rendered anew at each refresh, so that its seconds go on."""

    text: str
    since: float

    def __rich__(self) -> Any:
        from rich.text import Text

        seconds = time.monotonic() - self.since
        turn = "-\\|/"[int(seconds * 8) % 4]
        return Text(f"{turn} {self.text}  {seconds:.1f} s")


def screen_for(stream: TextIO, quiet: bool) -> Screen:
    """A live screen on a terminal, plain lines elsewhere, nothing where quiet."""
    if quiet:
        return Silent()
    return Terminal(stream) if stream.isatty() else Plain(stream)


@dataclass
class Narrator:
    """A journal that tells a screen; `explain` adds state, choice and alternatives."""

    screen: Screen
    explain: bool = False
    clock: Callable[[], float] = time.monotonic
    _waiting: set[str] = field(default_factory=set)
    _label: str = ""

    def decided(self, number: int, decision: Decision, state: State) -> None:
        """Show what starts; with `explain` also why."""
        if self.explain:
            for text in explained(number, decision):
                self.screen.line(text)
        self._waiting = set(actions.engines_of(decision.action))
        self._label = decision.action
        self.screen.running(decision.action)

    def heard(self, text: str) -> None:
        """An engine came back, or something else worth a word."""
        self._waiting.discard(text)
        if self._waiting:
            self.screen.running(f"{self._label} (waiting for {', '.join(sorted(self._waiting))})")

    def happened(self, number: int, decision: Decision, before: State, after: State) -> None:
        """One line a step: the clock, what ran, what is known now."""
        self.screen.running("")
        seconds = after.seconds - before.seconds
        self.screen.line(
            f"{after.seconds:6.1f} s  {decision.action} ({seconds:.1f} s): {known(before, after)}"
        )

    def ended(self, state: State) -> None:
        """Take the live line away."""
        self.screen.running("")


def explained(number: int, decision: Decision) -> list[str]:
    """The state, the chosen tool, and what each alternative would be worth."""
    lines = [f"step {number}: {decision.state.name}", f"  -> {decision.action}"]
    for action, value in decision.values[:SHOWN_ALTERNATIVES]:
        lines.append(f"     {value:8.2f}  {action}")
    more = len(decision.values) - SHOWN_ALTERNATIVES
    return [*lines, f"               and {more} more, worth less"] if more > 0 else lines


def known(before: State, after: State) -> str:
    """What a step brought, in a few words."""
    if after.ending is not None:
        return after.ending.value
    if after.set_aside > before.set_aside:
        return f"{_why_aside(after)}; {_shown(after) or 'no other candidate'}"
    if after.candidate is None and len(after.rejections) > len(before.rejections):
        shown = after.counterexamples[-1] if after.counterexamples else None
        return f"refuted by {shown.call}: {shown.outcome}" if shown else "refuted"
    if after.infeasible:
        return f"{after.standing.value}: {after.problem}"
    if after.tried != before.tried:
        engines = sorted(after.tried - before.tried)
        return ", ".join(f"{e} {word_of(after.obligations, e)}" for e in engines)
    if after.candidate is not None and after.candidate is not before.candidate:
        return _shown(after)
    return after.standing.value if before.standing is not after.standing else after.last.value


def _shown(state: State) -> str:
    """The candidate's body on one line; empty where there is none."""
    if state.candidate is None:
        return ""
    if state.task.kind in ABOUT_GIVEN:
        return "the function as it stands"
    if state.candidate.summary:
        return state.candidate.summary
    if state.task.kind in WHOLE_MODULE:
        return state.candidate.strategy
    return " ".join(state.candidate.source.split("\n", 1)[-1].split()) or "a candidate"


def _why_aside(state: State) -> str:
    """Why the last candidate was set aside."""
    open_ = (o for o in state.rejections[-1].obligations if not o.verdict.positive)
    reasons = (a.reason for o in (*open_, *state.rejections[-1].obligations) for a in o.attempts)
    return f"set aside ({next((r for r in reasons if r), 'not judged')})"


def word_of(obligations: tuple[Obligation, ...], engine: str) -> str:
    """The weakest word of an engine over the obligations that it tried."""
    said = [a.outcome for o in obligations for a in o.attempts if a.engine == engine]
    return weakest(said).value
