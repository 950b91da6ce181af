"""Sheets: cells inside have vertices of their own, and the two sides lie on each other."""

import numpy as np
import pytest
from checking import assert_conforming, cells_of, facets_of

from meshes.bodies import Block
from meshes.build import build_mesh
from meshes.geometry import Geometry
from meshes.inclusions import Box, Cylinder, Sphere
from meshes.layers import Layer

BODY = Block(
    kind="block",
    length_mm=40.0,
    width_mm=30.0,
    layers=(Layer(tissue="fat", thickness_mm=5.0), Layer(tissue="muscle", thickness_mm=12.0)),
)
BALL = Sphere(
    kind="sphere", name="nerve", tissue="nerve", sheet_ohm_cm2=10.0, center_mm=(0.0, 0.0, -10.0), radius_mm=3.0
)
THROUGH = Cylinder(
    kind="cylinder",
    name="nerve",
    tissue="nerve",
    sheet_ohm_cm2=10.0,
    start_mm=(-30.0, 0.0, -5.0),
    end_mm=(30.0, 0.0, -5.0),
    radius_mm=2.0,
)


def meshed(*inclusions):
    mesh = build_mesh(Geometry(body=BODY, inclusions=inclusions), "draft")
    assert_conforming(mesh)
    return mesh


def sides(mesh, name="nerve"):
    return facets_of(mesh, f"sheet {name} outside"), facets_of(mesh, f"sheet {name} inside")


@pytest.mark.parametrize("inclusion", [BALL, THROUGH], ids=["ball", "through both layers and the ends"])
def test_no_cell_inside_shares_a_vertex_with_one_outside(inclusion):
    mesh = meshed(inclusion)
    inside = np.unique(cells_of(mesh, "nerve"))
    outside = np.unique(np.vstack([cells_of(mesh, "fat"), cells_of(mesh, "muscle")]))
    assert not np.isin(inside, outside).any()
    assert np.isin(mesh.twins[:, 0], outside).all() and np.isin(mesh.twins[:, 1], inside).all()
    assert not any("nerve" in name for name in mesh.face_names if name.startswith("interface"))


def test_faces_pair_up():
    mesh = meshed(BALL)
    outside, inside = sides(mesh)
    partner = dict(map(tuple, mesh.twins))
    assert [[partner[v] for v in facet] for facet in outside] == inside.tolist()
    np.testing.assert_allclose(np.linalg.norm(mesh.points_mm[inside] - [0, 0, -10], axis=-1), 3.0, rtol=1e-6)


def test_facets_of_cut_ends_belong_to_the_cells_inside():
    mesh = meshed(THROUGH)
    inside = np.unique(cells_of(mesh, "nerve"))
    cut = facets_of(mesh, "cut")
    middles = mesh.points_mm[cut].mean(axis=1)
    ends = (np.abs(np.abs(middles[:, 0]) - 20.0) < 1e-6) & (np.hypot(middles[:, 1], middles[:, 2] + 5.0) < 1.8)
    assert ends.any()
    assert np.isin(cut[ends], inside).all()
    assert not np.isin(cut[~ends & (np.hypot(middles[:, 1], middles[:, 2] + 5.0) > 2.5)], inside).any()


def test_the_sheet_also_bounds_what_lies_within():
    core = Sphere(kind="sphere", name="core", tissue="blood", center_mm=(0.0, 0.0, -10.0), radius_mm=1.0)
    mesh = meshed(BALL, core)
    assert len(np.intersect1d(cells_of(mesh, "nerve"), cells_of(mesh, "core"))) == 0
    outside, inside = sides(mesh)
    assert len(outside) == len(inside) > 0


def test_two_sheets_beside_each_other():
    boxes = [
        Box(
            kind="box",
            name=name,
            tissue="nerve",
            sheet_ohm_cm2=10.0,
            center_mm=(x, 0.0, -10.0),
            size_mm=(4.0, 4.0, 4.0),
        )
        for name, x in (("one", -3.0), ("two", 3.0))
    ]
    mesh = meshed(*boxes)
    for name in ("one", "two"):
        outside, inside = sides(mesh, name)
        assert len(outside) == len(inside) > 0


def test_a_sheet_within_a_sheet():
    inner = THROUGH.model_copy(update={"name": "fascicle", "radius_mm": 0.8})
    mesh = meshed(THROUGH, inner)
    for name in ("nerve", "fascicle"):
        outside, inside = (mesh.points_mm[facets].reshape(-1, 9) for facets in sides(mesh, name))
        assert len(outside) > 50
        np.testing.assert_allclose(outside, inside, atol=1e-12)
        assert not set(sides(mesh, name)[0].ravel()) & set(sides(mesh, name)[1].ravel())
