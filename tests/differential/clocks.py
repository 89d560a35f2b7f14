"""What must not happen while a clock may ring."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """No garbage collector while a clock may ring: `TimeUp` out of a finalizer of Z3's context
    leaves it deleted but not marked so, and the next one of its terms kills the process.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
