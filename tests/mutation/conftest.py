"""The tests are no package; what they share stands in modules beside them."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
