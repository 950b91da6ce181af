"""The charts of the bodies: from a pad's frame to the skin and back, areas, frames, volumes, and what is refused."""

import numpy as np
import pytest
from pydantic import ValidationError

from meshes.bodies import Block, Bone, Face, Limb
from meshes.layers import Core, Layer

LAYERS = (Layer(tissue="skin", thickness_mm=1.5), Layer(tissue="fat", thickness_mm=4.0))
CORE = Core(tissue="muscle")


def limb(**changes):
    return Limb(**({"kind": "limb", "length_mm": 200.0, "radius_mm": 45.0, "layers": LAYERS, "core": CORE} | changes))


def elliptic(taper=1.0, a=60.0, b=40.0):
    return limb(radius_mm=None, semi_axes_mm=(a, b), taper=taper)


BLOCK = Block(kind="block", length_mm=200.0, width_mm=100.0, layers=LAYERS)
FACE = Face(kind="face", length_mm=120.0, width_mm=90.0, radius_mm=80.0, layers=LAYERS)
BODIES = {
    "block": BLOCK,
    "limb": limb(),
    "thinning limb": limb(taper=0.6),
    "widening limb": limb(taper=1.8),
    "elliptic": elliptic(),
    "upright elliptic": elliptic(a=30.0, b=60.0),
    "elliptic and thinning": elliptic(taper=0.7),
    "face": FACE,
}
ALL = pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
CURVED = pytest.mark.parametrize("body", [b for b in BODIES.values() if b.kind != "block"])
POSITIONS = [(0.0, 0.0), (40.0, 20.0), (-30.0, -35.0), (5.0, 40.0)]


def disc(radius, rings=40):
    """Points of a polar grid in a pad's frame, and the triangles between them."""
    r, angle = np.meshgrid(np.linspace(1e-6, radius, rings), np.linspace(0.0, 2 * np.pi, 121))
    points = np.column_stack([(r * np.cos(angle)).ravel(), (r * np.sin(angle)).ravel()])
    index = np.arange(len(points)).reshape(r.shape)
    a, b, c, d = (index[i : i - 1 or None, j : j - 1 or None].ravel() for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)))
    return points, np.vstack([np.column_stack([a, b, d]), np.column_stack([a, d, c])])


def surface_area(points, triangles):
    p, q, r = (points[triangles[:, i]] for i in range(3))
    return float(np.linalg.norm(np.cross(q - p, r - p), axis=1).sum()) / 2


@ALL
@pytest.mark.parametrize("position", POSITIONS)
def test_unwrapping_is_the_way_back(body, position):
    local = np.random.default_rng(1).uniform(-18.0, 18.0, (300, 2))
    np.testing.assert_allclose(body.unwrap_mm(position, body.wrap_mm(position, local)), local, atol=2e-4)


@ALL
def test_places_lie_on_the_skin(body):
    points = body.wrap_mm((10.0, 5.0), np.random.default_rng(2).uniform(-25.0, 25.0, (300, 2)))
    out = body.frame(points)[:, 2]
    assert body.contains_mm(points - 1e-6 * out).all()
    assert not body.contains_mm(points + 1e-3 * out).any()


@ALL
@pytest.mark.parametrize("position", POSITIONS)
def test_areas_stay_where_pads_are_wrapped(body, position):
    local, triangles = disc(18.0)
    flat = surface_area(np.column_stack([local, np.zeros(len(local))]), triangles)
    assert surface_area(body.wrap_mm(position, local), triangles) == pytest.approx(flat, rel=5e-3)


@ALL
def test_directions_stay_near_the_origin_of_a_pad(body):
    position, step = (20.0, 12.0), 1e-3
    origin, along, across = body.wrap_mm(position, np.array([[0.0, 0.0], [step, 0.0], [0.0, step]]))
    x, arc, out = body.frame(origin[None])[0]
    slope = 1.0 if body.kind == "face" else 1e-2  # a tapering limb's arcs end off the meridian by the taper
    assert (along - origin) / step @ x == pytest.approx(1.0, abs=1e-3)
    assert (across - origin) / step @ arc == pytest.approx(1.0, abs=slope)
    assert abs((along - origin) / step @ out) < 1e-3
    assert abs((across - origin) / step @ out) < 1e-3


@ALL
def test_frames_are_orthonormal_and_right_handed(body):
    skin = body.wrap_mm((0.0, 0.0), np.random.default_rng(3).uniform(-30.0, 30.0, (200, 2)))
    for points in (skin, body.lift_mm(skin, 0.0, 4.0)):
        frames = body.frame(points)
        expected = np.broadcast_to(np.eye(3), frames.shape)
        np.testing.assert_allclose(frames @ frames.transpose(0, 2, 1), expected, atol=1e-12)
        np.testing.assert_allclose(np.linalg.det(frames), 1.0, atol=1e-12)


@CURVED
def test_outward_is_the_normal_of_the_skin(body):
    at, step = np.array([[12.0, -8.0]]), 1e-4
    here, along, across = (body.wrap_mm((3.0, 4.0), at + np.array(move) * step) for move in ((0, 0), (1, 0), (0, 1)))
    normal = np.cross(along - here, across - here)[0]
    np.testing.assert_allclose(body.frame(here)[0, 2], normal / np.linalg.norm(normal), atol=1e-4)


@pytest.mark.parametrize("axis", [0.0, 30.0])
def test_on_the_axis_of_a_limb_there_is_a_frame(axis):
    frame = limb(taper=0.8).frame(np.array([[axis, 0.0, 0.0]]))[0]
    np.testing.assert_allclose(frame, np.eye(3), atol=1e-12)


@ALL
def test_lifting_there_and_back(body):
    points = body.wrap_mm((5.0, 5.0), np.random.default_rng(4).uniform(-20.0, 20.0, (50, 2)))
    deep = body.lift_mm(points, 0.0, 3.0)
    np.testing.assert_allclose(body.lift_mm(deep, 3.0, 0.0), points, atol=1e-12)
    np.testing.assert_allclose(body.lift_mm(body.lift_mm(points, 0.0, 1.0), 1.0, 3.0), deep, atol=1e-12)


@pytest.mark.parametrize("body", [BLOCK, limb(), FACE], ids=["block", "limb", "face"])
def test_lifting_moves_by_the_depth(body):
    points = body.wrap_mm((5.0, 5.0), np.random.default_rng(4).uniform(-20.0, 20.0, (50, 2)))
    moved = np.linalg.norm(body.lift_mm(points, 0.0, 3.0) - points, axis=1)
    np.testing.assert_allclose(moved, 3.0, rtol=1e-12)


@ALL
def test_volume_is_that_of_the_points_inside(body):
    rng = np.random.default_rng(5)
    half = np.array([body.size_mm, body.size_mm, 1.1 * max(body.depth_mm, 60.0)])
    points = rng.uniform(-1.0, 1.0, (400_000, 3)) * half
    inside = body.contains_mm(points)
    if body.kind == "face":  # no points far below, where its cone would hold the layers' mirror image
        assert not inside[points[:, 2] < -body.radius_mm].any()
    found, error = inside.mean(), np.sqrt(inside.mean() / len(points))
    assert found * np.prod(2 * half) == pytest.approx(body.volume_mm3, abs=5 * error * np.prod(2 * half))


def test_solid_angle_of_a_face():
    p, q = np.tan(FACE.angles)
    x, y = np.meshgrid((np.arange(2000) + 0.5) / 1000 - 1, (np.arange(2000) + 0.5) / 1000 - 1)
    quadrature = ((1 + (p * x) ** 2 + (q * y) ** 2) ** -1.5).mean() * 4 * p * q
    assert FACE.solid_angle == pytest.approx(quadrature, rel=1e-6)
    cube = Face(kind="face", length_mm=np.pi / 2 * 50, width_mm=np.pi / 2 * 50, radius_mm=50.0, layers=LAYERS)
    assert cube.solid_angle == pytest.approx(4 * np.pi / 6, rel=1e-12)


def test_circumference_and_curvature():
    assert limb().circumference_mm == pytest.approx(2 * np.pi * 45.0, rel=1e-6)
    t = (np.arange(20000) + 0.5) / 20000 * 2 * np.pi
    ellipse = np.hypot(60.0 * np.cos(t), 40.0 * np.sin(t)).mean() * 2 * np.pi
    assert elliptic().circumference_mm == pytest.approx(ellipse, rel=1e-6)
    assert elliptic().curvature_radius_mm == pytest.approx(40.0**2 / 60.0)
    assert np.isinf(BLOCK.curvature_radius_mm)
    assert FACE.curvature_radius_mm == 80.0


def test_taper_is_the_ratio_of_the_ends():
    body = limb(taper=0.6)
    low, high = body.scale(np.array([-100.0, 100.0]))
    assert high / low == pytest.approx(0.6)
    assert body.scale(np.array(0.0)) == pytest.approx(1.0)


def test_contains_at_the_borders():
    inside = np.array([[100.0, 50.0, 0.0], [0.0, 0.0, -5.5]])
    outside = np.array([[100.1, 0.0, -1.0], [0.0, 50.1, -1.0], [0.0, 0.0, 0.01], [0.0, 0.0, -5.6]])
    assert BLOCK.contains_mm(inside).all() and not BLOCK.contains_mm(outside).any()
    body = limb(taper=0.5)
    assert body.contains_mm(np.array([[100.0, 0.0, 29.9], [-100.0, 0.0, 59.9]])).all()
    assert not body.contains_mm(np.array([[100.0, 0.0, 30.1], [-100.0, 0.0, 60.1], [100.1, 0.0, 0.0]])).any()
    assert FACE.contains_mm(np.array([[0.0, 0.0, 0.0], [0.0, 0.0, -5.5]])).all()
    assert not FACE.contains_mm(np.array([[0.0, 0.0, -5.6], [0.0, 0.0, 0.1], [79.0, 0.0, -80.0]])).any()


OUTLINE = 10.0 * np.column_stack([np.cos(t := np.linspace(0, 2 * np.pi, 361)), np.sin(t)])


@pytest.mark.parametrize(
    ("body", "position", "over"),
    [
        (BLOCK, (0.0, 0.0), -40.0),
        (BLOCK, (90.0, 0.0), 0.0),
        (BLOCK, (85.0, 45.0), 5.0),
        (limb(), (0.0, 100.0), -90.0),
        (limb(), (95.0, 0.0), 5.0),
        (limb(), (0.0, np.pi * 45 + 3.0), 3.0),
        (FACE, (60.0, 0.0), 10.0),
    ],
)
def test_overhang(body, position, over):
    assert body.overhang_mm(position, OUTLINE) == pytest.approx(over, abs=0.2)


def test_a_pad_that_meets_itself_around_the_limb():
    long = OUTLINE * np.array([1.0, 14.0])
    assert limb().overhang_mm((0.0, 0.0), long) < 0.0
    assert limb().overhang_mm((0.0, 0.0), OUTLINE * np.array([1.0, 15.0])) == pytest.approx(300 - 2 * np.pi * 45, 1e-4)


def test_a_pad_larger_than_the_sphere():
    assert FACE.overhang_mm((0.0, 0.0), 20 * OUTLINE) > 0.0
    with pytest.raises(ValueError, match="a pad larger than the sphere; a reach of less than 160 mm"):
        FACE.wrap_mm((0.0, 0.0), 20 * OUTLINE)


def bone(**changes):
    return Bone(**({"name": "ulna", "position_mm": (0.0, 0.0), "radius_mm": 8.0, "cortical_mm": 2.0} | changes))


def test_regions_are_named_once():
    body = limb(layers=(*LAYERS, Layer(tissue="muscle", thickness_mm=3.0)), bones=(bone(),))
    assert [r.name for r in body.regions] == ["skin", "fat", "muscle", "muscle 2", "ulna cortical", "ulna marrow"]


REFUSED = {
    "two sections": ({"semi_axes_mm": (30.0, 30.0)}, "radius_mm and semi_axes_mm; give either"),
    "no section": ({"radius_mm": None}, "no section; give either"),
    "flat": ({"radius_mm": None, "semi_axes_mm": (91.0, 30.0)}, "a ratio of at most 3"),
    "thick layers": ({"radius_mm": 5.0}, r"layers of 5\.5 mm together; less than the half width 5 mm"),
    "taper": ({"taper": 0.2}, "greater than or equal to 0.3"),
    "bone outside": ({"bones": (bone(position_mm=(35.0, 0.0)),)}, r"ulna, which reaches 3\.5 mm out of the core"),
    "bone at the thin end": ({"taper": 0.5, "bones": (bone(position_mm=(25.0, 0.0)),)}, "at the thin end"),
    "same bone": ({"bones": (bone(), bone(position_mm=(20.0, 0.0)))}, "two bones named ulna"),
    "bones overlap": (
        {"bones": (bone(), bone(name="radius", position_mm=(15.0, 0.0)))},
        "bones ulna and radius that overlap by 1 mm",
    ),
    "unknown key": ({"width_mm": 3.0}, "Extra inputs"),
}


@pytest.mark.parametrize(("changes", "message"), REFUSED.values(), ids=REFUSED)
def test_a_limb_is_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        limb(**changes)


def test_a_bone_needs_marrow():
    with pytest.raises(ValidationError, match="cortical_mm 8; less than radius_mm, 8"):
        bone(cortical_mm=8.0)


def test_a_face_is_refused():
    with pytest.raises(ValidationError, match=r"300 mm on a sphere of radius_mm 80; sides of at most 209\.4 mm"):
        Face(kind="face", length_mm=300.0, width_mm=90.0, radius_mm=80.0, layers=LAYERS)
    with pytest.raises(ValidationError, match=r"layers of 5\.5 mm; less than 0\.9 of radius_mm, 5\.4"):
        Face(kind="face", length_mm=3.0, width_mm=3.0, radius_mm=6.0, layers=LAYERS)


@ALL
def test_bodies_say_where_things_may_be(body):
    assert body.inside and body.surface
