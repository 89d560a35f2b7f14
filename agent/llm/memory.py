"""The upper level of the memory of answers: an LRU cache in the process, by bytes (formula 4).

Under it stands the folder of `answers`. What goes is decided by the core in `lru`, which this
project's prover proves.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock

from verify_agent.agent.llm.lru import entries_kept, may_enter
from verify_agent.agent.llm.provider import Reply

CAPACITY = 8 * 1024 * 1024


@dataclass
class Memory:
    """Replies by key, each with its size; `capacity` in bytes. Threads may share it.

    >>> memory = Memory(10)
    >>> memory.keep("a", Reply("said", 1, 1), 6), memory.keep("b", Reply("more", 1, 1), 6)
    (True, True)
    >>> memory.find("a") is None, memory.used
    (True, 6)
    """

    capacity: int = CAPACITY
    _kept: OrderedDict[str, tuple[Reply, int]] = field(default_factory=OrderedDict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    @property
    def used(self) -> int:
        """Bytes that are taken."""
        with self._lock:
            return sum(size for _, size in self._kept.values())

    def find(self, key: str) -> Reply | None:
        """What is kept; it counts as used now."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def keep(self, key: str, reply: Reply, size: int) -> bool:
        """Keep a reply in the place of those least recently used; false where it can't fit."""
        with self._lock:
            self._kept.pop(key, None)
            if not may_enter(size, self.capacity):
                return False
            newest_first = [size for _, size in reversed(self._kept.values())]
            stay = entries_kept(newest_first, self.capacity, size)
            for _ in range(len(newest_first) - stay):
                self._kept.popitem(last=False)
            self._kept[key] = (reply, size)
            return True

    def drop(self, key: str) -> None:
        """Forget one."""
        with self._lock:
            self._kept.pop(key, None)


@cache
def memory_over(folder: Path) -> Memory:
    """The one that all runs of this process share over one folder of answers."""
    return Memory()
