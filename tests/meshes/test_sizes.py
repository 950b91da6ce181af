"""Element sizes: small against the pad and the top layer, shared where there are many, refused where too small."""

from itertools import pairwise

import numpy as np
import pytest

from meshes.bodies import Block, Face, Limb
from meshes.build import build_mesh
from meshes.construction import BuiltPad
from meshes.errors import MeshError
from meshes.geometry import Geometry
from meshes.layers import Core, Layer
from meshes.pads import Disc, Rectangle, Ring
from meshes.sizing import (
    GRADINGS,
    check_sizes,
    far_size_mm,
    lifted_mm,
    rim_size_mm,
    shell_size_mm,
    under_size_mm,
)

STANDARD = GRADINGS["standard"]
DISC = Disc(kind="disc", diameter_mm=40.0)
CORE = Core(tissue="muscle")


def layers(*thickness):
    return tuple(Layer(tissue="skin", thickness_mm=t) for t in thickness)


def block(*thickness):
    return Block(kind="block", length_mm=240.0, width_mm=140.0, layers=layers(*thickness))


def limb(*thickness):
    return Limb(kind="limb", length_mm=240.0, radius_mm=50.0, layers=layers(*thickness), core=CORE)


def test_lifted_layers_are_the_thin_outer_ones():
    assert lifted_mm(Geometry(body=block(0.05, 1.5, 0.1))) == 0.05
    assert lifted_mm(Geometry(body=block(0.02, 0.08, 1.5))) == pytest.approx(0.1)
    assert lifted_mm(Geometry(body=block(0.2, 0.05, 1.5))) == 0.0
    assert lifted_mm(Geometry(body=block(0.05))) == 0.0  # something must be drawn
    assert lifted_mm(Geometry(body=limb(0.05))) == 0.05
    assert (
        lifted_mm(
            Geometry(body=Face(kind="face", length_mm=50.0, width_mm=50.0, radius_mm=60.0, layers=layers(0.1, 0.1)))
        )
        == 0.1
    )


def test_size_at_the_rim():
    assert rim_size_mm(block(1.5), DISC, STANDARD, 2) == pytest.approx(0.06)
    assert rim_size_mm(block(0.08, 1.5), DISC, STANDARD, 2) == pytest.approx(0.04)
    assert rim_size_mm(block(0.01, 1.5), DISC, STANDARD, 2) == pytest.approx(0.03)  # no less than half
    assert rim_size_mm(block(1.5), DISC, STANDARD, 16) == pytest.approx(0.12)


def test_long_narrow_pads_share_their_elements_along_the_rim():
    strip = Rectangle(kind="rectangle", length_mm=100.0, width_mm=1.0)
    ring = Ring(kind="ring", inner_diameter_mm=38.0, outer_diameter_mm=40.0)
    for outline, compact in ((strip, 0.5), (ring, 0.5)):
        slender = outline.area_mm2 / (np.pi * compact**2)
        assert rim_size_mm(block(1.5), outline, STANDARD, 2) == pytest.approx(0.003 * compact * np.sqrt(slender / 8))
    ordinary = Rectangle(kind="rectangle", length_mm=90.0, width_mm=40.0)
    assert rim_size_mm(block(1.5), ordinary, STANDARD, 2) == rim_size_mm(block(1.5), DISC, STANDARD, 2)


def test_size_under_a_pad():
    assert under_size_mm(block(1.5), DISC, STANDARD) == pytest.approx(2.4)
    assert under_size_mm(block(9.0), DISC, STANDARD) == pytest.approx(2.5)
    assert under_size_mm(block(0.05, 1.5), DISC, STANDARD) == pytest.approx(0.625)


def test_size_far_away():
    assert far_size_mm(block(1.5), STANDARD) == pytest.approx(0.08 * 240)
    assert far_size_mm(limb(1.5), STANDARD) == pytest.approx(0.3 * 50)


def test_size_on_shells():
    assert shell_size_mm(limb(1.5), 0.0, 8.0, STANDARD) == pytest.approx(2 * np.pi / 50 * 50)
    assert shell_size_mm(limb(1.5), 25.0, 8.0, STANDARD) == pytest.approx(2 * np.pi / 50 * 25)
    assert shell_size_mm(limb(1.5), 0.0, 0.1, STANDARD) == pytest.approx(0.3 * np.sqrt(8 * 50 * 0.1))


def test_every_accuracy_is_finer_than_the_one_before():
    gradings = list(GRADINGS.values())
    for coarse, fine in pairwise(gradings):
        for key in ("rim", "rim_thickness", "rim_growth", "under", "across", "growth"):
            assert getattr(fine, key) < getattr(coarse, key)
        assert fine.turn > coarse.turn


def test_too_small_names_the_numbers():
    tiny = BuiltPad(name="tiny", pad=Disc(kind="disc", diameter_mm=0.01), position_mm=(0.0, 0.0))
    with pytest.raises(MeshError, match=r"tiny\.pad: found a rim that needs elements of .*half width 0\.005 mm"):
        check_sizes(Geometry(body=block(1.5), pads=(tiny,)), "standard")
    with pytest.raises(MeshError, match=r"layers\[1\]\.thickness_mm: found 0\.003, .*at least 0\.004"):
        check_sizes(Geometry(body=block(1.5, 0.003)), "standard")


def test_sizes_are_small_at_the_rim_and_grow():
    body = Block(kind="block", length_mm=120.0, width_mm=80.0, layers=layers(1.5, 20.0))
    disc = BuiltPad(name="disc", pad=Disc(kind="disc", diameter_mm=20.0), position_mm=(-25.0, 0.0))
    mesh = build_mesh(Geometry(body=body, pads=(disc,)), "draft")
    corners = mesh.points_mm[mesh.cells]
    edges = np.linalg.norm(corners[:, 1:] - corners[:, :1], axis=2).mean(axis=1)
    middles = corners.mean(axis=1)
    rim = np.abs(np.hypot(middles[:, 0] + 25.0, middles[:, 1]) - 10.0) + np.abs(middles[:, 2])
    assert edges[rim < 0.3].mean() < 1.0
    assert np.percentile(edges[rim > 30.0], 90) > 5.0
