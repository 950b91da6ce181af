"""The window of faradic view: what its keys and widgets do, driven as they drive it, off screen."""

import numpy as np
import pytest
import pyvista as pv
from analytic import DEPTH_MM, TOP

from sim.view.errors import ViewError
from sim.view.quantities import DENSITY
from sim.view.values import density_limit, exceeded_cells, values_at
from sim.view.viewer import LEVELS, Viewer


@pytest.fixture
def window(analytic):
    viewer = Viewer([analytic], off_screen=True)
    yield viewer
    viewer.plotter.close()


@pytest.fixture
def pair(analytic, louder):
    viewer = Viewer([analytic, louder], difference=True, off_screen=True)
    yield viewer
    viewer.plotter.close()


def actors(viewer, part=0):
    return viewer.plotter.renderers[part].actors


def surface(viewer, number, part=0):
    return actors(viewer, part)[f"field {number} {part}"]


def test_tissues_are_hidden_and_shown(window):
    assert {f"field {i} 0" for i in range(3)} <= set(actors(window))
    for level in (*LEVELS[1:], LEVELS[0]):
        window.next_opacity("fat")
        if level:
            assert surface(window, 1).prop.opacity == pytest.approx(level)
        else:
            assert "field 1 0" not in actors(window)
    window.set_opacity("skin", 0.5)
    assert surface(window, 0).prop.opacity == pytest.approx(0.5)
    with pytest.raises(ViewError, match="found 'bone'; accepted: skin, fat, muscle"):
        window.scenes[0].show_tissue("bone", 0.5)
    with pytest.raises(ViewError, match=r"found 1\.5; accepted: 0 to 1"):
        window.scenes[0].show_tissue("fat", 1.5)


def test_clip_takes_one_side_away(window):
    window.clip(np.array([1.0, 0.0, 0.0]), np.array([5.0, 0.0, 0.0]))
    assert max(surface(window, i).bounds[1] for i in range(3)) == pytest.approx(5.0, abs=1e-3)
    window.scenes[0].unclip()
    assert surface(window, 2).bounds[1] == pytest.approx(40.0, abs=1e-3)


def test_slice_lies_in_its_plane(window):
    window.slice(np.array([0.0, 1.0, 0.0]), np.array([0.0, 3.0, 0.0]))
    bounds = actors(window)["slice 0"].bounds
    assert bounds[2] == pytest.approx(3.0, abs=1e-3) and bounds[3] == pytest.approx(3.0, abs=1e-3)
    assert surface(window, 0).prop.opacity < 0.5  # pale, so that the plane is seen
    window.scenes[0].unslice()
    assert "slice 0" not in actors(window)


def test_threshold_shows_what_is_above(window):
    window.threshold(TOP / 10.0 * np.exp(-3.0 / DEPTH_MM))  # mA/cm2, reached at a depth of 3 mm
    assert "field 2 0" not in actors(window)  # muscle begins at 6 mm
    mapper = surface(window, 0).mapper
    mapper.Update()
    values = pv.wrap(mapper.GetInput())[DENSITY.title]
    assert values.min() >= TOP / 10.0 * np.exp(-3.0 / DEPTH_MM)
    window.scenes[0].unthreshold()
    assert "field 2 0" in actors(window)


def test_lines_go_through_the_electrodes_and_off(window):
    seen = []
    for _ in range(3):
        window.next_streamlines()
        seen.append(window.scenes[0].shown.streamlines_from)
        assert ("streamlines 0" in actors(window)) == (seen[-1] is not None)
    assert seen == ["left", "right", None]


def test_shaded_cells_are_those_beyond_the_smallest_limit(window, analytic):
    limit, check = density_limit(analytic.verdict)
    limits = {c.limit for c in analytic.verdict.checks if c.unit == "mA/cm2" and "rms" in c.quantity}
    assert limit == min(limits) and check
    beyond = exceeded_cells(analytic, limit)
    depth = -analytic.corners.mean(axis=1)[beyond][:, 2] * 1e3
    assert len(beyond) and depth.max() <= DEPTH_MM * np.log(TOP / 10.0 / limit) + 1e-3
    window.toggle_exceeded()
    assert "exceeded 0" in actors(window)
    window.toggle_exceeded()
    assert "exceeded 0" not in actors(window)


def test_picking_gives_the_values_of_the_formulas(window, analytic):
    text = values_at(analytic, np.array([10.0, 2.0, -10.0]))
    lines = dict(line.split(": ") for line in text.splitlines())
    assert text.splitlines()[0] == "(10.0, 2.0, -10.0) mm: muscle"
    assert lines["potential"] == "-1 V" and lines["E"] == "100 V/m"
    assert values_at(analytic, np.array([0.0, 0.0, 5.0])).endswith("no tissue")
    window.pick(np.array([10.0, 2.0, -10.0]))
    assert "picked 0" in actors(window)


def test_quantities_and_views_go_round(window):
    window.next_quantity()
    assert window.scenes[0].shown.quantity.array == "E"
    window.next_quantity()
    assert window.scenes[0].shown.quantity.array == "potential"
    window.next_quantity()
    assert window.scenes[0].shown.quantity is DENSITY
    assert list(window.plotter.scalar_bars.keys()) == [f"{DENSITY.title}\n"]
    before = np.array(window.plotter.camera.position)
    window.next_view()
    assert not np.allclose(window.plotter.camera.position, before)


def test_two_runs_have_one_camera_and_one_scale(pair):
    assert pair.plotter.shape == (1, 3)
    one, other = pair.plotter.renderers[0], pair.plotter.renderers[1]
    assert one.camera is other.camera
    ranges = [surface(pair, 0, part).mapper.lookup_table.scalar_range for part in (0, 1)]
    assert ranges[0] == ranges[1]
    pair.next_opacity("skin")
    assert surface(pair, 0, 0).prop.opacity == surface(pair, 0, 1).prop.opacity == pytest.approx(0.3)
    pair.clip(np.array([1.0, 0.0, 0.0]), np.array([5.0, 0.0, 0.0]))
    assert surface(pair, 2, 1).bounds[1] == pytest.approx(5.0, abs=1e-3)
    low, high = pair.plotter.renderers[2].actors["field"].mapper.lookup_table.scalar_range
    assert low == -high


def test_keys_and_boxes_can_be_bound(window, tmp_path):
    window.bind()
    window.toggle_clip()
    assert window.plotter.widgets.plane_widgets
    window.toggle_clip()
    assert not window.plotter.widgets.plane_widgets
    window.toggle_slice()
    window.toggle_threshold()
    assert len(window.plotter.widgets.slider_widgets) == 1
    assert len(window.plotter.widgets.button_widgets) == 3
    window.finish(tmp_path / "window.png")
    assert pv.read(tmp_path / "window.png").dimensions[0] == 1200


def test_runs_are_counted(analytic):
    with pytest.raises(ViewError, match="found 3 runs; accepted: one or two"):
        Viewer([analytic] * 3, off_screen=True)
    with pytest.raises(ViewError, match="difference: found one run; accepted: two"):
        Viewer([analytic], difference=True, off_screen=True)
