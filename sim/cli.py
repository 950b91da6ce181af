"""The command line: faradic run, check, sweep, schema."""

import argparse
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from meshes.errors import MeshError
from sim.errors import FaradicError
from sim.sweep.arguments import add_sweep
from sim.version import VERSION
from sim.view.commands import add_commands as add_view

if TYPE_CHECKING:
    from sim.case import Case

EXIT = {"pass": 0, "caution": 0, "exceeded": 2, "not_evaluated": 3}
FAILED = 1
INTERRUPTED = 130

ABOUT = "Electric current in tissue under stimulation electrodes, held against safety limits."
STATUS = "Exit status: 0 nothing exceeded, 2 a limit exceeded, 3 a check not evaluated, 1 anything went wrong."
RUN = """Compute a case. Tables and the verdict appear here; result.json, verdict.json, fields.vtu, report.html and
pictures go into the run folder. Solutions are kept: another amplitude, waveform or limit on the same body and pads
needs no new solve. On more cores: mpirun -n 2 faradic run CASE."""
CHECK = "Check a case and preview it: size, time, memory, distances, a picture of the placement. Solves nothing."
SCHEMA = "Print the JSON schema of a case file, with which editors complete and check what you write."


class _Parser(argparse.ArgumentParser):
    """A parser whose errors end with the status of any other error."""

    def error(self, message: str) -> NoReturn:
        print(f"faradic: {message}; see {self.prog} --help", file=sys.stderr)
        raise SystemExit(FAILED)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="faradic", description=ABOUT, epilog=f"{STATUS} Start with: faradic run cases/tens_low_back.toml"
    )
    parser.add_argument("--version", action="version", version=f"faradic {VERSION}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, about, work in (("run", RUN, _run), ("check", CHECK, _check)):
        command = commands.add_parser(name, description=about, epilog=STATUS, help=about.split(". ")[0].split(": ")[0])
        command.add_argument("case", metavar="CASE", type=Path, help="case file, such as cases/tens_low_back.toml")
        command.add_argument(
            "--out", metavar="DIR", type=Path, help="run folder (default: runs/<name of the case file>)"
        )
        command.add_argument(
            "--accuracy", choices=("draft", "standard", "fine"), help="instead of the case's numerics.accuracy"
        )
        command.add_argument(
            "--set",
            metavar="KEY=VALUE",
            type=_change,
            action="append",
            default=[],
            help="another value for a key of the case, such as body.layers.fat.thickness_mm=8 or "
            "channels.ch1.amplitude_mA=5; as often as there are keys to change",
        )
        _add_debug(command)
        command.set_defaults(work=work)
    add_sweep(commands, _add_debug)
    add_view(commands, _add_debug)
    schema = commands.add_parser("schema", description=SCHEMA, help="Print the JSON schema of a case file")
    schema.set_defaults(work=_schema, debug=False)
    return parser


def _add_debug(command: argparse.ArgumentParser) -> None:
    command.add_argument("--debug", action="store_true", help="show where an error comes from")


def _change(text: str) -> tuple[str, object]:
    """A key and its value, written as in a case file; what is no TOML value is taken as text."""
    import tomllib

    key, equals, value = text.partition("=")
    if not (key.strip() and equals and value.strip()):
        raise argparse.ArgumentTypeError(f"{text}: KEY=VALUE is accepted")
    try:
        return key.strip(), tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return key.strip(), value.strip()


def _run(options: argparse.Namespace) -> int:
    # PETSc would take a closed pipe for a crash.
    os.environ["PETSC_OPTIONS"] = f"{os.environ.get('PETSC_OPTIONS', '')} -no_signal_handler"
    from mpi4py import MPI

    from rich.console import Console

    from sim.fem.ranks import on_first_rank
    from sim.progress import Silent
    from sim.report.console import Bars, show_outcome
    from sim.run import run_case

    comm = MPI.COMM_WORLD
    first = comm.rank == 0
    options.one_of_many = not first
    case = comm.bcast(on_first_rank(comm, lambda: _load(options)), root=0)
    outcome = run_case(case, _folder(options), Bars(Console(stderr=True)) if first else Silent(), comm)
    status = int(comm.bcast(None if outcome is None else EXIT[outcome.verdict.overall], root=0))
    if outcome is not None:
        try:
            show_outcome(Console(), outcome.result, outcome.verdict, outcome.folder)
            sys.stdout.flush()
        except (BrokenPipeError, SystemExit):  # rich exits when the reader has seen enough; the run is complete
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status


def _check(options: argparse.Namespace) -> int:
    from rich.console import Console

    from sim.preview import preview
    from sim.report.console import show_preview

    rows, picture = preview(_load(options), _folder(options))
    show_preview(Console(), [("case", f"{options.case} is valid"), *rows], picture)
    return 0


def _schema(options: argparse.Namespace) -> int:
    from sim.case import case_schema

    print(case_schema(), end="")
    return 0


def _load(options: argparse.Namespace) -> "Case":
    from sim.case import load_case

    changes = dict(options.set)
    if options.accuracy:
        changes["numerics.accuracy"] = options.accuracy
    return load_case(options.case, changes)


def _folder(options: argparse.Namespace) -> Path:
    return Path("runs") / options.case.stem if options.out is None else options.out


def _guarded(work: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    """Do the work; an error that a user can mend becomes one line."""
    try:
        return work(options)
    except (FaradicError, MeshError, OSError) as error:
        if options.debug:
            traceback.print_exc()
        elif not (getattr(options, "one_of_many", False) and _on_every_rank(error)):
            print(f"faradic: {error}", file=sys.stderr)
        _end_others(error, FAILED)
        return FAILED
    except KeyboardInterrupt as error:
        print("faradic: interrupted; nothing that was finished is lost, start the same command again", file=sys.stderr)
        _end_others(error, INTERRUPTED)
        return INTERRUPTED
    except BaseException as error:
        if _ranks() > 1:
            traceback.print_exc()
        _end_others(error, FAILED)
        raise


def _ranks() -> int:
    mpi = sys.modules.get("mpi4py.MPI")
    return 1 if mpi is None else int(mpi.COMM_WORLD.size)


def _on_every_rank(error: BaseException) -> bool:
    """Whether all ranks have raised this error, so that none of them waits for another."""
    from sim.errors import SolverError
    from sim.fem.ranks import COLLECTIVE

    return isinstance(error, SolverError) or any(error is known for known in COLLECTIVE)


def _end_others(error: BaseException, status: int) -> None:
    """End the other ranks, which would wait for ever for one that failed alone."""
    if _ranks() > 1 and not _on_every_rank(error):
        sys.modules["mpi4py.MPI"].COMM_WORLD.Abort(status)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Entry of the command ``faradic``."""
    options = _parser().parse_args(arguments)
    status = _guarded(options.work, options)
    sys.stdout.flush()
    raise SystemExit(status)
