"""What cases of one mesh share: each has the very numbers that it has alone, bit for bit, in any order."""

import json
from dataclasses import fields, is_dataclass
from itertools import pairwise

from mpi4py import MPI

import numpy as np
import pytest

import sim.solving as solving
from sim.case.reading import parse_case
from sim.fem.domain import Domain
from sim.progress import Silent
from sim.solving import solve_case
from sim.sweep.computing import Computer
from sim.timings import Timings

WORSE_THAN_TOLERANCE = 1e-8  # of Y, the promise for answers that were computed in another way


def case_of(skin=0.1, impedance=100.0, sheet=None, mode="quasistatic", order=1):
    """Two pads, the left one behind a contact impedance (0: perfect contact), with or without a capsule below."""
    pads = [("left", -14.0, impedance), ("right", 14.0, 50.0)]
    nodule = {"name": "nodule", "kind": "sphere", "center_mm": [0.0, 0.0, -8.0], "radius_mm": 3.0, "tissue": "fat"}
    return parse_case(
        {
            "title": "two pads",
            "body": {
                "kind": "block",
                "length_mm": 56.0,
                "width_mm": 30.0,
                "layers": [{"tissue": "skin", "thickness_mm": 2.0}, {"tissue": "muscle", "thickness_mm": 14.0}],
            },
            "tissues": {"override": {"skin": {"conductivity_S_per_m": skin}}},
            "inclusions": [] if sheet is None else [{**nodule, "sheet_ohm_cm2": sheet}],
            "electrodes": [
                {
                    "name": name,
                    "pad": {"kind": "disc", "diameter_mm": 12.0},
                    "position_mm": [x, 0.0],
                    "contact_impedance_ohm_cm2": z,
                }
                for name, x, z in pads
            ],
            "channels": [
                {
                    "name": "ch1",
                    "electrodes": {"left": 1.0, "right": -1.0},
                    "amplitude_mA": 5.0,
                    "waveform": {"kind": "biphasic", "phase_us": 200.0, "rate_Hz": 50.0},
                }
            ],
            "numerics": {"accuracy": "draft", "element_order": order, "mode": mode},
        },
        "two pads",
    )


SERIES = {
    "conductivity": [{"skin": 0.1}, {"skin": 0.02}, {"skin": 0.5}],
    "contact": [{}, {"impedance": 0.0}, {"impedance": 300.0}],
    "sheet": [{"sheet": 10.0}, {"sheet": 200.0}],
    "order": [{}, {"order": 2}, {"skin": 0.3}, {"skin": 0.3, "order": 2}],
    "frequency": [{"mode": "electroquasistatic"}, {"skin": 0.05, "mode": "electroquasistatic"}, {"skin": 0.05}],
}


def alone(case, folder, meshes):
    """The basis of a case that is solved as the first of its process, on a mesh that was built before."""
    folder.mkdir(exist_ok=True)
    (folder / "meshes").symlink_to(meshes, target_is_directory=True)
    return solve_case(case, folder, Silent(), Timings(), MPI.COMM_SELF).basis


def same(one, other):
    """Whether two bases agree bit for bit, but for the time that they took."""
    if is_dataclass(one):
        names = [field.name for field in fields(one) if not field.name.endswith("_s")]
        return all(same(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return np.array_equal(one, other)


@pytest.mark.parametrize("series", SERIES)
def test_a_case_after_others_has_the_numbers_that_it_has_alone(series, tmp_path, monkeypatch):
    made = []
    build = Domain.from_tagged
    monkeypatch.setattr(solving.Domain, "from_tagged", lambda *args: made.append(args) or build(*args))
    last = solving.Meshed()
    cases = [case_of(**keys) for keys in SERIES[series]]
    for case in cases:
        found = solve_case(case, tmp_path / "together", Silent(), Timings(), MPI.COMM_SELF, last)
        assert not found.from_cache
        assert same(found.basis, alone(case, tmp_path / case.sha256, tmp_path / "together" / "meshes"))
    assert len(made) == 1 + len(cases)  # once for all, and once for each that was computed alone


def test_the_answers_are_those_of_a_finer_tolerance(tmp_path):
    last = solving.Meshed()
    for skin in (0.1, 0.02):
        case = case_of(skin=skin)
        found = solve_case(case, tmp_path / "together", Silent(), Timings(), MPI.COMM_SELF, last)
        numerics = case.numerics.model_copy(update={"tolerance": 1e-13})
        exact = alone(
            case.model_copy(update={"numerics": numerics}),
            tmp_path / f"exact{skin}",
            tmp_path / "together" / "meshes",
        )
        error = np.abs(found.basis.admittance - exact.admittance).max() / np.abs(exact.admittance).max()
        assert error < WORSE_THAN_TOLERANCE


def test_results_do_not_depend_on_the_order_of_the_cases(tmp_path):
    cases = [case_of(skin=skin) for skin in (0.1, 0.02, 0.5)]
    found = {}
    for name, order in (("forth", cases), ("back", cases[::-1])):
        computer = Computer(tmp_path / name, MPI.COMM_SELF)
        for i, case in enumerate(order):
            folder = tmp_path / f"{name}{i}"
            folder.mkdir()
            computer.compute(case, folder)
            result = json.loads((folder / "result.json").read_text())
            del result["timings_s"]
            found.setdefault(case.sha256, []).append(result)
    assert len(found) == 3
    assert all(one == other for results in found.values() for one, other in pairwise(results))
