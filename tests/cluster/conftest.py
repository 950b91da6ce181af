"""A Slurm of this machine for the tests, and forms compiled once for all studies."""

import pytest
from own_slurm import start_slurm, stop_slurm
from sweeping import Sweep


@pytest.fixture(scope="session")
def slurm():
    """Environment of the clients of a Slurm with one node of two cores."""
    folder, process, environment = start_slurm()
    yield environment
    stop_slurm(folder, process)


@pytest.fixture(scope="session")
def warm(tmp_path_factory):
    """A finished study, computed by one process: its results, compiled forms, and a filled cache."""
    sweep = Sweep(tmp_path_factory.mktemp("warm"))
    status, _, errors = sweep.run("--serial", "--json")
    assert status == 0, errors
    yield sweep
    sweep.stop()


@pytest.fixture(params=["local", "slurm"])
def engine(request):
    """Options that choose an engine of two workers, and the environment for it."""
    if request.param == "local":
        return ("--workers", "2"), {}
    return ("--slurm", "--workers", "2"), request.getfixturevalue("slurm")


@pytest.fixture
def sweep(tmp_path, warm, engine):
    """A study that nothing was computed of, for an engine."""
    sweep = Sweep(tmp_path, warm.out / "compiled", engine[1])
    yield sweep
    sweep.stop()
