"""The automaton that a policy makes of a model, as SVG: no other program is needed.

States stand in layers by their least number of steps from the starts, each layer ordered by
where its predecessors stand (the barycentre method, Sugiyama, Tagawa and Toda 1981).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from itertools import pairwise

from verify_agent.mdp.model import Model

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 250, 46, 60, 14, 20
#: Edges that are taken less often than this are left out of the picture; it says how many.
LEAST_SHARE = 0.02


def picture(
    model: Model,
    policy: Mapping[str, str],
    starts: Iterable[str],
    path: Iterable[str] = (),
    least: float = LEAST_SHARE,
) -> str:
    """An SVG document; the states of `path` (a finished run's) are drawn in another colour."""
    edges = _edges(model, policy)
    drawn = {pair: p for pair, p in edges.items() if p >= least}
    layers = _layers(drawn, tuple(starts))
    places = {
        s: (MARGIN + i * (WIDTH + GAP_X), MARGIN + j * (HEIGHT + GAP_Y))
        for i, layer in enumerate(layers)
        for j, s in enumerate(layer)
    }
    shown = {pair: p for pair, p in drawn.items() if pair[0] in places}
    hidden = sum(1 for pair in edges if pair[0] in places) - len(shown)
    taken = tuple(path)
    steps = set(pairwise(taken))
    width = 2 * MARGIN + len(layers) * (WIDTH + GAP_X)
    height = 2 * MARGIN + max(map(len, layers)) * (HEIGHT + GAP_Y) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="10">',
        '<rect width="100%" height="100%" fill="white"/>',
        *(_edge(places[a], places[b], p, (a, b) in steps) for (a, b), p in shown.items()),
        *(_box(s, policy.get(s, ""), place, s in taken) for s, place in places.items()),
        f'<text x="{MARGIN}" y="{height - 8}">{hidden} transitions of less than {least:.0%} '
        "are not drawn</text>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _edges(model: Model, policy: Mapping[str, str]) -> dict[tuple[str, str], float]:
    return {
        (state, successor): float(probability)
        for state, action in policy.items()
        for successor, probability in model.choices[state][action].successors
    }


def _layers(edges: Mapping[tuple[str, str], float], starts: tuple[str, ...]) -> list[list[str]]:
    """States by their least distance from the starts, each layer near its predecessors."""
    after: dict[str, list[str]] = {}
    for source, target in edges:
        after.setdefault(source, []).append(target)
    layers, seen = [list(starts)], set(starts)
    while layers[-1]:
        rank: dict[str, list[int]] = {}
        for i, state in enumerate(layers[-1]):
            for successor in after.get(state, []):
                if successor not in seen:
                    rank.setdefault(successor, []).append(i)
        seen |= set(rank)
        layers.append(sorted(rank, key=lambda s: (sum(rank[s]) / len(rank[s]), s)))
    return layers[:-1]


def _edge(source: tuple[int, int], target: tuple[int, int], share: float, taken: bool) -> str:
    """A curve from right side to left side, as thick as it is likely."""
    x, y = source[0] + WIDTH, source[1] + HEIGHT // 2
    u, v = target[0], target[1] + HEIGHT // 2
    bend = max(GAP_X, abs(u - x) // 2)
    colour = "#c0392b" if taken else "#7f8c8d"
    return (
        f'<path d="M {x} {y} C {x + bend} {y}, {u - bend} {v}, {u} {v}" fill="none" '
        f'stroke="{colour}" stroke-width="{0.5 + 2.5 * share:.1f}" stroke-opacity="0.8">'
        f"<title>{share:.3f}</title></path>"
    )


def _box(state: str, action: str, place: tuple[int, int], taken: bool) -> str:
    x, y = place
    fill = "#fdecea" if taken else "#ecf0f1" if action else "#d5f5e3"
    label = state if len(state) <= 46 else f"{state[:45]}…"
    return (
        f'<g><title>{escape(state)}</title><rect x="{x}" y="{y}" width="{WIDTH}" '
        f'height="{HEIGHT}" rx="4" fill="{fill}" stroke="#34495e"/>'
        f'<text x="{x + 6}" y="{y + 18}">{escape(label)}</text>'
        f'<text x="{x + 6}" y="{y + 35}" font-weight="bold">{escape(action or "(end)")}</text></g>'
    )
