"""Implants, insulators, bones and other inclusions as solids: where they are, and in which colour."""

import numpy as np
import pytest
import pyvista as pv
from analytic import CASE, write_run

import sim.view as view
from sim.case import parse_case
from sim.report.pictures.colours import IMPLANT, INSULATOR, TISSUES
from sim.view.hardware import buried, solids
from sim.view.scene import Scene
from sim.view.theme import new_plotter

PLATE = {
    "name": "plate",
    "kind": "box",
    "material": "metal",
    "center_mm": [0.0, 0.0, -12.0],
    "size_mm": [20.0, 8.0, 2.0],
}
PEG = {"name": "peg", "kind": "sphere", "material": "insulator", "center_mm": [20.0, 8.0, -11.0], "radius_mm": 3.0}
VESSEL = {
    "name": "vessel",
    "kind": "cylinder",
    "tissue": "blood",
    "start_mm": [-25.0, -8.0, -13.0],
    "end_mm": [25.0, -8.0, -13.0],
    "radius_mm": 2.0,
}
INSIDE = [PLATE, PEG, VESSEL]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return view.open_run(write_run(tmp_path_factory.mktemp("solids") / "run", inclusions=INSIDE))


def colour_of(actor):
    return actor.prop.color.hex_rgb


def test_solids_have_their_size_and_place(run):
    found = {name: (surface, colour) for name, surface, colour in solids(run.case)}
    assert set(found) == {"plate", "peg"}  # the vessel is a tissue of the mesh
    assert found["plate"][0].bounds == pytest.approx((-10.0, 10.0, -4.0, 4.0, -13.0, -11.0))
    assert found["peg"][0].bounds == pytest.approx((17.0, 23.0, 5.0, 11.0, -14.0, -8.0), abs=0.05)
    assert found["plate"][1] == IMPLANT and found["peg"][1] == INSULATOR


def test_bones_and_inclusions_lie_within_the_layers(run):
    assert buried(run.case) == {"blood"}
    site = parse_case({**CASE, "body": {"site": "forearm"}, "electrodes": _pads(), "probes": []}, "test")
    assert buried(site) == {"bone_cortical", "bone_cancellous"}
    same = [{**VESSEL, "tissue": "fat"}]
    assert buried(parse_case(CASE | {"inclusions": same}, "test")) == frozenset()


def _pads():
    return [
        {"name": name, "pad": {"kind": "disc", "diameter_mm": 20.0}, "position_mm": [x, 0.0]}
        for name, x in (("left", -30.0), ("right", 30.0))
    ]


def test_placement_draws_them(run):
    plotter = view.plot_placement(run, off_screen=True)
    try:
        actors = plotter.actors
        plate = next(actor for name, actor in actors.items() if name.startswith("plate "))
        peg = next(actor for name, actor in actors.items() if name.startswith("peg "))
        assert colour_of(plate) == IMPLANT and colour_of(peg) == INSULATOR
        assert actors["tissue blood"].prop.opacity == 1.0 and actors["tissue muscle"].prop.opacity < 0.5
        assert colour_of(actors["tissue blood"]) == TISSUES["blood"]
    finally:
        plotter.close()


def test_the_scene_draws_them_and_the_lines_pass_by(run):
    plotter = new_plotter(off_screen=True)
    try:
        scene = Scene(run, plotter)
        assert (
            colour_of(plotter.renderers[0].actors["implant plate 0"]) == IMPLANT
            and colour_of(plotter.renderers[0].actors["implant peg 0"]) == INSULATOR
        )
        vessel = run.tissues.index("blood")
        assert (
            f"field {vessel} 0" in plotter.renderers[0].actors
            and f"solid {vessel} 0" not in plotter.renderers[0].actors
        )
        scene.streamlines("left")
        assert (
            colour_of(plotter.renderers[0].actors[f"solid {vessel} 0"]) == TISSUES["blood"]
            and f"field {vessel} 0" not in plotter.renderers[0].actors
        )
        mapper = plotter.renderers[0].actors[f"solid {vessel} 0"].mapper
        mapper.Update()
        assert pv.wrap(mapper.GetInput()).bounds[:2] == pytest.approx((-25.0, 25.0), abs=1e-3)
        scene.show_tissue("blood", 0.0)
        assert f"solid {vessel} 0" not in plotter.renderers[0].actors
        scene.show_tissue("blood", 1.0)
        scene.no_streamlines()
        assert (
            f"solid {vessel} 0" not in plotter.renderers[0].actors and "implant plate 0" in plotter.renderers[0].actors
        )
    finally:
        plotter.close()


def test_a_hidden_plate_is_seen_through_the_skin(run):
    """The picture changes where the plate is when the tissues above it are taken away."""
    plotter = new_plotter(off_screen=True, window_size=[400, 300])
    try:
        scene = Scene(run, plotter)
        for name in run.tissues:
            scene.show_tissue(name, 0.0)
        plotter.view_xy()
        grey = np.array(pv.Color(IMPLANT).int_rgb)
        pixels = np.asarray(plotter.screenshot(return_img=True)).astype(int)
        assert (np.abs(pixels - grey).max(axis=2) < 60).sum() > 500
    finally:
        plotter.close()
