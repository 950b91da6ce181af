"""Pictures as functions: what they return, what is in them, and that bad input is refused."""

import inspect

import matplotlib
import numpy as np
import pytest
import pyvista as pv
from analytic import DEPTH_MM, TOP, density
from matplotlib.axes import Axes

import sim.view as view
from sim.report.pictures.ray import along_normal
from sim.report.pictures.sheet import DENSITY as DENSITY_MAP
from sim.view.charts import used, waveform_samples
from sim.view.difference import difference, plot_difference
from sim.view.electrode import rim_profile
from sim.view.errors import ViewError
from sim.view.fields import streamlines
from sim.view.hardware import underneath
from sim.view.quantities import DENSITY, QUANTITIES, shown_grid
from sim.view.theme import DEPTH, DIFFERENCE, POTENTIAL

PLOTTERS = ("plot_placement", "plot_current_density", "plot_cut", "plot_streamlines")


@pytest.mark.parametrize("name", PLOTTERS)
def test_plotter_comes_back_for_more(analytic, tmp_path, name):
    plotter = getattr(view, name)(analytic, screenshot=tmp_path / "picture.png")
    try:
        assert isinstance(plotter, pv.Plotter)
        first = pv.read(tmp_path / "picture.png")
        assert first.dimensions[:2] == (1200, 800)
        count = len(plotter.actors)
        plotter.add_mesh(pv.Sphere(radius=5.0), color="green")
        assert len(plotter.actors) == count + 1
        pixels = np.asarray(first.active_scalars)
        assert len(np.unique(pixels, axis=0)) > 50  # something is drawn
    finally:
        plotter.close()
    assert [path.name for path in tmp_path.iterdir()] == ["picture.png"]


@pytest.mark.parametrize("name", ["plot_current_density", "plot_cut", "plot_streamlines"])
def test_limits_and_map_are_passed_on(analytic, name):
    assert {"off_screen", "clim", "cmap", "screenshot"} <= set(inspect.signature(getattr(view, name)).parameters)
    plotter = getattr(view, name)(analytic, off_screen=True, clim=(0.5, 2.0), cmap="viridis")
    try:
        field = plotter.actors["streamlines" if name == "plot_streamlines" else "field"]
        assert field.mapper.lookup_table.scalar_range == pytest.approx((0.5, 2.0))
        assert field.mapper.lookup_table.cmap.name == "viridis"
    finally:
        plotter.close()


def test_one_scale_for_two_runs(analytic, louder):
    scale = view.common_scale([analytic, louder], DENSITY)
    ranges = []
    for run in (analytic, louder):
        plotter = view.plot_cut(run, off_screen=True, clim=scale)
        ranges.append(plotter.actors["field"].mapper.lookup_table.scalar_range)
        plotter.close()
    assert ranges[0] == ranges[1] == pytest.approx(scale.clim)


def test_cut_goes_where_it_is_told(analytic):
    plotter = view.plot_cut(analytic, origin_mm=(0.0, 0.0, -10.0), normal=(0.0, 0.0, 1.0), off_screen=True)
    mapper = plotter.actors["field"].mapper
    mapper.Update()
    z = pv.wrap(mapper.GetInput()).points[:, 2]
    plotter.close()
    assert np.allclose(z, -10.0, atol=1e-4)
    with pytest.raises(ViewError, match=r"found no tissue in the plane .*; accepted: a plane through the box"):
        view.plot_cut(analytic, origin_mm=(0.0, 0.0, 50.0), normal=(0.0, 0.0, 1.0), off_screen=True)


def test_streamlines_follow_a_uniform_current(analytic):
    lines = streamlines(analytic, "left", 30)
    assert lines.n_cells >= 20
    ends = [lines.get_cell(i).points for i in range(lines.n_cells)]
    for points in ends:
        assert np.ptp(points[:, 1]) < 0.05 and np.ptp(points[:, 2]) < 0.05  # mm: the current flows along x
    assert max(np.ptp(points[:, 0]) for points in ends) > 25.0
    with pytest.raises(ViewError, match="found 'up'; accepted: left, right"):
        streamlines(analytic, "up")


def test_depth_profile_is_the_formula(analytic, tmp_path):
    axes = view.plot_depth_profile(analytic, "left", screenshot=tmp_path / "profile.png")
    assert isinstance(axes, Axes) and (tmp_path / "profile.png").stat().st_size > 5000
    depth, values = axes.lines[0].get_data()
    ray = along_normal(analytic.case, analytic.grid.points, analytic.cells, np.array([-20.0, 0.0, 0.0]))
    cells = np.repeat(ray.cells, 2)
    # a cell shows the value at its centroid: the line is off by no more than the formula changes over the cell
    corners = analytic.corners[cells][..., 2] * 1e3
    low, high = TOP / 10 * np.exp(corners.min(axis=1) / DEPTH_MM), TOP / 10 * np.exp(corners.max(axis=1) / DEPTH_MM)
    assert ((values >= low * (1 - 1e-5)) & (values <= high * (1 + 1e-5))).all()
    assert (corners.min(axis=1) <= -depth + 1e-3).all() and (corners.max(axis=1) >= -depth - 1e-3).all()
    assert depth[-1] == pytest.approx(20.0, abs=0.1)
    with pytest.raises(ViewError, match="found 'up'"):
        view.plot_depth_profile(analytic, "up")


def test_electrode_map_and_its_rim(analytic, tmp_path):
    axes = view.plot_electrode(analytic, "left", screenshot=tmp_path / "left.png")
    below = underneath(analytic, "left")
    values = DENSITY.of(analytic)[below.cells]
    assert np.allclose(axes.collections[0].get_array(), values)
    centres = analytic.corners[below.cells].mean(axis=1) * 1e3
    assert np.allclose(values, density(centres) / 10.0, rtol=1e-5)
    distance, means = rim_profile(analytic, "left", below, np.ones(len(values)))
    assert np.allclose(means, 1.0) and (np.diff(distance) > 0.0).all()
    assert 0.0 < distance[0] < 1.0 and 8.0 < distance[-1] < 10.0
    shown = [text.get_text() for text in axes.child_axes[0].get_legend().get_texts()]
    assert "mean 4" in shown and "p99 4" in shown
    with pytest.raises(ViewError, match="accepted: left, right"):
        view.plot_electrode(analytic, "dbs0")


def test_waveform_has_its_amplitude_and_charge(analytic):
    t, values, unit = waveform_samples(analytic.case.channels[0])
    assert unit == "mA" and values.max() == pytest.approx(10.0) and values.min() == pytest.approx(-10.0)
    positive = values > 0.0
    charge = 1e-3 * values[positive].sum() * (t[1] - t[0])
    assert charge == pytest.approx(10e-3 * 200e-6, rel=2.0 / positive.sum())
    assert isinstance(view.plot_waveform(analytic), Axes)
    with pytest.raises(ViewError, match="found 'ch2'; accepted: ch1"):
        view.plot_waveform(analytic, "ch2")


def test_margins_are_those_of_the_verdict(analytic):
    axes = view.plot_margins(analytic)
    found = {
        label.get_text(): patch.get_width() for label, patch in zip(axes.get_yticklabels(), axes.patches, strict=True)
    }
    local = next(check for check in analytic.verdict.checks if check.id.endswith("electrode-local-density"))
    assert used(local) == pytest.approx(TOP / 10.0 / 2.0)  # of 2 mA/cm2
    assert found[f"electrode-local-density ({local.subject})"] == pytest.approx(2.0)
    assert axes.get_title(loc="left").startswith("CAUTION")


def test_axes_of_the_user_are_used(analytic):
    figure = matplotlib.figure.Figure()
    axes = figure.subplots(2, 2)
    assert view.plot_margins(analytic, axes=axes[0, 0]) is axes[0, 0]
    assert view.plot_waveform(analytic, axes=axes[0, 1]) is axes[0, 1]
    assert view.plot_depth_profile(analytic, axes=axes[1, 0]) is axes[1, 0]
    assert view.plot_electrode(analytic, "left", axes=axes[1, 1]) is axes[1, 1]


def test_envelope_is_drawn_where_there_is_one(analytic, tmp_path, analytic_folder):
    with pytest.raises(ViewError, match="has no envelope_max; accepted: a run of two channels whose fields interfere"):
        view.plot_envelope(analytic)
    with pytest.raises(ViewError, match="found 'E'; accepted: envelope_max"):
        view.plot_envelope(analytic, "E")
    again = view.open_run(analytic_folder)
    again.grid.cell_data["envelope_max"] = np.linspace(1.0, 2.0, again.grid.n_cells)
    again.grid.cell_data["modulation_depth"] = np.linspace(0.0, 1.0, again.grid.n_cells)
    for name in ("envelope_max", "modulation_depth"):
        plotter = view.plot_envelope(again, name, screenshot=tmp_path / f"{name}.png")
        assert plotter.actors["field"].mapper.array_name == QUANTITIES[name].title
        plotter.close()


def test_difference_of_two_runs(analytic, louder, tmp_path):
    assert np.allclose(difference(analytic, analytic, DENSITY), 0.0)
    twice = difference(analytic, louder, DENSITY)
    assert np.allclose(twice, 2.0 * DENSITY.of(analytic), rtol=1e-5)
    assert np.allclose(difference(louder, analytic, DENSITY), -twice)
    volts = difference(analytic, louder, QUANTITIES["potential"])
    assert np.allclose(volts, -2.0 * 100.0 * analytic.corners[..., 0].mean(axis=1), atol=1e-5)
    plotter = plot_difference(analytic, louder, screenshot=tmp_path / "difference.png")
    low, high = plotter.actors["field"].mapper.lookup_table.scalar_range
    plotter.close()
    assert low == -high


def test_opacity_of_unknown_tissue_is_refused(analytic):
    with pytest.raises(ViewError, match="found 'bone'; accepted: skin, fat, muscle"):
        view.plot_placement(analytic, opacity={"bone": 0.5}, off_screen=True)


def lightness(colours):
    """CIE L* of sRGB colours (n, 3) of 0 to 1 (IEC 61966-2-1, CIE 15)."""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    Y = linear @ [0.2126, 0.7152, 0.0722]
    return np.where(Y > (6 / 29) ** 3, 116.0 * np.cbrt(Y) - 16.0, (29 / 3) ** 3 * Y)


@pytest.mark.parametrize("name", [DENSITY_MAP, POTENTIAL, DEPTH])
def test_maps_of_colour_grow_steadily_in_lightness(name):
    steps = np.diff(lightness(matplotlib.colormaps.get_cmap(name)(np.linspace(0.0, 1.0, 12))[:, :3]))
    assert (np.sign(steps) == np.sign(steps[0])).all()
    # what the eye sees as a step: no part of the map hides more than a quarter of an even step
    assert np.abs(steps).min() > 0.25 * np.abs(steps).mean()


def test_map_of_differences_is_symmetric_in_lightness():
    found = lightness(matplotlib.colormaps[DIFFERENCE](np.linspace(0.0, 1.0, 11))[:, :3])
    assert np.abs(found - found[::-1]).max() < 10.0 and np.argmax(found) == 5


def test_shown_grid_keeps_points_and_cells(analytic):
    grid = shown_grid(analytic, DENSITY, QUANTITIES["potential"])
    assert grid.n_cells == analytic.grid.n_cells
    assert DENSITY.title in grid.cell_data and QUANTITIES["potential"].title in grid.point_data
