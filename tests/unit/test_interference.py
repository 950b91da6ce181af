"""Two carriers that meet: which channels they are of, and their amplitudes with and without capacitance."""

import dataclasses

import numpy as np
import pytest
from test_fields import CASE, CONDUCTORS, tiny_body

from sim.case import parse_case
from sim.clocks import Clock
from sim.envelope import carrier_peak
from sim.errors import CaseError
from sim.exposure import expose
from sim.exposure.envelope import probe_envelopes, tissue_envelopes
from sim.interference import carriers, fibre_directions, interference, principal_axis
from sim.report.fields import ENVELOPE_UNITS, FIBRE_UNITS, UNITS, fields_grid
from sim.response import respond

FAST, SLOW = 4100.0, 4000.0


def sine(frequency_Hz):
    return {"kind": "sine", "frequency_Hz": frequency_Hz}


def case_of(*waveforms):
    """Channels of these waveforms, all between the same two pads."""
    channel = CASE["channels"][0]
    channels = [channel | {"name": f"ch{i}", "waveform": waveform} for i, waveform in enumerate(waveforms)]
    return parse_case(CASE | {"channels": channels}, "test")


def driven(field, *clocks):
    """The tiny body with another field over its components (components, 1, 1, 3)."""
    _, basis, response = tiny_body()
    everywhere = np.broadcast_to(field, (len(field), len(basis.cells), 4, 3))
    return basis, dataclasses.replace(response, field=everywhere, clocks=clocks)


def clock_of(number, frequency_Hz, components, values):
    """A clock with the components as functions of the phase, sampled evenly over a period."""
    times = np.arange(64) / 64 / frequency_Hz
    phase = 2 * np.pi * frequency_Hz * times
    table = np.column_stack([value(phase) for value in values])
    return Clock((number,), components, times, np.full(64, 1 / 64), table, 1 / frequency_Hz)


@pytest.mark.parametrize(
    ("waveforms", "groups"),
    [
        ((sine(4000.0), sine(4100.0)), ((0,), (1,))),
        ((sine(4100.0), {"kind": "direct"}, sine(4000.0)), ((0,), (2,))),
        ((sine(4000.0), sine(4100.0), sine(4000.0)), ((0, 2), (1,))),
        ((sine(3600.0), sine(4000.0)), ((0,), (1,))),  # 10 %
        ((sine(3599.0), sine(4000.0)), ()),
        ((sine(4000.0), sine(4000.0)), ()),
        ((sine(4000.0), sine(4050.0), sine(4100.0)), ()),
        ((sine(4000.0),), ()),
        ((sine(4000.0), {"kind": "biphasic", "phase_us": 50.0, "rate_Hz": 4100.0}), ()),
        # a pulse in step with a sine: together they are no carrier
        ((sine(4000.0), {"kind": "biphasic", "phase_us": 50.0, "rate_Hz": 4000.0}, sine(4100.0)), ()),
    ],
)
def test_two_neighbouring_sines_are_carriers(waveforms, groups):
    assert carriers(case_of(*waveforms)) == groups


def test_without_two_carriers_there_is_nothing():
    case, basis, response = tiny_body()
    assert interference(case, basis, response) is None
    exposure = expose(case, basis, response, CONDUCTORS)
    assert (exposure.envelope, exposure.envelope_at_probes) == ({}, {})
    assert not set(ENVELOPE_UNITS) & set(fields_grid(basis, response, CONDUCTORS).cell_data)


def test_without_capacitance_channels_of_one_carrier_add_up():
    case = case_of(sine(FAST), sine(SLOW), sine(FAST))
    vectors = np.array([[1.0, 2.0, 0.0], [0.0, 0.0, 5.0], [0.5, -2.0, 1.0]])
    basis, response = driven(vectors[:, None, None])
    found = interference(case, basis, response)
    assert (found.carriers_Hz, found.channels) == ((FAST, SLOW), ((0, 2), (1,)))
    assert (found.fields[0] == [1.5, 0.0, 1.0]).all()
    assert (found.fields[1] == [0.0, 0.0, 5.0]).all()


@pytest.mark.parametrize("delay", [0.0, 0.4, np.pi / 2, 2.5, -1.3])
def test_a_delay_changes_no_amplitude(delay):
    # E = u sin(phase - delay) as two components that are neither orthogonal nor of unit size
    u, case = np.array([3.0, -1.0, 2.0]), case_of(sine(FAST), sine(SLOW))
    first = clock_of(0, FAST, (0, 2), (lambda p: np.sin(p), lambda p: np.sin(p) + 2.0 * np.cos(p)))
    second = clock_of(1, SLOW, (1,), (np.sin,))
    other = -np.sin(delay) / 2.0
    fields = np.stack([(np.cos(delay) - other) * u, [1.0, 1.0, 0.0], other * u])
    basis, response = driven(fields[:, None, None], first, second)
    found = interference(case, basis, response).fields[0]
    assert found == pytest.approx(np.broadcast_to(found[0, 0], found.shape), abs=1e-12)
    assert found[0, 0] * np.sign(found[0, 0, 0]) == pytest.approx(u, abs=1e-12)


def test_the_long_axis_of_an_ellipse_is_its_largest_length_over_time():
    random = np.random.default_rng(3)
    a, b = random.normal(size=(2, 20, 1, 3))
    found = principal_axis(np.repeat(a, 4, axis=1), np.repeat(b, 4, axis=1))
    phase = np.linspace(0.0, np.pi, 20_001)[:, None, None]  # misses the largest length by less than 1e-8 of it
    longest = np.linalg.norm(a[:, 0] * np.cos(phase) + b[:, 0] * np.sin(phase), axis=2).max(axis=0)
    assert np.linalg.norm(found, axis=2) == pytest.approx(np.repeat(longest[:, None], 4, axis=1), rel=3e-8)


def test_a_field_that_turns_round_inside_a_cell_stays_linear():
    # of one phase everywhere: the corners keep their signs against each other
    sizes = np.array([1.0, -2.0, 0.5, -0.1])
    u = sizes[:, None] * np.array([0.0, 3.0, 4.0])
    found = principal_axis(np.cos(0.7) * u[None], np.sin(0.7) * u[None])[0]
    assert found * np.sign(found[0, 1]) == pytest.approx(u, abs=1e-12)


def test_the_largest_field_of_two_delayed_carriers_is_that_of_a_long_sample():
    a, b = np.array([[3.0, 0.0, 1.0], [1.0, 2.0, 0.0]])
    case = case_of(sine(FAST), sine(SLOW))
    waves = (np.sin, np.cos)
    fields = np.stack([np.cos(0.9) * a, np.sin(0.9) * a, np.cos(2.0) * b, np.sin(2.0) * b])[:, None, None]
    basis, response = driven(fields, clock_of(0, FAST, (0, 1), waves), clock_of(1, SLOW, (2, 3), waves))
    t = np.linspace(0.0, 0.01, 400_001)[:, None]  # a beat
    whole = a * np.sin(2 * np.pi * FAST * t + 0.9) + b * np.sin(2 * np.pi * SLOW * t + 2.0)
    found = carrier_peak(*interference(case, basis, response).fields[:, 0, 0])
    # The phases move against each other by 1/41 of a turn a cycle: two crests miss by at most 1/82 of a turn, so that
    # each is within (π / 82)² / 2 = 7e-4 of its top.
    assert found == pytest.approx(np.linalg.norm(whole, axis=1).max(), rel=1e-3)


def test_tissues_see_the_envelope_of_uniform_fields():
    # orthogonal unit fields: excursion sqrt(2), depth 1, largest length sqrt(2)
    case = case_of(sine(FAST), sine(SLOW))
    basis, response = driven(np.eye(3)[:2, None, None])
    found = tissue_envelopes(basis, interference(case, basis, response), CONDUCTORS)
    assert set(found) == {"skin", "muscle"}
    for tissue in found.values():
        for spread in (tissue.envelope_V_per_m, tissue.carrier_peak_V_per_m):
            assert (spread.p50, spread.p99) == pytest.approx((np.sqrt(2), np.sqrt(2)))
        assert tissue.modulation_depth.p50 == pytest.approx(1.0)


def test_cells_of_the_file_hold_the_envelope():
    # parallel fields of 1 and 0.5: the sum beats between 0.5 and 1.5
    case = case_of(sine(FAST), sine(SLOW))
    basis, response = driven(np.array([[1.0, 0.0, 0.0], [-0.5, 0.0, 0.0]])[:, None, None])
    response = dataclasses.replace(respond(case, basis), field=response.field)
    grid = fields_grid(basis, response, CONDUCTORS, interference(case, basis, response))
    for name, value in {"envelope_max": 1.0, "carrier_peak": 1.5, "modulation_depth": 0.5}.items():
        assert grid.cell_data[name] == pytest.approx(value, rel=1e-6)
    assert dict(text.split(": ") for text in grid.field_data["units"]) == UNITS | ENVELOPE_UNITS
    assert not set(FIBRE_UNITS) & set(grid.cell_data)  # no tissue of this case has fibres


def test_tissues_differ_where_their_fields_do():
    case, (basis, response) = case_of(sine(FAST), sine(SLOW)), driven(np.eye(3)[:2, None, None])
    sizes = np.where(basis.layers == 0, 1.0, 3.0)[:, None, None]
    response = dataclasses.replace(response, field=response.field * sizes)
    found = tissue_envelopes(basis, interference(case, basis, response), CONDUCTORS)
    assert found["skin"].envelope_V_per_m.p50 == pytest.approx(np.sqrt(2))
    assert found["muscle"].envelope_V_per_m.p50 == pytest.approx(3.0 * np.sqrt(2))


def test_the_exposure_of_a_case_holds_its_envelope():
    # both channels between the same pads at the same amplitude: the sum beats between 0 and its peak
    case, (_, basis, _) = case_of(sine(FAST), sine(SLOW)), tiny_body()
    found = expose(case, basis, respond(case, basis), CONDUCTORS)
    assert set(found.envelope) == set(found.tissues)
    for name, envelope in found.envelope.items():
        peak = found.tissues[name].E_peak_V_per_m
        assert (envelope.carrier_peak_V_per_m.p50, envelope.carrier_peak_V_per_m.p99) == pytest.approx(
            (peak.p50, peak.p99)
        )
        assert envelope.envelope_V_per_m.p50 == pytest.approx(peak.p50)
        assert envelope.modulation_depth.p50 == pytest.approx(1.0)


SLANTED = [3.0, 0.0, 4.0]


def fibred(**probe):
    """Two carriers through skin without and muscle with fibres, of fields along x (2 and 1) and z (0 and 1)."""
    layers = [dict(layer) for layer in CASE["body"]["layers"]]
    layers[1]["fibre_direction"] = SLANTED
    channel = CASE["channels"][0]
    channels = [channel | {"name": f"ch{i}", "waveform": sine(f)} for i, f in enumerate((FAST, SLOW))]
    probes = [CASE["probes"][0] | probe]
    content = CASE | {"body": CASE["body"] | {"layers": layers}, "channels": channels, "probes": probes}
    case = parse_case(content, "test")
    basis, response = driven(np.array([[2.0, 0.0, 0.0], [1.0, 0.0, 1.0]])[:, None, None])
    return case, basis, dataclasses.replace(respond(case, basis), field=response.field)


def test_fibres_are_those_of_each_layer():
    case, basis, _ = fibred()
    found = fibre_directions(case, basis)
    assert np.isnan(found[basis.layers == 0]).all()
    assert found[basis.layers == 1] == pytest.approx(np.tile([0.6, 0.0, 0.8], ((basis.layers == 1).sum(), 1)))


def test_where_there_are_fibres_the_envelope_is_told_along_them():
    # along (0.6, 0, 0.8) the fields have 1.2 and 1.4
    case, basis, response = fibred()
    met = interference(case, basis, response)
    tissues = tissue_envelopes(basis, met, CONDUCTORS)
    assert tissues["skin"].along_fibres is None
    along = tissues["muscle"].along_fibres
    assert (along.envelope_V_per_m.p50, along.envelope_V_per_m.p99) == pytest.approx((2.4, 2.4))
    assert along.modulation_depth.p50 == pytest.approx(1.2 / 1.4)
    grid = fields_grid(basis, response, CONDUCTORS, met)
    assert dict(text.split(": ") for text in grid.field_data["units"]) == UNITS | ENVELOPE_UNITS | FIBRE_UNITS
    assert grid.cell_data["envelope_along_fibres"][basis.layers == 1] == pytest.approx(2.4)
    assert np.isnan(grid.cell_data["envelope_along_fibres"][basis.layers == 0]).all()


@pytest.mark.parametrize(
    ("probe", "direction", "envelope"),
    [
        ({}, [0.6, 0.0, 0.8], 2.4),
        ({"fibre_direction": [0.0, 0.0, -5.0]}, [0.0, 0.0, -1.0], 0.0),  # the probe's own direction comes first
        ({"fibre_direction": [2.0, 0.0, 0.0]}, [1.0, 0.0, 0.0], 2.0),
        ({"position_mm": [0.0, 1.0, -1.0]}, None, None),  # in the skin
        ({"position_mm": [0.0, 1.0, -1.0], "fibre_direction": [2.0, 0.0, 0.0]}, [1.0, 0.0, 0.0], 2.0),
    ],
)
def test_probes_tell_the_envelope_along_their_nerve(probe, direction, envelope):
    case, basis, response = fibred(**probe)
    found = probe_envelopes(case, basis, interference(case, basis, response))["nerve"]
    # the fields enclose 45 degrees and the shorter one ends on the perpendicular: sqrt(2) = 2 cos 45
    assert found.envelope_V_per_m == pytest.approx(2.0 * np.sqrt(2.0))
    assert np.abs(found.direction) == pytest.approx(np.array([1.0, 0.0, 1.0]) / np.sqrt(2.0))
    assert found.carrier_peak_V_per_m == pytest.approx(np.sqrt(10.0))
    if direction is None:
        assert found.along_fibres is None
    else:
        assert found.along_fibres.direction == pytest.approx(direction)
        assert found.along_fibres.envelope_V_per_m == pytest.approx(envelope)
    assert expose(case, basis, response, CONDUCTORS).envelope_at_probes["nerve"] == found


def test_a_direction_without_length_is_none():
    with pytest.raises(CaseError, match=r"probes.nerve.fibre_direction: found \[0, 0, 0\]; accepted: a direction"):
        fibred(fibre_direction=[0.0, 0.0, 0.0])
