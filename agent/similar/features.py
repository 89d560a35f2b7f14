"""What a function's structure is counted by: subtrees and Weisfeiler-Lehman labels, as numbers.

Source: Shervashidze et al., Weisfeiler-Lehman Graph Kernels, JMLR 2011. A label of round `t` says
what a node and all within `t` edges of it do.
"""

from __future__ import annotations

import ast
import zlib
from collections import Counter
from collections.abc import Iterable

from verify_agent.agent.similar.flow import Flow, flow_of, label, parts

ROUNDS = 3
HEIGHT = 3
#: Features are hashed to so many numbers.
SPACE = 1 << 22


def structure(nodes: Iterable[ast.AST]) -> Counter[int]:
    """The features of some pieces of code together: hashed feature to how often it occurs."""
    found: Counter[int] = Counter()
    for node in nodes:
        found.update(_labels(flow_of(node)))
        found.update(_subtrees(node))
    return found


def hashed(text: str) -> int:
    """A number below `SPACE` for a feature, the same in every process."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) % SPACE


def _labels(flow: Flow) -> Iterable[int]:
    """The labels of all rounds."""
    into: list[list[tuple[int, str]]] = [[] for _ in flow.labels]
    for start, end, kind in flow.edges:
        into[start].append((end, f"{kind}>"))
        into[end].append((start, f"{kind}<"))
    now = [hashed(f"0 {text}") for text in flow.labels]
    yield from now
    for turn in range(1, ROUNDS + 1):
        now = [
            hashed(f"{turn} {own} {sorted((kind, now[other]) for other, kind in around)}")
            for own, around in zip(now, into, strict=True)
        ]
        yield from now


def _subtrees(node: ast.AST) -> Iterable[int]:
    """The subtrees down to a height, names removed, by their texts."""
    found: list[int] = []
    _texts(node, found)
    return found


def _texts(node: ast.AST, found: list[int]) -> list[str]:
    """The node's texts of height 0, 1, ..., and those of all below it are found."""
    below = [_texts(child, found) for child in parts(node)]
    own = label(node)
    texts = [own]
    for height in range(1, HEIGHT + 1):
        inner = " ".join(told[min(height, len(told)) - 1] for told in below)
        texts.append(f"({own} {inner})" if below else own)
    found.extend(hashed(f"tree {text}") for text in texts[1:] if below)
    return texts
