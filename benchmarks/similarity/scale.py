"""How long 100,000 functions take to index, how long a query takes, and how much memory.

    python benchmarks/similarity/scale.py [FOLDER ...] [--functions 100000] [--processes 2]

The functions are those of Python files below the folders, by default of the standard library and
of the installed packages. Seconds are given by the clock and of the processors: on a busy machine
only the second number says something.
"""

from __future__ import annotations

import argparse
import ast
import json
import resource
import sysconfig
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from verify_agent.agent.similar.features import structure
from verify_agent.agent.similar.index import indexed

CHUNK = 20
QUERIES = 200


def features_of(path: Path) -> list[Counter[int]]:
    """The features of each function of a file; none where it can't be read."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError, MemoryError, OSError):
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            try:
                found.append(structure([node]))
            except RecursionError:
                continue
    return found


def many(folders: list[Path], most: int, processes: int) -> Iterator[Counter[int]]:
    """The features of the first `most` functions below the folders."""
    files = [p for folder in folders for p in sorted(folder.rglob("*.py")) if p.is_file()]
    count = 0
    with ProcessPoolExecutor(processes) as pool:
        for found in pool.map(features_of, files, chunksize=CHUNK):
            for features in found:
                yield features
                count += 1
                if count % 10_000 == 0:
                    print(f"  {count} functions, {processor():.0f} s of processors", flush=True)
                if count == most:
                    pool.shutdown(cancel_futures=True)
                    return


def processor() -> float:
    """Seconds of the processors that this process and those it started have used."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(u.ru_utime + u.ru_stime for u in used)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--functions", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    paths = sysconfig.get_paths()
    folders = args.folders or [Path(paths["stdlib"]), Path(paths["purelib"])]
    start, before = time.perf_counter(), processor()
    kept: list[Counter[int]] = []

    def items() -> Iterator[Counter[int]]:
        for number, features in enumerate(many(folders, args.functions, args.processes)):
            if number % max(1, args.functions // QUERIES) == 0:
                kept.append(features)
            yield features

    index = indexed(items())
    clock, used = time.perf_counter() - start, processor() - before
    times, spent = [], []
    for features in kept[:QUERIES]:
        start, before = time.perf_counter(), time.process_time()
        index.nearest(features, 10)
        times.append((time.perf_counter() - start) * 1000)
        spent.append((time.process_time() - before) * 1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    record = {
        "functions": index.count,
        "processes": args.processes,
        "seconds": clock,
        "processor_seconds": used,
        "query_ms_median": float(np.median(times)),
        "query_ms_95": float(np.percentile(times, 95)),
        "query_processor_ms_median": float(np.median(spent)),
        "query_processor_ms_95": float(np.percentile(spent, 95)),
        "index_mb": index.memory / 1e6,
        "peak_mb": peak,
    }
    for name, value in record.items():
        print(f"{name:<28}{value:,.1f}")
    if args.json:
        args.json.write_text(json.dumps(record, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
