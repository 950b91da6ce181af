"""The reference solutions against each other, against closed forms, and against published numbers."""

import numpy as np
import pytest
from references import (
    Block,
    Pad,
    axial_disc_resistance,
    block_pair_resistance,
    block_pair_uniform_resistance,
    column_potential,
    column_resistance,
    contact_disc,
    fibre_disc_resistance,
    layered_contact_disc,
    layered_disc_resistance,
    layered_kernel,
    newman_disc_density,
    newman_disc_resistance,
    newman_fraction_within,
    point_source_two_layer,
    slab_kernel,
    solve_block,
    solve_block_uniform,
    two_layer_disc,
    two_layer_kernel,
    uniform_disc_mean_potential,
    uniform_disc_potential,
    uniform_flux_limit,
    wenner_two_layer,
)
from references import radial_basis as radial
from references.block import mode_impedance, mode_profile
from references.block_galerkin import moments
from references.kernel import wavenumber_rule
from scipy.integrate import quad
from scipy.special import eval_legendre, j0, j1, jv

SKIN_FAT_MUSCLE = ((0.0015, 0.008, 0.04), (0.1, 0.04, (0.5, 0.2, 0.2)))


def disc_integral(density, a, points=400):
    """``2π ∫ J r dr`` with the substitution ``r = a sin t``, which tames the rim singularity."""
    x, w = np.polynomial.legendre.leggauss(points)
    t, w = np.pi / 4 * (x + 1), np.pi / 4 * w
    return 2 * np.pi * a**2 * np.sum(w * np.sin(t) * np.cos(t) * density(a * np.sin(t)))


def boundary_matching(λ, σ_h, σ_v, thickness, depth, insulated):
    """Surface impedance times √(σ_h σ_v) λ, and potential at ``depth`` over that at the surface, of one wavenumber.

    Solves for the upward and downward exponentials of all layers at once.
    """
    layers = len(σ_h)
    κ = λ * np.sqrt(np.divide(σ_h, σ_v))
    Y = np.multiply(σ_v, κ)
    tops = np.concatenate(([0.0], np.cumsum(thickness)))[:layers]
    matrix, rhs = np.zeros((2 * layers, 2 * layers)), np.zeros(2 * layers)
    matrix[0, :2], rhs[0] = (Y[0], -Y[0]), 1.0  # columns: e^{-κ(d - top)}, e^{κ(d - top)}
    for i in range(layers - 1):
        down, up = np.exp(-κ[i] * thickness[i]), np.exp(κ[i] * thickness[i])
        matrix[2 * i + 1, 2 * i : 2 * i + 4] = down, up, -1, -1
        matrix[2 * i + 2, 2 * i : 2 * i + 4] = Y[i] * down, -Y[i] * up, -Y[i + 1], Y[i + 1]
    if insulated:
        matrix[-1, -2:] = np.exp(-κ[-1] * thickness[-1]), -np.exp(κ[-1] * thickness[-1])
    else:
        matrix[-1, -1] = 1
    amplitudes = np.linalg.solve(matrix, rhs).reshape(layers, 2)
    i = np.searchsorted(tops, depth, side="right") - 1
    φ = amplitudes[i] @ np.exp(np.array([-1, 1]) * κ[i] * (depth - tops[i]))
    surface = amplitudes[0].sum()
    return surface * Y[0], φ / surface


def brute_uniform_resistance(block, pads, modes):
    """Pair of uniform-flux discs by the plain mode sum, extrapolated in the number of modes (the tail falls as M⁻²)."""

    def plain(count):
        m, n = (i.ravel()[1:] for i in np.meshgrid(np.arange(count), np.arange(count), indexing="ij"))
        k_x, k_y = np.pi * m / block.size[0], np.pi * n / block.size[1]
        λ = np.hypot(k_x, k_y)
        weight = np.where(m > 0, 2, 1) * np.where(n > 0, 2, 1) / (block.size[0] * block.size[1])
        flux = [2 * j1(λ * p.radius) / (λ * p.radius) * np.cos(k_x * p.x) * np.cos(k_y * p.y) for p in pads]
        return np.sum(weight * mode_impedance(block, k_x, k_y) * (flux[0] - flux[1]) ** 2)

    return (4 * plain(2 * modes) - plain(modes)) / 3


class TestNewman:
    def test_published_profile(self):
        a, current = 0.012, 0.003
        ratio = newman_disc_density(a * np.array([0.25, 0.5, 0.75, 0.9, 0.95, 0.99]), a, current)
        assert ratio * np.pi * a**2 / current == pytest.approx(
            [0.5164, 0.5774, 0.7559, 1.1471, 1.6013, 3.5444], abs=5e-5
        )

    def test_density_integrates_to_the_current_and_to_the_fraction(self):
        assert disc_integral(lambda r: newman_disc_density(r, 0.01, 0.002), 0.01) == pytest.approx(0.002, rel=1e-12)
        within = quad(lambda r: 2 * np.pi * r * newman_disc_density(r, 0.01, 1.0), 0, 0.006)[0]
        assert newman_fraction_within(0.006, 0.01) == pytest.approx(within, rel=1e-10)
        assert newman_fraction_within(0.8660254 * 0.01, 0.01) == pytest.approx(0.5, abs=1e-7)


class TestUniformDisc:
    def test_half_space_values(self):
        σ, a = 0.3, 0.01
        centre, edge, far = uniform_disc_potential([0, a, 100 * a], [σ], [σ], [], a, 1.0)
        assert centre == pytest.approx(1 / (np.pi * a * σ), rel=1e-14)
        assert edge == pytest.approx(2 / (np.pi**2 * a * σ), rel=1e-14)
        assert far == pytest.approx((1 + 1 / 8 / 100**2) / (2 * np.pi * σ * 100 * a), rel=1e-8)
        mean = disc_integral(lambda r: uniform_disc_potential(r, [σ], [σ], [], a, 1.0), a) / (np.pi * a**2)
        assert uniform_disc_mean_potential([σ], [σ], [], a, 1.0) == pytest.approx(mean, rel=1e-7)
        assert mean == pytest.approx(1.080759 * newman_disc_resistance(σ, a), rel=1e-6)

    @pytest.mark.parametrize("σ_2", [0.02, 2.0])
    def test_two_layers_on_the_axis_by_images(self, σ_2):
        σ_1, h, a = 0.2, 0.004, 0.01
        n = np.arange(1, 400)
        k = (σ_1 - σ_2) / (σ_1 + σ_2)
        d = 2 * n * h
        images = (a + 2 * np.sum(k**n * (np.hypot(a, d) - d))) / (np.pi * a**2 * σ_1)
        φ = uniform_disc_potential(0.0, [σ_1, σ_2], [σ_1, σ_2], [h], a, 1.0)
        assert φ[0] == pytest.approx(images, rel=1e-11)

    def test_mean_potential_on_layers_is_the_mean(self):
        layers = [0.1, 0.04, 0.5], [0.05, 0.04, 0.2], [0.002, 0.006]
        mean = disc_integral(lambda r: uniform_disc_potential(r, *layers, 0.01, 1.0), 0.01, 200) / (np.pi * 0.01**2)
        assert uniform_disc_mean_potential(*layers, 0.01, 1.0) == pytest.approx(mean, rel=1e-6)


class TestContactDisc:
    def test_no_impedance_is_newman(self):
        disc = contact_disc(0.2, 0.01, 0.0)
        assert disc.resistance == pytest.approx(newman_disc_resistance(0.2, 0.01), rel=1e-12)
        r = np.array([0.0, 0.005, 0.0099])
        assert disc.density(r) == pytest.approx(newman_disc_density(r, 0.01, 1.0), rel=1e-9)

    def test_small_impedance_approaches_newman(self):
        ratios = [contact_disc(0.2, 0.01, z).resistance * 4 * 0.2 * 0.01 - 1 for z in (1e-3, 1e-4, 1e-5)]
        assert ratios == sorted(ratios, reverse=True)
        assert 0 < ratios[-1] < 1e-3

    def test_large_impedance_is_uniform_flux(self):
        for Z in (10.0, 1000.0):
            z = Z * 0.01 / 0.2
            excess = uniform_flux_limit(0.2, 0.01, z) / contact_disc(0.2, 0.01, z).resistance - 1
            assert 0 < excess < 0.01 / Z**2  # the next term of the expansion is of order 1/Z*
        uniform = uniform_disc_mean_potential([0.2], [0.2], [], 0.01, 1.0) + z / (np.pi * 0.01**2)
        assert uniform_flux_limit(0.2, 0.01, z) == pytest.approx(uniform, rel=1e-14)

    @pytest.mark.parametrize("Z", [1e-3, 1e-2, 0.1, 1.0, 10.0, 1e3])
    def test_legendre_series_against_zernike_galerkin(self, Z):
        σ, a = 0.35, 0.02
        series, galerkin = contact_disc(σ, a, Z * a / σ), layered_contact_disc([σ], [σ], [], a, Z * a / σ)
        assert series.resistance == pytest.approx(galerkin.resistance, rel=1e-8)
        assert series.resistance <= galerkin.resistance * (1 + 1e-13)  # bounds from both sides
        r = a * np.array([0.3, 0.6, 0.9, 0.99])
        assert series.density(r) == pytest.approx(galerkin.density(r), rel=5e-4 if Z < 0.01 else 5e-5)

    @pytest.mark.parametrize("Z", [0.01, 1.0])
    def test_density_carries_the_current(self, Z):
        for disc in (contact_disc(0.2, 0.01, Z / 20), layered_contact_disc([0.2], [0.2], [], 0.01, Z / 20)):
            assert disc_integral(disc.density, 0.01) == pytest.approx(1.0, abs=1e-6)


class TestKernel:
    LAYERS = [0.1, 0.04, 0.5], [0.05, 0.04, 0.1], [0.0015, 0.006, 0.03]

    def test_closed_forms(self):
        λ = np.logspace(0, 4, 30)
        assert layered_kernel(λ, [0.2, 0.03], [0.2, 0.03], [0.004]) == pytest.approx(
            two_layer_kernel(λ, 0.2, 0.03, 0.004)
        )
        assert layered_kernel(λ, [0.3] * 3, [0.1] * 3, [0.004, 0.01]) == pytest.approx(1)
        assert slab_kernel(λ, [0.3] * 2, [0.1] * 2, [0.004, 0.01]) == pytest.approx(1 / np.tanh(λ * 0.014 * 3**0.5))

    @pytest.mark.parametrize("λ", [5.0, 80.0, 400.0])
    def test_recursion_against_boundary_matching(self, λ):
        σ_h, σ_v, h = self.LAYERS
        half_space, _ = boundary_matching(λ, σ_h, σ_v, h, 0.0, insulated=False)
        slab, _ = boundary_matching(λ, σ_h, σ_v, h, 0.0, insulated=True)
        assert layered_kernel(λ, σ_h, σ_v, h[:-1]) == pytest.approx(half_space, rel=1e-11)
        assert slab_kernel(λ, σ_h, σ_v, h) == pytest.approx(slab, rel=1e-11)

    @pytest.mark.parametrize("depth", [0.001, 0.0015, 0.005, 0.02, 0.0375])
    def test_mode_profile_against_boundary_matching(self, depth):
        σ_h, σ_v, h = self.LAYERS
        block = Block((0.2, 0.1), h, tuple((σ, σ, v) for σ, v in zip(σ_h, σ_v, strict=True)))
        for λ in (5.0, 80.0, 400.0):
            _, expected = boundary_matching(λ, σ_h, σ_v, h, depth, insulated=True)
            k_x, k_y = np.array([0.6 * λ]), np.array([0.8 * λ])
            assert mode_profile(block, k_x, k_y, depth)[0] == pytest.approx(expected, rel=1e-8)
            Y = np.sqrt(σ_h[0] * σ_v[0]) * λ
            assert mode_impedance(block, k_x, k_y)[0] * Y == pytest.approx(slab_kernel(λ, *self.LAYERS), rel=1e-12)

    def test_wrong_number_of_layers(self):
        with pytest.raises(ValueError, match="2 layers and 2 finite thicknesses"):
            layered_kernel(1.0, [0.1, 0.2], [0.1, 0.2], [0.01, 0.02])


class TestPointSource:
    @pytest.mark.parametrize("σ_2", [0.01, 0.2, 3.0])
    def test_images_against_hankel_integral(self, σ_2):
        σ_1, h, r = 0.2, 0.005, np.array([0.002, 0.01, 0.05])
        λ, w = wavenumber_rule(2 * h, r.max())
        kernel = layered_kernel(λ, [σ_1, σ_2], [σ_1, σ_2], [h])
        φ = 0.003 / (2 * np.pi * σ_1) * (1 / r + j0(np.outer(r, λ)) @ (w * (kernel - 1)))
        assert point_source_two_layer(r, σ_1, σ_2, h, 0.003) == pytest.approx(φ, rel=1e-10)

    def test_wenner(self):
        s, ρ_1, ρ_2, h = 0.01, 5.0, 40.0, 0.006
        near, far = point_source_two_layer([s, 2 * s], 1 / ρ_1, 1 / ρ_2, h, 1.0)
        assert wenner_two_layer(s, ρ_1, ρ_2, h) == pytest.approx(2 * np.pi * s * 2 * (near - far), rel=1e-12)
        assert wenner_two_layer(1e-5, ρ_1, ρ_2, h) == pytest.approx(ρ_1, rel=1e-6)
        assert wenner_two_layer(30.0, ρ_1, ρ_2, h) == pytest.approx(ρ_2, rel=1e-4)

    def test_series_that_would_not_end(self):
        with pytest.raises(ValueError, match="too slow"):
            point_source_two_layer(0.01, 1.0, 1e-6, 0.005, 1.0)


class TestRadialBasis:
    @pytest.mark.parametrize("α", [radial.SINGULAR, radial.BOUNDED])
    @pytest.mark.parametrize("q", [0, 1, 4])
    def test_transform_by_quadrature(self, α, q):
        for k in (0.1, 3.0, 20.0):
            expected = [
                disc_integral(lambda x, n=n, k=k: radial.density(x, q, 4, α)[n] * jv(q, k * x), 1.0) / (2 * np.pi)
                for n in range(4)
            ]
            assert radial.transform(np.array([k]), q, 4, α)[:, 0] == pytest.approx(expected, abs=1e-11)

    @pytest.mark.parametrize("α", [radial.SINGULAR, radial.BOUNDED])
    def test_ladder_of_bessel_functions(self, α):
        k = np.concatenate((np.logspace(-8, 0, 50), np.linspace(1, 300, 333)))
        assert radial.ladder(k, 60, α) == pytest.approx(jv(np.arange(60)[:, None] + α + 1, k), abs=3e-14)

    @pytest.mark.parametrize("p", [0, 2])
    def test_self_integrals_by_quadrature(self, p):
        end, n = 1000.0, np.arange(3)
        λ, w = wavenumber_rule(36 / end, 2.0)
        sign = (-1.0) ** (n[:, None] - n - p // 2)  # beyond the end, J J → sign (1 ± sin 2k)/(πk)
        for α, tail, tolerance in ((radial.BOUNDED, 1 / (2 * end**2), 3e-10), (radial.SINGULAR, 1 / end, 5e-7)):
            f, g = (radial.transform(λ, q, 3, α) for q in (0, p))
            expected = (f * w) @ g.T + sign * tail / np.pi
            assert radial.self_integrals(0, p, 3, α) == pytest.approx(expected, abs=tolerance)

    @pytest.mark.parametrize("q", [0, 3])
    def test_squares(self, q):
        expected = [disc_integral(lambda x, n=n: radial.density(x, q, 5, 0.0)[n] ** 2, 1.0) for n in range(5)]
        assert 2 * np.pi * radial.squares(q, 5) == pytest.approx(expected, rel=1e-10)


class TestLayeredDisc:
    @pytest.mark.parametrize("σ_2", [0.01, 0.1, 1.0])
    @pytest.mark.parametrize("h", [0.002, 0.01])
    def test_galerkin_against_fredholm(self, σ_2, h):
        σ_1, a = 0.2, 0.01
        fredholm, galerkin = two_layer_disc(σ_1, σ_2, h, a), layered_contact_disc([σ_1, σ_2], [σ_1, σ_2], [h], a, 0.0)
        assert fredholm.resistance == pytest.approx(galerkin.resistance, rel=1e-11)
        r = a * np.array([0.0, 0.4, 0.8, 0.99])
        assert fredholm.density(r) == pytest.approx(galerkin.density(r), rel=1e-9)

    def test_fredholm_limits(self):
        assert layered_disc_resistance(0.2, 0.2, 0.01, 0.01) == pytest.approx(
            newman_disc_resistance(0.2, 0.01), rel=1e-13
        )
        assert layered_disc_resistance(0.2, 0.05, 1.0, 0.01) == pytest.approx(
            newman_disc_resistance(0.2, 0.01) + point_source_two_layer(1e-6, 0.2, 0.05, 1.0, 1.0) - 1e6 / (0.4 * np.pi),
            rel=1e-6,
        )

    @pytest.mark.parametrize("Z", [0.01, 1.0])
    def test_contact_on_layers_against_legendre_series(self, Z):
        σ, h, a = [0.1, 0.03, 0.5], [0.003, 0.006], 0.01
        z = Z * a / σ[0]
        η, w = np.polynomial.legendre.leggauss(241)
        η, w = (η + 1) / 2, w / 2
        n = np.arange(120)
        P = eval_legendre(2 * n[:, None], η)
        λ, dλ = wavenumber_rule(2 * h[0], 2 * a)
        plain = contact_disc(σ[0], a, z, terms=120)
        M = plain.density_factors
        spherical = np.sqrt(np.pi / (2 * λ * a)) * jv(2 * n[:, None] + 0.5, λ * a)
        spectra = (M * np.abs(eval_legendre(2 * n, 0.0)))[:, None] * spherical  # of (1/η) M_n P_2n(η)
        extra = (spectra * (dλ * a * (layered_kernel(λ, σ, σ, h) - 1))) @ j0(np.outer(λ * a, np.sqrt(1 - η**2)))
        system = (P * (w * η)) @ (P + extra).T + np.diag(Z * M / (4 * n + 1))
        B = np.linalg.solve(system, P @ (w * η))
        expected = 1 / (2 * np.pi * σ[0] * a * M[0] * B[0])
        assert layered_contact_disc(σ, σ, h, a, z).resistance == pytest.approx(expected, rel=2e-8)

    def test_uniform_flux_for_a_large_impedance(self):
        layers = [0.1, 0.03, 0.5], [0.1, 0.03, 0.2], [0.003, 0.006]
        expected = uniform_disc_mean_potential(*layers, 0.01, 1.0) + 100 / (np.pi * 0.01**2)
        assert layered_contact_disc(*layers, 0.01, 100.0).resistance == pytest.approx(expected, rel=1e-7)


class TestAnisotropy:
    def test_axis_normal(self):
        assert layered_contact_disc([0.5], [0.1], [], 0.01, 0.0).resistance == pytest.approx(
            axial_disc_resistance(0.5, 0.1, 0.01), rel=1e-13
        )

    @pytest.mark.parametrize(("σ_x", "σ_t"), [(0.5, 0.1), (0.1, 0.4), (0.2, 0.2)])
    def test_fibres_in_plane(self, σ_x, σ_t):
        a = 0.01
        # Fourier integral of the density of an elliptic conductor, which on the disc is Newman's
        mean = quad(lambda t: 1 / np.sqrt(σ_t * (σ_x * np.cos(t) ** 2 + σ_t * np.sin(t) ** 2)), 0, 2 * np.pi)[0]
        assert fibre_disc_resistance(σ_x, σ_t, a) == pytest.approx(mean / (8 * np.pi * a), rel=1e-9)


class TestColumn:
    def test_stack(self):
        h, σ, area = (0.002, 0.008, 0.03), (0.1, 0.04, 0.5), 4e-4
        resistance = column_resistance(h, σ, area, 0.01, 0.002)
        assert resistance == pytest.approx((0.01 + 0.02 + 0.2 + 0.06 + 0.002) / area)
        φ = column_potential([0.0, 0.006, 0.04], h, σ, area, 1e-3, 0.002)
        assert φ == pytest.approx(1e-3 / area * np.array([0.282, 0.162, 0.002]))
        assert φ[0] + 0.01 * 1e-3 / area == pytest.approx(resistance * 1e-3)


class TestBlock:
    TWO_LAYERS = Block((0.12, 0.08), (0.01, 0.03), ((0.3, 0.2, 0.1), 0.5))
    PADS = Pad(0.06, 0.05, 0.02, 5e-3), Pad(0.14, 0.06, 0.015, 5e-3)

    @pytest.mark.parametrize(
        "block",
        [
            Block((0.2, 0.12), (0.05,), (0.2,)),
            Block((0.2, 0.12), *SKIN_FAT_MUSCLE),
            Block((0.2, 0.12), (0.03,), ((0.5, 0.2, 0.1),)),
        ],
        ids=["homogeneous", "layers", "anisotropic"],
    )
    def test_uniform_flux_against_plain_mode_sum(self, block):
        metal = [Pad(p.x, p.y, p.radius) for p in self.PADS]
        assert block_pair_uniform_resistance(block, metal) == pytest.approx(
            brute_uniform_resistance(block, metal, 350), rel=1e-7
        )

    def test_moments_by_quadrature(self):
        pad = Pad(0.03, 0.05, 0.02, 1e-3)
        functions = solve_block(
            Block((0.2, 0.12), (0.05,), (0.2,)), (pad, Pad(0.15, 0.07, 0.02)), (1, -1), terms=2, orders=3, rim_terms=2
        ).functions[:7]
        x, w = np.polynomial.legendre.leggauss(60)
        r, w = (x + 1) / 2, w * (x + 1) / 4 * 2 * np.pi / 64
        θ = 2 * np.pi * np.arange(64) / 64
        x, y = pad.x + pad.radius * np.outer(r, np.cos(θ)), pad.y + pad.radius * np.outer(r, np.sin(θ))
        k_x, k_y = np.array([31.4, 0.0, 78.5]), np.array([26.2, 52.4, 130.9])
        waves = np.cos(k_x[:, None, None] * x) * np.cos(k_y[:, None, None] * y)
        for i, group in enumerate(functions):
            f = radial.density(r, group.order, 2, 0.0)[:, :, None] * group.angular(θ)
            expected = np.einsum("r,nrt,krt->nk", w, f, waves)
            assert moments([pad], functions, k_x, k_y, 2)[2 * i : 2 * i + 2] == pytest.approx(expected, abs=1e-12)

    @pytest.mark.parametrize("z", [0.0, 2e-3])
    def test_mirror_image_in_a_side_face(self, z):
        block = self.TWO_LAYERS
        double = Block((0.12, 0.16), block.thickness, block.σ)
        pads = Pad(0.03, 0.03, 0.012, z), Pad(0.085, 0.045, 0.015, z)
        images = [Pad(p.x, 0.16 - p.y, p.radius, z) for p in pads]
        one = solve_block(block, pads, (1, -1), terms=10, rim_terms=10)
        four = solve_block(double, (*pads, *images), (1, -1, 1, -1), terms=10, rim_terms=10)
        assert four.potentials == pytest.approx(np.tile(one.potentials, 2), rel=1e-8)
        assert four.density(0, 0.01, 0.7) == pytest.approx(one.density(0, 0.01, 0.7), rel=1e-7)
        assert four.density(2, 0.01, -0.7) == pytest.approx(one.density(0, 0.01, 0.7), rel=1e-7)

    def test_exchange_of_the_axes(self):
        block = self.TWO_LAYERS
        turned = Block((0.08, 0.12), block.thickness, ((0.2, 0.3, 0.1), 0.5))
        pads = Pad(0.03, 0.03, 0.012, 1e-3), Pad(0.085, 0.045, 0.015, 1e-3)
        one = solve_block(block, pads, (1, -1), terms=10)
        other = solve_block(turned, [Pad(p.y, p.x, p.radius, p.z) for p in pads], (1, -1), terms=10)
        assert other.potentials == pytest.approx(one.potentials, rel=1e-9)
        assert other.density(1, 0.013, np.pi / 2 - 2.0) == pytest.approx(one.density(1, 0.013, 2.0), rel=1e-8)

    def test_energy_of_the_plain_mode_sum(self):
        block, pads = self.TWO_LAYERS, (Pad(0.03, 0.035, 0.012, 2e-3), Pad(0.07, 0.04, 0.01, 2e-3))
        solution = solve_block(block, pads, (1, -1), terms=2, orders=2, rim_terms=2)
        k_x, k_y, weight = block.modes(24000.0)
        flux = solution.coefficients.ravel() @ moments(pads, solution.functions, k_x, k_y, 2)
        energy = np.cumsum(weight * mode_impedance(block, k_x, k_y) * flux**2)
        half = energy[np.searchsorted(block.top_wavenumber(k_x, k_y), 12000.0) - 1]
        θ = 2 * np.pi * np.arange(16) / 16
        squares = (
            disc_integral(lambda r, i=i: np.mean(solution.density(i, r[:, None], θ) ** 2, 1), pad.radius)
            for i, pad in enumerate(pads)
        )
        total = (4 * energy[-1] - half) / 3 + sum(pad.z * square for pad, square in zip(pads, squares, strict=True))
        assert solution.potentials[0] - solution.potentials[1] == pytest.approx(total, rel=1e-7)

    @pytest.mark.parametrize("z", [0.0, 1e-3])
    def test_far_pads_differ_by_discs_on_a_layered_half_space(self, z):
        σ_h, σ_v, h = (0.1, 0.04, 0.3), (0.05, 0.04, 0.1), (0.003, 0.006)
        σ = tuple((s, s, v) for s, v in zip(σ_h, σ_v, strict=True))
        block = Block((0.2, 0.16), (*h, 0.15), σ)
        large, small = (
            block_pair_resistance(block, [Pad(0.06, 0.08, a, z), Pad(0.14, 0.08, a, z)], orders=1) for a in (4e-3, 2e-3)
        )
        discs = [layered_contact_disc(σ_h, σ_v, h, a, z).resistance for a in (2e-3, 4e-3)]
        assert small - large == pytest.approx(2 * (discs[0] - discs[1]), rel=2e-5)

    def test_far_pads_on_fibres(self):
        block = Block((0.4, 0.3), (0.3,), ((0.5, 0.1, 0.1),))
        small, large = (
            block_pair_resistance(block, [Pad(0.1, 0.15, a), Pad(0.3, 0.15, a)], orders=2) for a in (2e-3, 4e-3)
        )
        discs = fibre_disc_resistance(0.5, 0.1, 2e-3) - fibre_disc_resistance(0.5, 0.1, 4e-3)
        assert small - large == pytest.approx(2 * discs, rel=5e-6)

    def test_contact_law_seen_from_below(self):
        block, pads = Block((0.1, 0.08), (0.03,), (0.2,)), (Pad(0.03, 0.035, 0.012, 2e-3), Pad(0.07, 0.04, 0.012, 2e-3))
        solution = solve_block(block, pads, (1, -1), rim_terms=24)
        r, θ = np.array([0.005, 0.006]), np.array([0.5, 3.0])
        x, y = pads[0].x + r * np.cos(θ), pads[0].y + r * np.sin(θ)
        depths = 1e-3 * np.array([1.5, 2.0, 2.5, 3.0, 3.5])
        φ = [solution.potential(x, y, depth) for depth in depths]
        J = np.array([solution.density(0, *at) for at in zip(r, θ, strict=True)])
        fit = np.polynomial.polynomial.polyfit(depths, φ, 4)
        assert fit[0] + pads[0].z * J == pytest.approx(solution.potentials[0], rel=1e-4)

    def test_potential_beside_the_pads(self):
        block, pads = Block((0.1, 0.08), (0.01, 0.03), (0.1, 0.4)), (Pad(0.03, 0.03, 0.01), Pad(0.07, 0.05, 0.01))
        solution = solve_block(block, pads, (1, -1), terms=10)
        x, y = np.array([0.05, 0.065, 0.0]), np.array([0.04, 0.01, 0.07])
        φ = [solution.potential(x, y, depth) for depth in (0.0015, 0.003, 0.0045)]
        surface = (15 * φ[0] - 6 * φ[1] + φ[2]) / 10  # even in depth
        assert solution.potential(x, y) == pytest.approx(surface, rel=1e-5, abs=1e-6)
        assert solution.potential(0.05, 0.04) == pytest.approx(0.0, abs=1e-9)

    def test_four_electrodes_on_a_large_block(self):
        s, h, ρ = 0.01, 0.006, (5.0, 1.0)
        block = Block((0.75, 0.6), (h, 0.45), (1 / ρ[0], 1 / ρ[1]))
        pads = [Pad(0.375 + x, 0.3, 5e-5) for x in (-1.5 * s, 1.5 * s)]
        solution = solve_block_uniform(block, pads, (1.0, -1.0))
        φ = solution.potential([0.375 - 0.5 * s, 0.375 + 0.5 * s], 0.3)
        assert 2 * np.pi * s * (φ[0] - φ[1]) == pytest.approx(wenner_two_layer(s, *ρ, h), rel=1e-4)

    def test_density_and_percentiles(self):
        block = Block((0.2, 0.12), *SKIN_FAT_MUSCLE)
        solution = solve_block(block, self.PADS, (2.0, -2.0), terms=12, orders=2)
        θ = 2 * np.pi * np.arange(16) / 16
        for i, pad in enumerate(self.PADS):
            current = disc_integral(lambda r, i=i: np.mean(solution.density(i, r[:, None], θ), 1), pad.radius)
            assert current == pytest.approx(solution.currents[i], rel=1e-9)
        low, median, high = solution.density_percentiles(0, [5, 50, 95])
        assert 0 < low < median < 2.0 / (np.pi * 0.02**2) < high

    def test_refusals(self):
        block = Block((0.2, 0.12), (0.05,), (0.2,))
        with pytest.raises(ValueError, match="must cancel"):
            solve_block(block, self.PADS, (1.0, -0.9))
        with pytest.raises(ValueError, match="overlap or cross the edge"):
            solve_block(block, (Pad(0.06, 0.05, 0.02), Pad(0.08, 0.05, 0.02)), (1.0, -1.0))
        with pytest.raises(ValueError, match="under a pad"):
            solve_block_uniform(block, self.PADS, (1.0, -1.0)).potential(0.06, 0.05)
