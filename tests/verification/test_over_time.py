"""The response over time: against resistive computation, Fourier sums, and the power that the source delivers."""

import copy

from mpi4py import MPI

import numpy as np
import pytest

from sim.case import parse_case
from sim.circuit import operate
from sim.exposure import expose
from sim.folders import cache_folder
from sim.progress import Silent
from sim.response import case_sources, reference_terminal
from sim.solving import solve_case
from sim.timings import Timings
from sim.units import MW

RC = {"kind": "rc", "resistance_ohm_cm2": 1500.0, "capacitance_nF_per_cm2": 50.0}
PULSES = {"kind": "biphasic", "phase_us": 200.0, "interphase_us": 100.0, "rate_Hz": 100.0}
CASE = {
    "title": "two pads with capacitance",
    "body": {
        "kind": "block",
        "length_mm": 60.0,
        "width_mm": 40.0,
        "layers": [
            {"tissue": "fat", "thickness_mm": 4.0},
            {"tissue": "muscle", "thickness_mm": 12.0, "fibre_direction": [1.0, 0.0, 0.0]},
        ],
    },
    "tissues": {
        "set": "itis-lf",
        "override": {
            "fat": {"conductivity_S_per_m": 0.05, "relative_permittivity": 2e5},
            "muscle": {"conductivity_S_per_m": {"longitudinal": 0.4, "transverse": 0.1}},
        },
    },
    "electrodes": [
        {"name": "left", "pad": {"kind": "disc", "diameter_mm": 14.0}, "position_mm": [-15.0, 0.0], "contact": RC},
        {"name": "right", "pad": {"kind": "disc", "diameter_mm": 14.0}, "position_mm": [15.0, 0.0], "contact": RC},
    ],
    "channels": [
        {"name": "ch1", "electrodes": {"left": 1.0, "right": -1.0}, "amplitude_mA": 8.0, "waveform": PULSES},
    ],
    "probes": [{"name": "deep", "position_mm": [0.0, 0.0, -9.0]}],
    "numerics": {"accuracy": "draft", "element_order": 1},
}


def solved(**changes):
    case = parse_case(copy.deepcopy(CASE) | changes, "over-time.toml")
    return solve_case(case, cache_folder(), Silent(), Timings(), MPI.COMM_SELF)


def numerics(mode):
    return {"numerics": CASE["numerics"] | {"mode": mode}}


@pytest.fixture(scope="module")
def capacitive():
    found = solved()
    return found, found.respond()


def test_capacitance_is_noticed(capacitive):
    found, _ = capacitive
    assert found.choice.mode == "electroquasistatic"
    assert "contact of" in found.choice.reason or "fat" in found.choice.reason


@pytest.mark.parametrize("waveform", [PULSES, {"kind": "sine", "frequency_Hz": 4000.0}, {"kind": "direct"}])
def test_without_capacitance_it_is_resistive_computation(waveform):
    plain = {
        "tissues": {"set": "itis-lf"},
        "electrodes": [
            {key: value for key, value in electrode.items() if key != "contact"} | {"contact_impedance_ohm_cm2": 300.0}
            for electrode in CASE["electrodes"]
        ],
        "channels": [CASE["channels"][0] | {"waveform": waveform}],
    }
    numbers = []
    for mode in ("quasistatic", "electroquasistatic"):
        found = solved(**plain, **numerics(mode))
        assert found.choice.mode == mode
        response = found.respond()
        exposure = expose(found.case, found.basis, response, found.conductors)
        left, muscle, deep = exposure.electrodes["left"], exposure.tissues["muscle"], exposure.probes["deep"]
        numbers.append(
            [
                response.outputs[0].peak_voltage_V,
                abs(response.outputs[0].impedance_ohm),
                left.current_rms_mA,
                left.charge_per_phase_uC or 0.0,
                left.net_dc_mA,
                left.contact_power_mW,
                left.current_density_rms_mA_per_cm2.p95,
                left.current_density_rms_mA_per_cm2.peak_1cm2,
                muscle.E_peak_V_per_m.p99,
                muscle.J_rms_mA_per_cm2.p50,
                muscle.J_rms_mA_per_cm2.peak_2mm_cube,
                muscle.power_mW,
                deep.potential_V,
                deep.J_A_per_m2[0],
            ]
        )
    assert numbers[1] == pytest.approx(numbers[0], rel=1e-6, abs=1e-9)


def test_pulse_keeps_its_shape_without_capacitance():
    resistive = [e | {"contact": {"kind": "resistance", "resistance_ohm_cm2": 300.0}} for e in CASE["electrodes"]]
    found = solved(tissues={"set": "itis-lf"}, electrodes=resistive, **numerics("electroquasistatic"))
    response = found.respond()
    clock = response.clocks[0]
    voltage = np.ptp(clock.over_time(response.voltages), axis=1)
    drive = np.abs(found.case.channels[0].waveform.at(clock.times_s % clock.period_s))
    inside = clock.weights > 0.0
    assert voltage[inside] == pytest.approx(voltage.max() * drive[inside], rel=1e-10, abs=1e-10 * voltage.max())


def test_voltage_is_the_sum_of_its_harmonics(capacitive):
    found, response = capacitive
    case, harmonics, clock = found.case, found.harmonics, response.clocks[0]
    waveform = case.channels[0].waveform
    orders = np.arange(1, 4001)
    impedances = []
    sources = case_sources(case, harmonics.basis.terminals)
    for n in orders:
        operation = operate(harmonics.admittance(n * waveform.repetition_Hz), sources, reference_terminal(sources))
        impedances.append(operation.impedance_ohm(0, sources[0]))
    coefficients = waveform.spectrum(orders)
    square = 2.0 * float((np.abs(coefficients * np.array(impedances)) ** 2).sum())
    left = waveform.rms**2 - 2.0 * float((np.abs(coefficients) ** 2).sum())
    square += left * abs(impedances[-1]) ** 2
    voltage = clock.over_time(response.voltages) @ np.array([1.0, -1.0])
    rms = np.sqrt(clock.weights @ voltage**2)
    assert rms == pytest.approx(8e-3 * np.sqrt(square), rel=2e-5)


def test_the_source_delivers_what_tissues_and_contacts_take(capacitive):
    found, response = capacitive
    clock = response.clocks[0]
    voltages, currents = clock.over_time(response.voltages), clock.over_time(response.currents)
    delivered = float(clock.weights @ (voltages * currents).sum(axis=1))
    exposure = expose(found.case, found.basis, response, found.conductors)
    taken = sum(tissue.power_mW for tissue in exposure.tissues.values())
    taken += sum(electrode.contact_power_mW for electrode in exposure.electrodes.values())
    assert taken * MW == pytest.approx(delivered, rel=1e-4)


def test_current_drive_keeps_charge_and_current(capacitive):
    _, response = capacitive
    assert response.charges == pytest.approx([8e-3 * 200e-6] * 2, rel=1e-5)
    assert response.drive.peak(response.currents) == pytest.approx([8e-3, 8e-3], rel=1e-5)
    assert response.drive.means @ response.currents == pytest.approx([0.0, 0.0], abs=1e-10)


def test_the_terminal_current_is_the_integral_of_its_density(capacitive):
    found, response = capacitive
    corners = found.basis.contacts[0].corners
    areas = 0.5 * np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    through = response.densities[0].mean(axis=2) @ areas
    strongest = np.abs(response.currents[:, 0]).max()
    assert through == pytest.approx(response.currents[:, 0], abs=2e-3 * strongest)


def test_carriers_superpose_incoherently():
    sines = [
        {
            "name": name,
            "electrodes": {"left": sign, "right": -sign},
            "amplitude_mA": amplitude,
            "waveform": {"kind": "sine", "frequency_Hz": frequency},
        }
        for name, sign, amplitude, frequency in (("a", 1.0, 3.0, 4000.0), ("b", -1.0, 4.0, 4100.0))
    ]
    found = solved(channels=sines)
    response = found.respond()
    assert response.drive.rms(response.currents[:, 0]) == pytest.approx(5e-3 / np.sqrt(2), rel=1e-5)
    assert response.drive.peak(response.currents[:, 0]) == pytest.approx(7e-3, rel=2e-3)


def test_voltage_drive_returns_the_current_of_current_drive(capacitive):
    """A sine: the current under the voltage that a current needs is that current."""
    sine = {"kind": "sine", "frequency_Hz": 2000.0}
    channel = CASE["channels"][0] | {"waveform": sine}
    driven = solved(channels=[channel]).respond()
    volts = {key: value for key, value in channel.items() if key != "amplitude_mA"}
    back = solved(channels=[volts | {"amplitude_V": driven.outputs[0].peak_voltage_V}]).respond()
    assert back.outputs[0].peak_current_A == pytest.approx(8e-3, rel=2e-3)  # peaks are taken on a grid of instants
    assert back.outputs[0].impedance_ohm == pytest.approx(driven.outputs[0].impedance_ohm, rel=1e-6)
