"""fields.vtu, on a body of a few tetrahedra whose potential is quadratic."""

import dataclasses
from itertools import permutations, product

import numpy as np
import pytest

from sim.basis import Basis, Contact, SolveFacts
from sim.case import parse_case
from sim.report.fields import UNITS, fields_grid, write_fields
from sim.response import respond
from sim.tissues import Uniform

LENGTH, WIDTH, DEPTH = 60.0, 30.0, 12.0  # mm
CASE = {
    "title": "Two pads on a tiny body",
    "body": {
        "kind": "block",
        "length_mm": LENGTH,
        "width_mm": WIDTH,
        "layers": [{"tissue": "skin", "thickness_mm": 2.0}, {"tissue": "muscle", "thickness_mm": 10.0}],
    },
    "electrodes": [
        {"name": "left", "pad": {"kind": "disc", "diameter_mm": 10.0}, "position_mm": [-18.0, 0.0]},
        {
            "name": "right",
            "pad": {"kind": "rectangle", "length_mm": 12.0, "width_mm": 8.0, "angle_deg": 20.0},
            "position_mm": [18.0, 3.0],
        },
    ],
    "channels": [
        {
            "name": "ch1",
            "electrodes": {"left": 1.0, "right": -1.0},
            "amplitude_mA": 10.0,
            "waveform": {"kind": "sine", "frequency_Hz": 50.0},
        }
    ],
    "probes": [{"name": "nerve", "position_mm": [0.0, 1.0, -6.0]}],
}
CONDUCTORS = (
    Uniform("skin", "skin", 0.1 * np.eye(3), "test"),
    Uniform("muscle", "muscle", np.diag([0.5, 0.2, 0.2]), "test"),
)
RESISTANCE = 1000.0  # Ohm between the electrodes


def potential(points):
    """Of the unit solution of the first electrode, V: harmonic, and quadratic."""
    x, _, z = np.moveaxis(points, -1, 0)
    return 0.5 - 8.0 * x + 40.0 * (x**2 - z**2)


def field(points):
    x, y, z = np.moveaxis(points, -1, 0)
    return np.stack([8.0 - 80.0 * x, 0.0 * y, 80.0 * z], axis=-1)


def tetrahedra():
    """Six a box: vertices (n, 3) in m, cells (m, 4), layers (m,)."""
    x, y, z = np.linspace(-30, 30, 7) * 1e-3, np.linspace(-15, 15, 4) * 1e-3, np.array([-12, -7, -2, 0]) * 1e-3
    points = np.array(list(product(x, y, z)))
    number = np.arange(len(points)).reshape(len(x), len(y), len(z))
    cells, layers = [], []
    for box in product(range(len(x) - 1), range(len(y) - 1), range(len(z) - 1)):
        for order in permutations(range(3)):
            path = np.vstack([np.zeros(3, int), np.cumsum(np.eye(3, dtype=int)[list(order)], axis=0)])
            cells.append(number[tuple((np.array(box) + path).T)])
            layers.append(0 if box[2] == 2 else 1)
    return points, np.array(cells), np.array(layers)


def contact(electrode, sign):
    """A fan of triangles over the pad, with a density that is larger on the right of it."""
    rim = electrode.pad.outline_mm(24) + np.array(electrode.position_mm)
    outline = np.column_stack([rim, np.zeros(len(rim))]) * 1e-3
    middle = np.broadcast_to(outline.mean(axis=0), outline.shape)
    corners = np.stack([middle, outline, np.roll(outline, -1, axis=0)], axis=1)
    density = sign * (12.0 + 500.0 * (corners[..., 0] - middle[0, 0]))
    return Contact(electrode.name, corners, np.stack([density, -density]), np.zeros((2, 2)))


def tiny_body():
    """Case, basis and response at 10 mA."""
    case = parse_case(CASE, "test")
    points, cells, layers = tetrahedra()
    φ, E = potential(points), field(points[cells])
    basis = Basis(
        points=points,
        cells=cells,
        layers=layers,
        layer_names=("skin", "muscle"),
        terminals=("left", "right"),
        potentials=np.stack([φ, 1.0 - φ]),
        fields=np.stack([E, -E]),
        contacts=(contact(case.electrodes[0], 1.0), contact(case.electrodes[1], -1.0)),
        conductivity=np.stack([c.tensor for c in CONDUCTORS])[layers],
        admittance=np.array([[1.0, -1.0], [-1.0, 1.0]]) / RESISTANCE,
        facts=SolveFacts(100, 2, 7, 1e-12, 1e-12, 1e-12, 0.1, 0.1),
    )
    return case, basis, respond(case, basis)


VOLTS = 10e-3 * RESISTANCE


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    import pyvista

    _, basis, response = tiny_body()
    path = tmp_path_factory.mktemp("run") / "fields.vtu"
    write_fields(path, basis, response, CONDUCTORS, {"title": "Zwei Pads, 40 µm", "case_sha256": "abc"})
    assert [file.name for file in path.parent.iterdir()] == ["fields.vtu"]  # no temporary file stays
    return pyvista.read(path)


def test_names_and_units_are_those_of_the_contract(grid):
    assert set(grid.point_data) == {"potential"}
    assert set(grid.cell_data) == {"E", "J", "J_magnitude", "J_rms", "tissue"}
    assert dict(text.split(": ") for text in grid.field_data["units"]) == UNITS
    assert UNITS["J"] == "A/m2"
    assert list(grid.field_data["tissue_names"]) == ["skin", "muscle"]
    assert list(grid.field_data["title"]) == ["Zwei Pads, 40 µm"]
    assert list(grid.field_data["case_sha256"]) == ["abc"]


def test_geometry_is_in_metres(grid):
    assert grid.bounds == pytest.approx((-0.03, 0.03, -0.015, 0.015, -0.012, 0.0))
    volumes = grid.compute_cell_sizes()["Volume"]
    assert volumes.min() > 0.0
    assert volumes.sum() == pytest.approx(60e-3 * 30e-3 * 12e-3)


def test_potential_and_field_are_those_of_the_peak(grid):
    centres = grid.cell_centers().points
    # the electrode of negative weight is at 0 V
    assert grid["potential"] == pytest.approx(VOLTS * potential(grid.points))
    assert grid["E"] == pytest.approx(VOLTS * field(centres), rel=1e-5, abs=1e-3)


def test_density_is_conductivity_times_field_and_its_rms_that_of_a_sine(grid):
    κ = np.array([0.1 * np.ones(3), [0.5, 0.2, 0.2]])[grid["tissue"]]
    assert grid["J"] == pytest.approx(κ * grid["E"], rel=1e-5, abs=1e-4)
    assert grid["J_magnitude"] == pytest.approx(np.linalg.norm(grid["J"], axis=1), rel=1e-5)
    assert grid["J_rms"] == pytest.approx(grid["J_magnitude"] / np.sqrt(2.0), rel=1e-5)


def test_density_is_that_of_each_cells_own_tensor():
    case, basis, response = tiny_body()
    once = fields_grid(basis, response, CONDUCTORS)
    factors = np.linspace(1.0, 2.0, len(basis.cells))[:, None]
    other = dataclasses.replace(basis, conductivity=factors[:, None] * basis.conductivity)
    assert fields_grid(other, respond(case, other), CONDUCTORS)["J"] == pytest.approx(factors * once["J"], rel=1e-5)


def test_tissue_is_the_one_at_that_depth(grid):
    skin = grid.cell_centers().points[:, 2] > -2e-3
    assert np.array_equal(grid["tissue"] == 0, skin)


def test_layers_of_the_same_tissue_share_a_number():
    _, basis, response = tiny_body()
    both = tuple(Uniform(c.layer, "muscle", c.tensor, c.source) for c in CONDUCTORS)
    grid = fields_grid(basis, response, both)
    assert list(grid.field_data["tissue_names"]) == ["muscle"]
    assert not grid["tissue"].any()


def test_a_folder_that_does_not_exist_is_an_error_that_says_so(tmp_path):
    _, basis, response = tiny_body()
    with pytest.raises(OSError, match="missing"):
        write_fields(tmp_path / "missing" / "fields.vtu", basis, response, CONDUCTORS)
