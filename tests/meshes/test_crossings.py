"""Parts that cross borders, reach the skin or end near a border: cut where the geometry says, or refused by name."""

import numpy as np
import pytest
from checking import assert_conforming, cells_of, facets_of, volume

from meshes.bodies import Block, Face, Limb
from meshes.build import build_mesh
from meshes.clashes import touching_parts
from meshes.errors import MeshError
from meshes.geometry import Geometry
from meshes.inclusions import Box, Cylinder, Ellipsoid, Sphere
from meshes.layers import Core, Layer
from meshes.measuring import tetrahedron_volumes
from meshes.pads import Disc
from meshes.pieces import Pieces
from meshes.shells import border_gap_mm, heights_mm, inner_mm3
from meshes.whereabouts import check_whereabouts
from meshes.wounds import Wound

SKIN, FAT = Layer(tissue="skin", thickness_mm=2.0), Layer(tissue="fat", thickness_mm=3.0)
CORE = Core(tissue="muscle")
BLOCK = Block(kind="block", length_mm=40.0, width_mm=30.0, layers=(SKIN, FAT, Layer(tissue="muscle", thickness_mm=10)))
FACE = Face(kind="face", length_mm=60.0, width_mm=40.0, radius_mm=70.0, layers=(SKIN, FAT))
CONE = Limb(kind="limb", length_mm=60.0, radius_mm=15.0, taper=0.8, layers=(SKIN,), core=CORE)
FLAT_LIMB = Limb(kind="limb", length_mm=60.0, semi_axes_mm=(20.0, 12.0), taper=1.3, layers=(SKIN, FAT), core=CORE)
BODIES = {"block": BLOCK, "face": FACE, "cone": CONE, "elliptic": FLAT_LIMB}
THIN = Layer(tissue="stratum_corneum", thickness_mm=0.02)
INCLUSIONS = {
    "sphere": (Sphere(kind="sphere", name="i", tissue="blood", center_mm=(1.0, 2.0, -3.0), radius_mm=2.0), 32 / 3),
    "ellipsoid": (
        Ellipsoid(kind="ellipsoid", name="i", tissue="blood", center_mm=(1.0, 2.0, -3.0), semi_axes_mm=(1.0, 2.0, 3.0)),
        8.0,
    ),
    "cylinder": (
        Cylinder(
            kind="cylinder", name="i", tissue="blood", start_mm=(0.0, 1.0, 2.0), end_mm=(2.0, 3.0, 3.0), radius_mm=1.0
        ),
        3.0,
    ),
    "box": (
        Box(kind="box", name="i", tissue="blood", center_mm=(1.0, 2.0, 3.0), size_mm=(1.0, np.pi, 4.0), angle_deg=30.0),
        4.0,
    ),
}


@pytest.mark.parametrize(("inclusion", "pi_parts"), INCLUSIONS.values(), ids=INCLUSIONS)
def test_what_an_inclusion_contains(inclusion, pi_parts):
    surface = inclusion.surface_mm()
    middle = (surface.min(axis=0) + surface.max(axis=0)) / 2
    assert inclusion.contains_mm(middle + 0.999 * (surface - middle)).all()
    assert not inclusion.contains_mm(middle + 1.001 * (surface - middle)).any()
    low, high = surface.min(axis=0) - 0.1, surface.max(axis=0) + 0.1
    points = np.random.default_rng(1).uniform(low, high, size=(100_000, 3))
    part = inclusion.contains_mm(points).mean()
    assert part * np.prod(high - low) == pytest.approx(np.pi * pi_parts, rel=5 * np.sqrt((1 / part - 1) / 100_000))


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_volumes_below_a_depth(body):
    assert inner_mm3(body, 0.0) - (inner_mm3(body, body.depth_mm) if body.kind != "limb" else 0.0) == pytest.approx(
        body.volume_mm3
    )
    points = np.random.default_rng(2).uniform(-40.0, 40.0, size=(400_000, 3)) * (1.0, 1.0, 0.5)
    deeper = body.contains_mm(points) & (heights_mm(body, points, 1.5) < 0.0)
    part = deeper.mean()
    expected = inner_mm3(body, 1.5) - (inner_mm3(body, body.depth_mm) if body.kind != "limb" else 0.0)
    assert part * 80.0 * 80.0 * 40.0 == pytest.approx(expected, rel=5 * np.sqrt((1 / part - 1) / 400_000))


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_heights_above_a_depth_vanish_there(body):
    skin = body.wrap_mm((1.0, 2.0), np.random.default_rng(3).uniform(-5.0, 5.0, size=(50, 2)))
    for depth in (0.0, 0.7, 2.0):
        np.testing.assert_allclose(heights_mm(body, body.lift_mm(skin, 0.0, depth), depth), 0.0, atol=1e-9)
    assert (heights_mm(body, skin, 0.7) > 0.0).all()


def test_the_nearest_border():
    assert border_gap_mm(BLOCK, 2.1) == pytest.approx(0.1)
    assert border_gap_mm(BLOCK, 0.3) == pytest.approx(0.3)
    assert border_gap_mm(BLOCK, 5.0) == pytest.approx(0.0)


def test_a_ball_through_the_skin_of_a_tapering_limb():
    """Where the kernel loses a cut near a seam the ball would stay whole, and stand out of the skin."""
    layers = (Layer(tissue="skin", thickness_mm=2.108),)
    limb = Limb(kind="limb", length_mm=205.846, radius_mm=16.856, taper=0.603, layers=layers, core=CORE)
    ball = Sphere(kind="sphere", name="ball", tissue="blood", center_mm=(-14.1, -11.904, 10.185), radius_mm=2.221)
    mesh = build_mesh(Geometry(body=limb, inclusions=(ball,)), "draft")
    assert_conforming(mesh)
    points = np.random.default_rng(4).uniform(-2.221, 2.221, size=(400_000, 3)) + np.array(ball.center_mm)
    part = (ball.contains_mm(points) & limb.contains_mm(points)).mean()
    assert volume(mesh, "ball") == pytest.approx(part * 4.442**3, rel=0.06)
    assert limb.contains_mm(mesh.points_mm[cells_of(mesh, "ball")].mean(axis=1)).all()
    core = mesh.points_mm[cells_of(mesh, "muscle")]
    inside = ball.contains_mm(core.mean(axis=1))  # of flat cells between chords alone
    assert tetrahedron_volumes(core[inside]).sum() < 0.01 * volume(mesh, "ball")


def pieces_of(**regions):
    """A tetrahedron of 1 mm with its corner at each of these places."""
    unit = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    points = np.vstack([unit + np.array(place) for place in regions.values()])
    cells = {name.replace("_", " "): np.arange(4)[None] + 4 * i for i, name in enumerate(regions)}
    return Pieces(points, cells, [], {})


def test_cells_in_the_wrong_place_are_found():
    ball = Sphere(kind="sphere", name="ball", tissue="blood", center_mm=(0.0, 0.0, -3.0), radius_mm=2.0)
    geometry = Geometry(body=BLOCK, inclusions=(ball,))
    check_whereabouts(pieces_of(skin=(8, 8, -1.5), fat=(8, 8, -4), muscle=(8, 8, -9), ball=(0, 0, -3)), geometry)
    with pytest.raises(MeshError, match=r"volume of skin: found 0.167 mm³ of it outside of its place"):
        check_whereabouts(pieces_of(skin=(8, 8, -4)), geometry)
    with pytest.raises(MeshError, match=r"volume of ball: found 0.167 mm³ of it outside of its place"):
        check_whereabouts(pieces_of(ball=(0, 0, 0)), geometry)
    with pytest.raises(MeshError, match=r"volume of fat: found 0.167 mm³ of it in ball"):
        check_whereabouts(pieces_of(fat=(0, 0, -4)), geometry)


def wound(depth, tissue=None):
    outline = Disc(kind="disc", diameter_mm=24.0)
    return Wound(name="w", outline=outline, position_mm=(-3.0, 2.0), depth_mm=depth, tissue=tissue)


@pytest.mark.parametrize("tissue", [None, "blood"])
def test_a_wound_that_ends_just_above_a_border(tissue):
    """0.02 mm of fat is left below it, which coarse facets would cut through."""
    mesh = build_mesh(Geometry(body=FACE, wounds=(wound(4.98, tissue),)), "draft")
    assert_conforming(mesh)
    missing = FACE.volume_mm3 - sum(volume(mesh, name) for name in ("skin", "fat"))
    floor = mesh.points_mm[facets_of(mesh, "insulated" if tissue is None else "interface fat|w")]
    floor = floor[(np.abs(heights_mm(FACE, floor.reshape(-1, 3), 4.98)) < 1e-3).reshape(-1, 3).all(axis=1)]
    edges = np.linalg.norm(floor - np.roll(floor, 1, axis=1), axis=2)
    assert edges.max() ** 2 / (8 * 65.02) < 0.02  # a facet's middle is nearer to the floor than the border is
    assert missing == pytest.approx(wound(4.98).outline.area_mm2 * 4.98, rel=0.06)  # walls upright, facets cut off some


@pytest.mark.parametrize("body", [BLOCK, FACE], ids=["block", "face"])
def test_a_wound_that_leaves_next_to_nothing_of_a_layer(body):
    with pytest.raises(MeshError, match=r"wounds.w.depth_mm: found 1.999, 0.001 mm from the border of a layer"):
        build_mesh(Geometry(body=body, wounds=(wound(1.999),)), "draft")


def test_an_inclusion_that_reaches_into_thin_layers():
    def with_vessel(body):
        vessel = Cylinder(
            kind="cylinder", name="v", tissue="blood", start_mm=(-8, 0, -1.0), end_mm=(8, 0, -1.0), radius_mm=1.5
        )
        return Geometry(body=body, inclusions=(vessel,))

    flat = with_vessel(BLOCK.model_copy(update={"layers": (THIN, *BLOCK.layers)}))
    mesh = build_mesh(flat, "draft")
    assert_conforming(mesh)
    assert volume(mesh, "stratum_corneum") < 0.02 * 40.0 * 30.0  # the vessel has some of it
    arm = Limb(kind="limb", length_mm=250.0, radius_mm=45.0, layers=(THIN, SKIN), core=CORE)
    bulge = Sphere(kind="sphere", name="b", tissue="blood", center_mm=(0.0, 0.0, 44.0), radius_mm=3.0)
    with pytest.raises(MeshError, match=r"inclusions.b: found it reaches into the outer 0.02 mm of stratum_corneum"):
        build_mesh(Geometry(body=arm, inclusions=(bulge,)), "draft")
    with pytest.raises(MeshError, match=r"body.layers\[1\].thickness_mm: found 0.01 mm of fascia: about"):
        fascia = Layer(tissue="fascia", thickness_mm=0.01)
        build_mesh(Geometry(body=arm.model_copy(update={"layers": (SKIN, fascia)})), "draft")


def test_the_nearest_touch_is_named():
    """A ball 0.01 mm below the border of skin and fat, another 0.2 mm from the skin: the first is to blame."""
    geometry = Geometry(body=BLOCK, inclusions=(ball_at("near", -3.01), ball_at("other", -1.2, x=9.0)))
    error = touching_parts(geometry)
    assert error is not None
    assert error.what == "inclusions.near"
    assert "hardly touches the border of skin and fat (about 0.01" in error.found
    assert error.accepted == "parts that cross, or are apart, by at least 0.12 mm"  # 6 % of the width
    assert touching_parts(Geometry(body=BLOCK, inclusions=(ball_at("free", -8.0),))) is None
    two = (ball_at("one", -8.0), ball_at("other", -8.0, x=2.05))
    touch = touching_parts(Geometry(body=BLOCK, inclusions=two))
    assert touch is not None
    assert touch.what == "inclusions.other"
    assert "hardly touches one" in touch.found


def ball_at(name, z, x=0.0):
    return Sphere(kind="sphere", name=name, tissue="blood", center_mm=(x, 0.0, z), radius_mm=1.0)
