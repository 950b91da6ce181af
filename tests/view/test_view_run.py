"""A run read back: what it holds, and what is refused."""

import json
import os
import shutil

import numpy as np
import pytest
import pyvista as pv
from analytic import CASE, E0, density

import sim.view
from sim.view import common_scale, open_run
from sim.view.errors import ViewError
from sim.view.hardware import outlines, places_mm, seeds, underneath
from sim.view.quantities import DENSITY, QUANTITIES, quantity, shown_grid
from sim.view.scale import scale_for


def test_grid_is_the_plain_file(analytic, analytic_folder):
    again = pv.read(analytic_folder / "fields.vtu")
    assert type(analytic.grid) is pv.UnstructuredGrid
    assert np.array_equal(analytic.grid.points, again.points)
    assert np.array_equal(analytic.grid.cell_data["J_rms"], again.cell_data["J_rms"])
    assert analytic.units["J_rms"] == "A/m2" and analytic.units["points"] == "m"
    assert analytic.tissues == ("skin", "fat", "muscle")
    assert analytic.case.title == CASE["title"]
    assert analytic.verdict.overall == "caution"  # 4 mA/cm2 under the pads, above a level of caution


def test_volumes_are_those_of_the_layers(analytic):
    for name, thickness in zip(analytic.tissues, (2.0, 4.0, 14.0), strict=True):
        volume = analytic.volumes[analytic.cells_of(name)].sum() * 1e9
        assert volume == pytest.approx(80.0 * 40.0 * thickness, rel=1e-6)
        assert analytic.tissue(name).n_cells == len(analytic.cells_of(name))
    with pytest.raises(ViewError, match="no tissue 'bone'; there are: skin, fat, muscle"):
        analytic.tissue("bone")


def test_nothing_is_changed_by_showing_it(analytic):
    before = np.array(analytic.grid.points)
    shown = shown_grid(analytic, DENSITY)
    assert np.array_equal(analytic.grid.points, before)
    assert np.allclose(shown.points, before * 1e3)
    assert set(analytic.grid.cell_data.keys()) == {"E", "J", "J_magnitude", "J_rms", "tissue"}


def test_unit_shown_is_that_of_the_limits(analytic):
    centres = analytic.corners.mean(axis=1) * 1e3
    assert np.allclose(DENSITY.of(analytic), density(centres) / 10.0, rtol=1e-5)  # 1 mA/cm2 = 10 A/m2
    assert np.allclose(QUANTITIES["E"].of(analytic), E0)
    with pytest.raises(ViewError, match="found 'J_total'; accepted: J_rms"):
        quantity("J_total")
    with pytest.raises(ViewError, match=r"fields\.vtu has no envelope_max"):
        QUANTITIES["envelope_max"].of(analytic)


@pytest.mark.parametrize("name", ["case.json", "result.json", "verdict.json", "fields.vtu"])
def test_missing_file_is_named(analytic_folder, tmp_path, name):
    shutil.copytree(analytic_folder, tmp_path / "run")
    (tmp_path / "run" / name).unlink()
    with pytest.raises(ViewError, match=f"found no {name}; accepted: the folder of a finished run"):
        open_run(tmp_path / "run")


def test_fields_of_another_case_are_refused(analytic_folder, tmp_path):
    shutil.copytree(analytic_folder, tmp_path / "run")
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    (tmp_path / "run" / "result.json").write_text(json.dumps(result | {"case_sha256": "0" * 64}))
    with pytest.raises(ViewError, match="of different cases"):
        open_run(tmp_path / "run")


@pytest.mark.parametrize(("name", "text"), [("fields.vtu", "not VTK"), ("case.json", "{}"), ("verdict.json", "[")])
def test_damaged_file_is_one_line(analytic_folder, tmp_path, name, text):
    shutil.copytree(analytic_folder, tmp_path / "run")
    (tmp_path / "run" / name).write_text(text)
    with pytest.raises(ViewError) as caught:
        open_run(tmp_path / "run")
    assert "\n" not in str(caught.value)


def test_scale_is_a_percentile_by_volume(analytic, louder):
    scale = common_scale([analytic], DENSITY)
    centres = analytic.corners.mean(axis=1) * 1e3
    beyond = analytic.volumes[density(centres) / 10.0 > scale.high].sum() / analytic.volumes.sum()
    assert beyond == pytest.approx(1e-3, abs=analytic.volumes.max() / analytic.volumes.sum())
    assert scale.high / scale.low <= 1e4 * (1 + 1e-9)
    assert scale.logarithmic and "99.9th percentile" in scale.words
    both = common_scale([analytic, louder], DENSITY)
    assert both.high == pytest.approx(3.0 * scale.high) and "all runs" in both.words
    assert common_scale([louder, analytic], DENSITY).clim == both.clim
    assert scale_for([analytic], DENSITY, (0.1, 2.0)).clim == (0.1, 2.0)
    assert not scale_for([analytic], DENSITY, (0.0, 2.0)).logarithmic


def test_skin_below_a_pad_is_the_pad(analytic):
    for name, area in (("left", np.pi * 100.0), ("right", 192.0)):
        below = underneath(analytic, name)
        # a disc of chords at most 5 degrees apart is short by less than (5 deg)^2 / 6
        assert below.areas.sum() == pytest.approx(area, rel=np.radians(5.0) ** 2 / 6)
        assert np.allclose(below.corners[..., 2], 0.0, atol=1e-4)
        assert set(below.cells) <= set(analytic.cells_of("skin"))
    with pytest.raises(ViewError, match="found 'up'; accepted: left, right"):
        underneath(analytic, "up")


def test_places_outlines_and_seeds(analytic):
    places = places_mm(analytic.case)
    assert np.allclose(places["left"], [-20.0, 0.0, 0.0], atol=1e-6)
    line = outlines(analytic.case)["left"]
    assert np.allclose(np.hypot(line.points[:, 0] + 20.0, line.points[:, 1]), 10.0, atol=1e-3)
    found = seeds(analytic, "left", 100)
    assert 70 <= len(found) <= 130
    assert (np.hypot(found[:, 0] + 20.0, found[:, 1]) < 10.0).all()
    assert (found[:, 2] < 0.0).all() and (found[:, 2] > -2.0).all()


def test_import_is_light_and_changes_no_theme():
    code = (
        "import sys, sim.view, sim.view.commands\n"
        "assert 'pyvista' not in sys.modules and 'matplotlib' not in sys.modules\n"
        "import pyvista, matplotlib\n"
        "before = pyvista.global_theme.to_dict(), dict(matplotlib.rcParams)\n"
        "for name in sim.view.__all__: getattr(sim.view, name)\n"
        "assert (pyvista.global_theme.to_dict(), dict(matplotlib.rcParams)) == before\n"
    )
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, timeout=120)
    assert done.returncode == 0, done.stderr
    with pytest.raises(AttributeError, match="no attribute 'plot_all'"):
        sim.view.plot_all  # noqa: B018
