import numpy as np
import pytest

from sim.exposure.tissues import QUADRATURE, _subdivided
from sim.exposure.triangles import (
    QUADRATURE_POINTS,
    QUADRATURE_WEIGHTS,
    Samples,
    centroids,
    facet_areas,
    sample,
    shape_functions,
    to_constant,
    to_linear,
    unit_mass,
)
from sim.exposure.windows import ONE_CM2_RADIUS, peak_cube_average, peak_disc_average, weighted_percentiles

TRIANGLE = np.array([[[0.0, 0.0, 0.0], [3.0, 0.0, 0.0], [0.0, 2.0, 0.0]]])


def grid(length, width, spacing=2e-4):
    """Samples of a rectangle in the plane z = 0."""
    x, y = (np.arange(spacing / 2, side, spacing) for side in (length, width))
    points = np.stack(np.meshgrid(x, y, [0.0], indexing="ij"), axis=-1).reshape(-1, 3)
    return Samples(points, np.full(len(points), spacing**2), np.empty((0, len(points))))


def test_triangle_rule_integrates_degree_four_exactly():
    a, b, _ = QUADRATURE_POINTS.T
    # integral of a^i b^j over the triangle of area 1 is 2 i! j! / (i + j + 2)!
    assert QUADRATURE_WEIGHTS.sum() == pytest.approx(1.0, abs=1e-14)
    assert QUADRATURE_WEIGHTS @ (a**2 * b**2) == pytest.approx(2 * 4 / 720, rel=1e-12)
    assert QUADRATURE_WEIGHTS @ a**4 == pytest.approx(2 * 24 / 720, rel=1e-12)


def test_tetrahedron_rules_integrate_a_square():
    # the integral of a^2 over the tetrahedron of volume 1 is 3! 2! / 5!
    assert (QUADRATURE[:, 0] ** 2).mean() == pytest.approx(12 / 120, rel=1e-12)
    np.testing.assert_allclose(_subdivided(1), [[0.25] * 4])
    points = _subdivided(6)
    assert points.shape == (216, 4)
    assert points.min() > 0.0
    np.testing.assert_allclose(points.mean(axis=0), 0.25, atol=1e-12)
    assert (points[:, 0] ** 2).mean() == pytest.approx(12 / 120, rel=0.02)


def test_shape_functions_are_one_at_their_place():
    places = np.vstack([np.eye(3), (np.eye(3)[[1, 2, 0]] + np.eye(3)[[2, 0, 1]]) / 2])
    np.testing.assert_allclose(shape_functions(places, 6), np.eye(6), atol=1e-15)
    assert unit_mass(3)[0, 0] == pytest.approx(1 / 6)
    assert unit_mass(6).sum() == pytest.approx(1.0)


def test_projection_to_linear_keeps_the_integral_and_linear_functions():
    corners = np.array([1.0, -2.0, 4.0])
    linear = np.concatenate([corners, [1.0, 2.5, -0.5]])
    np.testing.assert_allclose(to_linear(linear), corners, atol=1e-12)
    values = np.array([3.0, 1.0, -1.0, 5.0, 2.0, 0.5])
    integral = values[3:].sum() / 3  # of a quadratic over a triangle of area 1: the midpoint rule
    assert to_linear(values).mean() == pytest.approx(integral)
    np.testing.assert_allclose(to_constant(values), [integral] * 3)
    np.testing.assert_allclose(to_constant(values[:3]), [1.0] * 3)


def test_samples_integrate_linear_functions_exactly():
    samples = sample(TRIANGLE, np.array([[[1.0, 4.0, -2.0]]]), 0.1)
    assert samples.area == pytest.approx(3.0)
    assert samples.values[0] @ samples.areas == pytest.approx(3.0)
    assert facet_areas(TRIANGLE)[0] == pytest.approx(3.0)
    assert len(centroids(5)) == 25


def test_percentiles_are_weighted():
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([1.0, 98.0, 1.0])
    assert weighted_percentiles(values, weights, (50.0,))[0] == pytest.approx(1.0, abs=0.03)
    many = np.linspace(0.0, 1.0, 10001)
    assert weighted_percentiles(many, np.ones(10001), (5.0, 95.0)) == pytest.approx((0.05, 0.95), abs=1e-3)


def test_disc_average_of_a_uniform_density_is_that_density():
    samples = grid(0.03, 0.03)
    assert peak_disc_average(samples, np.full(len(samples.areas), 7.0)) == pytest.approx(7.0, rel=5e-3)


def test_disc_average_of_a_small_contact_is_its_mean():
    samples = grid(0.006, 0.005)
    density = samples.points[:, 0] * 1e3
    assert peak_disc_average(samples, density) == pytest.approx(density.mean(), rel=1e-6)


def test_disc_average_finds_a_hot_spot_of_known_current():
    samples = grid(0.04, 0.04)
    hot = np.hypot(*(samples.points[:, :2] - [0.013, 0.027]).T) < 0.002
    density = np.where(hot, 50.0, 1.0)
    part = hot.sum() * 4e-8 / (np.pi * ONE_CM2_RADIUS**2)
    assert peak_disc_average(samples, density) == pytest.approx(1.0 + 49.0 * part, rel=1e-2)


def test_disc_average_is_not_diluted_at_the_rim():
    samples = grid(0.04, 0.04)
    strip = samples.points[:, 0] < 0.001
    density = np.where(strip, 21.0, 1.0)
    # a half disc at the middle of the side: the strip covers nearly 1 mm of its 5.64 mm radius
    inside = np.hypot(samples.points[:, 0], samples.points[:, 1] - 0.02) < ONE_CM2_RADIUS
    assert peak_disc_average(samples, density) >= 0.98 * density[inside].mean()
    assert peak_disc_average(samples, density) > density.mean()


def test_disc_average_of_a_narrow_strip_is_not_diluted():
    samples = grid(0.06, 0.004)
    assert peak_disc_average(samples, np.full(len(samples.areas), 3.0)) == pytest.approx(3.0, rel=2e-2)


def cube_grid(size, spacing=2.5e-4):
    axes = [np.arange(spacing / 2, side, spacing) for side in size]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    return points, np.full(len(points), spacing**3)


def test_cube_average_of_a_uniform_value_also_in_a_thin_layer():
    for size in ((0.008, 0.008, 0.006), (0.008, 0.008, 0.001)):
        points, volumes = cube_grid(size)
        assert peak_cube_average(points, volumes, np.full(len(points), 5.0)) == pytest.approx(5.0, rel=1e-9)


def test_cube_average_of_a_hot_cube():
    points, volumes = cube_grid((0.008, 0.008, 0.008))
    hot = (np.abs(points - 0.004) < 0.0005).all(axis=1)
    value = np.where(hot, 9.0, 1.0)
    assert peak_cube_average(points, volumes, value) == pytest.approx(1.0 + 8.0 / 8, rel=1e-6)
