"""Makes the generator of layouts importable: ``import layouts``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
