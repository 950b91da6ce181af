"""Other amplitudes: scaled together from a run's files, and superposed anew from kept solutions."""

import json

from mpi4py import MPI

import numpy as np
import pytest
from analytic import CASE, write_run

from sim.case import parse_case
from sim.run import run_case
from sim.view import open_run
from sim.view.amplitudes import Scaled, Superposed, amplitudes_of, find_solved, scaled_electrode
from sim.view.errors import ViewError

FIELDS = ("E", "J", "J_magnitude", "J_rms")
LAYERS = [{"tissue": "fat", "thickness_mm": 4.0}, {"tissue": "muscle", "thickness_mm": 8.0}]
TWO = {
    **CASE,
    "title": "Two channels that overlap",
    "body": CASE["body"]
    | {"layers": [{"tissue": "fat", "thickness_mm": 4.0}, {"tissue": "muscle", "thickness_mm": 8.0}]},
    "electrodes": [
        {
            "name": name,
            "pad": {"kind": "disc", "diameter_mm": 14.0},
            "position_mm": place,
            "contact_impedance_ohm_cm2": 100.0,
        }
        for name, place in (("a", [-25.0, 0.0]), ("b", [0.0, 8.0]), ("c", [25.0, 0.0]))
    ],
    "probes": [],
}


def two_channels(first_mA, second_mA):
    pulses = {"kind": "monophasic", "phase_us": 200.0, "rate_Hz": 100.0}
    turned = {"kind": "biphasic", "phase_us": 300.0, "interphase_us": 0.0, "rate_Hz": 100.0}
    channels = [
        {"name": "one", "electrodes": {"a": 1.0, "b": -1.0}, "amplitude_mA": first_mA, "waveform": pulses},
        {"name": "two", "electrodes": {"b": 1.0, "c": -1.0}, "amplitude_mA": second_mA, "waveform": turned},
    ]
    return parse_case(TWO | {"channels": channels}, "test")


def test_one_channel_is_scaled_like_the_formulas(analytic, louder):
    amplitudes = amplitudes_of(analytic)
    assert isinstance(amplitudes, Scaled) and amplitudes.names == ("ch1",)
    assert "linearly" in amplitudes.words
    found = amplitudes.at({"ch1": 3.0})
    for name in FIELDS:
        assert np.allclose(found.grid.cell_data[name], louder.grid.cell_data[name], rtol=1e-6)
    assert np.allclose(found.grid.point_data["potential"], louder.grid.point_data["potential"])
    assert np.array_equal(found.grid.cell_data["tissue"], analytic.grid.cell_data["tissue"])
    assert found.case.channels[0].amplitude_mA == pytest.approx(30.0)
    values = [[c.value for c in run.verdict.checks] for run in (found, louder)]
    assert values[0] == pytest.approx(values[1])
    assert [c.outcome for c in found.verdict.checks] == [c.outcome for c in louder.verdict.checks]
    for name, numbers in louder.result["electrodes"].items():
        mine = found.result["electrodes"][name]
        assert mine["power_density_W_per_cm2"] == pytest.approx(numbers["power_density_W_per_cm2"])
        assert mine["current_density_rms_mA_per_cm2"] == pytest.approx(numbers["current_density_rms_mA_per_cm2"])
        assert mine["area_mm2"] == numbers["area_mm2"]


def test_verdict_turns_at_the_largest_safe_amplitude(analytic):
    amplitudes = amplitudes_of(analytic)
    safe = analytic.verdict.max_safe_amplitude_mA["ch1"].scale
    assert amplitudes.at({"ch1": safe * (1 - 1e-9)}).verdict.overall != "exceeded"
    assert amplitudes.at({"ch1": safe * (1 + 1e-9)}).verdict.overall == "exceeded"


def test_nothing_is_changed_by_scaling(analytic):
    before = {name: np.array(analytic.grid.cell_data[name]) for name in FIELDS}
    amplitudes_of(analytic).at({"ch1": 2.0})
    for name, values in before.items():
        assert np.array_equal(analytic.grid.cell_data[name], values)


@pytest.mark.parametrize(
    ("factors", "text"),
    [
        ({"ch2": 2.0}, "found channel 'ch2'; accepted: ch1"),
        ({"ch1": 0.0}, "found factor 0 of ch1; accepted: 0.01 to 100"),
        ({"ch1": float("nan")}, "found factor nan"),
    ],
)
def test_factors_are_checked(analytic, factors, text):
    with pytest.raises(ViewError, match=text):
        amplitudes_of(analytic).at(factors)


def test_clipping_is_not_taken_for_linear(tmp_path):
    channels = [CASE["channels"][0] | {"max_voltage_V": 30.0}]
    run = open_run(write_run(tmp_path / "clipped", channels=channels))
    with pytest.raises(ViewError, match="ch1 has a max_voltage_V and may clip"):
        Scaled(run).at({"ch1": 2.0})


def test_numbers_of_another_version_are_named():
    with pytest.raises(ViewError, match="numbers of another version"):
        scaled_electrode({"area_mm2": 1.0}, 2.0)


@pytest.fixture(scope="module")
def solved_folders(tmp_path_factory):
    """The same case at two pairs of amplitudes; the second takes the solutions of the first."""
    folder = tmp_path_factory.mktemp("superposed")
    for name, pair in (("quiet", (4.0, 2.0)), ("loud", (4.0, 14.0))):
        run_case(two_channels(*pair), folder / name, comm=MPI.COMM_SELF)
    return folder


def test_superposed_is_what_a_run_computes(solved_folders):
    run, loud = open_run(solved_folders / "quiet"), open_run(solved_folders / "loud")
    amplitudes = amplitudes_of(run)
    assert isinstance(amplitudes, Superposed) and amplitudes.names == ("one", "two")
    found = amplitudes.at({"two": 7.0})
    for name in FIELDS:
        expected = np.asarray(loud.grid.cell_data[name])
        assert np.abs(found.grid.cell_data[name] - expected).max() < 1e-6 * np.abs(expected).max()
    # a mean of the separate r.m.s. values would be wrong where both currents flow at the same time
    apart = [np.asarray(amplitudes.at(f).grid.cell_data["J_rms"]) for f in ({"two": 0.01}, {"one": 0.01, "two": 7.0})]
    assert np.abs(np.hypot(*apart) - loud.grid.cell_data["J_rms"]).max() > 0.02 * loud.grid.cell_data["J_rms"].max()
    for check, expected in zip(found.verdict.checks, loud.verdict.checks, strict=True):
        assert (check.id, check.subject, check.outcome) == (expected.id, expected.subject, expected.outcome)
        if expected.value is not None:
            assert check.value == pytest.approx(expected.value, rel=1e-9)


def test_without_kept_solutions_all_are_scaled_and_it_is_said(solved_folders, tmp_path, monkeypatch):
    run = open_run(solved_folders / "quiet")
    monkeypatch.setenv("FARADIC_CACHE", str(tmp_path))
    assert find_solved(run)[0] is None
    amplitudes = amplitudes_of(run)
    assert isinstance(amplitudes, Scaled) and amplitudes.names == ("all channels",)
    assert "All channels together, because its solutions are no longer kept" in amplitudes.words
    found = amplitudes.at({"all channels": 2.0})
    again = json.loads((solved_folders / "quiet" / "result.json").read_text())
    for name, numbers in found.result["electrodes"].items():
        assert numbers["current_rms_mA"] == pytest.approx(2.0 * again["electrodes"][name]["current_rms_mA"])
