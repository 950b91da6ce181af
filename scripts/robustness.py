"""Meshes random layouts and says how many failed, and why: scripts/env python3 scripts/robustness.py [NUMBER]."""

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from multiprocessing.connection import Connection, wait
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "meshes"))

from layouts import random_geometry  # noqa: E402  (beside the tests)

from meshes.build import build_mesh  # noqa: E402
from meshes.errors import MeshError  # noqa: E402

BROKEN = ("Gmsh", "worst element", "volume of", "area of pad", "geometry")  # errors that name no part of the case
MANY_CELLS = 400_000


def one(seed: int, accuracy: str, answer: Connection) -> None:
    """Mesh one layout in a process of its own and send what came of it."""
    start = time.perf_counter()
    cells, quality, message = 0, 1.0, ""
    try:
        record = build_mesh(random_geometry(seed), accuracy).record
        cells, quality, kind = record.cells, record.worst_quality, "meshed"
    except MeshError as error:
        kind, message = "broken" if error.what.startswith(BROKEN) else "refused", str(error)
    except Exception as error:
        kind, message = "broken", f"{type(error).__name__}: {error}"
    answer.send((kind, message, cells, quality, time.perf_counter() - start))


def results(seeds: list[int], accuracy: str, limit: float, processes: int):
    """The outcome of every layout as it arrives, some at a time."""
    context = multiprocessing.get_context("fork")
    running = {}
    todo = list(seeds)
    while todo or running:
        while todo and len(running) < processes:
            seed = todo.pop(0)
            receiver, sender = context.Pipe(duplex=False)
            process = context.Process(target=one, args=(seed, accuracy, sender))
            process.start()
            sender.close()
            running[receiver] = seed, process, time.perf_counter()
        for receiver in wait(list(running), timeout=1.0):
            seed, process, start = running.pop(receiver)
            try:
                yield seed, *receiver.recv()
            except EOFError:
                process.join()
                yield seed, "broken", f"exit code {process.exitcode}", 0, 1.0, time.perf_counter() - start
            process.join()
        for receiver, (seed, process, start) in list(running.items()):
            if time.perf_counter() - start > limit:
                process.kill()
                process.join()
                del running[receiver]
                yield seed, "broken", f"not finished after {limit:g} s", 0, 1.0, limit


def main() -> None:
    """Mesh, with a line for everything out of the ordinary, and a summary."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int, nargs="?", default=300)
    parser.add_argument("first", type=int, nargs="?", default=0)
    parser.add_argument("--seeds", type=int, nargs="+", help="these layouts alone")
    parser.add_argument("--accuracy", default="draft")
    parser.add_argument("--limit", type=float, default=180.0, help="seconds for each")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    seeds = given.seeds or list(range(given.first, given.first + given.number))
    rows = []
    for row in results(seeds, given.accuracy, given.limit, given.processes):
        rows.append(row)
        seed, kind, message, cells, quality, seconds = row
        if kind != "meshed" or cells > MANY_CELLS:
            print(f"{seed:6} {kind:8} {seconds:6.1f} s {cells:8} cells, quality {quality:.1e}  {message}", flush=True)
        elif len(rows) % 20 == 0:
            print(f"{len(rows):6} of {len(seeds)}", flush=True)
    kinds = Counter(row[1] for row in rows)
    accepted = len(rows) - kinds["refused"]
    print(f"{kinds['meshed']} meshed, {kinds['refused']} refused, {kinds['broken']} broken of {len(rows)}")
    print(f"success rate of what is not refused: {100 * kinds['meshed'] / max(accepted, 1):.1f} %")
    meshed = [row for row in rows if row[1] == "meshed"]
    for bound in (1e-2, 1e-3, 1e-4):
        print(f"worst quality below {bound:g}: {sum(row[4] < bound for row in meshed)} layouts")
    for title, key in (("worst quality", lambda r: r[4]), ("largest", lambda r: -r[3]), ("slowest", lambda r: -r[5])):
        for seed, _, _, cells, quality, seconds in sorted(meshed, key=key)[:5]:
            print(f"{title}: {seed} ({cells} cells, quality {quality:.1e}, {seconds:.1f} s)")


if __name__ == "__main__":
    main()
