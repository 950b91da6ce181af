"""The choice between resistive and electro-quasistatic computation."""

import copy

import numpy as np
import pytest

from sim.case import parse_case
from sim.mode import carrying_Hz, choose_mode
from sim.signal import Signal
from sim.tissues import case_conductors

CASE = {
    "title": "one muscle",
    "body": {
        "kind": "block",
        "length_mm": 100.0,
        "width_mm": 60.0,
        "layers": [{"tissue": "muscle", "thickness_mm": 20.0}],
    },
    "electrodes": [
        {"name": "a", "pad": {"kind": "disc", "diameter_mm": 20.0}, "position_mm": [-25.0, 0.0]},
        {"name": "b", "pad": {"kind": "disc", "diameter_mm": 20.0}, "position_mm": [25.0, 0.0]},
    ],
    "channels": [
        {
            "name": "ch1",
            "electrodes": {"a": 1.0, "b": -1.0},
            "amplitude_mA": 5.0,
            "waveform": {"kind": "sine", "frequency_Hz": 1000.0},
        }
    ],
}


def choice(waveform=None, **changes):
    content = copy.deepcopy(CASE) | changes
    if waveform is not None:
        content["channels"][0]["waveform"] = waveform
    case = parse_case(content, "mode.toml")
    return choose_mode(case, case_conductors(case), Signal.of(case))


def with_contact(contact):
    return {"electrodes": [electrode | {"contact": contact} for electrode in CASE["electrodes"]]}


def test_without_capacitance_nothing_depends_on_frequency():
    found = choice()
    assert found.mode == "quasistatic"
    assert found.reason == "no tissue and no contact of this case has a capacitance"


def test_direct_current_needs_no_capacitance():
    contact = {"kind": "rc", "resistance_ohm_cm2": 1000.0, "capacitance_nF_per_cm2": 100.0}
    found = choice({"kind": "direct"}, **with_contact(contact))
    assert (found.mode, found.reason) == ("quasistatic", "direct current alone")


@pytest.mark.parametrize(
    ("capacitance", "mode"), [(1e-3, "quasistatic"), (1.0, "quasistatic"), (10.0, "electroquasistatic")]
)
def test_contacts_count_when_they_pass_more_than_a_hundredth(capacitance, mode):
    """ωRC is 6.3e-6, 6.3e-3 and 6.3e-2 at 1 kHz."""
    found = choice(**with_contact({"kind": "rc", "resistance_ohm_cm2": 1000.0, "capacitance_nF_per_cm2": capacitance}))
    assert found.mode == mode
    assert "the contact of" in found.reason
    assert "at 1 kHz" in found.reason


def test_dispersive_tissue_counts():
    assert choice(tissues={"set": "gabriel-1996"}).mode == "electroquasistatic"
    permittive = {"set": "itis-lf", "override": {"muscle": {"conductivity_S_per_m": 0.5, "relative_permittivity": 1e5}}}
    assert choice(tissues=permittive).mode == "electroquasistatic"  # ωε/σ is 0.011
    permittive["override"]["muscle"]["relative_permittivity"] = 5e4
    assert choice(tissues=permittive).mode == "quasistatic"


def test_what_the_case_says_is_done():
    found = choice(numerics={"mode": "quasistatic"}, tissues={"set": "gabriel-1996"})
    assert (found.mode, found.reason) == ("quasistatic", "as numerics.mode says")
    assert choice(numerics={"mode": "electroquasistatic"}).mode == "electroquasistatic"


def test_frequencies_are_those_of_the_signal():
    content = copy.deepcopy(CASE)
    content["channels"][0]["waveform"] = {"kind": "biphasic", "phase_us": 200.0, "rate_Hz": 50.0}
    case = parse_case(content, "mode.toml")
    signal = Signal.of(case)
    looked_at = carrying_Hz(signal)
    assert looked_at[0] == pytest.approx(50.0)
    assert 1e3 < looked_at[-1] < signal.band_Hz[1]
    assert signal.band_Hz[0] == pytest.approx(50.0)
    assert signal.left_out <= 1e-3
    assert np.all(np.diff(signal.frequencies_Hz) > 0.0)
    assert signal.frequencies_Hz[0] == pytest.approx(50.0)
    assert signal.frequencies_Hz[-1] == pytest.approx(signal.band_Hz[1])


def test_a_mean_needs_frequency_zero():
    content = copy.deepcopy(CASE)
    content["channels"][0]["waveform"] = {"kind": "monophasic", "phase_us": 200.0, "rate_Hz": 50.0}
    assert Signal.of(parse_case(content, "mode.toml")).frequencies_Hz[0] == 0.0
