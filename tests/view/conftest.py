"""What the tests of the views share."""

import pytest
from analytic import write_run

from sim.view import open_run


@pytest.fixture(scope="session")
def analytic_folder(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("analytic") / "one")


@pytest.fixture(scope="session")
def analytic(analytic_folder):
    """A run whose fields are formulas; see ``analytic.py``."""
    return open_run(analytic_folder)


@pytest.fixture(scope="session")
def louder(tmp_path_factory):
    """The same with three times the fields."""
    return open_run(write_run(tmp_path_factory.mktemp("analytic") / "two", 3.0))
