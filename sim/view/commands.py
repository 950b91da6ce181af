"""The commands faradic view, compare and serve; imports stand where they are used, so that help appears at once."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

VIEW = """Look at a run in a window: tissues, clip and slice planes, values, lines of current. Two runs stand side by
side with linked cameras and equal limits of colour."""
COMPARE = "Compare two runs in one HTML file: verdicts, tables of differences, pictures with equal limits of colour."
SERVE = """Show a run in the browser, with sliders for the amplitudes and a verdict that follows them, or the table of a
study that opens its cases. Reachable from this machine only, unless --host says otherwise; the address that is printed
holds a token, without which nothing is shown."""
PORT = 8765


def add_commands(subparsers: Any, add_debug: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add ``view``, ``compare`` and ``serve`` to the command line."""
    view = subparsers.add_parser("view", description=VIEW, help="Look at a run in a window")
    view.add_argument("runs", metavar="RUN", type=Path, nargs="+", help="run folder, such as runs/tens_low_back")
    view.add_argument("--difference", action="store_true", help="also the second run minus the first")
    view.add_argument("--screenshot", metavar="FILE", type=Path, help="write a PNG file instead of opening a window")
    view.set_defaults(work=_view)
    compare = subparsers.add_parser("compare", description=COMPARE, help="Compare two runs in one HTML file")
    compare.add_argument("one", metavar="RUN1", type=Path, help="run folder")
    compare.add_argument("other", metavar="RUN2", type=Path, help="run folder")
    compare.add_argument("--out", metavar="FILE", type=Path, help="the HTML file (default: compare-<RUN1>-<RUN2>.html)")
    compare.set_defaults(work=_compare)
    serve = subparsers.add_parser("serve", description=SERVE, help="Show a run or a study in the browser")
    serve.add_argument("folder", metavar="FOLDER", type=Path, help="run folder, or study folder such as runs/pads")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", type=int, default=PORT, help=f"0: any that is free (default: {PORT})")
    serve.add_argument("--sessions", type=int, default=4, help="browsers at a time, each in a process (default: 4)")
    serve.set_defaults(work=_serve)
    for command in (view, compare, serve):
        add_debug(command)


def _view(options: argparse.Namespace) -> int:
    from sim.view.errors import ViewError
    from sim.view.headless import has_display, renderer
    from sim.view.run import open_run
    from sim.view.viewer import Viewer

    runs = [open_run(folder) for folder in options.runs]
    if options.screenshot is None and not has_display():
        raise ViewError(
            "view: found no display (DISPLAY and WAYLAND_DISPLAY are not set); accepted: --screenshot FILE, "
            "or faradic serve RUN and a browser"
        )
    print(f"Drawn by {renderer().words}.", file=sys.stderr)
    viewer = Viewer(runs, options.difference, screenshot=options.screenshot)
    if options.screenshot is None:
        viewer.show()
    else:
        viewer.finish(options.screenshot)
        print(options.screenshot)
    return 0


def _compare(options: argparse.Namespace) -> int:
    from sim.view.compare import write_comparison
    from sim.view.run import open_run

    one, other = open_run(options.one), open_run(options.other)
    path = options.out or Path(f"compare-{one.name}-{other.name}.html")
    write_comparison(one, other, path)
    print(path)
    return 0


def _serve(options: argparse.Namespace) -> int:
    from sim.view.serving.front import serve

    return serve(options.folder, options.host, options.port, options.sessions)
