"""Layers made by lifting: exact thickness on every body, prisms that agree about their sides, snaps, detached parts."""

import numpy as np
import pytest
from checking import area, assert_conforming, cells_of, facets_of, volume

from meshes.bodies import Block, Face, Limb
from meshes.build import build_mesh
from meshes.construction import BuiltPad, Connector, Detached, StackLayer
from meshes.geometry import Geometry
from meshes.layers import Core, Layer
from meshes.lifting import _heights, _lift
from meshes.measuring import tetrahedron_volumes
from meshes.pads import Disc

LAYERS = (
    Layer(tissue="stratum_corneum", thickness_mm=0.02),
    Layer(tissue="epidermis", thickness_mm=0.08),
    Layer(tissue="skin", thickness_mm=1.5),
    Layer(tissue="muscle", thickness_mm=8.0),
)
BODIES = {
    "block": Block(kind="block", length_mm=40.0, width_mm=30.0, layers=LAYERS),
    "limb": Limb(kind="limb", length_mm=50.0, radius_mm=20.0, layers=LAYERS[:3], core=Core(tissue="muscle")),
    "face": Face(kind="face", length_mm=40.0, width_mm=40.0, radius_mm=60.0, layers=LAYERS),
}
STACK = (StackLayer(material="hydrogel", thickness_mm=1.0), StackLayer(material="carbon_rubber", thickness_mm=0.3))
DISC = Disc(kind="disc", diameter_mm=10.0)


def meshed(body, **parts):
    mesh = build_mesh(
        Geometry(body=body, pads=(BuiltPad(name="p", pad=DISC, position_mm=(0.0, 0.0), **parts),)), "draft"
    )
    assert_conforming(mesh)
    return mesh


def depths(body, points):
    feet = body.wrap_mm((0.0, 0.0), body.unwrap_mm((0.0, 0.0), points))
    return np.linalg.norm(points - feet, axis=1)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_thin_layers_have_their_thickness_at_every_vertex(body):
    mesh = meshed(body)
    for name, low, high in (("stratum_corneum", 0.0, 0.02), ("epidermis", 0.02, 0.1)):
        found = depths(body, mesh.points_mm[np.unique(cells_of(mesh, name))])
        at_low, at_high = np.abs(found - low) < 1e-3, np.abs(found - high) < 1e-3
        assert (at_low | at_high).all() and at_low.sum() == at_high.sum()
    assert "insulated" not in mesh.face_names  # the sides of the body's layers belong to its cut


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_stack_has_its_thickness(body):
    mesh = meshed(body, stack=STACK)
    for name, low, high in (("p 1 hydrogel", 0.0, 1.0), ("p 2 carbon_rubber", 1.0, 1.3)):
        found = depths(body, mesh.points_mm[np.unique(cells_of(mesh, name))])
        assert found.min() == pytest.approx(low, abs=2e-2)
        assert found.max() == pytest.approx(high, abs=2e-2)
    bend = 1.0 if body.kind == "block" else 1.05
    expected = DISC.area_mm2 * np.array([1.0, 0.3])
    found = [volume(mesh, name) for name in ("p 1 hydrogel", "p 2 carbon_rubber")]
    assert (found > 0.99 * expected).all() and (found < bend * 1.01 * expected).all()


def test_a_stack_touches_the_skin_through_twins_alone():
    mesh = meshed(BODIES["limb"], stack=STACK)
    inside, outside = facets_of(mesh, "contact p inside"), facets_of(mesh, "contact p outside")
    partner = dict(map(tuple, mesh.twins))
    assert [[partner[v] for v in facet] for facet in inside] == outside.tolist()
    stack = np.unique(np.vstack([cells_of(mesh, n) for n in mesh.volume_names if n.startswith("p ")]))
    body = np.unique(np.vstack([cells_of(mesh, n) for n in mesh.volume_names if not n.startswith("p ")]))
    assert not np.isin(stack, body).any()
    assert area(mesh, "insulated") == pytest.approx(np.pi * 10 * 1.3, rel=0.05)  # the stack's side
    assert area(mesh, "terminal p") > DISC.area_mm2
    assert "pad p" not in mesh.face_names


def test_metal_on_top_or_nowhere_but_at_the_snap():
    full = meshed(BODIES["block"], stack=(*STACK, StackLayer(material="metal", thickness_mm=0.1)))
    assert area(full, "terminal p") == pytest.approx(DISC.area_mm2, rel=5e-3)
    snap = meshed(BODIES["block"], stack=STACK, connector=Connector(diameter_mm=3.0, position_mm=(2.0, 1.0)))
    assert area(snap, "terminal p") == pytest.approx(np.pi * 2.25, rel=5e-3)
    top = snap.points_mm[facets_of(snap, "terminal p")].reshape(-1, 3)
    np.testing.assert_allclose(top[:, 2], 1.3)
    assert np.hypot(top[:, 0] - 2.0, top[:, 1] - 1.0).max() == pytest.approx(1.5, rel=1e-3)


def test_detached_parts_of_a_stack():
    part = Detached(outline=Disc(kind="disc", diameter_mm=4.0), position_mm=(4.0, 0.0))  # over the pad's rim
    mesh = meshed(BODIES["block"], stack=STACK, detached=(part,))
    lens = area(mesh, "contact p detached 1 inside")
    assert area(mesh, "contact p inside") + lens == pytest.approx(DISC.area_mm2, rel=5e-3)
    assert 0.5 * 4 * np.pi < lens < 4 * np.pi
    assert lens == pytest.approx(area(mesh, "contact p detached 1 outside"))


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 2, 0, 1, 3)])
def test_prisms_fill_the_space_and_agree_about_their_sides(order):
    plane = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.5, 0.4]])
    facets = np.array(order)[np.array([[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]])]
    points = np.empty((10, 3))
    points[np.array(order)] = np.column_stack([plane, np.zeros(5)])
    points[np.array(order) + 5] = np.column_stack([plane, np.full(5, 2.0)])
    lift = _lift(facets, np.arange(5), [np.arange(5), np.arange(5) + 5])
    assert tetrahedron_volumes(points[lift.levels[0]]).sum() == pytest.approx(2.0)
    faces = np.sort(
        np.vstack([lift.levels[0][:, [i, j, k]] for i, j, k in ((0, 1, 2), (0, 1, 3), (0, 2, 3), (1, 2, 3))])
    )
    faces, counts = np.unique(faces, axis=0, return_counts=True)
    assert counts.max() == 2
    outside = {tuple(face) for face in faces[counts == 1]}
    named = np.sort(np.vstack([facets, lift.top, lift.sides]), axis=1)
    assert {tuple(face) for face in named} == outside
    assert len(lift.sides) == 8


def test_levels_are_thin_below_a_snap():
    """A layer that current crosses is one level, the one below a snap four, each three times as thick as the next."""
    layers = [{"material": "hydrogel", "thickness_mm": 1.0}, {"material": "carbon_rubber", "thickness_mm": 2.0}]
    pad = BuiltPad.model_validate(
        {
            "name": "a",
            "pad": {"kind": "disc", "diameter_mm": 30.0},
            "position_mm": (0.0, 0.0),
            "stack": tuple(layers),
            "connector": {"diameter_mm": 8.0},
        }
    )
    heights, owners = _heights(pad, "standard")
    assert owners == [0, 1, 1, 1, 1]
    assert heights[0] == 1.0
    np.testing.assert_allclose(np.diff(heights), 2.0 * np.array([27.0, 9.0, 3.0, 1.0]) / 40.0)
    flat, owners = _heights(pad.model_copy(update={"connector": None}), "standard")
    assert (flat, owners) == ([1.0, 3.0], [0, 1])
