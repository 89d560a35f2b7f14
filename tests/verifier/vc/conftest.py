"""What the tests of the symbolic executor share."""

from __future__ import annotations

import sys
from pathlib import Path

# The tests are no package; what they share stands in modules beside them.
sys.path.append(str(Path(__file__).parent))
