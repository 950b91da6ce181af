"""The compiled forms that DOLFINx keeps, and what a process killed while compiling leaves among them."""

import time
from pathlib import Path

from dolfinx import jit

STALE_S = 60.0  # no form of this project takes that long to compile


def forget_unfinished_forms(folder: Path | None = None) -> list[Path]:
    """Delete the sources of forms whose compilation never ended.

    FFCx takes the existence of ``<form>.c`` for a lock and waits for ``<form>.c.cached``; when the process that
    compiled was killed, every later run of that form would fail.

    Parameters
    ----------
    folder
        Where the forms are; DOLFINx's own folder by default.

    Returns
    -------
    list of Path
        What was deleted.
    """
    folder = folder or Path(str(jit.get_options()["cache_dir"]))
    now = time.time()
    unfinished = [
        source
        for source in folder.glob("libffcx_*.c")
        if not source.with_suffix(".c.cached").exists() and now - source.stat().st_mtime > STALE_S
    ]
    for source in unfinished:
        source.unlink(missing_ok=True)
    return unfinished
