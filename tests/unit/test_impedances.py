"""Impedance of the channels over frequency, against a resistance in series with a capacitive contact."""

import struct

import numpy as np
import pytest
from test_fields import CASE, tiny_body

from sim.case import parse_case
from sim.harmonic_basis import HarmonicBasis, HarmonicContact, HarmonicFacts
from sim.harmonic_terms import Terms
from sim.impedances import channel_impedances
from sim.report.pictures import draw_all, draw_impedance
from sim.report.pictures.impedance import impedances
from sim.signal import SHOWN_HZ
from sim.terminals import case_membranes, case_metals
from sim.tissues import Conductor

AREA, LENGTH = 3e-4, 0.5  # m2 of the contact; of the body: κ of its first term times this is its conductance, m
RESISTANCE, CAPACITANCE = 0.3, 4e-4  # Ohm m2, F/m2
BAND = np.geomspace(20.0, 8000.0, 7)
PLACES = {"a": -18.0, "b": 0.0, "c": 18.0}  # of pads along x, mm
CHANNEL = CASE["channels"][0]
CONDUCTIVITY = 0.1  # S/m
CONDUCTORS = tuple(Conductor(n, n, CONDUCTIVITY, CONDUCTIVITY, None, "test") for n in ("skin", "muscle"))
CONTACT = {"kind": "rc", "resistance_ohm_cm2": 3000.0, "capacitance_nF_per_cm2": 40.0}


def capacitive():
    """Case and basis: the contact of one pad, then the body, then the other pad; the node between them is a mode."""
    left, right = CASE["electrodes"]
    case = parse_case(CASE | {"electrodes": [left | {"contact": CONTACT}, right]}, "test")
    _, resistive, _ = tiny_body()
    names = Terms.of(CONDUCTORS, case_metals(case), case_membranes(case), BAND).names
    matrices = np.zeros((len(names), 3, 3))
    matrices[0] = LENGTH * np.array([[0, 0, 0], [0, 1, -1], [0, -1, 1]])
    matrices[names.index("contact of pad left")] = AREA * np.array([[1, 0, -1], [0, 0, 0], [-1, 0, 1]])
    cells = len(resistive.cells)
    contacts = tuple(HarmonicContact(contact.name, contact.corners, (), ()) for contact in resistive.contacts)
    return case, HarmonicBasis(
        points=resistive.points,
        cells=resistive.cells,
        layers=resistive.layers,
        layer_names=resistive.layer_names,
        terminals=resistive.terminals,
        terms=names,
        layer_terms=np.zeros((2, 2), dtype=np.int64),
        along=np.zeros((cells, 3, 3)),
        potentials=np.zeros((3, len(resistive.points))),
        fields=np.zeros((3, cells, 4, 3)),
        contacts=contacts,
        matrices=matrices,
        frequencies_Hz=BAND,
        facts=HarmonicFacts(10, 2, 3, ("complex",), (20.0,), (), 1, 0.0, 0.0, 0.0, None, 0.0, 0.0),
    )


def in_series(frequencies_Hz):
    """Ohm: 1 / A (1/R + iωC), and 1 / κ L of the body."""
    contact = 1.0 / (AREA * (1.0 / RESISTANCE + 2j * np.pi * frequencies_Hz * CAPACITANCE))
    return contact + 1.0 / (LENGTH * CONDUCTIVITY)


def test_a_contact_in_series_with_a_body():
    case, basis = capacitive()
    found = impedances(case, CONDUCTORS, basis)
    f = found.frequencies_Hz
    assert (f[0], f[-1]) == (BAND[0], BAND[-1])
    assert (np.diff(f) > 0.0).all()
    assert found.values_ohm[:, 0] == pytest.approx(in_series(f), rel=1e-12)
    assert f[list(found.shown)] == pytest.approx(SHOWN_HZ)
    assert np.abs(found.values_ohm[:, 0]).max() > 3.0 * np.abs(found.values_ohm[:, 0]).min()


def test_the_picture_says_the_impedances_at_its_dots(tmp_path):
    case, basis = capacitive()
    picture = draw_impedance(case, CONDUCTORS, basis, tmp_path / "impedance.png")
    for f, text in zip(SHOWN_HZ, ("50 Hz", "1 kHz", "4 kHz"), strict=True):
        z = in_series(f)
        size = f"{abs(z) / 1e3:.4g} kΩ" if abs(z) >= 1e3 else f"{abs(z):.4g} Ω"
        assert f"{size} at {np.degrees(np.angle(z)):.3g}° at {text}" in picture.alt
    assert "from 20 Hz to 8 kHz: ch1" in picture.alt
    assert struct.unpack(">I", (tmp_path / "impedance.png").read_bytes()[16:20]) == (1280,)


def test_channels_see_the_load_between_their_own_poles():
    # a star of 1, 2 and 3 Ohm: between two of its ends the sum of their resistances, the third floating
    pads = [CASE["electrodes"][0] | {"name": name, "position_mm": [x, 0.0]} for name, x in PLACES.items()]
    poles = [{"a": 1.0, "b": -1.0}, {"c": 1.0, "a": -0.5, "b": -0.5}]
    channels = [CHANNEL | {"name": f"ch{i}", "electrodes": each} for i, each in enumerate(poles)]
    case = parse_case(CASE | {"electrodes": pads, "channels": channels}, "test")
    arms = 1.0 / np.array([1.0, 2.0, 3.0])
    star = np.diag(arms) - np.outer(arms, arms) / arms.sum()
    found = channel_impedances(case, case.terminals, [star, 2.0 * star, 1j * star])
    # 3 Ohm, and half of the current each through 1 and 2 Ohm
    expected = np.array([3.0, 3.0 + 0.25 + 0.5])
    assert found == pytest.approx(np.stack([expected, expected / 2.0, expected / 1j]))


def test_only_a_body_solved_over_frequency_has_the_picture(tmp_path, monkeypatch):
    from sim.report import pictures

    for name in ("draw_placement", "draw_contacts", "draw_distribution", "draw_section", "draw_depth", "draw_waveform"):
        monkeypatch.setattr(pictures, name, lambda *_, name=name: pictures.Picture(name, "", ""))
    case, resistive, response = tiny_body()
    drawn = draw_all(case, None, resistive, response, CONDUCTORS, tmp_path)
    assert [picture.name for picture in drawn][6:] == ["over-time-ch1"]
    case, basis = capacitive()
    drawn = draw_all(case, None, basis, response, CONDUCTORS, tmp_path)
    assert [picture.name for picture in drawn][6:] == ["over-time-ch1", "impedance"]
