"""Pad outlines against formulas and polygons that were not made from them."""

import numpy as np
import pytest
import shapely
from pydantic import TypeAdapter, ValidationError

from meshes.pads import Disc, Ellipse, FilePad, Pad, Polygon, Rectangle, Ring, WrittenPad
from meshes.pads.curves import signed_area

L_SHAPE = ((0.0, 0.0), (20.0, 0.0), (20.0, 5.0), (5.0, 5.0), (5.0, 15.0), (0.0, 15.0))
SQUARE_HOLE = ((1.0, 1.0), (4.0, 1.0), (4.0, 4.0), (1.0, 4.0))
DISC = Disc(kind="disc", diameter_mm=20.0)
RING = Ring(kind="ring", inner_diameter_mm=30.0, outer_diameter_mm=40.0)
ELLIPSE = Ellipse(kind="ellipse", length_mm=40.0, width_mm=10.0, angle_deg=30.0)
SHARP = Rectangle(kind="rectangle", length_mm=30.0, width_mm=20.0, angle_deg=-20.0)
ROUNDED = Rectangle(kind="rectangle", length_mm=30.0, width_mm=20.0, corner_radius_mm=4.0, angle_deg=15.0)
STADIUM = Rectangle(kind="rectangle", length_mm=30.0, width_mm=20.0, corner_radius_mm=10.0)
L_PAD = Polygon(kind="polygon", points_mm=L_SHAPE, holes_mm=(SQUARE_HOLE,), angle_deg=40.0)
CLOCKWISE = Polygon(kind="polygon", points_mm=L_SHAPE[::-1], holes_mm=(SQUARE_HOLE[::-1],), angle_deg=40.0)

AREAS = {  # mm², by other means than the pads'
    "disc": (DISC, 314.1592653589793),
    "ring": (RING, 549.7787143782139),
    "ellipse": (ELLIPSE, 314.1592653589793),
    "sharp": (SHARP, 600.0),
    "rounded": (ROUNDED, 22 * 12 + 2 * 4 * (22 + 12) + np.pi * 16),
    "stadium": (STADIUM, 10 * 20 + np.pi * 100),
    "polygon": (L_PAD, 100 + 50 - 9.0),
    "clockwise": (CLOCKWISE, 100 + 50 - 9.0),
}
HALF_WIDTHS = {
    "disc": 10.0,
    "ring": 2.5,
    "ellipse": 5.0,
    "sharp": 10.0,
    "rounded": 10.0,
    "stadium": 10.0,
}
ALL = pytest.mark.parametrize(("pad", "area"), AREAS.values(), ids=AREAS)


def grid(reach):
    x, y = np.meshgrid(np.linspace(-1.3, 1.3, 41) * reach[0], np.linspace(-1.3, 1.3, 37) * reach[1])
    return np.column_stack([x.ravel(), y.ravel()])


@ALL
def test_area(pad, area):
    assert pad.area_mm2 == pytest.approx(area, rel=1e-12)
    assert pad.polygon.area == pytest.approx(area, rel=2e-5)
    assert pad.polygon.is_valid


@ALL
def test_loops_close_and_turn_the_right_way(pad, area):
    outer, *holes = pad.loops_mm()
    for loop in (outer, *holes):
        assert len(loop) >= 2
        for one, other in zip(loop, (*loop[1:], loop[0]), strict=True):
            assert one.ndim == 2 and one.shape[1] == 2 and len(one) >= 2
            np.testing.assert_array_equal(one[-1], other[0])  # to the last bit
    areas = [signed_area(np.vstack([segment[:-1] for segment in loop])) for loop in (outer, *holes)]
    assert areas[0] > 0
    assert all(hole < 0 for hole in areas[1:])
    assert sum(areas) == pytest.approx(area, rel=3e-3)


@ALL
def test_segment_points_are_on_the_curve_and_close_together(pad, area):
    for loop in pad.loops_mm():
        for segment in loop:
            np.testing.assert_allclose(pad.distance_mm(segment), 0.0, atol=5e-5 if pad.kind == "ellipse" else 1e-9)
            if len(segment) > 2:
                edges = np.diff(segment, axis=0)
                heading = np.unwrap(np.arctan2(edges[:, 1], edges[:, 0]))
                assert np.degrees(np.abs(np.diff(heading))).max() < 5.0 + 1e-6


def test_points_of_the_ellipse_fulfil_its_equation():
    pad = Ellipse(kind="ellipse", length_mm=60.0, width_mm=3.0)
    for segment in pad.loops_mm()[0]:
        np.testing.assert_allclose((segment[:, 0] / 30) ** 2 + (segment[:, 1] / 1.5) ** 2, 1.0, rtol=1e-12)


def test_numbers_of_segments():
    counts = {name: [len(loop) for loop in pad.loops_mm()] for name, (pad, _) in AREAS.items()}
    assert counts["disc"] == counts["ellipse"] == counts["sharp"] == [4]
    assert counts["ring"] == [4, 4]
    assert counts["rounded"] == [8]
    assert counts["stadium"] == [6]
    assert counts["polygon"] == counts["clockwise"] == [6, 4]
    assert {len(segment) for segment in SHARP.loops_mm()[0]} == {2}


@pytest.mark.parametrize("name", HALF_WIDTHS)
def test_half_width(name):
    pad = AREAS[name][0]
    assert pad.half_width_mm == pytest.approx(HALF_WIDTHS[name])
    independent = shapely.maximum_inscribed_circle(pad.polygon, 1e-4).length
    assert independent == pytest.approx(HALF_WIDTHS[name], rel=1e-4)


def test_half_width_of_a_polygon():
    square = Polygon(kind="polygon", points_mm=((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)))
    assert square.half_width_mm == pytest.approx(5.0, rel=1e-3)
    leg = 3.0  # 3-4-5 triangle: inradius 1
    triangle = Polygon(kind="polygon", points_mm=((0.0, 0.0), (leg, 0.0), (0.0, 4.0)))
    assert triangle.half_width_mm == pytest.approx(1.0, rel=1e-3)


@ALL
def test_reach(pad, area):
    points = np.vstack([pad.outline_mm(20000), *pad.loops_mm()[0]])
    np.testing.assert_allclose(pad.reach_mm, np.abs(points).max(axis=0), rtol=1e-6)


@ALL
def test_distance_is_that_of_the_polygon(pad, area):
    points = grid(pad.reach_mm)
    finely = shapely.Polygon(
        np.vstack([s[:-1] for s in pad.curves_mm(0.02)[0]]),
        [np.vstack([s[:-1] for s in loop]) for loop in pad.curves_mm(0.02)[1:]],
    )
    inside = shapely.contains_xy(finely, *points.T)
    expected = shapely.distance(finely.boundary, shapely.points(points)) * np.where(inside, -1.0, 1.0)
    assert inside.any() and not inside.all()
    np.testing.assert_allclose(pad.distance_mm(points), expected, atol=2e-4)


def test_distances_that_can_be_counted():
    np.testing.assert_allclose(
        RING.distance_mm(np.array([[0.0, 0.0], [17.0, 0.0], [0.0, 19.0], [25.0, 0.0]])), [15.0, -2.0, -1.0, 5.0]
    )
    straight = L_PAD.model_copy(update={"angle_deg": 0.0})
    points = np.array([[10.0, 2.0], [2.5, 2.5], [8.0, 9.0], [-3.0, -4.0]])
    np.testing.assert_allclose(straight.distance_mm(points), [-2.0, 1.5, 3.0, 5.0], atol=1e-12)


@ALL
@pytest.mark.parametrize("count", [90, 720])
def test_outline_goes_round_the_outer_loop(pad, area, count):
    points = pad.outline_mm(count)
    assert 0.9 * count <= len(points) <= (1.7 if pad.kind == "ellipse" else 1.2) * count + 10
    tolerance = 5e-5 if pad.kind == "ellipse" else 1e-9
    np.testing.assert_allclose(pad.distance_mm(points), 0.0, atol=tolerance)
    assert signed_area(points) == pytest.approx(shapely.Polygon(pad.polygon.exterior).area, rel=6e-3)
    perimeter = pad.polygon.exterior.length
    gaps = np.hypot(*(np.roll(points, -1, axis=0) - points).T)
    assert gaps.max() < 2.1 * perimeter / count


def test_disc_has_as_many_points_as_asked_for():
    assert DISC.outline_mm().shape == (720, 2)


def flower(count=180):
    angle = np.linspace(0.0, 2 * np.pi, count, endpoint=False)
    r = 20.0 + 2.0 * np.cos(3 * angle)
    return np.column_stack([r * np.cos(angle), r * np.sin(angle)])


def loop_of(points):
    return tuple((float(x), float(y)) for x, y in points)


def test_a_smooth_polygon_is_one_curve_in_four_segments():
    (loop,) = Polygon(kind="polygon", points_mm=loop_of(flower())).loops_mm()
    assert [len(segment) for segment in loop] == [46, 46, 46, 46]


def test_a_smooth_polygon_with_one_corner_has_two_segments():
    angle = np.radians(np.linspace(0.0, 270.0, 91))
    drop = np.vstack([10.0 * np.column_stack([np.cos(angle), np.sin(angle)]), [[9.9, -9.9]]])
    (loop,) = Polygon(kind="polygon", points_mm=loop_of(drop)).loops_mm()
    assert len(loop) >= 2
    assert any(len(segment) > 80 for segment in loop)


def test_straight_edges_between_finely_flattened_arcs_stay_straight():
    points = np.vstack([segment[:-1] for segment in ROUNDED.curves_mm(2.0)[0]])
    (loop,) = Polygon(kind="polygon", points_mm=loop_of(points)).loops_mm()
    assert sorted(len(segment) for segment in loop) == [2, 2, 2, 2, 46, 46, 46, 46]


@pytest.mark.parametrize(("sides", "segments"), [(24, 24), (25, 4)])
def test_fifteen_degrees_is_a_corner(sides, segments):
    angle = np.linspace(0.0, 2 * np.pi, sides, endpoint=False)
    pad = Polygon(kind="polygon", points_mm=loop_of(10 * np.column_stack([np.cos(angle), np.sin(angle)])))
    assert len(pad.loops_mm()[0]) == segments


@ALL
def test_pads_stay_frozen_data(pad, area):
    before = (hash(pad), pad.model_dump_json())
    first = pad.polygon
    assert pad.polygon is first
    assert (hash(pad), pad.model_dump_json()) == before
    assert TypeAdapter(Pad).validate_json(pad.model_dump_json()) == pad
    assert TypeAdapter(WrittenPad).validate_json(pad.model_dump_json()) == pad
    with pytest.raises(ValidationError, match="frozen"):
        pad.kind = "disc"


def test_a_changed_copy_has_its_own_polygon():
    assert DISC.polygon.area == pytest.approx(314.159, rel=1e-4)
    assert DISC.model_copy(update={"diameter_mm": 40.0}).polygon.area == pytest.approx(4 * 314.159, rel=1e-4)


SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10]]
REFUSED = {
    "kind": ({"kind": "star"}, "'disc', 'rectangle', 'ellipse', 'ring', 'polygon'"),
    "unknown key": ({"kind": "disc", "diameter_mm": 1, "width_mm": 1}, "Extra inputs"),
    "no size": ({"kind": "disc", "diameter_mm": 0}, "greater than 0"),
    "text": ({"kind": "disc", "diameter_mm": "20"}, "valid number"),
    "corner": ({"kind": "rectangle", "length_mm": 9, "width_mm": 4, "corner_radius_mm": 3}, "half of the shorter side"),
    "ring": ({"kind": "ring", "inner_diameter_mm": 20, "outer_diameter_mm": 20}, "mm 20; less than outer_diameter_mm"),
    "angle": ({"kind": "ellipse", "length_mm": 9, "width_mm": 4, "angle_deg": 361}, "less than or equal to 360"),
    "two points": ({"kind": "polygon", "points_mm": [[0, 0], [1, 1]]}, "at least 3 items"),
    "many points": ({"kind": "polygon", "points_mm": [[i, i * i % 7] for i in range(5001)]}, "at most 5000 items"),
    "far": ({"kind": "polygon", "points_mm": [[0, 0], [6000, 0], [0, 1]]}, "less than or equal to 5000"),
    "closed by hand": (
        {"kind": "polygon", "points_mm": [*SQUARE, [0, 0]]},
        r"points_mm with the point \[0, 0\] more than once; each point once",
    ),
    "touches itself": (
        {"kind": "polygon", "points_mm": [[0, 0], [10, 0], [5, 5], [10, 10], [0, 10], [5, 5]]},
        r"\[5, 5\] more than once",
    ),
    "nearly repeated": (
        {"kind": "polygon", "points_mm": [[0, 0], [1e-9, 0], [10, 0], [10, 10]]},
        "more than once; each point once",
    ),
    "bow": (
        {"kind": "polygon", "points_mm": [[0, 0], [10, 10], [10, 0], [0, 9]]},
        r"points_mm that cross or touch themselves at \[4\.\d+, 4\.\d+\]; a loop that does not cross itself",
    ),
    "line": (
        {"kind": "polygon", "points_mm": [[0, 0], [5, 5], [10, 10]]},
        "points_mm that enclose no area; points that do not lie on one line",
    ),
    "crossed hole": (
        {"kind": "polygon", "points_mm": SQUARE, "holes_mm": [[[1, 1], [3, 3], [3, 1], [1, 2]]]},
        r"holes_mm\[0\] that cross or touch themselves",
    ),
    "hole outside": (
        {"kind": "polygon", "points_mm": SQUARE, "holes_mm": [[[20, 0], [21, 0], [20, 1]]]},
        r"holes_mm\[0\] that is not inside points_mm; holes inside",
    ),
    "hole over the edge": (
        {"kind": "polygon", "points_mm": SQUARE, "holes_mm": [[[5, 5], [15, 5], [5, 6]]]},
        r"holes_mm\[0\] that is not inside points_mm",
    ),
    "hole that touches": (
        {"kind": "polygon", "points_mm": SQUARE, "holes_mm": [[[0, 5], [5, 5], [5, 6]]]},
        r"holes_mm\[0\] that is not inside points_mm; .* do not touch the outline",
    ),
    "hole in a hole": (
        {
            "kind": "polygon",
            "points_mm": SQUARE,
            "holes_mm": [[[1, 1], [9, 1], [9, 9], [1, 9]], [[3, 3], [4, 3], [4, 4]]],
        },
        r"holes_mm\[0\] and holes_mm\[1\] that overlap or touch; holes apart",
    ),
    "file as a pad": ({"kind": "file", "path": "x.dxf"}, "does not match any of the expected tags"),
}


@pytest.mark.parametrize(("written", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(written, message):
    with pytest.raises(ValidationError, match=message):
        TypeAdapter(Pad).validate_python(
            {key: deep_tuple(value) if isinstance(value, list) else value for key, value in written.items()}
        )


def deep_tuple(value):
    return tuple(deep_tuple(one) for one in value) if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"scale": 0.0}, "greater than 0"), ({"path": ""}, "at least 1"), ({"layer": ""}, "at least 1")],
)
def test_a_file_pad_is_written_in_full(changes, message):
    written = {"kind": "file", "path": "pad.svg"}
    assert TypeAdapter(WrittenPad).validate_python(written) == FilePad(kind="file", path="pad.svg", scale=1.0)
    with pytest.raises(ValidationError, match=message):
        TypeAdapter(WrittenPad).validate_python(written | changes)
