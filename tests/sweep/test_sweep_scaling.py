"""Exposures scaled from the unit case are those computed directly; what has no rule is not scaled."""

from dataclasses import fields, is_dataclass

from mpi4py import MPI

import numpy as np
import pytest

import sim.sweep.scaling as scaling
from sim.case.reading import parse_case
from sim.exposure import expose
from sim.folders import cache_folder
from sim.progress import Silent
from sim.solving import solve_case
from sim.sweep.scaling import RULES, UnitExposures, has_rules
from sim.timings import Timings


def case_of(waveform, amplitude, second=None, mode="quasistatic", other=None, fibres=(1.0, 1.0, 0.0)):
    channels = [
        {"name": "ch1", "electrodes": {"a": 1.0, "b": -0.75, "c": -0.25}, "waveform": waveform, **amplitude},
    ]
    if second:
        channels.append(
            {"name": "ch2", "electrodes": {"b": 1.0, "c": -1.0}, "waveform": other or waveform, "amplitude_mA": second}
        )
    places = {"a": [-20.0, 0.0], "b": [12.0, 10.0], "c": [12.0, -10.0]}
    return parse_case(
        {
            "title": "three pads",
            "body": {
                "kind": "block",
                "length_mm": 80.0,
                "width_mm": 50.0,
                "layers": [
                    {"tissue": "skin", "thickness_mm": 2.0},
                    {"tissue": "muscle", "thickness_mm": 15.0, "fibre_direction": list(fibres)},
                ],
            },
            "tissues": {"override": {"skin": {"conductivity_S_per_m": 0.1}, "muscle": {"conductivity_S_per_m": 0.3}}},
            "electrodes": [
                {
                    "name": name,
                    "pad": {"kind": "disc", "diameter_mm": 12.0},
                    "position_mm": place,
                    "contact_impedance_ohm_cm2": 100.0,
                }
                for name, place in places.items()
            ],
            "probes": [{"name": "deep", "position_mm": [1.0, 2.0, -8.0]}],
            "channels": channels,
            "numerics": {"accuracy": "draft", "element_order": 1, "mode": mode},
        },
        "three pads",
    )


def solved_of(case):
    return solve_case(case, cache_folder(), Silent(), Timings(), MPI.COMM_SELF)


def numbers(part, path=""):
    """All numbers of nested dataclasses, tables and tuples by their path."""
    if isinstance(part, dict):
        return {k: v for key, entry in part.items() for k, v in numbers(entry, f"{path}.{key}").items()}
    if is_dataclass(part):
        return numbers({field.name: getattr(part, field.name) for field in fields(part)}, path)
    if isinstance(part, tuple):
        return numbers(dict(enumerate(part)), path)
    return {path: part}


BIPHASIC = {"kind": "biphasic", "phase_us": 200.0, "rate_Hz": 50.0, "recharge_ratio": 4.0}


@pytest.mark.parametrize(
    ("waveform", "amplitude"),
    [
        (BIPHASIC, {"amplitude_mA": 7.3}),
        ({"kind": "monophasic", "phase_us": 100.0, "rate_Hz": 80.0}, {"amplitude_mA": 0.2}),
        ({"kind": "sine", "frequency_Hz": 4000.0}, {"amplitude_mA": 3.0}),
        ({"kind": "direct"}, {"amplitude_mA": 0.05}),
        (BIPHASIC, {"amplitude_V": 12.0}),
    ],
    ids=["biphasic", "monophasic", "sine", "direct", "voltage"],
)
def test_scaled_numbers_are_those_computed_directly(waveform, amplitude):
    solved = solved_of(case_of(waveform, amplitude))
    response = solved.respond()
    direct = numbers(expose(solved.case, solved.basis, response, solved.conductors))
    scaled = numbers(UnitExposures().expose("key", solved, response))
    assert list(scaled) == list(direct)
    assert len(direct) > 40
    for path, value in direct.items():
        if value is None:
            assert scaled[path] is None, path
        else:  # rounding: sums of many terms in another order; a net current that is zero but for rounding
            assert scaled[path] == pytest.approx(value, rel=1e-9, abs=1e-12 * amplitude.get("amplitude_mA", 1.0)), path


def test_two_channels_at_common_scale_share_a_unit_case(monkeypatch):
    units, calls = UnitExposures(), []
    monkeypatch.setattr(scaling, "expose", lambda *args: calls.append(args) or expose(*args))
    for factor in (1.0, 2.0, 4.0):
        solved = solved_of(case_of(BIPHASIC, {"amplitude_mA": 3.0 * factor}, second=1.5 * factor))
        response = solved.respond()
        scaled = numbers(units.expose("key", solved, response))
        direct = numbers(expose(solved.case, solved.basis, response, solved.conductors))
        assert scaled == pytest.approx(direct, rel=1e-9, abs=1e-12, nan_ok=False)
    assert len(calls) == 1


def test_fields_that_interfere_are_scaled_also_along_fibres(monkeypatch):
    units, calls = UnitExposures(), []
    monkeypatch.setattr(scaling, "expose", lambda *args: calls.append(args) or expose(*args))
    carriers = [{"kind": "sine", "frequency_Hz": f} for f in (4000.0, 4100.0)]
    for factor in (1.0, 3.0):
        solved = solved_of(case_of(carriers[0], {"amplitude_mA": 2.0 * factor}, second=factor, other=carriers[1]))
        response = solved.respond()
        direct = expose(solved.case, solved.basis, response, solved.conductors)
        assert direct.envelope["muscle"].along_fibres is not None
        assert direct.envelope_at_probes["deep"].along_fibres is not None
        scaled, expected = numbers(units.expose("key", solved, response)), numbers(direct)
        told = {path: value for path, value in expected.items() if value is not None}
        assert {path for path, value in scaled.items() if value is not None} == set(told)
        assert {path: scaled[path] for path in told} == pytest.approx(told, rel=1e-9, abs=1e-12, nan_ok=False)
    assert len(calls) == 1


def test_fibres_of_tissue_that_conducts_alike_in_all_directions_count():
    """They change neither mesh nor solution, but what is along them."""
    units = UnitExposures()
    carriers = [{"kind": "sine", "frequency_Hz": f} for f in (4000.0, 4100.0)]
    found = []
    for fibres in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)):
        solved = solved_of(case_of(carriers[0], {"amplitude_mA": 2.0}, second=1.0, other=carriers[1], fibres=fibres))
        response = solved.respond()
        scaled = units.expose("key", solved, response).envelope_at_probes["deep"].along_fibres
        direct = expose(solved.case, solved.basis, response, solved.conductors).envelope_at_probes["deep"].along_fibres
        assert scaled.direction == direct.direction == fibres
        assert scaled.envelope_V_per_m == pytest.approx(direct.envelope_V_per_m, rel=1e-9)
        found.append(scaled.envelope_V_per_m)
    assert found[0] != pytest.approx(found[1], rel=0.1)


def test_over_frequency_amplitudes_are_scaled_and_waveforms_are_not(monkeypatch):
    units, calls = UnitExposures(), []
    counted = lambda *args: calls.append(args) or expose(*args)  # noqa: E731
    monkeypatch.setattr(scaling, "expose", counted)
    slow = {"kind": "monophasic", "phase_us": 400.0, "rate_Hz": 50.0}
    for waveform, amplitude, exposed in ((BIPHASIC, 1.0, 1), (BIPHASIC, 7.3, 1), (slow, 2.0, 2)):
        solved = solved_of(case_of(waveform, {"amplitude_mA": amplitude}, mode="electroquasistatic"))
        response = solved.respond()
        scaled = numbers(units.expose("key", solved, response))
        direct = numbers(expose(solved.case, solved.basis, response, solved.conductors))
        assert scaled == pytest.approx(direct, rel=1e-9, abs=1e-12 * amplitude)
        assert len(calls) == exposed


def test_a_response_that_is_no_multiple_is_computed_anew(monkeypatch):
    units, calls = UnitExposures(), []
    solved = solved_of(case_of(BIPHASIC, {"amplitude_mA": 3.0}))
    response = solved.respond()
    units.expose("key", solved, response)
    monkeypatch.setattr(scaling, "expose", lambda *args: calls.append(args) or expose(*args))
    units.expose("key", solved, response)
    assert not calls
    object.__setattr__(response, "voltages", response.voltages * np.linspace(1.0, 1.1, response.voltages.shape[1]))
    units.expose("key", solved, response)
    assert len(calls) == 1


def test_every_number_has_a_rule():
    assert has_rules()  # else every case is computed directly: slow, but right


@pytest.mark.parametrize("kind", RULES, ids=lambda kind: kind.__name__)
def test_a_number_without_a_rule_stops_all_scaling(kind, monkeypatch):
    rules = dict(list(RULES[kind].items())[1:])
    monkeypatch.setitem(RULES, kind, rules)
    assert not has_rules()
