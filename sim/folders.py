"""Where things are kept."""

import os
from pathlib import Path

CASES = Path(__file__).resolve().parent.parent / "cases"


def cache_folder() -> Path:
    """``$FARADIC_CACHE``, or ``faradic`` in the user's cache folder."""
    given = os.environ.get("FARADIC_CACHE")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "faradic"
