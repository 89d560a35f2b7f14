"""Functions checked by the workers of a dask cluster, through `concurrent.futures`.

Every worker needs this package and sees the same files. What goes over the wire besides the
subject is plain JSON, so that versions of libraries need not agree on more than Python does. A
worker that dies loses its function to another one; that is the scheduler's doing.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from verify_agent.verifier.cache.entry import attempt_of, plain_attempt
from verify_agent.verifier.errors import BadInput, ToolMissing
from verify_agent.verifier.evidence import Attempt, FunctionReport
from verify_agent.verifier.options import Options
from verify_agent.verifier.session.check import check_function
from verify_agent.verifier.session.plan import report_of
from verify_agent.verifier.session.session import Session
from verify_agent.verifier.subject import Subject

SCHEME = "dask://"
_CONNECT_SECONDS = 10.0
_TICK_SECONDS = 0.1


@dataclass(frozen=True)
class Order:
    """A function to check elsewhere: by which engines, and what is known of it."""

    subject: Subject
    options: Options
    engines: tuple[str, ...]
    known: str


def order(
    subject: Subject,
    options: Options,
    engines: Sequence[str],
    known: Mapping[str, Sequence[Attempt]] | None,
) -> Order:
    """The order, with what is known as text."""
    plain = replace(options, keep_proofs=False, jobs=1)
    return Order(subject, plain, tuple(engines), _text(known or {}, ()))


def fulfil(given: Order) -> str:
    """The worker's side: check the function, and give what was found as text."""
    attempts, _ = _read(given.known)
    with _sessions(given.options).one() as session:
        report = check_function(
            given.subject,
            [e for e in session.engines if e.name in given.engines],
            given.options.limits,
            given.options.seed,
            sandbox=session.sandbox,
            stop_at=given.options.stop_at,
            known=attempts,
        )
    return _text({o.id: o.attempts for o in report.obligations}, report.notes)


def reports(
    orders: Sequence[Order], url: str, cancel: threading.Event
) -> Iterator[tuple[int, FunctionReport]]:
    """The reports, each with the number of its order, as they come; few or none once cancelled."""
    with _executor(url) as executor:
        pending: dict[Future[str], int] = {
            executor.submit(fulfil, one): number for number, one in enumerate(orders)
        }
        try:
            while pending and not cancel.is_set():
                done, _ = wait(pending, _TICK_SECONDS, FIRST_COMPLETED)
                for future in done:
                    number = pending.pop(future)
                    yield number, _report(orders[number], future)
        finally:
            for future in pending:
                future.cancel()


def _report(given: Order, future: Future[str]) -> FunctionReport:
    try:
        attempts, notes = _read(future.result())
    except Exception as lost:
        raise ToolMissing(f"{given.subject.id} was lost by the cluster: {lost}") from lost
    return report_of(given.subject, attempts, notes, types="typing" in given.engines)


@contextmanager
def _executor(url: str) -> Iterator[Executor]:
    if not url.startswith(SCHEME) or len(url) == len(SCHEME):
        raise BadInput(f"`--executor {url}`", expected=f"`{SCHEME}HOST:PORT`")
    try:
        from distributed import Client
    except ImportError as missing:
        raise ToolMissing(
            "`--executor dask://...` needs dask", advice="`pip install 'verify-agent[dask]'`"
        ) from missing
    address = f"tcp://{url.removeprefix(SCHEME)}"
    try:
        client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as problem:
        raise ToolMissing(f"there is no scheduler at {address}: {problem}") from problem
    try:
        # The same function may be asked in another run, and must not be answered from memory.
        yield client.get_executor(pure=False)
    finally:
        client.close()


@dataclass
class _Sessions:
    """Warm sessions of a worker: each serves one thread at a time."""

    options: Options
    _free: list[Session] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def one(self) -> Iterator[Session]:
        """A session for as long as it is needed."""
        with self._lock:
            session = self._free.pop() if self._free else Session(self.options)
        try:
            yield session
        except BaseException:
            session.close()
            raise
        with self._lock:
            self._free.append(session)


@lru_cache(maxsize=4)
def _sessions(options: Options) -> _Sessions:
    return _Sessions(options)


def _text(attempts: Mapping[str, Sequence[Attempt]], notes: Sequence[str]) -> str:
    plain = {o: [plain_attempt(a) for a in made] for o, made in attempts.items()}
    return json.dumps({"attempts": plain, "notes": list(notes)})


def _read(text: str) -> tuple[dict[str, tuple[Attempt, ...]], tuple[str, ...]]:
    record: dict[str, Any] = json.loads(text)
    attempts = {o: tuple(attempt_of(a) for a in made) for o, made in record["attempts"].items()}
    return attempts, tuple(record["notes"])
