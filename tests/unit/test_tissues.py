import pickle

import numpy as np
import pytest

from sim.case import parse_case
from sim.tissues import Conductor, available_tissue_sets, axial_tensor, case_conductors, load_tissue_set


def case(layer, override=None):
    return parse_case(
        {
            "title": "x",
            "body": {"kind": "block", "length_mm": 100, "width_mm": 100, "layers": [layer]},
            "tissues": {"override": override or {}},
            "electrodes": [
                {"name": n, "pad": {"kind": "disc", "diameter_mm": 20}, "position_mm": [x, 0]}
                for n, x in (("a", -20), ("b", 20))
            ],
            "channels": [
                {
                    "name": "c",
                    "electrodes": {"a": 1, "b": -1},
                    "amplitude_mA": 1,
                    "waveform": {"kind": "direct"},
                }
            ],
        },
        "x.toml",
    )


def conductivity(*arguments):
    return case_conductors(case(*arguments))[0].tensors(np.zeros((1, 3)))[0]


MUSCLE = {"tissue": "muscle", "thickness_mm": 20}
FIBRED = MUSCLE | {"fibre_direction": [0.0, 2.0, 0.0]}


@pytest.mark.parametrize("name", available_tissue_sets())
def test_every_set_can_be_read_and_is_named_after_its_file(name):
    tissues = load_tissue_set(name)
    assert tissues.id == name
    assert tissues.source


def test_numbers_of_the_low_frequency_set():
    tissues = load_tissue_set("itis-lf").tissues
    assert tissues["skin"].conductivity_S_per_m == 0.148297
    assert tissues["fat"].conductivity_S_per_m == 0.0776213
    assert tissues["muscle"].conductivity_S_per_m == 0.461008
    assert tissues["bone_cortical"].conductivity_S_per_m == 0.006302


def test_without_fibres_muscle_is_isotropic():
    np.testing.assert_allclose(conductivity(MUSCLE), 0.461008 * np.eye(3))


def test_fibres_turn_the_tensor():
    np.testing.assert_allclose(conductivity(FIBRED), np.diag([0.132, 0.415, 0.132]))


def test_override_isotropic_and_axial():
    np.testing.assert_allclose(conductivity(FIBRED, {"muscle": {"conductivity_S_per_m": 0.3}}), 0.3 * np.eye(3))
    axial = {"muscle": {"conductivity_S_per_m": {"longitudinal": 0.5, "transverse": 0.1}}}
    np.testing.assert_allclose(conductivity(FIBRED, axial), np.diag([0.1, 0.5, 0.1]))


def test_axial_tensor_along_a_diagonal():
    tensor = axial_tensor(0.5, 0.1, (1.0, 1.0, 0.0))
    f = np.array([1.0, 1.0, 0.0]) / np.sqrt(2)
    assert f @ tensor @ f == pytest.approx(0.5)
    np.testing.assert_allclose(np.linalg.eigvalsh(tensor), [0.1, 0.1, 0.5])


def test_source_and_status_come_along():
    assert "secondary" in case_conductors(case(FIBRED))[0].source
    assert case_conductors(case(MUSCLE, {"muscle": {"conductivity_S_per_m": 0.3}}))[0].source == "the case"


def test_a_tissue_that_conducts_along_fibres_has_some():
    with pytest.raises(ValueError, match="muscle: conducts along fibres, but has none"):
        Conductor("muscle", "muscle", 0.4, 0.1, None, "test")


def test_conductors_travel_to_other_processes():
    (conductor,) = case_conductors(case(FIBRED))
    again = pickle.loads(pickle.dumps(conductor))
    assert again == conductor
    np.testing.assert_array_equal(again.tensors(np.ones((2, 3))), conductor.tensors(np.ones((2, 3))))


def test_axial_tensors_of_many_directions():
    directions = np.array([[2.0, 0.0, 0.0], [0.0, 0.3, 0.4]])
    for tensor, direction in zip(axial_tensor(0.5, 0.1, directions), directions, strict=True):
        np.testing.assert_array_equal(tensor, axial_tensor(0.5, 0.1, direction))
