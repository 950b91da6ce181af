"""Random valid layouts, always the same ones: each is meshed, and is what was asked for."""

import numpy as np
import pytest

from meshes.block import Block, Layer
from meshes.build import build_mesh
from meshes.pads import Disc, Placement, Rectangle, gap_mm


def random_pad(rng):
    if rng.random() < 0.5:
        return Disc(kind="disc", diameter_mm=float(rng.uniform(4.0, 50.0)))
    length, width = (float(side) for side in rng.uniform(4.0, 50.0, size=2))
    radius = float(rng.choice([0.0, 0.5, 1.0])) * min(length, width) / 2
    angle = float(rng.uniform(-180.0, 180.0))
    return Rectangle(kind="rectangle", length_mm=length, width_mm=width, corner_radius_mm=radius, angle_deg=angle)


def random_layout(seed):
    """A body of one to five layers, from 0.2 mm on, with as many of some pads as fit with a gap of 0.3 mm."""
    rng = np.random.default_rng(seed)
    thickness = 10 ** rng.uniform(-0.7, 1.5, size=rng.integers(1, 6))
    layers = tuple(Layer(tissue=str(rng.choice(["skin", "fat", "muscle"])), thickness_mm=float(t)) for t in thickness)
    length, width = (float(side) for side in rng.uniform(60.0, 250.0, size=2))
    body = Block(kind="block", length_mm=length, width_mm=width, layers=layers)
    placements = []
    for i in range(5):
        pad = random_pad(rng)
        room = np.array([length / 2, width / 2]) - pad.reach_mm
        if (room < 0.0).any():
            continue
        x, y = rng.uniform(-room, room)
        if rng.random() < 0.2:
            x = room[0]  # touches the edge
        placement = Placement(name=f"p{i}", pad=pad, position_mm=(float(x), float(y)))
        if (
            all(gap_mm(placement, other) > 0.3 for other in placements)
            and not -0.3 < body.overhang_mm(placement) < -1e-9
        ):
            placements.append(placement)
    return body, tuple(placements)


@pytest.mark.parametrize("seed", range(15))
def test_random_layout(seed):
    body, placements = random_layout(seed)
    if len(body.layers) + len(placements) < 2:
        pytest.fail(f"layout {seed} has nothing to fragment; draw another")
    mesh = build_mesh(body, placements, "draft")  # holds areas and volumes against the specification
    assert set(mesh.volume_names) == set(body.layer_names)
    assert {f"pad {p.name}" for p in placements} <= set(mesh.face_names)
    assert mesh.record.worst_quality > 1e-5
