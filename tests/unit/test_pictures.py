"""Pictures: what is behind them, and that each is written whole; not their pixels."""

import struct

import numpy as np
import pytest
from test_fields import CASE, CONDUCTORS, VOLTS, field, potential, tiny_body

from meshes.build import build_mesh
from sim.basis import Basis, Contact, SolveFacts
from sim.case import parse_case
from sim.exposure.triangles import facet_areas
from sim.report.drawing import drawable
from sim.report.pictures import draw_all, draw_placement
from sim.report.pictures.borders import borders, chained
from sim.report.pictures.carving import Tetrahedra
from sim.report.pictures.colours import FLOATING, IMPLANT, electrode_colours, roles, tissue_colours
from sim.report.pictures.contacts import MOST, shown
from sim.report.pictures.cut import Cut
from sim.report.pictures.labels import spread
from sim.report.pictures.legend import legend_entries
from sim.report.pictures.marks import anchors
from sim.report.pictures.names import arrays, labelled
from sim.report.pictures.opening import choose_opening
from sim.report.pictures.placement import choose_inset, skin_outlines_mm
from sim.report.pictures.plane import Plane, main_pair, main_plane, windows_at
from sim.report.pictures.section import cut_section
from sim.report.pictures.sheet import TITLE_LETTERS, heading
from sim.report.pictures.solids import carved_skin
from sim.report.pictures.terminals import metal_mm
from sim.report.pictures.unrolling import lay_flat
from sim.report.pictures.view import View, choose_view, pad_facing
from sim.response import respond
from sim.units import MA_PER_CM2, MM

WAVEFORM = {"kind": "sine", "frequency_Hz": 50.0}
DISC = {"kind": "disc", "diameter_mm": 12.0}
LIMB = {
    "title": "Two pads across a thin arm",
    "body": {
        "kind": "limb",
        "length_mm": 60.0,
        "radius_mm": 15.0,
        "layers": [{"tissue": "skin", "thickness_mm": 3.0}],
        "core": {"tissue": "muscle"},
        "bones": [{"name": "ulna", "position_mm": [0.0, 0.0], "radius_mm": 5.0, "cortical_mm": 2.0}],
    },
    "electrodes": [
        {"name": "one", "pad": DISC, "position_mm": [-10.0, -23.5]},
        {"name": "two", "pad": DISC, "position_mm": [-10.0, 23.5]},
    ],
    "channels": [
        {"name": "ch1", "electrodes": {"one": 1.0, "two": -1.0}, "amplitude_mA": 10.0, "waveform": WAVEFORM},
    ],
}
LEAD = {
    "title": "A lead beside a plate",
    "body": {
        "kind": "block",
        "length_mm": 60.0,
        "width_mm": 60.0,
        "layers": [{"tissue": "white_matter", "thickness_mm": 40.0}],
    },
    "leads": [
        {
            "name": "dbs",
            "shape": {
                "kind": "shaft",
                "shaft_diameter_mm": 3.0,
                "tip": "hemisphere",
                "contacts": [
                    {"name": "0", "from_mm": 0.0, "length_mm": 3.0},
                    {"name": "1", "from_mm": 5.0, "length_mm": 3.0},
                ],
            },
            "tip_mm": [0.0, 0.0, -25.0],
            "direction": [0.0, 0.0, 1.0],
        }
    ],
    "inclusions": [
        {
            "name": "plate",
            "kind": "box",
            "center_mm": [0.0, 12.0, -20.0],
            "size_mm": [10.0, 4.0, 10.0],
            "material": "metal",
        },
    ],
    "channels": [
        {"name": "ch1", "electrodes": {"dbs0": 1.0, "dbs1": -1.0}, "amplitude_mA": 1.0, "waveform": WAVEFORM},
    ],
}


def case_with(**changes):
    return parse_case(CASE | changes, "test")


def png_size(path):
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", head[16:24])


def basis_on(case, mesh):
    """A basis on a mesh that no solver made: every terminal has a potential along an axis of its own."""
    points, names = mesh.points_mm * MM, list(mesh.volume_names)
    layers = np.array([names.index(name) for name in mesh.volume_names])[mesh.cell_tags - 1]
    count = len(case.terminals)
    directions = np.eye(3)[np.arange(count) % 3] * 10.0
    metal = metal_mm(case, mesh)
    contacts = tuple(
        Contact(name, metal[name] * MM, np.full((count, len(metal[name]), 3), k + 1.0), np.zeros((count, count)))
        for k, name in enumerate(case.terminals)
    )
    return Basis(
        points=points,
        cells=mesh.cells,
        layers=layers,
        layer_names=tuple(names),
        terminals=case.terminals,
        conductivity=np.tile(0.2 * np.eye(3), (len(mesh.cells), 1, 1)),
        potentials=-(points @ directions.T).T,
        fields=np.broadcast_to(directions[:, None, None], (count, len(mesh.cells), 4, 3)),
        contacts=contacts,
        admittance=(count * np.eye(count) - 1.0) * 1e-3,
        facts=SolveFacts(100, 2, 7, 1e-12, 1e-12, 1e-12, 0.1, 0.1),
    )


@pytest.fixture(scope="module")
def block_mesh():
    return build_mesh(case_with().geometry, "draft")


@pytest.fixture(scope="module")
def limb():
    case = parse_case(LIMB, "test")
    mesh = build_mesh(case.geometry, "draft")
    return case, mesh, basis_on(case, mesh)


@pytest.fixture(scope="module")
def lead():
    case = parse_case(LEAD, "test")
    mesh = build_mesh(case.geometry, "draft")
    return case, mesh, basis_on(case, mesh)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory, block_mesh):
    folder = tmp_path_factory.mktemp("pictures")
    case, basis, response = tiny_body()
    return folder, draw_all(case, drawable(block_mesh), basis, response, CONDUCTORS, folder)


def check_files(folder, pictures, profiles=("depth",)):
    names = ["placement", "contacts", "distribution", "section", *profiles, "waveform-ch1", "over-time-ch1"]
    assert [picture.name for picture in pictures] == names
    assert sorted(file.name for file in folder.iterdir()) == sorted(f"{name}.png" for name in names)
    for picture in pictures:
        width, height = png_size(folder / f"{picture.name}.png")
        assert width == 1280
        assert 300 < height < 2200


def test_every_picture_is_a_png_of_a_size_to_read(drawn):
    check_files(*drawn)


@pytest.mark.parametrize("which", ["limb", "lead"])
def test_limbs_and_leads_are_drawn_too(which, request, tmp_path):
    case, mesh, basis = request.getfixturevalue(which)
    pictures = draw_all(case, drawable(mesh), basis, respond(case, basis), CONDUCTORS, tmp_path)
    check_files(tmp_path, pictures, ("depth",) if case.electrodes else ())
    for name in case.poles:
        assert name in pictures[1].alt
    placement = pictures[0].alt
    if which == "limb":
        assert "Limb 60 mm long, half widths 15 and 15 mm, with the layers skin 3 mm, muscle inside" in placement
    else:
        assert "lead dbs with its tip at (0, 0, -25) mm; plate of metal" in placement
        assert "plate" not in pictures[1].alt


def test_alternative_texts_name_the_electrodes_and_their_numbers(drawn):
    placement, contacts, distribution, section, depth = drawn[1][:5]
    assert "skin 2 mm, muscle 10 mm" in placement.alt
    assert "left at (-18, 0) mm" in placement.alt
    assert all(name in picture.alt for picture in drawn[1][:5] for name in ("left", "right"))
    # 12 A/m2 for 1 V, mean over the pad, as a sine of 10 V
    assert f"left: mean {12.0 * VOLTS / np.sqrt(2.0) / MA_PER_CM2:.3g}" in contacts.alt
    assert "mA/cm²" in section.alt
    assert "borders of skin, muscle" in section.alt
    assert "half of the area above" in distribution.alt
    assert "under left: skin to 2 mm" in depth.alt and "between left and right: skin to 2 mm" in depth.alt


def test_a_title_may_hold_anything(tmp_path, block_mesh):
    case = case_with(title="Costs $5, 100 % of $x^{\n and 針 " + "long " * 20)
    draw_placement(case, block_mesh, tmp_path / "placement.png")
    assert png_size(tmp_path / "placement.png")[0] == 1280


def test_headings_keep_the_subject_when_the_title_is_long():
    text = heading(case_with(title="word " * 30), "placement")
    assert text.endswith("…: placement")
    assert len(text) <= TITLE_LETTERS + 3
    assert heading(case_with(title="short"), "placement") == "short: placement"


def volumes(body):
    ends = body.points[body.cells]
    return np.abs(np.linalg.det(ends[:, 1:] - ends[:, :1])) / 6


def test_a_split_body_is_the_same_body(limb):
    _, mesh, _ = limb
    body = Tetrahedra(mesh.points_mm, mesh.cells, mesh.cell_tags)
    normal = np.array([0.6, 0.64, 0.48])
    split = body.split(normal, 1.0).split(np.array([0.0, 0.0, 1.0]), -2.0)
    assert len(split.cells) > len(body.cells)
    assert np.bincount(split.tags, volumes(split)) == pytest.approx(np.bincount(body.tags, volumes(body)), rel=1e-9)
    places = split.points[split.cells] @ normal - 1.0
    assert (np.minimum(places.max(axis=1), -places.min(axis=1)) < 1e-6).all()  # no cell on both sides
    before, after = (body.points[body.surface()[0]], split.points[split.surface()[0]])
    assert facet_areas(after).sum() == pytest.approx(facet_areas(before).sum(), rel=1e-9)  # neighbours still match


def test_a_carved_surface_is_closed_and_faces_outwards(limb):
    _, mesh, _ = limb
    body = Tetrahedra(mesh.points_mm, mesh.cells, mesh.cell_tags).split(np.array([1.0, 0.0, 0.0]), 3.0)
    body = body.without(body.centroids[:, 0] > 3.0)
    triangles, cells = body.surface()
    corners = body.points[triangles]
    inside = np.einsum("ti,ti->t", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6
    assert inside == pytest.approx(volumes(body).sum(), rel=1e-9)
    assert len(cells) == len(triangles)
    edges = np.sort(triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all()


def test_a_limb_is_opened_beside_its_pads(limb):
    case, mesh, _ = limb
    low, high = mesh.points_mm.min(axis=0), mesh.points_mm.max(axis=0)
    view = choose_view(case)
    opening = choose_opening(case, view, low, high, skin_outlines_mm(case))
    assert opening.planes
    assert not any(opening.contains(outline).any() for outline in skin_outlines_mm(case))
    assert opening.contains(np.array([[25.0, -10.0, 10.0]]))  # the end that is seen, on the side of the camera
    skin = carved_skin(case, mesh, opening)
    assert {mesh.volume_names[name] for name in ("skin", "muscle", "ulna cortical")} <= set(skin.regions.tolist())
    centres = skin.points[skin.triangles].mean(axis=1)
    bare = opening.contains(centres - 0.01 * view.near)
    assert set(skin.regions[bare].tolist()) <= {mesh.volume_names["ulna cortical"], mesh.volume_names["ulna marrow"]}


def test_a_block_with_nothing_inside_stays_whole(block_mesh):
    low, high = block_mesh.points_mm.min(axis=0), block_mesh.points_mm.max(axis=0)
    assert choose_opening(case_with(), View(), low, high, skin_outlines_mm(case_with())).planes == ()


def test_pads_are_looked_at_from_where_they_are_seen():
    def turned(arc):
        pads = [
            LIMB["electrodes"][0] | {"name": name, "position_mm": [x, arc]} for name, x in (("one", -10), ("two", 10))
        ]
        pads = [pad | {"position_mm": [float(pad["position_mm"][0]), arc]} for pad in pads]
        return parse_case(LIMB | {"electrodes": pads}, "test")

    assert choose_view(turned(0.0)) == View()
    behind = turned(20.0)
    assert choose_view(behind) != View()
    assert min(pad_facing(behind, choose_view(behind)).values()) > max(pad_facing(behind, View()).values())


def test_small_contacts_are_enlarged(lead, block_mesh):
    case, mesh, _ = lead
    view = choose_view(case)
    inset = choose_inset(case, mesh, view, choose_opening(case, view, *np.array([[-30, -30, -40], [30, 30, 0]]), []))
    assert inset is not None
    assert inset.names == {"dbs0", "dbs1"}
    flat = view.project(np.vstack(list(metal_mm(case, mesh).values())[:2]).reshape(-1, 3))
    assert ((flat > inset.window[0]) & (flat < inset.window[1])).all()
    assert choose_inset(case_with(), block_mesh, View(), inset.opening) is None


@pytest.fixture(scope="module")
def cut():
    case, basis, response = tiny_body()
    plane = main_plane(case, basis, main_pair(case, basis))
    whole = Cut.of(basis, plane)
    corners = whole.points(basis)
    lengths = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    return basis, response, plane, whole.divided(lengths, 2e-3)


def test_the_cut_covers_the_whole_section_once(cut):
    basis, _, plane, triangles = cut
    points = triangles.points(basis)
    area = facet_areas(points).sum()
    assert area == pytest.approx(60e-3 / plane.along[0] * 12e-3, rel=1e-6)
    assert plane.distance(points) == pytest.approx(0.0, abs=1e-8)


def test_potential_on_the_cut_is_exact_for_a_quadratic(cut):
    basis, response, _, triangles = cut
    exact = VOLTS * potential(triangles.points(basis))
    assert triangles.potential(basis, response) == pytest.approx(exact, abs=1e-9)


def test_density_on_the_cut_is_that_of_each_layer(cut):
    basis, response, _, triangles = cut
    κ = np.stack([np.diag(c.tensor) for c in CONDUCTORS])[basis.layers[triangles.cells]]
    J = VOLTS * κ[:, None] * field(triangles.points(basis))
    exact = np.linalg.norm(J, axis=2) / np.sqrt(2.0) / MA_PER_CM2
    assert triangles.density(basis, response) == pytest.approx(exact, rel=1e-9)


def test_borders_are_where_the_regions_meet_and_end(cut):
    basis, _, plane, _ = cut
    inner, outer = borders(basis, plane)
    width = 60.0 / plane.along[0]
    assert inner[..., 1] == pytest.approx(-2.0)
    assert np.linalg.norm(inner[:, 1] - inner[:, 0], axis=1).sum() == pytest.approx(width, rel=1e-6)
    assert np.linalg.norm(outer[:, 1] - outer[:, 0], axis=1).sum() == pytest.approx(2 * width + 24.0, rel=1e-6)
    assert len(chained(inner)) == 1
    (around,) = chained(outer)
    assert around[0] == pytest.approx(around[-1])


def test_borders_are_whole_where_vertices_lie_in_the_plane():
    _, basis, _ = tiny_body()
    plane = Plane.across(np.array([10e-3, 0.0, 0.0]), np.eye(3)[0])
    assert (plane.distance(basis.points) == 0.0).any()
    for lines, length in zip(borders(basis, plane), (30.0, 84.0), strict=True):
        assert np.linalg.norm(lines[:, 1] - lines[:, 0], axis=1).sum() == pytest.approx(length, rel=1e-4)


def test_the_plane_cuts_the_metal_where_the_pad_is():
    _, basis, _ = tiny_body()
    plane = Plane.through(np.array([-18e-3, 0.0]), np.array([18e-3, 0.0]))
    assert plane.names == ("x in mm", "z in mm")
    places = plane.cross(basis.contacts[0].corners / MM)
    assert (places[..., 0].min(), places[..., 0].max()) == pytest.approx((-23.0, -13.0), abs=0.1)
    assert places[..., 1] == pytest.approx(0.0)
    far = Plane.through(np.array([-18e-3, 12e-3]), np.array([18e-3, 12e-3]))
    assert len(far.cross(basis.contacts[0].corners / MM)) == 0


def test_windows_have_one_shape_and_stay_in_the_body():
    case, basis, _ = tiny_body()
    pair = main_pair(case, basis)
    plane = main_plane(case, basis, pair)
    windows = windows_at(case, basis, plane, pair, (np.array([-30.0, -12.0]), np.array([30.0, 0.0])))
    sizes = [high - low for low, high in windows]
    assert len({round(size[1] / size[0], 9) for size in sizes}) == 1
    assert max(size[1] for size in sizes) <= 12.0 + 1e-9
    assert [high[1] for _, high in windows] == pytest.approx([0.0, 0.0])


def test_the_section_goes_through_both_poles_of_the_first_channel(lead):
    case, mesh, basis = lead
    assert main_pair(case, basis) == ("dbs0", "dbs1")
    plane = main_plane(case, basis, ("dbs0", "dbs1"))
    assert plane.names == ("y in mm", "z in mm")  # both lie on one normal: through the plate
    section, windows = cut_section(case, mesh, basis, respond(case, basis), plane, ("dbs0", "dbs1"))
    assert set(section.metal) == {"dbs0", "dbs1", "plate"}
    for name, (low, high) in zip(("dbs0", "dbs1"), windows, strict=True):
        places = section.metal[name].reshape(-1, 2)
        assert ((places > low) & (places < high)).all()


def test_opposite_pads_are_cut_across_the_limb(limb):
    case, mesh, basis = limb
    plane = main_plane(case, basis, main_pair(case, basis))
    assert np.abs(plane.normal) == pytest.approx([1.0, 0.0, 0.0])
    section, _ = cut_section(case, mesh, basis, respond(case, basis), plane, main_pair(case, basis))
    assert facet_areas(np.pad(section.corners, ((0, 0), (0, 0), (0, 1)))).sum() == pytest.approx(
        np.pi * 15**2, rel=0.02
    )
    assert set(section.metal) == {"one", "two"}
    places = anchors(section.corners.mean(axis=1), section.regions, len(basis.layer_names), shells=True)
    assert sorted(places) == [0, 1, 2, 3]
    radii = {basis.layer_names[i]: float(np.hypot(*place)) for i, place in places.items()}
    assert radii["skin"] > 12.0 > radii["muscle"] > 5.0 > radii["ulna cortical"] > 3.0 > radii["ulna marrow"]


def test_pads_and_contacts_keep_their_area_when_they_are_laid_flat(limb, lead):
    for case, _, basis in (limb, lead):
        for contact in basis.contacts[: len(case.poles)]:
            flat = lay_flat(case, contact)
            true = facet_areas(contact.corners / MM)
            laid = facet_areas(np.pad(flat.corners, ((0, 0), (0, 0), (0, 1))))
            assert laid[: len(true)].sum() == pytest.approx(true.sum(), rel=0.04)
            assert len(flat.loops) == 1
    assert lay_flat(*(lambda case, _, basis: (case, basis.contacts[1]))(*lead)).names[1] == "from the tip in mm"


def test_of_many_contacts_the_densest_are_shown():
    electrodes = [
        {"name": f"a{i}", "pad": {"kind": "disc", "diameter_mm": 2.0}, "position_mm": [-24.0 + 3.0 * i, 0.0]}
        for i in range(16)
    ]
    channel = CASE["channels"][0] | {"electrodes": {"a3": 1.0, "a9": -1.0}}
    case = case_with(electrodes=electrodes, channels=[channel])
    chosen = shown(case, {name: float(i) for i, name in enumerate(case.poles)})
    assert chosen == [f"a{i}" for i in range(4, 16)]
    assert len(chosen) == MOST
    assert arrays(case) == {"a": [f"a{i}" for i in range(16)]}
    assert labelled(case) == {}


def test_the_section_takes_the_strongest_poles():
    weights = {"left": -1.0, "right": 0.4, "third": 0.6}
    case, basis, _ = tiny_body()
    third = {"name": "third", "pad": {"kind": "disc", "diameter_mm": 4.0}, "position_mm": [0.0, 8.0]}
    case = case_with(electrodes=[*CASE["electrodes"], third], channels=[CASE["channels"][0] | {"electrodes": weights}])
    moved = Contact("third", basis.contacts[0].corners + np.array([30e-3, 0.0, 0.0]), np.empty(0), np.empty(0))
    basis = Basis(
        **{key: getattr(basis, key) for key in basis.__dataclass_fields__}
        | {"terminals": ("left", "right", "third"), "contacts": (*basis.contacts, moved)}
    )
    assert main_pair(case, basis) == ("left", "third")


def test_colours_and_words_tell_poles_and_floating_apart(lead):
    third = {"name": "third", "pad": {"kind": "disc", "diameter_mm": 4.0}, "position_mm": [0.0, 8.0]}
    case = case_with(electrodes=[*CASE["electrodes"], third])
    assert roles(case) == {"left": "+ch1", "right": "−ch1", "third": "floating"}
    colours = electrode_colours(case)
    assert colours["third"] == FLOATING
    assert len(set(colours.values())) == 3
    assert electrode_colours(lead[0])["plate"] == IMPLANT
    assert list(roles(lead[0])) == ["dbs0", "dbs1"]
    assert labelled(lead[0]) == {"dbs0": "dbs0 (+ch1)", "dbs1": "dbs1 (−ch1)", "plate": "plate (implant)"}


def test_every_tissue_has_a_colour_and_an_entry(limb, lead):
    layers = [{"tissue": name, "thickness_mm": 2.0} for name in ("skin", "cerebrospinal_fluid", "blood")]
    colours = tissue_colours(case_with(body=CASE["body"] | {"layers": layers}))
    assert len(set(colours.values())) == 3
    assert [text for text, _ in legend_entries(limb[0])] == ["skin 3 mm", "muscle", "bone cortical", "bone cancellous"]
    assert [text for text, _ in legend_entries(lead[0])] == ["white matter 40 mm", "metal plate", "shaft"]


def test_labels_are_spread_no_further_than_needed():
    assert spread([0.0, 10.0], 1.0) == pytest.approx([0.0, 10.0])
    places = spread([5.0, 5.2, 5.1, 20.0], 1.0)
    assert places == pytest.approx([4.1, 6.1, 5.1, 20.0])
    assert np.diff(np.sort(spread(np.linspace(0.0, 1.0, 7), 0.5))).min() == pytest.approx(0.5)
