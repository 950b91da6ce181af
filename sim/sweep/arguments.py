"""The commands of faradic sweep: their names and options."""

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.sweep import commands

STATUS = """Exit status: that of the worst case of the study: 1 a case failed, 2 a limit is exceeded, 3 a check is not
evaluated, 0 none of these; also 1 when the command itself fails. check, collect, plot, best: 0 or 1."""
SWEEP = "Compute many cases of one study, each only once, and gather them in one table."
RUN = """Compute the cases that are missing. Results lie in DIR/cases, the table is DIR/results.csv and
DIR/index.sqlite. Interrupted or killed, the same command goes on where it was."""
CHECK = "Check every point of a study, count what it takes and what is done; solves nothing."
SCRIPT = "Write a script for sbatch that computes the missing cases as an array of jobs, without a driver."
COLLECT = "Make the table of a study anew from the folders of its cases."
PLOT = "Draw a quantity over two axes, all axes as parallel coordinates, or what the quantity is sensitive to."
BEST = "List the best cases under constraints."


def add_sweep(subparsers: Any, add_debug: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add ``sweep`` and its commands to the command line."""
    sweep = subparsers.add_parser("sweep", description=SWEEP, epilog=STATUS, help="Compute many cases of one study")
    actions = sweep.add_subparsers(metavar="ACTION", required=True)
    made: dict[str, argparse.ArgumentParser] = {}
    for name, about, work in (
        ("check", CHECK, commands.check),
        ("run", RUN, commands.run),
        ("slurm-script", SCRIPT, commands.script),
        ("collect", COLLECT, commands.collect),
        ("plot", PLOT, commands.plot),
        ("best", BEST, commands.best),
    ):
        parser = made[name] = actions.add_parser(name, description=about, epilog=STATUS, help=about.split(". ")[0])
        parser.add_argument("study", metavar="STUDY", type=Path, help="study file, such as cases/sweeps/pads.toml")
        parser.add_argument(
            "--out", metavar="DIR", type=Path, help="study folder (default: runs/<name of the study file>)"
        )
        add_debug(parser)
        parser.set_defaults(work=work)
    _add_run(made["run"])
    _add_attempts(made["run"])
    _add_attempts(made["slurm-script"])
    made["slurm-script"].add_argument(
        "--jobs", metavar="N", type=_positive, default=100, help="entries of the array at most (default: 100)"
    )
    made["collect"].add_argument("--netcdf", metavar="FILE", type=Path, help="also as netCDF, one dimension per axis")
    made["collect"].add_argument("--parquet", metavar="FILE", type=Path, help="also as Parquet")
    _add_plot(made["plot"])
    _add_best(made["best"])


def _add_run(run: argparse.ArgumentParser) -> None:
    where = run.add_mutually_exclusive_group()
    where.add_argument("--serial", action="store_true", help="compute in this process, one case after the other")
    where.add_argument("--slurm", action="store_true", help="compute in jobs of a Slurm cluster")
    run.add_argument(
        "--workers", metavar="N", type=_positive, help="worker processes (default: one per core), or Slurm jobs"
    )
    told = run.add_mutually_exclusive_group()
    told.add_argument("--quiet", action="store_true", help="show no progress")
    told.add_argument("--json", action="store_true", help="one line of JSON for each case that ends")
    run.add_argument("--retry-failed", action="store_true", help="attempt failed cases again as well")


def _add_attempts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--retries",
        metavar="N",
        type=_count,
        default=2,
        help="further attempts after a kill, a time-out or exhausted memory (default: 2)",
    )
    parser.add_argument(
        "--timeout", metavar="SECONDS", type=_seconds, default=0.0, help="for each case (default: no limit)"
    )
    parser.add_argument("--fields", action="store_true", help="keep fields.vtu of every case")


def _add_plot(plot: argparse.ArgumentParser) -> None:
    plot.add_argument("kind", choices=("map", "parallel", "tornado", "sobol"))
    plot.add_argument("quantity", metavar="COLUMN", help="a column of the table, such as impedance.ch1.ohm")
    plot.add_argument("--over", metavar="AXIS", nargs=2, help="the two axes of a map (default: the first two)")
    plot.add_argument(
        "--where", metavar="CONSTRAINT", action="append", default=[], help="rows to draw, such as diameter_mm=40"
    )
    plot.add_argument("--picture", metavar="FILE", type=Path, help="default: DIR/<kind>.png")


def _add_best(best: argparse.ArgumentParser) -> None:
    way = best.add_mutually_exclusive_group(required=True)
    way.add_argument("--maximize", metavar="COLUMN", help="such as probes.nerve.E_V_per_m.length")
    way.add_argument("--minimize", metavar="COLUMN")
    best.add_argument(
        "--where",
        metavar="CONSTRAINT",
        action="append",
        default=[],
        help="such as verdict=pass or impedance.ch1.ohm<=800; as often as needed",
    )
    best.add_argument("--count", metavar="N", type=_positive, default=5, help="rows to list (default: 5)")


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text}: a whole number from 0 on is accepted")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0.0 <= seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text}: seconds from 0 on are accepted; 0 is no limit")
    return seconds


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text}: a whole number from 1 on is accepted")
    return int(text)
