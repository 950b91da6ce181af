"""The frequency of resistive computation: the case's own, or one of its waveforms; direct current meets 0 Hz."""

import copy

import numpy as np
import pytest

from sim.case import parse_case
from sim.errors import CaseError
from sim.mode import choose_mode
from sim.report.notes import steady_notes
from sim.signal import Signal
from sim.steady import case_terminals
from sim.tissues import case_conductors

SINE = {"kind": "sine", "frequency_Hz": 4000.0}
DIRECT = {"kind": "direct"}
PULSES = {"kind": "biphasic", "phase_us": 200.0, "rate_Hz": 50.0}
MONOPHASIC = {"kind": "monophasic", "phase_us": 200.0, "rate_Hz": 50.0}
REVERSED = {"kind": "microcurrent", "reversal_s": 1.0}
GEL = {"kind": "cpe", "constant_phase_uS_per_cm2": 53.0, "alpha": 0.35, "charge_transfer_ohm_cm2": 1e5}
BLOCKING = {"kind": "cpe", "constant_phase_uS_per_cm2": 53.0, "alpha": 0.35}
TABLE = {"kind": "spectrum", "frequency_Hz": [1, 1e6], "magnitude_ohm_cm2": [1e4, 120], "phase_deg": [-40, -20]}
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
    "tissues": {"set": "gabriel-1996"},
}


def case(*waveforms, contact=None, mode="auto", **tissues):
    """The case with a channel for each waveform."""
    content = copy.deepcopy(CASE)
    channel = {"electrodes": {"a": 1.0, "b": -1.0}, "amplitude_mA": 1.0}
    content["channels"] = [channel | {"name": f"ch{i}", "waveform": w} for i, w in enumerate(waveforms)]
    content["tissues"] |= tissues
    content["numerics"] = {"mode": mode}
    for electrode in content["electrodes"] if contact else []:
        electrode["contact"] = contact
    return parse_case(content, "x.toml")


def choice(found):
    return choose_mode(found, case_conductors(found), Signal.of(found))


@pytest.mark.parametrize(
    ("waveforms", "given", "at_Hz"),
    [
        ((DIRECT,), {}, 0.0),
        ((DIRECT, DIRECT), {}, 0.0),
        ((DIRECT,), {"frequency_Hz": 1000.0}, 1000.0),  # what the case says is done
        ((PULSES,), {}, 1000.0),
        ((PULSES,), {"frequency_Hz": 0.0}, 0.0),
        ((SINE,), {}, 4000.0),
        ((REVERSED,), {}, 0.5),
        ((REVERSED, DIRECT), {}, 0.5),
        ((DIRECT, PULSES), {}, 1000.0),
    ],
)
def test_the_waveforms_choose_unless_the_case_does(waveforms, given, at_Hz):
    found = case(*waveforms, contact=GEL, mode="quasistatic", **given)
    assert found.steady_Hz == at_Hz
    (muscle,) = case_conductors(found)
    assert muscle.transverse == muscle.admittivity(at_Hz)[1].real
    (_, ohm_m2), *_ = case_terminals(found)[0].faces
    assert ohm_m2 == abs(found.electrodes[0].contact_model.impedance(at_Hz))


def test_direct_current_meets_ions_and_charge_transfer():
    found = case(DIRECT, contact=GEL)
    assert choice(found).mode == "quasistatic"
    assert case_conductors(found)[0].longitudinal == 0.2  # what Gabriel 1996 prints as the ionic conductivity
    assert case_terminals(found)[0].faces[0][1] == pytest.approx(10.0)


def test_slow_reversals_are_computed_over_time():
    assert choice(case(REVERSED, contact=GEL)).mode == "electroquasistatic"


def test_direct_current_beside_a_carrier_counts_at_zero():
    contact = GEL | {"constant_phase_uS_per_cm2": 1e5, "alpha": 0.8, "series_ohm_cm2": 100.0}
    muscle = {"override": {"muscle": {"conductivity_S_per_m": 0.3}}, "set": "itis-lf"}
    assert choice(case(SINE, contact=contact, **muscle)).mode == "quasistatic"  # one frequency: one number will do
    both = choice(case(SINE, DIRECT, contact=contact, **muscle))
    assert both.mode == "electroquasistatic"
    assert "at 4 kHz" in both.reason


def test_a_table_that_does_not_reach_direct_current_gives_its_end():
    found = case(DIRECT, contact=TABLE)
    assert case_terminals(found)[0].faces[0][1] == pytest.approx(1.0)  # 1e4 ohm cm2, at 1 Hz
    assert steady_notes(found) == [
        "resistive computation takes |z| of contacts at 0 Hz, because all current is direct",
        "contact of a, known from 1 Hz to 1 MHz: |z| at the end of its band stands for that at 0 Hz",
        "contact of b, known from 1 Hz to 1 MHz: |z| at the end of its band stands for that at 0 Hz",
    ]


@pytest.mark.parametrize(
    ("waveform", "given", "words"),
    [
        (DIRECT, {"frequency_Hz": 0.0}, "at 0 Hz, as tissues.frequency_Hz says"),
        (
            DIRECT,
            {"frequency_Hz": 1000.0},
            "at 1 kHz, as tissues.frequency_Hz says, though all current is direct: without that key they are taken at "
            "0 Hz",
        ),
        (PULSES, {"frequency_Hz": 2500.0}, "at 2.5 kHz, as tissues.frequency_Hz says"),
        (PULSES, {}, "at 1 kHz; tissues.frequency_Hz changes that"),
        (SINE, {}, "at 4 kHz, the lowest frequency of the waveforms; tissues.frequency_Hz changes that"),
    ],
)
def test_notes_say_which_frequency_and_why(waveform, given, words):
    found = steady_notes(case(waveform, contact=GEL, mode="quasistatic", **given))
    assert found == [f"resistive computation takes |z| of contacts {words}"]


BLOCKS = r"x\.toml: electrodes\.a\.contact: found a contact that blocks direct current"
PASSES = r"accepted: one that passes it, such as a cpe with charge_transfer_ohm_cm2, or "


@pytest.mark.parametrize(
    ("waveforms", "keys", "message"),
    [
        ((DIRECT,), {"contact": BLOCKING}, rf"{BLOCKS}; {PASSES}tissues\.frequency_Hz above 0$"),
        (
            (SINE, DIRECT),
            {"contact": BLOCKING},
            rf"{BLOCKS}, under a waveform with a mean; {PASSES}balanced waveforms$",
        ),
        ((MONOPHASIC,), {"contact": BLOCKING}, rf"{BLOCKS}, under a waveform with a mean"),
        (
            (PULSES,),
            {"contact": BLOCKING, "mode": "quasistatic", "frequency_Hz": 0.0},
            rf"{BLOCKS}; {PASSES}tissues\.frequency_Hz above 0$",
        ),
        *(
            (
                waveforms,
                {"contact": BLOCKING, "mode": "quasistatic"},
                rf"{BLOCKS}, under a waveform with a mean; accepted: .*, balanced waveforms, or tissues\.frequency_Hz "
                "above 0$",
            )
            for waveforms in ((MONOPHASIC,), (PULSES, DIRECT))
        ),
        (
            (MONOPHASIC,),
            {"contact": TABLE},
            r"a contact that is known from 1 Hz to 1 MHz; accepted: one that is known up to 1 MHz, as the waveforms "
            r'need it, or numerics\.mode = "quasistatic"$',
        ),
        ((REVERSED,), {"contact": TABLE}, r"accepted: one that is known from 0\.5 Hz to"),
        ((DIRECT,), {"contact": TABLE, "mode": "electroquasistatic"}, r"accepted: one that is known up to 4 kHz"),
    ],
)
def test_a_contact_that_has_no_value_is_refused_in_one_line(waveforms, keys, message):
    with pytest.raises(CaseError, match=message) as raised:
        case(*waveforms, **keys)
    assert "\n" not in str(raised.value)


def test_what_is_resistive_by_choice_needs_no_band():
    assert case(MONOPHASIC, contact=TABLE, mode="quasistatic").steady_Hz == 1000.0
    assert case(PULSES, contact=BLOCKING, mode="quasistatic").steady_Hz == 1000.0
    assert case(MONOPHASIC, contact=BLOCKING, mode="quasistatic", frequency_Hz=1000.0).steady_Hz == 1000.0
    found = case(DIRECT, contact=BLOCKING, frequency_Hz=1000.0)
    assert np.isfinite(case_terminals(found)[0].faces[0][1])


def test_what_is_not_resistive_needs_no_resistance():
    """Balanced pulses pass a contact that blocks direct current, whatever frequency the tissues would be taken at."""
    for mode in ("auto", "electroquasistatic"):
        found = case(PULSES, contact=BLOCKING, mode=mode, frequency_Hz=0.0)
        assert choice(found).mode == "electroquasistatic"


def test_tables_that_share_no_frequency_are_each_taken_where_they_are_known():
    horny = {"kind": "spectrum", "frequency_Hz": [1, 100], "magnitude_ohm_cm2": [1e5, 5e4], "phase_deg": [-5, -20]}
    pad = {"kind": "spectrum", "frequency_Hz": [1e3, 1e5], "magnitude_ohm_cm2": [300, 100], "phase_deg": [-40, -20]}
    found = case(DIRECT, contact=pad, stratum_corneum=horny)
    assert choice(found).mode == "quasistatic"
    ends = 1e5 * np.exp(-5j * np.pi / 180) + 300 * np.exp(-40j * np.pi / 180)
    assert case_terminals(found)[0].faces[0][1] == pytest.approx(1e-4 * abs(ends), rel=1e-12)
