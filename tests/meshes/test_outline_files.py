"""Outlines from drawings that are written here, against the shapes that were drawn."""

import os
import pickle

import ezdxf
import numpy as np
import pytest
from ezdxf.enums import InsertUnits

from meshes.errors import OutlineError
from meshes.pads import FilePad, Polygon, read_outline

FLAT = 3e-4  # part of the area that flattening at 2 degrees may cost
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {}>{}</svg>'
IN_MM = 'width="100mm" height="50mm" viewBox="0 0 100 50"'
RECT = '<rect x="10" y="10" width="40" height="20"/>'


def pad(name, **options):
    return FilePad(kind="file", path=name, **options)


@pytest.fixture
def dxf(tmp_path):
    """Reads the outline that a function draws."""

    def read(draw, unit=InsertUnits.Millimeters, **options):
        drawing = ezdxf.new(units=unit)
        draw(drawing.modelspace())
        drawing.saveas(tmp_path / "pad.dxf")
        return read_outline(pad("pad.dxf", **options), tmp_path)

    return read


@pytest.fixture
def svg(tmp_path):
    """Reads the outline from the body of an SVG file."""

    def read(body, page=IN_MM, **options):
        (tmp_path / "pad.svg").write_text(SVG.format(page, body))
        return read_outline(pad("pad.svg", **options), tmp_path)

    return read


def rectangle(space, x, y, length, width, **attributes):
    corners = [(x, y), (x + length, y), (x + length, y + width), (x, y + width)]
    space.add_lwpolyline(corners, close=True, dxfattribs=attributes)


def middle(outline):
    points = np.array(outline.points_mm)
    return (points.min(axis=0) + points.max(axis=0)) / 2


UNITS = {
    InsertUnits.Unitless: 1.0,
    InsertUnits.Millimeters: 1.0,
    InsertUnits.Centimeters: 10.0,
    InsertUnits.Inches: 25.4,
}


@pytest.mark.parametrize(("unit", "mm"), UNITS.items(), ids=[unit.name for unit in UNITS])
def test_dxf_units(dxf, unit, mm):
    outline = dxf(lambda space: rectangle(space, 100, 7, 4, 2), unit)
    assert isinstance(outline, Polygon)
    assert outline.area_mm2 == pytest.approx(8 * mm**2, rel=1e-8)
    assert outline.reach_mm == pytest.approx((2 * mm, mm), rel=1e-8)
    np.testing.assert_allclose(middle(outline), 0.0, atol=1e-9)


def test_scale_and_angle_belong_to_the_pad(dxf):
    outline = dxf(lambda space: rectangle(space, 0, 0, 4, 2), scale=3.0, angle_deg=90.0)
    assert outline.area_mm2 == pytest.approx(72)
    assert outline.reach_mm == pytest.approx((3.0, 6.0))


@pytest.mark.parametrize("bulge", [1.0, -0.4])
@pytest.mark.parametrize("old", [False, True], ids=["LWPOLYLINE", "POLYLINE"])
def test_bulges_are_arcs(dxf, bulge, old):
    points = [(0, 0, 0), (20, 0, bulge), (20, 10, 0), (0, 10, bulge)]
    angle = 4 * np.arctan(abs(bulge))
    radius = 5 / np.sin(angle / 2)
    cap = radius**2 / 2 * (angle - np.sin(angle))

    def draw(space):
        if old:
            space.add_polyline2d(points, format="xyb", close=True)
        else:
            space.add_lwpolyline(points, format="xyb", close=True)

    assert dxf(draw).area_mm2 == pytest.approx(200 + 2 * np.sign(bulge) * cap, rel=FLAT)


def test_a_mirrored_plane_is_mirrored(dxf):
    corners = [(0, 0), (10, 0), (0, 4)]
    plain = dxf(lambda space: space.add_lwpolyline(corners, close=True))
    mirrored = dxf(lambda space: space.add_lwpolyline(corners, close=True, dxfattribs={"extrusion": (0, 0, -1)}))
    assert set(mirrored.points_mm) == {(-x, y) for x, y in plain.points_mm}


B_SPLINE = [(0, 0, 0), (10, 0, 0), (10, 10, 0), (0, 10, 0)]


def b_spline_area():
    """Area of the closed uniform cubic B-spline with these control points, from its basis functions."""
    t = np.linspace(0.0, 1.0, 2000, endpoint=False)
    basis = np.array([(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3]) / 6
    x, y = np.vstack([basis.T @ np.roll(np.array(B_SPLINE, dtype=float)[:, :2], -i, axis=0) for i in range(4)]).T
    return 0.5 * (x * np.roll(y, -1) - y * np.roll(x, -1)).sum()


CURVES = {
    "CIRCLE": (lambda space: space.add_circle((3, 4), 10), np.pi * 100),
    "ELLIPSE": (lambda space: space.add_ellipse((3, 4), (10, 0), 0.2), np.pi * 20),
    "turned ELLIPSE": (lambda space: space.add_ellipse((3, 4), (6, 8), 0.5), np.pi * 50),
    "closed SPLINE": (lambda space: space.add_spline().set_closed(B_SPLINE), b_spline_area()),
}


@pytest.mark.parametrize(("draw", "area"), CURVES.values(), ids=CURVES)
def test_closed_curves(dxf, draw, area):
    outline = dxf(draw)
    assert outline.area_mm2 == pytest.approx(area, rel=FLAT)
    assert len(outline.points_mm) < 400


def test_points_lie_on_the_circle(dxf):
    outline = dxf(lambda space: space.add_circle((30, 4), 10))
    np.testing.assert_allclose(np.hypot(*np.array(outline.points_mm).T), 10.0, rtol=1e-9)
    assert len(outline.loops_mm()[0]) == 4


def stadium(space, gap=0.0):
    space.add_line((0, 5 + gap), (20, 5))
    space.add_arc((20, 0), 5, -90, 90)
    space.add_line((0, -5), (20, -5))
    space.add_ellipse((0, 0), (0, 5), 1.0, 0, np.pi)


@pytest.mark.parametrize("gap", [0.0, 9e-4])
def test_loose_ends_are_joined(dxf, gap):
    outline = dxf(lambda space: stadium(space, gap))
    assert outline.area_mm2 == pytest.approx(200 + np.pi * 25, rel=FLAT)
    assert sorted(len(segment) > 2 for segment in outline.loops_mm()[0]).count(False) == 2


def test_a_spline_closes_a_chain(dxf):
    def draw(space):
        space.add_open_spline([(0, 0), (0, 10), (10, 10), (10, 0)])  # Bézier curve
        space.add_line((10, 0), (0, 0))

    assert dxf(draw).area_mm2 == pytest.approx(60.0, rel=FLAT)  # 3/5 of the square: Bernstein integrals


def test_the_largest_loop_is_the_outline_and_the_others_are_holes(dxf):
    def draw(space):
        space.add_circle((5, 5), 2)
        rectangle(space, 0, 0, 30, 20)
        rectangle(space, 15, 5, 5, 5)
        space.add_text("pad 1")
        space.add_point((100, 100))

    outline = dxf(draw)
    assert outline.area_mm2 == pytest.approx(600 - 25 - np.pi * 4, rel=1e-5)
    assert len(outline.holes_mm) == 2
    centres = sorted(tuple(np.round(np.mean(hole, axis=0), 6) + 0.0) for hole in outline.holes_mm)
    np.testing.assert_allclose(centres, [(-10, -5), (2.5, -2.5)], atol=1e-6)


def test_blocks_are_inserted(tmp_path):
    drawing = ezdxf.new(units=InsertUnits.Millimeters)
    rectangle(drawing.blocks.new("pad"), 0, 0, 4, 2)
    drawing.modelspace().add_blockref("pad", (7, 7), dxfattribs={"xscale": 2, "yscale": 3, "rotation": 90})
    drawing.saveas(tmp_path / "pad.dxf")
    outline = read_outline(pad("pad.dxf"), tmp_path)
    assert outline.reach_mm == pytest.approx((3, 4))


def test_dxf_layers(dxf):
    def draw(space):
        rectangle(space, 0, 0, 4, 2, layer="Pad")
        rectangle(space, 20, 0, 5, 5, layer="frame")

    assert dxf(draw, layer="pad").area_mm2 == pytest.approx(8)
    assert dxf(draw, layer="frame").area_mm2 == pytest.approx(25)
    with pytest.raises(OutlineError, match=r"found nothing on layer 'skin'; accepted: one of the layers Pad, frame"):
        dxf(draw, layer="skin")
    with pytest.raises(OutlineError, match=r"pad\.dxf: found 2 outlines apart"):
        dxf(draw)


def test_layers_that_are_off_are_left_out(tmp_path):
    drawing = ezdxf.new(units=InsertUnits.Millimeters)
    rectangle(drawing.modelspace(), 0, 0, 4, 2)
    drawing.layers.add("notes").off()
    rectangle(drawing.modelspace(), 50, 0, 4, 2, layer="notes")
    drawing.saveas(tmp_path / "pad.dxf")
    assert read_outline(pad("pad.dxf"), tmp_path).area_mm2 == pytest.approx(8)


def two_thousand_arcs(space):
    points = [(x, 0, 1) for x in range(0, 400)]
    space.add_lwpolyline([*points, (400, 0, 0), (400, 50, 0), (0, 50, 0)], format="xyb", close=True)


DXF_REFUSED = {
    "nothing": (lambda space: space.add_text("pad"), "found no closed outline; accepted: one closed outline"),
    "open": (
        lambda space: space.add_lwpolyline([(0, 0), (10, 0), (10, 10)]),
        r"found no closed outline: 2 ends, the first at \[0, 0\] mm, meet no other",
    ),
    "gap": (lambda space: stadium(space, 0.01), r"no closed outline: 2 ends, .* \(ends within 0\.001 mm are joined\)"),
    "stray line": (
        lambda space: (space.add_circle((0, 0), 5), space.add_line((0, 0), (1, 0))),
        "loose ends beside the closed outline: 2 ends",
    ),
    "branch": (
        lambda space: (stadium(space), space.add_line((0, -5), (0, 5))),
        r"3 lines that end at \[.*\] mm; accepted: outlines that do not branch",
    ),
    "two": (
        lambda space: (space.add_circle((0, 0), 5), space.add_circle((20, 0), 5), space.add_circle((40, 0), 2)),
        "found 3 outlines apart from each other; accepted: one outline",
    ),
    "crossing": (
        lambda space: space.add_lwpolyline([(0, 0), (10, 10), (10, 0), (0, 9)], close=True),
        "that crosses itself",
    ),
    "overlap": (
        lambda space: (space.add_circle((0, 0), 5), space.add_circle((6, 0), 4)),
        "found outlines that cross or touch each other",
    ),
    "twice": (
        lambda space: (space.add_circle((0, 0), 5), space.add_circle((0, 0), 5)),
        "found outlines that cross or touch each other",
    ),
    "island": (
        lambda space: [space.add_circle((0, 0), radius) for radius in (10, 7, 3)],
        "found outlines that lie inside of a hole",
    ),
    "tilted": (
        lambda space: space.add_circle((0, 0), 5, dxfattribs={"extrusion": (0, 1, 1)}),
        "that leaves the plane z = constant; accepted: a plane drawing",
    ),
    "huge": (
        lambda space: space.add_circle((0, 0), 5000),
        r"an outline of 1e\+04 x 1e\+04 mm; .*check the file's units",
    ),
    "many points": (two_thousand_arcs, r"a loop of 36\d\d\d points .*; accepted: up to 5000 points a loop"),
}


@pytest.mark.parametrize(("draw", "message"), DXF_REFUSED.values(), ids=DXF_REFUSED)
def test_dxf_refused(dxf, draw, message):
    with pytest.raises(OutlineError, match=message):
        dxf(draw)


PAGES = {  # size of a unit in mm
    IN_MM: 1.0,
    'width="10cm" height="5cm" viewBox="0 0 200 100"': 0.5,
    'width="4in" height="2in" viewBox="0 0 101.6 50.8"': 1.0,
    'width="200" height="100"': 25.4 / 96,
    'width="192px" height="96px" viewBox="-10 -20 96 48"': 2 * 25.4 / 96,
    'viewBox="0 0 100 50"': 25.4 / 96,
    "": 25.4 / 96,
}


@pytest.mark.parametrize(("page", "mm"), PAGES.items())
def test_svg_units(svg, page, mm):
    outline = svg(RECT, page)
    assert outline.area_mm2 == pytest.approx(800 * mm**2, rel=2e-6)
    np.testing.assert_allclose(middle(outline), 0.0, atol=1e-9)


SHAPES = {
    "rect": (RECT, 800.0),
    "rounded rect": ('<rect x="5" y="5" width="40" height="20" rx="4"/>', 800 - (4 - np.pi) * 16),
    "rect in mm": ('<rect x="10mm" y="1mm" width="40mm" height="20mm"/>', None),
    "circle": ('<circle cx="20" cy="20" r="10"/>', np.pi * 100),
    "ellipse": ('<ellipse cx="20" cy="20" rx="10" ry="2"/>', np.pi * 20),
    "polygon": ('<polygon points="0,0 30,0 0,20"/>', 300.0),
    "polyline": ('<polyline points="0,0 30,0 0,20 0,0"/>', 300.0),
    "lines": ('<path d="M0 0H30"/><path d="M0 20L30 0"/><line x1="0" y1="0" x2="0" y2="20"/>', 300.0),
    "path with hole": ('<path d="M0 0h40v20h-40z m5 5v5h5v-5z"/>', 775.0),
    "arc": ('<path d="M10 0h20a10 10 0 0 1 0 20h-20a10 10 0 0 1 0-20z"/>', 400 + np.pi * 100),
    "cubic": ('<path d="M0 0C0 10 10 10 10 0Z"/>', 60.0),
    "quadratic": ('<path d="M0 0Q5 10 10 0Z"/>', 100 / 3),
    "scaled": (f'<g transform="translate(3 4) scale(2 0.5)"><g transform="rotate(30)">{RECT}</g></g>', 800.0),
    "matrix": (f'<g transform="matrix(1 0.2 0.5 2 0 0)">{RECT}</g>', 800 * 1.9),
    "skewed circle": ('<circle r="10" transform="skewX(30) scale(3 1)"/>', np.pi * 300),
    "turned arc": ('<path d="M5 0A10 4 90 1 1 5 .1z" transform="skewX(20) rotate(9)"/>', np.pi * 40),
    "use": ('<defs><circle id="c" r="5"/></defs><use xlink:href="#c" x="20" y="9"/>', np.pi * 25),
    "hidden": (f'{RECT}<circle r="4" style="display:none"/><g display="none"><circle r="9"/></g>', 800.0),
    "clip": (f'<clipPath id="k"><circle r="4"/></clipPath>{RECT}', 800.0),
    "text": (f"<title>t</title><style>rect {{fill: red}}</style>{RECT}<text>12 mm</text>", 800.0),
    "prefix": ('<s:rect xmlns:s="http://www.w3.org/2000/svg" width="40" height="20"/>', 800.0),
    "repeated point": ('<path d="M0 0L30 0L30 0L0 20L0 0Z"/>', 300.0),
}


@pytest.mark.parametrize(("body", "area"), SHAPES.values(), ids=SHAPES)
def test_svg_shapes(svg, body, area):
    page = IN_MM
    if area is None:
        page, area = 'width="100mm" height="50mm"', 800.0
    assert svg(body, page).area_mm2 == pytest.approx(area, rel=5e-4)


def test_y_of_svg_points_down(svg):
    outline = svg('<polygon points="0,0 30,0 0,20"/>')
    np.testing.assert_allclose(sorted(outline.points_mm), [(-15, -10), (-15, 10), (15, 10)], rtol=2e-6)


def test_svg_layers(svg):
    body = (
        '<g id="g1" xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:label="Left pad"><g><rect width="4" '
        'height="2"/></g></g><g id="g2" transform="translate(30 0)"><circle r="5"/></g>'
    )
    assert svg(body, layer="Left pad").area_mm2 == pytest.approx(8, rel=2e-6)
    assert svg(body, layer="g1").area_mm2 == pytest.approx(8, rel=2e-6)
    assert svg(body, layer="g2").area_mm2 == pytest.approx(np.pi * 25, rel=FLAT)
    with pytest.raises(
        OutlineError, match="nothing in a group 'g3'; accepted: one of the labels and ids Left pad, g1, g2"
    ):
        svg(body, layer="g3")


SVG_REFUSED = {
    "empty": ("", "found no closed outline"),
    "open path": ('<path d="M0 0h10v10"/>', "found no closed outline: 2 ends"),
    "two": ('<circle r="2"/><circle cx="9" r="3"/>', "found 2 outlines apart"),
    "crossing": ('<path d="M0 0L10 10L10 0L0 9z"/>', "that crosses itself"),
    "bad path": (RECT + '<path d="M0 0h9v9z nonsense"/>', "<path> with d 'M0 0h9v9z nonsense'; accepted: numbers"),
    "short path": (RECT + '<path d="M20 15h3v3z L9"/>', "cannot be read as SVG"),
    "bad number": (RECT + '<rect x="20" y="15" width="ten" height="3"/>', "<rect> with width 'ten'; accepted: numbers"),
    "other unit": (RECT + '<circle cx="20" cy="20" r="1em"/>', "<circle> with r '1em'"),
    "odd points": (RECT + '<polygon points="20 20 21 20 21"/>', "<polygon> with points '20 20 21 20 21'"),
    "bad transform": (RECT + '<circle cx="20" cy="20" r="1" transform="rotat(3)"/>', r"transform 'rotat\(3\)'"),
    "infinite": ('<path d="M0 0H1e400V3z"/>', "coordinates that are no numbers; accepted: finite"),
    "not closed": ("<g>", "cannot be read as SVG"),
    "use of another file": ('<use href="other.svg#a"/>', r"a <use> of 'other\.svg#a'; accepted: references inside"),
    "use of itself": ('<g id="a"><circle r="1"/><use href="#a"/></g>', "a <use> of itself"),
    "symbol": (f'<symbol id="s">{RECT}</symbol>', "a <symbol> outside of <defs>"),
    "symbol with a viewBox": (f'<defs><symbol viewBox="0 0 9 9">{RECT}</symbol></defs>', "a <symbol> with a viewBox"),
    "deep": ("<g>" * 200 + "</g>" * 200, "nested more than 100 deep"),
    "unknown entity": ("&bomb;", "cannot be read as SVG"),
}


@pytest.mark.parametrize(("body", "message"), SVG_REFUSED.values(), ids=SVG_REFUSED)
def test_svg_refused(svg, body, message):
    with pytest.raises(OutlineError, match=message):
        svg(body)


def test_uses_of_uses_are_counted(svg):
    levels = "".join(f'<g id="l{i}">' + f'<use href="#l{i - 1}"/>' * 10 + "</g>" for i in range(1, 12))
    with pytest.raises(OutlineError, match="more than 20000 elements"):
        svg(f'<defs><g id="l0">{RECT}</g>{levels}</defs><use href="#l11"/>')


HEAD = '<?xml version="1.0"?><!DOCTYPE svg [{}]><svg xmlns="http://www.w3.org/2000/svg">{}</svg>'
ENTITIES = {
    "expansion": ('<!ENTITY a "aaaa">' + "".join(f'<!ENTITY a{i} "{"&a;" * 50}">' for i in range(9)), "&a8;"),
    "external": ('<!ENTITY a SYSTEM "secret.txt">', "<text>&a;</text>"),
    "parameter": ('<!ENTITY % a SYSTEM "secret.txt"> %a;', RECT),
}


@pytest.mark.parametrize(("declared", "body"), ENTITIES.values(), ids=ENTITIES)
def test_entities_are_refused(tmp_path, declared, body):
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "pad.svg").write_text(HEAD.format(declared, body))
    with pytest.raises(OutlineError, match="found the XML entity 'a'; accepted: a file without entity declarations"):
        read_outline(pad("pad.svg"), tmp_path)


def test_a_named_document_type_is_harmless(tmp_path):
    head = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    (tmp_path / "pad.svg").write_text(head + SVG.format(IN_MM, RECT + '<image href="http://localhost:1/x.png"/>'))
    assert read_outline(pad("pad.svg"), tmp_path).area_mm2 == pytest.approx(800, rel=2e-6)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("pad.svg", b"", "cannot be read as SVG"),
        ("pad.svg", b"\x89PNG\r\n\x00\x00", "cannot be read as SVG"),
        ("pad.svg", b"<html/>", "a document <html>; accepted: an SVG drawing"),
        ("pad.dxf", b"", "cannot be read as DXF"),
        ("pad.dxf", b"hello\nworld\n", "cannot be read as DXF"),
        ("pad.dxf", b"  0\nSECTION\n  2\nENTITIES\n  0\nLINE\n 10\nx\n", "cannot be read as DXF"),
        ("pad.png", b"", r"suffix '\.png'; accepted: \.dxf or \.svg"),
        ("pad", b"", "no suffix"),
    ],
)
def test_files_that_are_no_drawing(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(OutlineError, match=message):
        read_outline(pad(name), tmp_path)


def test_a_dxf_file_cut_short(tmp_path):
    drawing = ezdxf.new()
    drawing.modelspace().add_circle((0, 0), 5)
    drawing.saveas(tmp_path / "pad.dxf")
    whole = (tmp_path / "pad.dxf").read_bytes()
    for part in (0.3, 0.6, 0.9):
        (tmp_path / "pad.dxf").write_bytes(whole[: int(part * len(whole))])
        with pytest.raises(OutlineError, match=r"cannot be read as DXF|no closed outline"):
            read_outline(pad("pad.dxf"), tmp_path)


def test_no_such_file(tmp_path):
    (tmp_path / "folder.svg").mkdir()
    for name in ("missing.svg", "folder.svg", "missing.dxf"):
        with pytest.raises(OutlineError, match=f"{name}: found no such file; accepted: an existing file"):
            read_outline(pad(name), tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(tmp_path):
    (tmp_path / "pad.svg").write_text(SVG.format("", RECT))
    (tmp_path / "pad.svg").chmod(0)
    with pytest.raises(OutlineError, match=r"a file that cannot be read \(Permission denied\)"):
        read_outline(pad("pad.svg"), tmp_path)


def test_the_error_travels_between_processes():
    error = OutlineError("a.svg", "this", "that")
    assert str(pickle.loads(pickle.dumps(error))) == str(error) == "a.svg: found this; accepted: that"
