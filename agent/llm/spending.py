"""What a run's language models cost: tokens, seconds, money, and the budget that stops it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from verify_agent.agent.llm.provider import Reply

PRICES = Path(__file__).with_name("prices.json")


@dataclass
class Spending:
    """Adds up; `limit` is the most tokens that may be spent, both ways."""

    limit: int
    answers: int = 0
    cached: int = 0
    tokens: int = 0
    seconds: float = 0.0
    early: int = 0
    money: float = 0.0
    unpriced: set[str] = field(default_factory=set)

    def affords(self, tokens: int) -> bool:
        """Whether so many more tokens stay within the limit."""
        return self.tokens + tokens <= self.limit

    def add(self, model: str, reply: Reply) -> None:
        """Put an answer on the account."""
        self.answers += 1
        self.cached += reply.cached
        self.early += reply.stopped_early
        self.tokens += reply.tokens
        if reply.cached:
            return
        self.seconds += reply.seconds
        price = price_of(model)
        if price is None:
            self.unpriced.add(model)
        else:
            into, out = price
            self.money += (into * reply.prompt_tokens + out * reply.answer_tokens) / 1e6

    @property
    def text(self) -> str:
        """One line for the report; empty where no model was asked."""
        if not self.answers:
            return ""
        kept = f" ({self.cached} from the cache)" if self.cached else ""
        cut = f", {self.early} cut short" if self.early else ""
        money = "price not known" if self.unpriced else f"{self.money:.6f} USD"
        return (
            f"language model: {self.answers} answers{kept}{cut}, {self.tokens} tokens, "
            f"{self.seconds:.1f} s, {money}"
        )


def price_of(model: str) -> tuple[float, float] | None:
    """US dollars for a million tokens in and out; None where it is not in the table."""
    found = _table().get(model)
    return (found[0], found[1]) if found else None


@cache
def _table() -> dict[str, tuple[float, float]]:
    return {k: (v[0], v[1]) for k, v in json.loads(PRICES.read_text())["models"].items()}
