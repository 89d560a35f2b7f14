"""Import CrossHair without its side effect: it switches icontract's checks off in the process.

That would make a callee's broken precondition invisible to CrossHair, and to everything else
that a warm sandbox runs in the same image. So the checks are put back, at import, before
anything else can run.
"""

from __future__ import annotations

import icontract

_CHECKS = ("_assert_invariant", "_assert_preconditions", "_assert_postconditions")
_originals = {name: getattr(icontract._checkers, name) for name in _CHECKS}

import crosshair.core_and_libs  # noqa: E402

for _name, _check in _originals.items():
    setattr(icontract._checkers, _name, _check)

#: CrossHair's own list of what it can model, so that the import is not an unused one.
PLUGINS_LOADED = crosshair.core_and_libs.__name__
