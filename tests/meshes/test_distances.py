"""Distances of terminals against numbers that can be counted."""

import numpy as np
import pytest

from meshes.bodies import Block, Face, Limb
from meshes.construction import BuiltPad
from meshes.distances import distances, pad_gap_mm
from meshes.geometry import Geometry, PlacedLead
from meshes.inclusions import Sphere
from meshes.layers import Core, Layer
from meshes.leads import Concentric, Shaft, ShaftContact
from meshes.pads import Disc, Polygon, Rectangle, Ring

LAYERS = (Layer(tissue="skin", thickness_mm=2.0), Layer(tissue="muscle", thickness_mm=30.0))
BLOCK = Block(kind="block", length_mm=200.0, width_mm=200.0, layers=LAYERS)
LIMB = Limb(kind="limb", length_mm=200.0, radius_mm=50.0, layers=LAYERS[:1], core=Core(tissue="muscle"))
FACE = Face(kind="face", length_mm=150.0, width_mm=150.0, radius_mm=80.0, layers=LAYERS)
DISC = Disc(kind="disc", diameter_mm=20.0)
RING = Ring(kind="ring", inner_diameter_mm=30.0, outer_diameter_mm=40.0)
SQUARE = Rectangle(kind="rectangle", length_mm=10.0, width_mm=10.0)
L_SHAPE = Polygon(
    kind="polygon", points_mm=((0.0, 0.0), (20.0, 0.0), (20.0, 5.0), (5.0, 5.0), (5.0, 15.0), (0.0, 15.0))
)


def at(outline, x, y, name="p"):
    return BuiltPad(name=name, pad=outline, position_mm=(x, y))


def gap(body, one, other):
    geometry = Geometry(body=body, pads=(one, other))
    forth, back = pad_gap_mm(geometry, one, other), pad_gap_mm(geometry, other, one)
    assert forth == pytest.approx(back, rel=1e-2, abs=1e-6)
    return forth


@pytest.mark.parametrize("body", [BLOCK, LIMB], ids=["block", "limb"])
@pytest.mark.parametrize("turn", np.linspace(0.0, 90.0, 4))
def test_gap_of_discs(body, turn):
    x, y = 23.0 * np.cos(np.radians(turn)), 23.0 * np.sin(np.radians(turn))
    assert gap(body, at(DISC, 0.0, 0.0), at(DISC, float(x), float(y))) == pytest.approx(3.0, abs=1e-3)


def test_gap_on_a_sphere_is_an_arc():
    x = 80.0 * 0.5  # half a radian apart, along the middle line
    one, other = at(DISC, -x / 2, 0.0), at(DISC, x / 2, 0.0)
    reach = 2 * 80.0 * np.arcsin(10.0 / 2 / 80.0)  # a disc keeps its area, not its radius
    assert gap(FACE, one, other) == pytest.approx(x - 2 * reach, rel=2e-3)


@pytest.mark.parametrize("s", [0.0, 100.0, 150.0])
def test_gap_around_the_limb_takes_the_shorter_way(s):
    around = 2 * np.pi * 50.0
    assert gap(LIMB, at(DISC, 0.0, s - around / 2), at(DISC, 0.0, s + 40.0 - around / 2)) == pytest.approx(
        20.0, abs=1e-3
    )
    assert gap(LIMB, at(DISC, 0.0, 145.0), at(DISC, 0.0, -145.0)) == pytest.approx(around - 290.0 - 20.0, abs=1e-3)


@pytest.mark.parametrize("body", [BLOCK, LIMB, FACE], ids=["block", "limb", "face"])
def test_a_disc_in_the_hole_of_a_ring(body):
    tolerance = 0.02 if body is FACE else 1e-3
    assert gap(body, at(RING, 5.0, 5.0), at(DISC, 5.0, 5.0)) == pytest.approx(5.0, abs=tolerance)
    assert gap(body, at(RING, 5.0, 5.0), at(DISC, 8.0, 5.0)) == pytest.approx(2.0, abs=2 * tolerance)
    assert gap(body, at(RING, 5.0, 5.0), at(DISC, 11.0, 5.0)) == pytest.approx(-1.0, rel=5e-2)


def test_a_pad_in_the_bay_of_another():
    small = Disc(kind="disc", diameter_mm=4.0)
    assert gap(BLOCK, at(L_SHAPE, 0.0, 0.0), at(small, 9.0, 10.0)) == pytest.approx(2.0, abs=1e-4)
    assert gap(BLOCK, at(L_SHAPE, 0.0, 0.0), at(small, 6.0, 10.0)) == pytest.approx(-1.0, rel=2e-2)


def test_overlap_is_how_far_pads_reach_into_each_other():
    assert gap(BLOCK, at(DISC, 0.0, 0.0), at(DISC, 18.0, 0.0)) == pytest.approx(-2.0, rel=1e-2)
    assert gap(LIMB, at(DISC, 0.0, 150.0), at(DISC, 0.0, 168.0)) == pytest.approx(-2.0, rel=1e-2)
    assert gap(BLOCK, at(SQUARE, 0.0, 0.0), at(SQUARE, 0.0, 0.0)) == pytest.approx(-10.0, rel=1e-2)


def test_pads_that_touch_have_no_gap():
    assert gap(BLOCK, at(SQUARE, 0.0, 0.0), at(SQUARE, 10.0, 0.0)) == 0.0
    assert gap(BLOCK, at(SQUARE, 0.0, 0.0), at(SQUARE, 10.0, 10.0)) == 0.0


def all_gaps(geometry):
    return {(d.one, d.other): d.gap_mm for d in distances(geometry)}


def test_contacts_of_a_lead():
    contacts = tuple(ShaftContact(name=str(i), from_mm=3.0 * i, length_mm=1.5) for i in range(3))
    shape = Shaft(kind="shaft", shaft_diameter_mm=1.2, tip="flat", contacts=contacts)
    lead = PlacedLead(name="lead", shape=shape, tip_mm=(0.0, 0.0, -20.0), direction=(0.0, 0.0, 2.0))
    found = all_gaps(Geometry(body=BLOCK, pads=(at(DISC, 0.0, 0.0, "top"),), leads=(lead,)))
    assert list(found) == [
        ("top", "lead0"), ("top", "lead1"), ("top", "lead2"),
        ("lead0", "lead1"), ("lead0", "lead2"), ("lead1", "lead2"),
    ]  # fmt: skip
    assert found["lead0", "lead1"] == pytest.approx(1.5, abs=0.01)
    assert found["lead0", "lead2"] == pytest.approx(4.5, abs=0.01)
    assert found["top", "lead2"] == pytest.approx(20.0 - 7.5, rel=0.01)


def test_a_concentric_needle_and_an_implant():
    shape = Concentric(
        kind="concentric",
        core_diameter_mm=0.2,
        insulation_diameter_mm=0.4,
        cannula_diameter_mm=0.6,
        cannula_length_mm=3.0,
    )
    lead = PlacedLead(name="n", shape=shape, tip_mm=(0.0, 0.0, -20.0), direction=(0.0, 0.0, 1.0))
    ball = Sphere(kind="sphere", name="ball", material="metal", center_mm=(10.0, 0.0, -20.0), radius_mm=4.0)
    found = all_gaps(Geometry(body=BLOCK, leads=(lead,), inclusions=(ball,)))
    assert found["n-core", "n-cannula"] == pytest.approx(0.1, rel=0.01)
    assert found["n-core", "ball"] == pytest.approx(10.0 - 4.0 - 0.1, abs=0.1)
    assert found["n-cannula", "ball"] == pytest.approx(10.0 - 4.0 - 0.3, abs=0.1)


def test_two_implants():
    one, other = (
        Sphere(kind="sphere", name=name, material="metal", center_mm=(x, 0.0, -20.0), radius_mm=4.0)
        for name, x in (("one", 0.0), ("other", 9.0))
    )
    assert all_gaps(Geometry(body=BLOCK, inclusions=(one, other)))["one", "other"] == pytest.approx(1.0, abs=0.4)
