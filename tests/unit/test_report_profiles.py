"""Profiles over depth, shares of area, and lines of current: against formulas."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from meshes.build import build_mesh
from sim.case import parse_case
from sim.report.pictures.depth import bands
from sim.report.pictures.distribution import exceedance
from sim.report.pictures.flow import draw_flow
from sim.report.pictures.ray import Ray, along_normal

LAYERS = [{"tissue": "skin", "thickness_mm": 2.0}, {"tissue": "muscle", "thickness_mm": 13.0}]
CASE = {
    "title": "profiles",
    "body": {"kind": "block", "length_mm": 60.0, "width_mm": 40.0, "layers": LAYERS},
    "electrodes": [
        {"name": name, "pad": {"kind": "disc", "diameter_mm": 14.0}, "position_mm": [x, 0.0]}
        for name, x in (("a", -15.0), ("b", 15.0))
    ],
    "channels": [
        {
            "name": "ch1",
            "electrodes": {"a": 1.0, "b": -1.0},
            "amplitude_mA": 10.0,
            "waveform": {"kind": "biphasic", "phase_us": 200.0, "rate_Hz": 50.0},
        }
    ],
    "numerics": {"accuracy": "draft"},
}


@pytest.fixture(scope="module")
def meshed():
    case = parse_case(CASE, "test")
    return case, build_mesh(case.geometry, "draft")


@pytest.mark.parametrize("place", [(0.0, 0.0), (-15.0, 0.0), (7.3, -11.9), (22.0, 13.0)])
def test_a_line_passes_every_layer_from_one_side_to_the_other(meshed, place):
    case, mesh = meshed
    ray = along_normal(case, mesh.points_mm * 1e-3, mesh.cells, np.array([*place, 0.0]))
    assert ray.depths_mm[0, 0] == pytest.approx(0.0, abs=1e-6) and ray.depths_mm[-1, 1] == pytest.approx(15.0, abs=1e-5)
    assert np.allclose(ray.depths_mm[1:, 0], ray.depths_mm[:-1, 1], atol=1e-9)
    names = {tag: name for name, tag in mesh.volume_names.items()}
    found = bands(ray.depths_mm, [names[tag] for tag in mesh.cell_tags[ray.cells]])
    assert [name for _, _, name in found] == ["skin", "muscle"]
    assert found[0][1] == pytest.approx(2.0, abs=1e-5)


def test_weights_give_linear_functions_exactly(meshed):
    case, mesh = meshed
    start = np.array([3.1, -2.2, 0.0])
    ray = along_normal(case, mesh.points_mm * 1e-3, mesh.cells, start)
    values = np.einsum("kec,kc->ke", ray.weights, (mesh.points_mm @ [1.0, 2.0, 3.0])[mesh.cells[ray.cells]])
    assert np.allclose(values, 3.1 - 4.4 - 3.0 * ray.depths_mm, atol=1e-5)
    assert np.allclose(ray.weights.sum(axis=2), 1.0) and ray.weights.min() > -1e-4


def test_a_line_ends_at_the_first_gap_and_may_miss():
    corners = np.array([[0.0, 0.0, 0.0], [4.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, -4.0]])
    points = np.vstack([corners, corners - [0.0, 0.0, 10.0]]) * 1e-3
    cells = np.array([[0, 1, 2, 3], [4, 5, 6, 7]])
    down = np.array([0.0, 0.0, -1.0])
    ray = Ray.into(points, cells, np.array([1.0, 1.0, 0.0]), down)
    assert ray.cells.tolist() == [0] and np.allclose(ray.depths_mm, [[0.0, 2.0]], atol=1e-5)
    assert len(Ray.into(points, cells, np.array([9.0, 9.0, 0.0]), down).cells) == 0


def test_share_of_the_area_above_a_density():
    density, share = exceedance(np.array([3.0, 1.0, 2.0]), np.array([1.0, 2.0, 1.0]))
    assert density.tolist() == [0.0, 1.0, 2.0, 3.0] and share.tolist() == [1.0, 0.5, 0.25, 0.0]


def test_lines_follow_the_flow():
    """A turning flow: every line keeps its distance from the centre."""
    x, y = np.meshgrid(np.linspace(-1.0, 1.0, 300), np.linspace(-1.0, 1.0, 300))
    centres = np.column_stack([x.ravel(), y.ravel()])
    corners = centres[:, None] + 0.004 * np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    middles = corners.mean(axis=1, keepdims=True)
    flow = np.repeat(np.stack([-middles[..., 1], middles[..., 0]], axis=-1), 3, axis=1)
    axes = Figure().add_subplot()
    axes.set(xlim=(-1.0, 1.0), ylim=(-1.0, 1.0))
    draw_flow(axes, corners, flow)
    lines = axes.collections[0].get_segments()
    assert len(lines) > 5 and sum(map(len, lines)) > 500
    for line in lines:
        radii = np.linalg.norm(line, axis=1)
        assert np.ptp(radii) < 0.05
        assert (np.diff(np.unwrap(np.arctan2(line[:, 1], line[:, 0]))) > -1e-9).all()  # the way round
