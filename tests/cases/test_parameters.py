"""Every parameter of a case changes the answer, in the direction that physics says."""

import copy

from mpi4py import MPI

import pytest

from sim.case import parse_case
from sim.exposure import expose
from sim.folders import cache_folder
from sim.progress import Silent
from sim.safety.judgement import judge
from sim.solving import solve_case
from sim.timings import Timings

BASE = {
    "title": "parameters",
    "body": {
        "kind": "block",
        "length_mm": 120.0,
        "width_mm": 80.0,
        "layers": [
            {"tissue": "skin", "thickness_mm": 1.5},
            {"tissue": "fat", "thickness_mm": 6.0},
            {"tissue": "muscle", "thickness_mm": 20.0, "fibre_direction": [1.0, 0.0, 0.0]},
        ],
    },
    "tissues": {"set": "itis-lf", "override": {"skin": {"conductivity_S_per_m": 0.02}}},
    "electrodes": [
        {
            "name": "a",
            "pad": {
                "kind": "rectangle",
                "length_mm": 30.0,
                "width_mm": 20.0,
                "corner_radius_mm": 3.0,
                "angle_deg": 0.0,
            },
            "position_mm": [-30.0, 0.0],
            "contact_impedance_ohm_cm2": 100.0,
        },
        {
            "name": "b",
            "pad": {"kind": "disc", "diameter_mm": 20.0},
            "position_mm": [25.0, 5.0],
            "contact_impedance_ohm_cm2": 100.0,
        },
        {
            "name": "float",
            "pad": {"kind": "disc", "diameter_mm": 10.0},
            "position_mm": [0.0, -25.0],
            "contact_impedance_ohm_cm2": 50.0,
        },
    ],
    "channels": [
        {
            "name": "ch1",
            "electrodes": {"a": 1.0, "b": -1.0},
            "amplitude_mA": 10.0,
            "waveform": {"kind": "biphasic", "phase_us": 200.0, "interphase_us": 50.0, "rate_Hz": 80.0},
        }
    ],
    "probes": [{"name": "nerve", "position_mm": [0.0, 0.0, -12.0]}],
    "safety": {"limits": ["iec-60601-2-10", "shannon"]},
    "numerics": {"accuracy": "draft"},
}


def changed(*path_and_value):
    *path, value = path_and_value
    data = copy.deepcopy(BASE)
    here = data
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = value
    return data


def compute(data):
    case = parse_case(data, "test")
    solved = solve_case(case, cache_folder(), Silent(), Timings(), MPI.COMM_SELF)
    response = solved.respond()
    exposure = expose(case, solved.basis, response, solved.conductors)
    return response.outputs[0].impedance_ohm.real, exposure, judge(case, response, exposure.electrodes), solved


@pytest.fixture(scope="module")
def base():
    return compute(BASE)


GEOMETRY = {
    "body.length_mm": (changed("body", "length_mm", 100.0), +1),
    "body.width_mm": (changed("body", "width_mm", 70.0), +1),
    "layer thickness": (changed("body", "layers", 0, "thickness_mm", 2.0), +1),
    "fat thickness": (changed("body", "layers", 1, "thickness_mm", 9.0), +1),
    "muscle thickness": (changed("body", "layers", 2, "thickness_mm", 15.0), +1),
    "tissue": (changed("body", "layers", 1, "tissue", "bone_cortical"), +1),
    "fibre direction": (changed("body", "layers", 2, "fibre_direction", [0.0, 1.0, 0.0]), +1),
    "isotropic": (changed("body", "layers", 2, {"tissue": "muscle", "thickness_mm": 20.0}), -1),
    "skin conductivity": (changed("tissues", "override", "skin", "conductivity_S_per_m", 0.01), +1),
    "axial override": (
        changed("tissues", "override", "muscle", {"conductivity_S_per_m": {"longitudinal": 0.2, "transverse": 0.1}}),
        +1,
    ),
    "pad length": (changed("electrodes", 0, "pad", "length_mm", 25.0), +1),
    "pad width": (changed("electrodes", 0, "pad", "width_mm", 25.0), -1),
    "corner radius": (changed("electrodes", 0, "pad", "corner_radius_mm", 9.0), +1),
    "angle": (changed("electrodes", 0, "pad", "angle_deg", 90.0), None),
    "diameter": (changed("electrodes", 1, "pad", "diameter_mm", 24.0), -1),
    "position": (changed("electrodes", 1, "position_mm", [40.0, 5.0]), +1),
    "contact impedance": (changed("electrodes", 1, "contact_impedance_ohm_cm2", 300.0), +1),
    "perfect contact": (changed("electrodes", 1, "contact_impedance_ohm_cm2", 0.0), -1),
    "floating pad": (changed("electrodes", 2, "pad", "diameter_mm", 24.0), -1),
    "accuracy": (changed("numerics", "accuracy", "standard"), None),
    "element order": (changed("numerics", {"accuracy": "draft", "element_order": 1}), -1),
}


@pytest.mark.parametrize("name", GEOMETRY)
def test_impedance_changes(base, name):
    data, sign = GEOMETRY[name]
    impedance = compute(data)[0]
    assert abs(impedance / base[0] - 1) > 1e-5
    if sign is not None:
        assert (impedance - base[0]) * sign > 0


def test_tolerance_changes_the_residual(base):
    tighter = compute(changed("numerics", {"accuracy": "draft", "tolerance": 1e-13}))[3].basis.facts
    assert tighter.relative_residual < base[3].basis.facts.relative_residual / 10
    assert tighter.iterations > base[3].basis.facts.iterations


def test_amplitude_scales_everything(base):
    _, exposure, _, solved = compute(changed("channels", 0, "amplitude_mA", 20.0))
    assert solved.from_cache
    for name, electrode in exposure.electrodes.items():
        before = base[1].electrodes[name]
        density, density_before = electrode.current_density_rms_mA_per_cm2, before.current_density_rms_mA_per_cm2
        assert density.peak_1cm2 == pytest.approx(2 * density_before.peak_1cm2, rel=1e-9)
        assert electrode.power_density_W_per_cm2 == pytest.approx(4 * before.power_density_W_per_cm2, abs=1e-15)
    muscle, muscle_before = exposure.tissues["muscle"], base[1].tissues["muscle"]
    assert muscle.power_mW == pytest.approx(4 * muscle_before.power_mW)
    assert muscle.E_peak_V_per_m.p99 == pytest.approx(2 * muscle_before.E_peak_V_per_m.p99)
    assert exposure.probes["nerve"].E_V_per_m[0] == pytest.approx(2 * base[1].probes["nerve"].E_V_per_m[0])


def test_voltage_drive_at_the_computed_impedance_is_the_current_drive(base):
    data = copy.deepcopy(BASE)
    del data["channels"][0]["amplitude_mA"]
    data["channels"][0]["amplitude_V"] = float(base[0]) * 0.01
    impedance, exposure, _, _ = compute(data)
    assert impedance == pytest.approx(base[0], rel=1e-9)
    assert exposure.electrodes["a"].current_peak_mA == pytest.approx(10.0, rel=1e-9)
    assert exposure.probes["nerve"].potential_V == pytest.approx(base[1].probes["nerve"].potential_V, rel=1e-6)


def test_weights_turn_the_current(base):
    _, exposure, _, _ = compute(changed("channels", 0, "electrodes", {"a": -1.0, "b": 1.0}))
    assert exposure.probes["nerve"].E_V_per_m[0] == pytest.approx(-base[1].probes["nerve"].E_V_per_m[0], rel=1e-9)


def test_a_third_electrode_in_the_channel_floats_no_more(base):
    assert base[1].electrodes["float"].current_peak_mA == pytest.approx(0.0, abs=1e-9)
    assert base[1].electrodes["float"].current_density_rms_mA_per_cm2.mean > 1e-4
    _, exposure, _, _ = compute(changed("channels", 0, "electrodes", {"a": 1.0, "b": -0.75, "float": -0.25}))
    assert exposure.electrodes["float"].current_peak_mA == pytest.approx(2.5, rel=1e-9)


def test_probe_position_changes_the_probe(base):
    _, exposure, _, _ = compute(changed("probes", 0, "position_mm", [0.0, 0.0, -4.0]))
    assert abs(exposure.probes["nerve"].E_V_per_m[0] / base[1].probes["nerve"].E_V_per_m[0] - 1) > 0.05


WAVEFORMS = {
    "direct": {"kind": "direct"},
    "sine": {"kind": "sine", "frequency_Hz": 50.0},
    "monophasic": {"kind": "monophasic", "phase_us": 200.0, "rate_Hz": 80.0},
    "longer": BASE["channels"][0]["waveform"] | {"phase_us": 300.0},
    "faster": BASE["channels"][0]["waveform"] | {"rate_Hz": 120.0},
    "asymmetric": BASE["channels"][0]["waveform"] | {"recharge_ratio": 4.0},
}


@pytest.mark.parametrize("name", WAVEFORMS)
def test_waveform_changes_the_exposure(base, name):
    _, exposure, verdict, solved = compute(changed("channels", 0, "waveform", WAVEFORMS[name]))
    assert solved.from_cache
    assert exposure.electrodes["a"].current_rms_mA != pytest.approx(base[1].electrodes["a"].current_rms_mA, rel=1e-6)
    assert verdict.checks != base[2].checks


def test_limits_change_the_checks(base):
    _, _, verdict, _ = compute(changed("safety", "limits", ["fda-powered-muscle-stimulator"]))
    assert {check.id.split("/")[0] for check in verdict.checks} == {"fda-powered-muscle-stimulator"}
    assert {check.id.split("/")[0] for check in base[2].checks} == {"iec-60601-2-10", "shannon"}


def test_power_of_tissues_and_contacts_is_the_power_delivered(base):
    impedance, exposure, _, _ = base
    delivered = 0.01**2 * (2 * 200e-6 * 80) * impedance * 1e3
    dissipated = sum(t.power_mW for t in exposure.tissues.values())
    dissipated += sum(e.contact_power_mW for e in exposure.electrodes.values())
    assert dissipated == pytest.approx(delivered, rel=1e-7)


def test_two_channels_of_different_rates_add_incoherently(base):
    data = copy.deepcopy(BASE)
    second = copy.deepcopy(data["channels"][0])
    second |= {"name": "ch2", "waveform": second["waveform"] | {"rate_Hz": 70.0}}
    data["channels"].append(second)
    _, exposure, _, _ = compute(data)
    one = 10.0 * (2 * 200e-6 * 80) ** 0.5
    other = 10.0 * (2 * 200e-6 * 70) ** 0.5
    assert exposure.electrodes["a"].current_rms_mA == pytest.approx((one**2 + other**2) ** 0.5, rel=1e-9)
    assert exposure.electrodes["a"].current_peak_mA == pytest.approx(20.0, rel=1e-9)
