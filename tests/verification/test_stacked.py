"""Electrodes built of layers: slabs in series, detached parts, a resistive sheet under a snap."""

import numpy as np
import pytest
import references
from stacked import AREA, GEL, LENGTH_MM, RUBBER, SHEET, TISSUE, covering, resistive_sheet

from sim.exposure.triangles import facet_areas

Z = 0.02


@pytest.mark.parametrize("stack", [(), (GEL,), (GEL, RUBBER)], ids=["metal", "gel", "gel and rubber"])
def test_layers_and_contact_are_in_series(stack):
    basis = covering(stack, "draft", Z)
    thickness = [0.01, *(1e-3 * d for d, _ in stack)]
    σ = [TISSUE, *(value for _, value in stack)]
    R = references.stack_resistance(thickness, σ, [Z]) / AREA
    assert 1 / basis.admittance[0, 0] == pytest.approx(R, rel=1e-8)
    np.testing.assert_allclose(basis.contacts[0].density[0], 1 / R / AREA, rtol=1e-6)
    drops = references.stack_drops(thickness, σ, [Z])
    assert basis.contacts[0].losses[0, 0] == pytest.approx(drops[-1] / R, rel=1e-7)  # metal and contact alone


@pytest.mark.parametrize("z_detached", [None, 0.5])
@pytest.mark.parametrize("stack", [(), (GEL,)], ids=["metal", "gel"])
def test_a_detached_half_is_a_path_in_parallel(stack, z_detached):
    """Between two perfect conductors; a half that is lifted carries nothing, one that is dry by its own impedance."""
    basis = covering(stack, "draft", Z, detached=True, z_detached=z_detached, perfect=True)
    halves = [1 / Z, 0.0 if z_detached is None else 1 / z_detached]
    assert basis.admittance[0, 0] == pytest.approx(AREA / 2 * sum(halves), rel=1e-4)
    contact = basis.contacts[0]
    right = contact.corners[..., 0].mean(axis=1) > 0.0
    areas, density = facet_areas(contact.corners), contact.density[0].mean(axis=1)
    np.testing.assert_allclose(density[~right], halves[0], rtol=1e-4)
    np.testing.assert_allclose(density[right], halves[1], rtol=1e-4)
    assert density @ areas == pytest.approx(basis.admittance[0, 0], rel=1e-9)
    assert contact.corners[..., 0].max() == pytest.approx(0.5e-3 * LENGTH_MM if z_detached else 0.0, abs=1e-9)
    assert areas.sum() == pytest.approx(AREA if z_detached else AREA / 2)


def test_a_resistive_sheet_under_a_snap():
    """The reference neglects what the sheet's thickness does at the snap's rim: of the order d / λ = 0.005."""
    basis, error, r, samples = resistive_sheet("draft")
    J = samples.values[0]
    assert abs(error) < 3e-3
    exact = SHEET.density(r)
    assert np.sqrt((J - exact) ** 2 @ samples.areas / (exact**2 @ samples.areas)) < 5e-3
    away = r > SHEET.snap_radius + 4 * SHEET.thickness
    off = np.abs(J[away] / exact[away] - 1.0)
    assert off.max() < 2e-2  # the largest element error of a draft
    assert samples.areas[away][off > 1e-2].sum() < 1e-3 * samples.area
    mean = J @ samples.areas / samples.area
    assert J.max() / mean == pytest.approx(SHEET.peak_to_mean, rel=5e-3)
    assert J @ samples.areas == pytest.approx(basis.admittance[0, 0], rel=1e-9)
