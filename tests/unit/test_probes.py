"""Probes where there is no tissue are refused before anything is computed."""

import copy

import pytest

from sim.case import parse_case
from sim.errors import CaseError

CASE = {
    "title": "one of everything",
    "body": {
        "kind": "limb",
        "length_mm": 160.0,
        "radius_mm": 40.0,
        "layers": [{"tissue": "skin", "thickness_mm": 2.0}, {"tissue": "fat", "thickness_mm": 6.0}],
        "core": {"tissue": "muscle"},
    },
    "electrodes": [
        {"name": "a", "pad": {"kind": "disc", "diameter_mm": 20.0}, "position_mm": [-50.0, 0.0]},
        {"name": "b", "pad": {"kind": "disc", "diameter_mm": 20.0}, "position_mm": [50.0, 0.0]},
    ],
    "leads": [
        {
            "name": "needle",
            "tip_mm": [0.0, 0.0, 20.0],
            "direction": [0.0, 0.0, 1.0],
            "shape": {
                "kind": "shaft",
                "shaft_diameter_mm": 1.0,
                "tip": "hemisphere",
                "contacts": [{"name": "1", "from_mm": 0.0, "length_mm": 3.0}],
            },
        }
    ],
    "inclusions": [
        {
            "name": "plate",
            "kind": "box",
            "center_mm": [0.0, 0.0, -15.0],
            "size_mm": [20.0, 10.0, 3.0],
            "material": "metal",
        },
        {"name": "vessel", "kind": "sphere", "center_mm": [0.0, 20.0, 0.0], "radius_mm": 4.0, "tissue": "blood"},
        {"name": "plug", "kind": "sphere", "center_mm": [0.0, -20.0, 0.0], "radius_mm": 4.0, "material": "insulator"},
    ],
    "wounds": [
        {
            "name": "open",
            "outline": {"kind": "disc", "diameter_mm": 10.0},
            "position_mm": [0.0, 60.0],
            "depth_mm": 2.0,
        }
    ],
    "channels": [
        {
            "name": "ch1",
            "electrodes": {"a": 1.0, "b": -1.0},
            "amplitude_mA": 1.0,
            "waveform": {"kind": "sine", "frequency_Hz": 100.0},
        }
    ],
}
# The wound lies 60 mm of arc around a radius of 40 mm: 1.5 rad from the top.
WOUND = (0.0, 0.997495, 0.070737)


def case(point):
    return parse_case(copy.deepcopy(CASE) | {"probes": [{"name": "p", "position_mm": list(point)}]}, "x.toml")


@pytest.mark.parametrize(
    ("point", "what"),
    [
        ((0.0, 0.0, -15.0), "the metal plate"),
        ((9.9, -4.9, -16.4), "the metal plate"),
        ((0.0, -20.0, 3.9), "the insulator plug"),
        ((0.0, 0.4, 25.0), "the lead needle"),
        ((0.0, 0.0, 20.01), "the lead needle"),
        (tuple(39.0 * c for c in WOUND), "the missing skin of open"),
    ],
)
def test_where_there_is_none(point, what):
    with pytest.raises(CaseError, match=f"probes.p.position_mm: found .*, in {what}; accepted: a point in tissue"):
        case(point)


@pytest.mark.parametrize(
    "point",
    [
        (10.1, 0.0, -15.0),
        (0.0, 20.0, 1.0),
        (0.0, 0.6, 25.0),
        (0.0, 0.35, 20.02),  # beside the round tip
        (0.0, 0.0, 19.9),
        tuple(37.5 * c for c in WOUND),
    ],
)
def test_where_there_is_tissue(point):
    assert case(point).probes[0].position_mm == tuple(point)
