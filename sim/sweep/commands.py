"""What the commands of faradic sweep do; imports stand where they are used, so that help appears at once."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.sweep.engines.engine import Engine
    from sim.sweep.plan import Plan
    from sim.sweep.standing import Show, Standing

STATUSES = {"pass": 0, "caution": 0, "not_evaluated": 3, "exceeded": 2, "failed": 1}
UNFINISHED = 1


def folder(options: argparse.Namespace) -> Path:
    """The study folder."""
    return Path("runs") / options.study.stem if options.out is None else Path(options.out)


def _plan(options: argparse.Namespace, kept: Path | None = None) -> "Plan":
    """The plan; a driver shares the machine with its workers and needs one thread."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from sim.sweep.plan import make_plan

    return make_plan(options.study, kept)


def check(options: argparse.Namespace) -> int:
    """Check and count."""
    from rich.console import Console

    from sim.folders import cache_folder
    from sim.sweep.estimate import estimate
    from sim.sweep.showing import duration, show_pairs
    from sim.sweep.store import Store

    plan = _plan(options)
    found = estimate(plan, Store(folder(options)), cache_folder())
    missing = found.cases - found.done - found.failed
    rows = [
        ("study", f"{options.study} is valid"),
        ("cases", f"{found.cases}" + (f" ({found.points} points)" if found.points != found.cases else "")),
        ("done", f"{found.done}, failed {found.failed}, missing {missing}"),
        ("meshes", f"{found.meshes}, to build {found.meshes_to_build}"),
        ("solves", f"{found.solves}, to do {found.solves_to_do}"),
    ]
    if missing:
        rows += [
            ("unknowns", f"{found.unknowns} in the first case that is missing; taken for all below"),
            ("time", f"about {duration(found.seconds)} of one core"),
            ("disk", f"about {found.bytes / 1e6:.3g} MB"),
        ]
    show_pairs(Console(), rows)
    return 0


def run(options: argparse.Namespace) -> int:
    """Compute what is missing."""
    # PETSc would take a closed pipe for a crash.
    os.environ["PETSC_OPTIONS"] = f"{os.environ.get('PETSC_OPTIONS', '')} -no_signal_handler"
    from contextlib import ExitStack

    from rich.console import Console

    from sim.sweep.store import Store, use_compiled_forms

    if options.serial and options.timeout:
        from sim.sweep.problems import StudyError

        raise StudyError(
            ["--timeout: found it with --serial, which computes in this process; accepted: with --workers"]
        )
    root = folder(options)
    use_compiled_forms(root)
    plan = _plan(options, root / "plan.gz")
    from sim.sweep.driver import run_study
    from sim.sweep.index import collect
    from sim.sweep.manifest import write_manifest
    from sim.sweep.showing import Lines, Quiet, Screen
    from sim.sweep.standing import Options

    choices = Options(options.retries, options.timeout, options.fields, options.retry_failed)
    write_manifest(plan, root)
    try:
        with ExitStack() as stack:
            show: Show = Quiet()
            if options.json:
                show = Lines()
            elif not options.quiet:
                show = stack.enter_context(Screen(Console(stderr=True)))
            standing = run_study(plan, Store(root), lambda: _engine(options, plan, root), choices, show)
    except KeyboardInterrupt:
        collect(root)
        raise
    collect(root)
    if not options.json and not options.quiet:
        _tell(standing, root)
    return STATUSES[standing.worst] if standing.verdicts else 0


def _engine(options: argparse.Namespace, plan: "Plan", root: Path) -> "Engine":
    if options.serial:
        from sim.sweep.engines.serial import Serial

        return Serial()
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        from sim.sweep.problems import EngineError

        raise EngineError(
            f'{error.name} is not installed; accepted: pip install "faradic[cluster]", or --serial'
        ) from error
    if options.slurm:
        from sim.sweep.engines.slurm import slurm_pool

        return slurm_pool(plan.study.cluster, plan.study.parallel, options.workers or plan.study.cluster.jobs, root)
    from sim.sweep.engines.local import cores, local_pool

    ranks = 1 if plan.study.parallel is None else plan.study.parallel.ranks
    return local_pool(options.workers or max(cores() // ranks, 1))


def _tell(standing: "Standing", root: Path) -> None:
    from rich.console import Console

    from sim.sweep.showing import show_pairs

    counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sorted(standing.verdicts.items()))
    rows = [
        ("cases", f"{standing.total}: {counts}"),
        ("this run", f"{standing.done} done, {standing.failed} failed, {standing.retried} attempted again"),
        ("table", f"{root / 'results.csv'}"),
    ]
    if standing.failed:
        rows.append(("last failure", standing.last_error))
    show_pairs(Console(), rows)


def script(options: argparse.Namespace) -> int:
    """Write scripts for sbatch."""
    from sim.sweep.store import Store, use_compiled_forms

    root = folder(options)
    use_compiled_forms(root)
    plan = _plan(options, root / "plan.gz")
    from sim.sweep.manifest import write_manifest
    from sim.sweep.slurm_array import write_script
    from sim.sweep.standing import Options

    write_manifest(plan, root)
    choices = Options(options.retries, options.timeout, options.fields)
    scripts = write_script(plan, Store(root), choices, options.jobs)
    if not scripts:
        print("nothing is missing", file=sys.stderr)
    for path in scripts:
        print(path)
    return 0


def collect(options: argparse.Namespace) -> int:
    """Make the table."""
    from sim.sweep.index import collect

    root = folder(options)
    rows = collect(root)
    if options.netcdf is not None:
        from sim.sweep.export import write_netcdf

        write_netcdf(root, options.netcdf)
    if options.parquet is not None:
        from sim.sweep.export import write_parquet

        write_parquet(root, options.parquet)
    done = sum(row["status"] == "done" for row in rows)
    print(f"{root / 'results.csv'}: {len(rows)} rows, {done} done")
    return 0


def plot(options: argparse.Namespace) -> int:
    """Draw."""
    from sim.sweep.choosing import Constraint
    from sim.sweep.pictures import draw

    root = folder(options)
    constraints = [Constraint.parse(text) for text in options.where]
    picture = options.picture or root / f"{options.kind}.png"
    draw(root, options.kind, options.quantity, tuple(options.over or ()), constraints, picture)
    print(picture)
    return 0


def best(options: argparse.Namespace) -> int:
    """List the best rows."""
    from rich.console import Console

    from sim.sweep.choosing import Constraint, best
    from sim.sweep.index import read_rows
    from sim.sweep.manifest import read_manifest
    from sim.sweep.showing import show_rows

    root = folder(options)
    rows, manifest = read_rows(root), read_manifest(root)
    column = options.maximize or options.minimize
    constraints = [Constraint.parse(text) for text in options.where]
    chosen = best(rows, column, constraints, options.maximize is not None, options.count)
    named = (*manifest.columns, column, *(constraint.column for constraint in constraints), "verdict", "case")
    show_rows(Console(), chosen, tuple(dict.fromkeys(named)))
    return 0 if chosen else UNFINISHED
