"""Two ranks find what one finds, and fail together."""

import json
import shutil

import numpy as np
import pytest
from launching import ROOT, on_ranks

EXAMPLE = ROOT / "cases" / "tens_low_back.toml"

pytestmark = pytest.mark.skipif(shutil.which("mpirun") is None, reason="mpirun is not installed")


def faradic(ranks, *arguments, cache):
    return on_ranks(ranks, "-m", "sim", *arguments, FARADIC_CACHE=str(cache))


@pytest.fixture(scope="module", params=["contact impedance", "perfect contact"])
def results(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ranks")
    case = folder / "case.toml"
    text = EXAMPLE.read_text()
    if request.param == "perfect contact":
        text = text.replace("contact_impedance_ohm_cm2 = 200.0", "contact_impedance_ohm_cm2 = 0.0", 1)
    case.write_text(text)
    found = []
    for ranks in (1, 2):
        out = folder / str(ranks)
        finished = faradic(ranks, "run", case, "--out", out, "--accuracy", "draft", cache=folder / f"cache{ranks}")
        assert finished.returncode == 0, finished.stderr
        found.append(json.loads((out / "result.json").read_text()))
    return found


def test_same_admittance(results):
    one, two = (np.array(result["terminals"]["admittance_S"]) for result in results)
    np.testing.assert_allclose(two, one, rtol=1e-8)


def test_same_exposure(results):
    one, two = results
    assert two["mesh"] == one["mesh"]
    for name, electrode in one["electrodes"].items():
        for key, value in electrode["current_density_rms_mA_per_cm2"].items():
            assert two["electrodes"][name]["current_density_rms_mA_per_cm2"][key] == pytest.approx(value, rel=1e-5)
    for name, tissue in one["tissues"].items():
        assert two["tissues"][name]["power_mW"] == pytest.approx(tissue["power_mW"], rel=1e-7)
        cube = tissue["J_rms_mA_per_cm2"]["peak_2mm_cube"]
        assert two["tissues"][name]["J_rms_mA_per_cm2"]["peak_2mm_cube"] == pytest.approx(cube, rel=1e-5)
    assert two["probes"]["nerve"]["potential_V"] == pytest.approx(one["probes"]["nerve"]["potential_V"], rel=1e-7)


def test_an_error_ends_every_rank_with_one_line(tmp_path):
    case = tmp_path / "case.toml"
    case.write_text(EXAMPLE.read_text().replace("diameter_mm = 40.0", "diameter_mm = -40.0", 1))
    finished = faradic(2, "run", case, "--out", tmp_path / "out", cache=tmp_path / "cache")
    assert finished.returncode == 1
    assert finished.stderr.count("diameter_mm: found -40.0") == 1


def test_an_error_of_one_rank_alone_ends_the_others(tmp_path):
    script = """
import sys
import sim.fem.unit_solves as unit_solves
from mpi4py import MPI
from sim.cli import main
whole = unit_solves.Conduction.unit_solution
def broken(self, k):
    if MPI.COMM_WORLD.rank == 1:
        raise MemoryError("on one rank")
    return whole(self, k)
unit_solves.Conduction.unit_solution = broken
main(sys.argv[1:])
"""
    arguments = ("run", EXAMPLE, "--out", tmp_path, "--accuracy", "draft")
    finished = on_ranks(2, "-c", script, *arguments, FARADIC_CACHE=str(tmp_path / "cache"))
    assert finished.returncode != 0
    assert "MemoryError: on one rank" in finished.stderr
