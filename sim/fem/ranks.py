"""Work that one rank does for all: the others get its result, or its error."""

from collections.abc import Callable
from typing import TypeVar

from mpi4py import MPI

T = TypeVar("T")

COLLECTIVE: list[BaseException] = []  # errors that every rank has raised, so that none waits for another


def on_first_rank(comm: MPI.Comm, work: Callable[[], T]) -> T | None:
    """Do the work on rank 0; the others wait and get None.

    Raises
    ------
    Exception
        On every rank, what the work raised on rank 0.
    """
    result: T | None = None
    error: Exception | None = None
    if comm.rank == 0:
        try:
            result = work()
        except Exception as raised:
            error = raised
    error = comm.bcast(error, root=0)
    if error is not None:
        COLLECTIVE.append(error)
        raise error
    return result
