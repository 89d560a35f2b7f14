"""Learn the weights: `python -m verify_agent.agent.intent.train [--write]`.

Multinomial logistic regression with a penalty on the squares of the weights, by L-BFGS. The
temperature (Guo et al. 2017, "On Calibration of Modern Neural Networks") and the confidence below
which it asks are chosen by cross-validation inside of the training queries; the held-out ones
are measured at the end, once, and nothing is chosen by them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from verify_agent.agent.artifacts import write_atomically
from verify_agent.agent.intent.classifier import WEIGHTS, Classifier
from verify_agent.agent.intent.dataset import Query, digest, queries, with_targets
from verify_agent.agent.intent.encode import DIMENSION, encode
from verify_agent.agent.intent.kinds import KINDS, UNCLEAR
from verify_agent.agent.intent.measure import measure, table

PENALTY = 0.1
SCALE = 1000
FOLDS = 5
#: So many of the answers that it is sure of are to be right.
RIGHT_IF_SURE = 0.95
ITERATIONS = 120

Floats = Any


def fitted(asked: Sequence[Query]) -> tuple[Floats, Floats]:
    """Weights of shape (kinds, dimension) and biases of shape (kinds)."""
    from scipy.optimize import minimize

    points = _matrix(asked)
    kinds = np.array([KINDS.index(q.kind) for q in asked])
    wanted = np.eye(len(KINDS))[kinds]
    size = len(KINDS) * DIMENSION

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat[:size].reshape(len(KINDS), DIMENSION)
        chances = _softmax(points @ weights.T + flat[size:])
        error = chances - wanted
        told = -np.log(chances[np.arange(len(kinds)), kinds] + 1e-300).sum()
        slope = (points.T @ error).T + PENALTY * weights
        return (
            float(told + PENALTY / 2 * (weights**2).sum()),
            np.concatenate([slope.ravel(), error.sum(axis=0)]),
        )

    start = np.zeros(size + len(KINDS))
    options = {"maxiter": ITERATIONS}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    return found[:size].reshape(len(KINDS), DIMENSION), found[size:]


def _matrix(asked: Sequence[Query]) -> Any:
    from scipy.sparse import csr_matrix

    rows, columns, values = [], [], []
    for i, query in enumerate(asked):
        vector = encode(query.text, query.marks)
        length = sum(n * n for n in vector.values()) ** 0.5 or 1.0
        rows += [i] * len(vector)
        columns += list(vector)
        values += [n / length for n in vector.values()]
    return csr_matrix((values, (rows, columns)), shape=(len(asked), DIMENSION))


def _softmax(logits: Floats) -> Floats:
    parts = np.exp(logits - logits.max(axis=1, keepdims=True))
    return parts / parts.sum(axis=1, keepdims=True)


def cross_validated(plain: Sequence[Query]) -> tuple[Floats, Floats]:
    """Logits of queries from weights that did not see them, and their kinds as numbers."""
    logits, kinds = [], []
    for fold in range(FOLDS):
        seen = [q for i, q in enumerate(plain) if i % FOLDS != fold]
        unseen = [q for i, q in enumerate(plain) if i % FOLDS == fold]
        weights, biases = fitted([*seen, *with_targets(seen)])
        logits.append(_matrix(unseen) @ weights.T + biases)
        kinds += [KINDS.index(q.kind) for q in unseen]
    return np.concatenate(logits), np.array(kinds)


def temperature(logits: Floats, kinds: Floats) -> float:
    """What the logits are to be divided by, so that the true kinds are likeliest."""
    tried = [0.3 + 0.02 * i for i in range(100)]
    places = np.arange(len(kinds))
    losses = [-np.log(_softmax(logits / t)[places, kinds] + 1e-300).sum() for t in tried]
    return tried[int(np.argmin(losses))]


def threshold(chances: Floats, kinds: Floats) -> float:
    """The least confidence, in hundredths, over which enough answers are right."""
    answers, sure = chances.argmax(axis=1), chances.max(axis=1)
    for percent in range(20, 100):
        kept = (sure >= percent / 100) & (answers != KINDS.index(UNCLEAR))
        if kept.any() and (answers == kinds)[kept].mean() >= RIGHT_IF_SURE:
            return percent / 100
    return 1.0


def learn() -> Classifier:
    """A classifier that has not seen what is held out."""
    plain = [q for q in queries() if not q.held_out]
    logits, kinds = cross_validated(plain)
    heat = temperature(logits, kinds)
    least = threshold(_softmax(logits / heat), kinds)
    weights, biases = fitted([*plain, *with_targets(plain)])
    rows = np.rint(weights / heat * SCALE).astype(int).tolist()
    about = {"queries": digest(), "trained_on": len(plain), "temperature": round(heat, 2)}
    shifts = np.rint(biases / heat * SCALE).astype(int).tolist()
    return Classifier(tuple(map(tuple, rows)), tuple(shifts), SCALE, least, about)


def text_of(classifier: Classifier) -> str:
    """The file of weights: one line a kind."""
    rows = ",\n  ".join(
        f"{json.dumps(kind)}: {json.dumps(row, separators=(',', ':'))}"
        for kind, row in zip(KINDS, classifier.rows, strict=True)
    )
    biases = dict(zip(KINDS, classifier.biases, strict=True))
    return (
        f'{{"about": {json.dumps(classifier.about)},\n "scale": {classifier.scale},\n'
        f' "threshold": {classifier.threshold},\n "biases": {json.dumps(biases)},\n'
        f' "rows": {{\n  {rows}}}}}\n'
    )


def main() -> None:
    """Train, measure, print, and write where that was asked for."""
    made = learn()
    held_out = [q for q in queries() if q.held_out]
    found = measure(made, held_out)
    aimed = measure(made, with_targets(held_out))
    print(
        f"trained on {made.about['trained_on']} queries; temperature {made.about['temperature']}; "
        f"asks below {made.threshold:.2f}"
    )
    print(table(found))
    print(f"\nwith a target beside each query: {aimed.accuracy:.1%} right")
    if "--write" in sys.argv[1:]:
        kept = {k: v for k, v in asdict(found).items() if k not in ("bins", "confusion")}
        about = {**made.about, "held_out": kept}
        final = Classifier(made.rows, made.biases, made.scale, made.threshold, about)
        write_atomically(WEIGHTS, text_of(final))
        print(f"wrote {WEIGHTS.name}")


if __name__ == "__main__":
    main()
