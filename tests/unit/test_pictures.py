"""Pictures: what is behind them, and that each is written whole; not their pixels."""

import struct

import numpy as np
import pytest
from test_fields import CASE, CONDUCTORS, VOLTS, field, potential, tiny_body

from sim.case import parse_case
from sim.report.pictures import draw_all, draw_placement
from sim.report.pictures.colours import FLOATING, electrode_colours, roles, tissue_colours
from sim.report.pictures.cut import Cut
from sim.report.pictures.labels import spread
from sim.report.pictures.plane import Plane, chord, main_pair, windows_under
from sim.report.pictures.sheet import TITLE_LETTERS, heading
from sim.units import MA_PER_CM2


def case_with(**changes):
    return parse_case(CASE | changes, "test")


def png_size(path):
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", head[16:24])


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    case, basis, response = tiny_body()
    return folder, draw_all(case, basis, response, CONDUCTORS, folder)


def test_every_picture_is_a_png_of_a_size_to_read(drawn):
    folder, pictures = drawn
    assert [picture.name for picture in pictures] == ["placement", "contacts", "section"]
    assert sorted(file.name for file in folder.iterdir()) == ["contacts.png", "placement.png", "section.png"]
    for picture in pictures:
        width, height = png_size(folder / f"{picture.name}.png")
        assert width == 1280
        assert 400 < height < 2000


def test_alternative_texts_name_the_electrodes_and_their_numbers(drawn):
    placement, contacts, section = drawn[1]
    assert "skin 2 mm, muscle 10 mm" in placement.alt
    assert "left at (-18, 0) mm" in placement.alt
    assert all(name in picture.alt for picture in drawn[1] for name in ("left", "right"))
    # 12 A/m2 for 1 V, mean over the pad, as a sine of 10 V
    assert f"left: mean {12.0 * VOLTS / np.sqrt(2.0) / MA_PER_CM2:.3g}" in contacts.alt
    assert "mA/cm²" in section.alt


def test_a_title_may_hold_anything(tmp_path):
    draw_placement(case_with(title="Costs $5, 100 % of $x^{\n and 針 " + "long " * 20), tmp_path / "placement.png")
    assert png_size(tmp_path / "placement.png")[0] == 1280


def test_headings_keep_the_subject_when_the_title_is_long():
    text = heading(case_with(title="word " * 30), "placement")
    assert text.endswith("…: placement")
    assert len(text) <= TITLE_LETTERS + 3
    assert heading(case_with(title="short"), "placement") == "short: placement"


@pytest.fixture(scope="module")
def cut():
    case, basis, response = tiny_body()
    plane = Plane.through(*(np.array(e.position_mm) * 1e-3 for e in main_pair(case)))
    whole = Cut.of(basis, plane)
    corners = whole.points(basis)
    lengths = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    return basis, response, plane, whole.divided(lengths, 2e-3)


def test_the_cut_covers_the_whole_section_once(cut):
    basis, _, plane, triangles = cut
    points = triangles.points(basis)
    edges = points[:, 1:] - points[:, :1]
    area = np.linalg.norm(np.cross(edges[:, 0], edges[:, 1]), axis=1).sum() / 2
    assert area == pytest.approx(60e-3 / plane.along[0] * 12e-3, rel=1e-6)
    assert plane.distance(points) == pytest.approx(0.0, abs=1e-8)


def test_potential_on_the_cut_is_exact_for_a_quadratic(cut):
    basis, response, _, triangles = cut
    exact = VOLTS * potential(triangles.points(basis))
    assert triangles.potential(basis, response) == pytest.approx(exact, abs=1e-9)


def test_density_on_the_cut_is_that_of_each_layer(cut):
    basis, response, _, triangles = cut
    κ = np.array([0.1 * np.ones(3), [0.5, 0.2, 0.2]])[basis.layers[triangles.cells]]
    J = VOLTS * κ[:, None] * field(triangles.points(basis))
    exact = np.linalg.norm(J, axis=2) / np.sqrt(2.0) / MA_PER_CM2
    assert triangles.density(basis, response, CONDUCTORS) == pytest.approx(exact, rel=1e-9)


def test_chords_are_where_the_plane_meets_the_pads():
    case = case_with()
    plane = Plane.through(np.array([-18e-3, 0.0]), np.array([18e-3, 0.0]))
    assert chord(case.electrodes[0], plane) == pytest.approx((-23.0, -13.0), abs=0.02)
    far = Plane.through(np.array([-18e-3, 12e-3]), np.array([18e-3, 12e-3]))
    left, right = chord(case.electrodes[0], far)
    assert left == right


def test_windows_have_one_shape_and_stay_in_the_body():
    case = case_with()
    plane = Plane.through(np.array([-18e-3, 0.0]), np.array([18e-3, 3e-3]))
    sizes = [high - low for low, high in windows_under(case, plane, main_pair(case))]
    assert len({round(size[1] / size[0], 9) for size in sizes}) == 1
    assert max(size[1] for size in sizes) <= 12.0 + 1e-9


def test_the_section_goes_through_both_poles_of_the_first_channel():
    weights = {"left": -1.0, "right": 0.4, "third": 0.6}
    third = {"name": "third", "pad": {"kind": "disc", "diameter_mm": 4.0}, "position_mm": [0.0, 8.0]}
    channel = CASE["channels"][0] | {"electrodes": weights}
    case = case_with(electrodes=[*CASE["electrodes"], third], channels=[channel])
    assert [electrode.name for electrode in main_pair(case)] == ["left", "third"]


def test_colours_and_words_tell_poles_and_floating_apart():
    third = {"name": "third", "pad": {"kind": "disc", "diameter_mm": 4.0}, "position_mm": [0.0, 8.0]}
    case = case_with(electrodes=[*CASE["electrodes"], third])
    assert roles(case) == {"left": "+ch1", "right": "−ch1", "third": "floating"}
    colours = electrode_colours(case)
    assert colours["third"] == FLOATING
    assert len(set(colours.values())) == 3


def test_every_tissue_has_a_colour():
    layers = [{"tissue": name, "thickness_mm": 2.0} for name in ("skin", "cerebrospinal_fluid", "blood")]
    colours = tissue_colours(case_with(body=CASE["body"] | {"layers": layers}))
    assert len(set(colours.values())) == 3


def test_labels_are_spread_no_further_than_needed():
    assert spread([0.0, 10.0], 1.0) == pytest.approx([0.0, 10.0])
    places = spread([5.0, 5.2, 5.1, 20.0], 1.0)
    assert places == pytest.approx([4.1, 6.1, 5.1, 20.0])
    assert np.diff(np.sort(spread(np.linspace(0.0, 1.0, 7), 0.5))).min() == pytest.approx(0.5)
