"""The process that draws for one browser: ``python -m sim.view.serving.session``, started by the front alone.

It reads one line of JSON from its input, prints the port that it listens on, and ends when the input closes or the
browser has been away for some minutes.
"""

import json
import os
import sys
import threading
from pathlib import Path

from sim.view.run import open_run
from sim.view.serving.page import Page

IDLE_S = 120


def main() -> None:
    """Serve one browser."""
    asked = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_input, daemon=True).start()
    sys.argv = [sys.argv[0]]  # trame reads arguments of its own
    page = Page(open_run(Path(asked["run"])), asked["links"])
    page.server.cli.set_defaults(authKey=asked["secret"])
    page.server.controller.on_server_ready.add(lambda **_: print(f"\nPORT {page.server.port}", flush=True))
    page.server.start(
        port=0, host="127.0.0.1", open_browser=False, show_connection_info=False, timeout=IDLE_S, disable_logging=True
    )


def _end_with_input() -> None:
    """The front keeps the input open as long as it lives."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
