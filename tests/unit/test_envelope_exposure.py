"""Statistics of interference over cells, against fields for which they are known."""

import numpy as np
import pytest

from sim.envelope import carrier_peak, maximum_envelope, modulation_depth
from sim.exposure.envelope import envelope_exposure, envelope_exposures
from sim.interference import Interference


def met(fields, fibres=None):
    """Two carriers of these fields, with a direction of fibres for each cell."""
    nowhere = np.full((fields.shape[1], 3), np.nan)
    return Interference((4000.0, 4100.0), ((0,), (1,)), fields, nowhere if fibres is None else np.array(fibres, float))


def uniform(*vectors, fibres=None):
    """Fields that are uniform in each cell, from pairs of vectors."""
    return met(np.repeat(np.array(vectors).transpose(1, 0, 2)[:, :, None], 4, axis=2), fibres)


ORTHOGONAL = ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
PARALLEL = ([1.0, 0.0, 0.0], [0.5, 0.0, 0.0])


def test_uniform_fields():
    found = envelope_exposure(uniform(ORTHOGONAL, ORTHOGONAL), np.array([1.0, 3.0]))
    assert (found.envelope_V_per_m.p50, found.envelope_V_per_m.p99) == pytest.approx((np.sqrt(2), np.sqrt(2)))
    assert found.carrier_peak_V_per_m.p99 == pytest.approx(np.sqrt(2))
    assert found.modulation_depth.p50 == pytest.approx(1.0)


def test_tissues_count_apart_and_by_volume():
    fields = uniform(ORTHOGONAL, PARALLEL, ORTHOGONAL, PARALLEL)
    tissues = np.array(["skin", "fat", "fat", "fat"])
    found = envelope_exposures(fields, np.array([1.0, 50.0, 1.0, 50.0]), tissues)
    assert list(found) == ["skin", "fat"]
    assert found["skin"].envelope_V_per_m.p50 == pytest.approx(np.sqrt(2))
    assert found["fat"].envelope_V_per_m.p50 == pytest.approx(1.0)  # 99 % of the volume
    assert found["fat"].modulation_depth.p50 == pytest.approx(0.5)
    assert found["fat"].carrier_peak_V_per_m.p50 == pytest.approx(1.5)
    few = envelope_exposures(fields, np.array([1.0, 1.0, 50.0, 1.0]), tissues)
    assert few["fat"].envelope_V_per_m.p50 == pytest.approx(np.sqrt(2))


def test_percentiles_of_fields_that_vary():
    # linear fields on many small cells of [0, 1]^3 against percentiles of dense random points
    random = np.random.default_rng(11)
    slopes, offsets = random.normal(size=(2, 3, 3)), random.normal(size=(2, 3))
    low = np.stack(np.meshgrid(*[np.arange(12) / 12] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    corners = low[:, None] + np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]) / 12
    corners = np.concatenate([corners, 2 * low[:, None] + 1 / 12 - corners])  # and the opposite corner
    fields = corners @ slopes[:, None] + offsets[:, None, None]
    points = random.uniform(size=(400_000, 3)) @ slopes + offsets[:, None]
    found = envelope_exposure(met(fields), np.full(len(corners), 1 / 12**3 / 6))
    for spread, quantity in (
        (found.envelope_V_per_m, maximum_envelope),
        (found.carrier_peak_V_per_m, carrier_peak),
        (found.modulation_depth, modulation_depth),
    ):
        p50, p99 = np.percentile(quantity(*points), [50, 99])
        assert spread.p50 == pytest.approx(p50, abs=0.01)
        assert spread.p99 == pytest.approx(p99, abs=0.03)


def test_two_carriers_are_needed():
    with pytest.raises(ValueError, match=r"accepted: \(2, m, 4, 3\)"):
        envelope_exposure(met(np.ones((3, 5, 4, 3))), np.ones(5))


def test_along_fibres_only_cells_that_have_them_count():
    along, across, none = [1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [np.nan] * 3
    fields = uniform(PARALLEL, PARALLEL, ORTHOGONAL, fibres=[along, none, [np.sqrt(0.5), np.sqrt(0.5), 0.0]])
    tissues = np.array(["muscle", "muscle", "nerve"])
    found = envelope_exposures(fields, np.array([1.0, 50.0, 1.0]), tissues)
    assert found["muscle"].along_fibres.envelope_V_per_m.p99 == pytest.approx(1.0)
    assert found["muscle"].along_fibres.modulation_depth.p50 == pytest.approx(0.5)
    assert found["nerve"].along_fibres.envelope_V_per_m.p50 == pytest.approx(np.sqrt(2))  # the best direction
    assert envelope_exposure(uniform(PARALLEL, fibres=[none]), np.ones(1)).along_fibres is None
    crossed = envelope_exposure(uniform(PARALLEL, fibres=[across]), np.ones(1)).along_fibres
    assert (crossed.envelope_V_per_m.p99, crossed.modulation_depth.p99) == (0.0, 0.0)  # known, and nothing


def test_fields_on_ellipses_have_their_amplitude_along_the_fibres():
    # E1 runs around a circle of radius 3 in x, y; E2 lies on a line: along y they have 3 and 2
    fields = uniform(([3.0, 3.0j, 0.0], [1.0, 2.0, 0.0]), fibres=[[0.0, 1.0, 0.0]])
    found = envelope_exposure(fields, np.ones(1)).along_fibres
    assert found.envelope_V_per_m.p50 == pytest.approx(4.0)
    assert found.modulation_depth.p50 == pytest.approx(2.0 / 3.0)
