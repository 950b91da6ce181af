"""Whole meshes of small geometries: names, areas, volumes, conformity, and what is refused."""

from itertools import pairwise

import gmsh
import numpy as np
import pytest
from checking import area, assert_conforming, cells_of, facets_of, volume

from meshes.bodies import Block, Bone, Face, Limb
from meshes.build import build_mesh
from meshes.clashes import check_apart
from meshes.construction import BuiltPad, Connector, Detached, Needles, StackLayer
from meshes.errors import MeshError
from meshes.geometry import Geometry, PlacedLead
from meshes.inclusions import Box, Cylinder, Sphere
from meshes.layers import Core, Layer
from meshes.leads import Concentric, Shaft, ShaftContact
from meshes.pads import Disc, Rectangle, Ring
from meshes.places import touching_outline
from meshes.tagged import TaggedMesh
from meshes.wounds import Wound

LAYERS = (Layer(tissue="skin", thickness_mm=1.5), Layer(tissue="fat", thickness_mm=4.0))
CORNEUM = Layer(tissue="stratum_corneum", thickness_mm=0.05)
MUSCLE = Layer(tissue="muscle", thickness_mm=15.0)
BLOCK = Block(kind="block", length_mm=60.0, width_mm=50.0, layers=(*LAYERS, MUSCLE))
THIN = BLOCK.model_copy(update={"layers": (CORNEUM, *LAYERS, MUSCLE)})
LIMB = Limb(kind="limb", length_mm=80.0, radius_mm=25.0, layers=LAYERS, core=Core(tissue="muscle"))
FACE = Face(kind="face", length_mm=60.0, width_mm=50.0, radius_mm=70.0, layers=(*LAYERS, MUSCLE))
ELLIPTIC = LIMB.model_copy(update={"radius_mm": None, "semi_axes_mm": (30.0, 20.0), "taper": 0.8})
BODIES = {
    "block": BLOCK,
    "block with corneum": THIN,
    "limb": LIMB,
    "limb with corneum": LIMB.model_copy(update={"layers": (CORNEUM, *LAYERS)}),
    "tapering limb": LIMB.model_copy(update={"taper": 1.4}),
    "elliptic limb": ELLIPTIC,
    "face": FACE,
}
DISC = Disc(kind="disc", diameter_mm=12.0)


def pad(name, x, y, outline=DISC, **parts):
    return BuiltPad(name=name, pad=outline, position_mm=(x, y), **parts)


def meshed(body, pads=(), **parts):
    mesh = build_mesh(Geometry(body=body, pads=pads, **parts), "draft")
    assert_conforming(mesh)
    return mesh


def shaft(**changes):
    contacts = (ShaftContact(name="0", from_mm=0.0, length_mm=2.0), ShaftContact(name="1", from_mm=3.0, length_mm=1.5))
    given = {"kind": "shaft", "shaft_diameter_mm": 1.3, "tip": "hemisphere", "contacts": contacts}
    return Shaft(**(given | changes))


def lead(tip=(0.0, 0.0, -12.0), direction=(0.0, 0.0, 1.0), shape=None):
    return PlacedLead(name="lead", shape=shape or shaft(), tip_mm=tip, direction=direction)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_every_body(body):
    plate = Rectangle(kind="rectangle", length_mm=14.0, width_mm=10.0, corner_radius_mm=3.0, angle_deg=30.0)
    mesh = meshed(body, (pad("disc", -15.0, 4.0), pad("plate", 14.0, -6.0, plate)))
    regions = [region.name for region in body.regions]
    assert list(mesh.volume_names) == regions
    expected = {"skin", "cut", "pad disc", "pad plate"}
    expected |= {f"interface {one}|{other}" for one, other in pairwise(regions)}
    lifted = {"insulated"} if body.layers[0] == CORNEUM else set()
    assert set(mesh.face_names) - lifted == expected - lifted
    assert area(mesh, "pad disc") == pytest.approx(DISC.area_mm2, rel=5e-3)
    assert area(mesh, "pad plate") == pytest.approx(plate.area_mm2, rel=5e-3)
    assert sum(volume(mesh, name) for name in regions) == pytest.approx(body.volume_mm3, rel=1e-2)
    top = mesh.points_mm[facets_of(mesh, "pad plate")].reshape(-1, 3)
    assert plate.distance_mm(body.unwrap_mm((14.0, -6.0), top)).max() < 0.05
    assert mesh.record.worst_quality > 1e-4


def test_the_same_geometry_gives_the_same_mesh():
    one, other = (meshed(LIMB, (pad("p", 0.0, 0.0),)) for _ in range(2))
    np.testing.assert_array_equal(one.cells, other.cells)
    np.testing.assert_array_equal(one.points_mm, other.points_mm)


def test_saved_mesh_is_read_back(tmp_path):
    mesh = meshed(BLOCK, (pad("p", 0.0, 0.0, stack=(StackLayer(material="hydrogel", thickness_mm=1.0),)),))
    mesh.save(tmp_path / "m.npz")
    back = TaggedMesh.load(tmp_path / "m.npz")
    for name in ("points_mm", "cells", "cell_tags", "facets", "facet_tags", "twins"):
        np.testing.assert_array_equal(getattr(back, name), getattr(mesh, name))
    assert (back.face_names, back.volume_names, back.record) == (mesh.face_names, mesh.volume_names, mesh.record)


def test_a_pad_may_cover_the_whole_surface():
    whole = Rectangle(kind="rectangle", length_mm=60.0, width_mm=50.0)
    mesh = meshed(BLOCK, (pad("whole", 0.0, 0.0, whole),))
    assert area(mesh, "pad whole") == pytest.approx(3000.0)
    assert "skin" not in mesh.face_names


def test_a_body_without_pads():
    assert meshed(LIMB).record.cells > 100


@pytest.mark.parametrize("y", [0.5, 0.3], ids=["seam", "beside the seam"])
def test_a_pad_across_the_lowest_line(y):
    mesh = meshed(LIMB, (pad("p", 0.0, y * LIMB.circumference_mm),))
    assert area(mesh, "pad p") == pytest.approx(DISC.area_mm2, rel=5e-3)


@pytest.mark.parametrize("place", [0.0, 0.4])
def test_a_cuff_around_more_than_half_of_the_limb(place):
    cuff = Rectangle(kind="rectangle", length_mm=15.0, width_mm=0.75 * LIMB.circumference_mm, corner_radius_mm=5.0)
    mesh = meshed(LIMB, (pad("cuff", 0.0, place * LIMB.circumference_mm, cuff),))
    assert area(mesh, "pad cuff") == pytest.approx(cuff.area_mm2, rel=5e-3)


@pytest.mark.parametrize("body", [BLOCK, LIMB], ids=["block", "limb"])
def test_a_ring_around_a_disc(body):
    ring = Ring(kind="ring", inner_diameter_mm=16.0, outer_diameter_mm=24.0)
    mesh = meshed(body, (pad("disc", 0.0, 0.0), pad("ring", 0.0, 0.0, ring)))
    assert area(mesh, "pad ring") == pytest.approx(ring.area_mm2, rel=5e-3)
    assert area(mesh, "pad disc") == pytest.approx(DISC.area_mm2, rel=5e-3)


def test_a_pad_at_the_edge():
    mesh = meshed(BLOCK, (pad("p", 24.0, 0.0),))
    assert area(mesh, "pad p") == pytest.approx(DISC.area_mm2, rel=5e-3)


@pytest.mark.parametrize("backing", ["conductive", "insulating"])
def test_needles(backing):
    needles = Needles(rows=2, columns=2, pitch_mm=4.0, diameter_mm=0.8, length_mm=2.5, backing=backing)
    mesh = meshed(BLOCK, (pad("p", 0.0, 0.0, needles=needles),))
    side = 4 * np.pi * (0.8 * 2.5 + 0.16)
    assert area(mesh, "terminal p") == pytest.approx(side, rel=0.06)
    assert ("pad p" in mesh.face_names) == (backing == "conductive")
    if backing == "conductive":
        assert area(mesh, "pad p") == pytest.approx(DISC.area_mm2 - 4 * np.pi * 0.16, rel=5e-3)


def test_a_detached_part():
    part = Detached(outline=Disc(kind="disc", diameter_mm=4.0), position_mm=(2.0, 0.0))
    mesh = meshed(BLOCK, (pad("p", 0.0, 0.0, detached=(part,)),))
    assert area(mesh, "pad p detached 1") == pytest.approx(4 * np.pi, rel=5e-3)
    assert area(mesh, "pad p") == pytest.approx(32 * np.pi, rel=5e-3)


def test_a_lead_through_the_skin():
    mesh = meshed(BLOCK, leads=(lead(),))
    assert area(mesh, "terminal lead0") == pytest.approx(np.pi * 1.3 * 2.0, rel=0.06)  # half a ball has a tube's area
    assert area(mesh, "terminal lead1") == pytest.approx(np.pi * 1.3 * 1.5, rel=0.06)
    assert mesh.points_mm[facets_of(mesh, "terminal lead0")].reshape(-1, 3)[:, 2].min() == pytest.approx(-12.0)
    assert "insulated" in mesh.face_names


def test_a_lead_through_a_pad():
    mesh = meshed(BLOCK, (pad("p", 0.0, 0.0),), leads=(lead(),))
    assert area(mesh, "pad p") == pytest.approx(DISC.area_mm2 - np.pi * 0.65**2, rel=5e-3)


def test_a_lead_along_the_body():
    mesh = meshed(BLOCK, leads=(lead(tip=(-10.0, 0.0, -10.0), direction=(1.0, 0.1, 0.0)),))
    assert {"terminal lead0", "terminal lead1"} <= set(mesh.face_names)


def test_a_concentric_needle():
    shape = Concentric(
        kind="concentric",
        core_diameter_mm=0.2,
        insulation_diameter_mm=0.4,
        cannula_diameter_mm=0.6,
        cannula_length_mm=3.0,
    )
    mesh = meshed(BLOCK, leads=(lead(tip=(0.0, 0.0, -10.0), shape=shape),))
    assert area(mesh, "terminal lead-core") == pytest.approx(np.pi * 0.01, rel=0.06)
    cannula = np.pi * (0.6 * 3.0 + 0.09 - 0.04)
    assert area(mesh, "terminal lead-cannula") == pytest.approx(cannula, rel=0.06)


def test_a_contact_outside_is_refused():
    with pytest.raises(MeshError, match="contact lead1 outside of the body"):
        meshed(BLOCK, leads=(lead(tip=(0.0, 0.0, -2.5)),))


def test_an_inclusion_through_ends_and_one_through_the_skin():
    nerve = Cylinder(
        kind="cylinder", name="nerve", tissue="nerve", start_mm=(-40.0, 0.0, -12.0), end_mm=(40.0, 0.0, -12.0),
        radius_mm=2.0,
    )  # fmt: skip
    ball = Sphere(kind="sphere", name="ball", tissue="blood", center_mm=(0.0, 12.0, -0.5), radius_mm=3.0)
    mesh = meshed(BLOCK, inclusions=(nerve, ball))
    assert volume(mesh, "nerve") == pytest.approx(np.pi * 4 * 60, rel=0.06)
    cap = np.pi * 3.5**2 * (9 - 3.5) / 3
    assert volume(mesh, "ball") == pytest.approx(cap, rel=0.06)
    assert np.abs(mesh.points_mm[cells_of(mesh, "nerve")][..., 0]).max() == pytest.approx(30.0)


def test_nested_inclusions_and_holes():
    outer = Sphere(kind="sphere", name="outer", tissue="blood", center_mm=(0.0, 0.0, -11.0), radius_mm=4.0)
    metal = Sphere(kind="sphere", name="metal", material="metal", center_mm=(0.0, 0.0, -11.0), radius_mm=2.0)
    box = Box(kind="box", name="box", material="insulator", center_mm=(14.0, 0.0, -11.0), size_mm=(5.0, 4.0, 3.0))
    mesh = meshed(BLOCK, inclusions=(outer, metal, box))
    assert volume(mesh, "outer") == pytest.approx(4 / 3 * np.pi * (64 - 8), rel=0.06)
    assert area(mesh, "terminal metal") == pytest.approx(16 * np.pi, rel=0.06)
    assert area(mesh, "insulated") == pytest.approx(2 * (20 + 15 + 12), rel=1e-6)


def test_bones():
    bone = Bone(name="bone", position_mm=(0.0, 3.0), radius_mm=8.0, cortical_mm=3.0)
    mesh = meshed(LIMB.model_copy(update={"bones": (bone,)}))
    assert volume(mesh, "bone cortical") == pytest.approx(np.pi * (64 - 25) * 80, rel=0.06)
    assert volume(mesh, "bone marrow") == pytest.approx(np.pi * 25 * 80, rel=0.06)


def wound(depth, tissue=None, x=0.0):
    return Wound(
        name="wound", outline=Disc(kind="disc", diameter_mm=8.0), position_mm=(x, 0.0), depth_mm=depth, tissue=tissue
    )


@pytest.mark.parametrize("body", [BLOCK, LIMB], ids=["block", "limb"])
@pytest.mark.parametrize("depth", [1.0, 1.5, 2.5])
def test_wounds(body, depth):
    filled = meshed(body, wounds=(wound(depth, "blood"),))
    assert volume(filled, "wound") == pytest.approx(np.pi * 16 * depth, rel=0.08)
    open_ = meshed(body, wounds=(wound(depth),))
    missing = sum(filled.record.volumes_mm3.values()) - sum(open_.record.volumes_mm3.values())
    roundness = 1e-3 * body.volume_mm3 if body.kind == "limb" else 0.0
    assert missing == pytest.approx(np.pi * 16 * depth, rel=0.08, abs=roundness)
    assert area(open_, "insulated") == pytest.approx(np.pi * (16 + 8 * depth), rel=0.1)  # floor and wall


@pytest.mark.parametrize("depth", [0.05, 1.0])
def test_wounds_through_lifted_layers(depth):
    filled = meshed(THIN, wounds=(wound(depth, "blood"),))
    assert volume(filled, "wound") == pytest.approx(16 * np.pi * depth, rel=0.02)
    open_ = meshed(THIN, (pad("p", 0.0, 0.0, Disc(kind="disc", diameter_mm=14.0)),), wounds=(wound(depth),))
    assert area(open_, "pad p") == pytest.approx(np.pi * (49 - 16), rel=5e-3)


def test_a_wound_within_lifted_layers_is_refused():
    with pytest.raises(MeshError, match=r"wounds\.wound\.depth_mm: found 0\.03, which ends within the thin outer"):
        meshed(THIN, wounds=(wound(0.03),))


def test_overlapping_pads_are_refused():
    with pytest.raises(MeshError, match=r"electrodes\.a\.position_mm: found a pad that overlaps b"):
        meshed(BLOCK, (pad("a", 0.0, 0.0), pad("b", 10.0, 0.0)))


def test_pads_that_nearly_touch_are_refused():
    with pytest.raises(MeshError, match=r"electrodes\.a: found a rim 0\.001 mm from another one"):
        meshed(BLOCK, (pad("a", 0.0, 0.0), pad("b", 12.001, 0.0)))


def implant(name, x, z=-11.0):
    return Box(kind="box", name=name, material="metal", center_mm=(x, 0.0, z), size_mm=(4.0, 4.0, 4.0))


def test_metals_that_touch_are_refused():
    with pytest.raises(MeshError, match=r"terminal two: found it touches one at .*; accepted: terminals with a gap"):
        meshed(BLOCK, inclusions=(implant("one", 0.0), implant("two", 4.0)))


def test_metal_that_touches_a_pad_is_refused():
    with pytest.raises(MeshError, match="it touches"):
        meshed(BLOCK, (pad("p", 0.0, 0.0),), inclusions=(implant("metal", 0.0, -2.0),))


def test_parts_of_one_terminal_may_touch():
    faces = {"pad p": np.array([[0, 1, 2]]), "terminal p": np.array([[2, 3, 4]])}
    check_apart(np.zeros((7, 3)), faces | {"pad p detached 1": np.array([[1, 2, 5]])})
    with pytest.raises(MeshError, match="terminal q: found it touches p"):
        check_apart(np.zeros((7, 3)), faces | {"terminal q": np.array([[4, 5, 6]])})


@pytest.mark.parametrize(
    ("inclusions", "name"),
    [
        ((Sphere(kind="sphere", name="far", tissue="fat", center_mm=(0.0, 0.0, 90.0), radius_mm=2.0),), "far"),
        ((Sphere(kind="sphere", name="far", material="insulator", center_mm=(0.0, 0.0, 90.0), radius_mm=2.0),), "far"),
        ((implant("far", 90.0),), "far"),
        (
            (
                Sphere(kind="sphere", name="covered", tissue="fat", center_mm=(0.0, 0.0, -11.0), radius_mm=1.0),
                implant("metal", 0.0),
            ),
            "covered",
        ),
    ],
    ids=["tissue", "insulator", "metal", "covered"],
)
def test_a_part_that_is_not_there_is_refused(inclusions, name):
    with pytest.raises(MeshError, match=rf"inclusions\.{name}: found nothing of it in the body"):
        meshed(BLOCK, inclusions=inclusions)


def test_a_covered_wound_is_refused():
    with pytest.raises(MeshError, match=r"wounds\.wound: found nothing of it in the body"):
        meshed(BLOCK, wounds=(wound(1.0, "blood"),), inclusions=(
            Box(kind="box", name="box", tissue="fat", center_mm=(0.0, 0.0, 0.0), size_mm=(20.0, 20.0, 6.0)),
        ))  # fmt: skip


def test_a_pad_off_the_surface_is_an_error():
    with pytest.raises(MeshError, match=r"electrodes\.off\.position_mm: .* the pad reaches 4 mm over the edge"):
        meshed(BLOCK, (pad("off", 28.0, 0.0),))
    assert not gmsh.isInitialized()


def test_outlines_that_touch_the_edge_in_a_point_are_told_from_sides_along_it():
    side = Rectangle(kind="rectangle", length_mm=10.0, width_mm=8.0, corner_radius_mm=2.0)
    for outline, place, told in ((DISC, 24.0, True), (DISC, 23.9, False), (side, 25.0, False)):
        error = touching_outline(Geometry(body=BLOCK, pads=(pad("p", place, 0.0, outline),)))
        assert (error is not None) == told


def test_a_snap():
    stack = (StackLayer(material="hydrogel", thickness_mm=1.0), StackLayer(material="carbon_rubber", thickness_mm=0.5))
    mesh = meshed(LIMB, (pad("p", 0.0, 0.0, stack=stack, connector=Connector(diameter_mm=4.0)),))
    grown = 1 + 1.5 / LIMB.radius_mm  # around the limb: it is drawn on the skin, and rises with the stack
    assert area(mesh, "terminal p") == pytest.approx(4 * np.pi * grown, rel=0.02)
    assert area(mesh, "contact p outside") == pytest.approx(DISC.area_mm2, rel=5e-3)
