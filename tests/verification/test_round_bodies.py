"""Limbs and faces: wrapped pads by a Galerkin solution, radial current between cylinders and between spheres."""

import pytest
from round_bodies import (
    PLACES,
    concentric_cylinders,
    concentric_spheres,
    wrapped_pads,
    wrapped_pads_exact,
)

# Resistance and percentiles 50, 95, 99 of the pads "along" with many terms, by contact impedance; the percentiles of
# the sharper one move by 0.1, 0.4 and 1 % from 64 to 80 terms.
CONVERGED = {0.02: (1132.956, (582.6, 792.0, 1665.0)), 0.2: (1368.042, (595.2, 802.2, 1137.0))}


@pytest.mark.parametrize(("z", "accuracy", "of_R"), [(0.02, "standard", 1e-3), (0.2, "draft", 3e-3)])
def test_pads_along_a_limb(z, accuracy, of_R):
    R, (p50, p95, _) = CONVERGED[z]
    _, found, percentiles = wrapped_pads(PLACES["along"], z, accuracy)
    assert found == pytest.approx(R, rel=of_R)
    assert percentiles[0] == pytest.approx(p50, rel=5e-3)
    assert percentiles[1] == pytest.approx(p95, rel=2e-2)


@pytest.mark.parametrize("name", ["opposite", "off centre"])
def test_pads_around_a_limb(name):
    R, percentiles = wrapped_pads_exact(PLACES[name], 0.2, (20, 16), reach=1500.0)
    _, found, found_percentiles = wrapped_pads(PLACES[name], 0.2, "draft")
    assert found == pytest.approx(R, rel=3e-3)
    assert found_percentiles[0] == pytest.approx(percentiles[0], rel=5e-3)


@pytest.mark.parametrize("accuracy", ["draft", "standard"])
def test_from_the_axis_of_a_limb_to_its_skin(accuracy):
    """Flat facets bring rod and skin nearer to the axis: the rod is thinner by 0.6 and 0.3 %, the drop larger."""
    error = concentric_cylinders(accuracy)[1]
    assert 0.0 < error < {"draft": 5e-3, "standard": 3e-3}[accuracy]


@pytest.mark.parametrize("accuracy", ["draft", "standard", "fine"])
def test_from_the_bone_of_a_face_to_its_skin(accuracy):
    """Flat facets bring the bottom nearer to the centre, by 0.9, 0.7 and 0.35 % at half of the skin's radius."""
    error = concentric_spheres(accuracy)[1]
    assert 0.0 < error < {"draft": 1e-2, "standard": 8e-3, "fine": 4e-3}[accuracy]


@pytest.mark.parametrize("solve", [concentric_cylinders, concentric_spheres])
@pytest.mark.parametrize("fibres", [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (1.0, -1.0, 0.0)])
def test_fibres_along_the_skin_do_not_carry_radial_current(solve, fibres):
    """They conduct twenty times better than across, and wrap with the body."""
    assert abs(solve("standard", fibres=fibres)[1]) < 6e-3


@pytest.mark.parametrize("solve", [concentric_cylinders, concentric_spheres])
def test_fibres_along_the_radius_carry_it(solve):
    """Across them nothing flows: the tissues conduct as along their fibres, twenty times better."""
    across = solve("draft", z=0.0, fibres=(0.0, 0.0, 1.0))[1]
    assert 20.0 * (1.0 + across) == pytest.approx(1.0, rel=2e-2)


def test_a_wide_limb():
    """On its way to a block, as the reference goes, which tends to one."""
    _, found, _ = wrapped_pads(PLACES["along"], 0.2, "draft", 100.0)
    exact, _ = wrapped_pads_exact(PLACES["along"], 0.2, (20, 20), 100.0, reach=1500.0)
    assert found == pytest.approx(exact, rel=3e-3)
