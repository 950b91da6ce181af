"""The reference solutions for curved and thin geometries, against quadrature, closed forms, limits and residuals."""

import numpy as np
import pytest
from references import (
    Block,
    Inclusion,
    Limb,
    ResistiveSheet,
    WrappedPad,
    column_resistance,
    concentric_sphere_electrodes,
    cylinder_shells_resistance,
    limb_impedance,
    limb_pair_resistance,
    rectangle_solid_angle,
    solve_limb,
    sphere_impedance,
    sphere_shells_resistance,
    stack_drops,
    stack_power_density,
    stack_resistance,
)
from references.block import mode_impedance
from references.limb_modes import cylinder_functions
from scipy.integrate import dblquad, quad, solve_bvp
from scipy.special import iv, ive, ivp, kv, kve, kvp

RADII, SKIN_FAT_MUSCLE = (0.04, 0.0385, 0.0325), (0.002, 0.0776, (0.415, 0.132))
LIMB = Limb(0.25, RADII, SKIN_FAT_MUSCLE)


def gauss(points, low=-1.0, high=1.0):
    """Gauss-Legendre nodes and weights on an interval."""
    x, w = np.polynomial.legendre.leggauss(points)
    return (low + high) / 2 + (high - low) / 2 * x, (high - low) / 2 * w


class TestLimbModes:
    def matched(self, limb, k, n):
        """Surface impedance from the continuity of potential and current at all interfaces at once."""
        count = len(limb.radii)
        matrix, rhs = np.zeros((2 * count, 2 * count)), np.zeros(2 * count)

        def rows(layer, r):
            σ_x, σ_t = limb.tensors[layer]
            κ = k * np.sqrt(σ_x / σ_t)
            if k == 0:
                return np.array([r**n, r**-n]), σ_t * n / r * np.array([r**n, -(r**-n)])
            return np.array([iv(n, κ * r), kv(n, κ * r)]), σ_t * κ * np.array([ivp(n, κ * r), kvp(n, κ * r)])

        matrix[0, :2], rhs[0] = rows(0, limb.radius)[1], 1.0
        for i in range(1, count):
            for side, layer in ((1, i - 1), (-1, i)):
                potential, flux = rows(layer, limb.radii[i])
                columns = slice(2 * layer, 2 * layer + 2)
                matrix[2 * i - 1, columns], matrix[2 * i, columns] = side * potential, side * flux
        matrix[-1, -1] = 1.0
        return rows(0, limb.radius)[0] @ np.linalg.solve(matrix, rhs)[:2]

    @pytest.mark.parametrize(("m", "n"), [(0, 1), (0, 7), (1, 0), (3, 0), (2, 1), (10, 3), (25, 12), (40, 2), (7, 30)])
    def test_against_matching_of_all_layers(self, m, n):
        radii = np.array(RADII) * 25  # in a unit of 40 mm: small powers
        for σ in (SKIN_FAT_MUSCLE, (0.5, (0.02, 0.1), 3.0)):
            limb, k = Limb(6.25, tuple(radii), σ), m * np.pi / 6.25
            assert limb_impedance(limb, k, n) == pytest.approx(self.matched(limb, k, n), rel=1e-9)

    def test_expansion_of_bessel_functions(self):
        n, x = (v.ravel() for v in np.meshgrid(np.arange(0.0, 140.0), np.geomspace(0.05, 900, 60)))
        r = 0.03
        growth, decay, ratio = cylinder_functions(x / r, n, r)
        kept = (ive(n + 1, x) > 1e-140) & (kve(n, x) < 1e140)
        n, x, growth, decay, ratio = (v[kept] for v in (n, x, growth, decay, ratio))
        first, second = ive(n, x), kve(n, x)
        assert growth == pytest.approx((ive(n + 1, x) / first + n / x) * x / r, rel=2e-12)
        assert decay == pytest.approx((kve(np.abs(n - 1), x) / second + n / x) * x / r, rel=2e-12)
        assert ratio == pytest.approx(2 * x + np.log(first / second), rel=1e-12, abs=1e-10)

    @pytest.mark.parametrize("n", [0.0, 3.0, 300.0])
    @pytest.mark.parametrize("κ", [5.0, 800.0, 3e4])
    def test_riccati_equation(self, κ, n):
        r, step = 0.04, 1e-5
        f = [cylinder_functions(np.array([κ]), np.array([n]), at)[:2] for at in (r - step, r, r + step)]
        for sign, at in ((1, 0), (-1, 1)):  # g' + g² + g/r = κ² + n²/r² for g = φ'/φ
            g = [sign * values[at][0] for values in f]
            residual = (g[2] - g[0]) / (2 * step) + g[1] ** 2 + g[1] / r - κ**2 - (n / r) ** 2
            assert abs(residual) < 1e-6 * (κ**2 + (n / r) ** 2)

    def test_layers_of_one_conductivity(self):
        k, n = np.pi / 0.25 * np.arange(300)[:, None], np.arange(300)
        one = limb_impedance(Limb(0.25, (0.04,), ((0.4, 0.1),)), k, n)
        three = limb_impedance(Limb(0.25, RADII, ((0.4, 0.1),) * 3), k, n)
        assert three == pytest.approx(one, rel=1e-11)
        assert one[0, 0] == 0.0
        assert one[0, 1:] == pytest.approx(0.04 / (0.1 * n[1:]), rel=1e-13)

    def test_modes_of_any_order_are_finite_and_fall(self):
        k = np.pi / 0.25 * np.concatenate((np.arange(5), [100, 1000, 20000]))[:, None]
        Z = limb_impedance(LIMB, k, np.concatenate((np.arange(5), [100, 1000, 20000])))
        assert (Z.ravel()[1:] > 0).all()
        assert (np.diff(Z[1:], axis=0) < 0).all()
        assert (np.diff(Z[1:], axis=1) < 0).all()

    def test_wide_cylinder_is_a_block(self):
        k, k_s, σ, h = np.array([30.0, 80.0, 300.0]), np.array([50.0, 20.0, 200.0]), SKIN_FAT_MUSCLE, (0.0015, 0.006)
        tensors = tuple(np.array(np.broadcast_to(s, 2))[[0, 1, 1]] for s in σ)
        flat = mode_impedance(Block((1.0, 1.0), (*h, 1.0), tensors), k, k_s)
        Z = [limb_impedance(Limb(1.0, (r, r - h[0], r - sum(h)), σ), k, k_s * r) for r in (1.0, 2.0, 4.0)]
        assert 2 * Z[1] - Z[0] == pytest.approx(flat, rel=2e-4)
        assert 2 * Z[2] - Z[1] == pytest.approx(flat, rel=5e-5)

    def test_refusals(self):
        with pytest.raises(ValueError, match="2 radii and 1 conductivities"):
            Limb(0.2, (0.04, 0.03), (0.1,))
        with pytest.raises(ValueError, match="must decrease"):
            Limb(0.2, (0.03, 0.04), (0.1, 0.2))


class TestLimb:
    PADS = tuple(WrappedPad(x, 0.0, 0.04, 0.04, 0.02) for x in (-0.045, 0.045))
    THREE = (
        WrappedPad(-0.06, 0.01, 0.03, 0.05, 0.02),
        WrappedPad(0.05, -0.03, 0.04, 0.03, 0.01),
        WrappedPad(0.04, 0.06, 0.05, 0.04, 0.03),
    )

    def two_arcs(self, ψ, z, points):
        """Opposite arcs of half angle ``ψ`` of a disc, σ = r = 1: ``V = z J - (1/π) ∫ J ln tan|θ - θ'|/2 dθ'``."""
        θ, w = gauss(points, -ψ, ψ)
        t = np.abs(θ[:, None] - θ) / 2
        np.fill_diagonal(t, np.pi / 4)
        kernel = -np.log(np.tan(t)) / np.pi
        whole = [sum(quad(lambda s: -np.log(np.tan(s / 2)) / np.pi, 0, ψ + e * at)[0] for e in (1, -1)) for at in θ]
        matrix = kernel * w + np.diag(z + np.array(whole) - kernel @ w)
        return 2 / (w @ np.linalg.solve(matrix, np.ones(points)))

    @pytest.mark.parametrize("z", [0.05, 1.0])
    def test_pads_of_full_length_are_arcs_of_a_disc(self, z):
        limb, ψ = Limb(0.5, (1.0, 0.7), (1.0, 1.0)), 0.6
        pads = [WrappedPad(0.0, arc, 0.5, 2 * ψ, z) for arc in (0.3, 0.3 + np.pi)]
        coarse, fine = (self.two_arcs(ψ, z, points) for points in (100, 200))
        expected = fine + (fine - coarse) / 3
        assert limb_pair_resistance(limb, pads, terms=(1, 32)) * limb.length == pytest.approx(expected, rel=1e-6)

    def test_quarter_arcs_have_unit_resistance(self):
        limb = Limb(0.02, (0.04,), (0.3,))  # conformal to a square
        excess = []
        for z in (1e-2, 1e-3):
            contact = z * limb.radius / 0.3
            pads = [WrappedPad(0.0, arc, 0.02, 0.02 * np.pi, contact) for arc in (0.0, 0.04 * np.pi)]
            excess.append(limb_pair_resistance(limb, pads, terms=(1, 64), reach=5000.0) * 0.3 * 0.02 - 1)
        assert 0 < excess[1] < 5e-3
        assert 6 < excess[0] / excess[1] < 10

    def test_annulus(self):
        σ, σ_i, ρ = 0.2, 1.5, 0.8
        limb, n = Limb(0.1, (0.05, 0.05 * ρ), (σ, σ_i)), np.arange(1, 40)
        μ = (σ - σ_i) / (σ + σ_i)
        expected = 0.05 / (n * σ) * (1 + μ * ρ ** (2 * n)) / (1 - μ * ρ ** (2 * n))
        assert limb_impedance(limb, 0.0, n) == pytest.approx(expected, rel=1e-13)

    def rings(self, limb, centres, length, z, cells):
        """Rings of ``cells`` of constant density, the potential of which is averaged over every cell."""
        step, around = length / cells, 2 * np.pi * limb.radius
        x = np.concatenate([centre + step * (np.arange(cells) + 0.5) - length / 2 for centre in centres])
        k = np.pi / limb.length * np.arange(1, 40 * int(limb.length / step))
        Z = 2 * limb_impedance(limb, k, 0) / (limb.length * around)
        waves = np.cos(np.outer(x + limb.length / 2, k)) * np.sinc(k * step / (2 * np.pi))
        matrix = (waves * Z) @ waves.T + np.eye(len(x)) * z / (around * step)
        load = np.kron(np.eye(2), np.ones(cells))
        return np.linalg.solve(load @ np.linalg.solve(matrix, load.T), [1.0, -1.0]) @ [1.0, -1.0]

    def test_rings_of_cells(self):
        limb = Limb(0.2, (0.03, 0.02), (0.1, 0.5))
        pads = [WrappedPad(x, 0.0, 0.03, 2 * np.pi * 0.03, 0.01) for x in (-0.05, 0.04)]
        coarse, fine = (self.rings(limb, (-0.05, 0.04), 0.03, 0.01, cells) for cells in (50, 100))
        R = limb_pair_resistance(limb, pads, terms=(24, 1))
        assert coarse > fine > R
        assert fine + (fine - coarse) / 3 == pytest.approx(R, rel=1e-5)

    @pytest.mark.parametrize("σ", [SKIN_FAT_MUSCLE, (0.2, 0.2, (0.4, 0.1))], ids=["skin", "muscle"])
    def test_contact_law_by_the_plain_mode_sum(self, σ):
        """Means of ``φ + z J`` under the pads, and of its products with ``x``, ``s`` and ``x s``."""
        limb = Limb(0.25, RADII, σ)
        solution = solve_limb(limb, self.THREE, (1.0, -0.4, -0.6), terms=5, reach=4000.0)
        m, n = np.arange(700), np.arange(500)
        weight = np.outer(np.where(m > 0, 2, 1), np.where(n > 0, 2, 1)) / (limb.length * 2 * np.pi * limb.radius)
        k, flux, projections = np.pi * m / limb.length, 0.0, []
        for i, pad in enumerate(self.THREE):
            (x, w), (s, v) = gauss(400, -1, 1), gauss(400, -1, 1)
            w, v = w * pad.length / 2, v * pad.width / 2
            waves = np.cos(np.outer(k, x * pad.length / 2 + pad.x + limb.length / 2)) * w
            turns = np.exp(1j * np.outer(n, s * pad.width / 2 + pad.arc) / limb.radius) * v
            J = solution.density(i, x[:, None] * pad.length / 2, s * pad.width / 2)
            flux = flux + waves @ J @ turns.T
            for factors in ((x**0, s**0), (x, s**0), (x**0, s), (x, s)):
                contact = pad.z * np.einsum("i,ij,j", w * factors[0], J, v * factors[1])
                projections.append((waves @ factors[0], turns.conj() @ factors[1], contact, pad.area))
        φ = weight * limb_impedance(limb, k[:, None], n) * flux
        for number, (along, around, contact, area) in enumerate(projections):
            full, half = (np.real(along[:c] @ φ[:c, :d] @ around[:d]) for c, d in ((700, 500), (350, 250)))
            expected = 0.0 if number % 4 else solution.potentials[number // 4]
            accuracy = 4e-6 * np.abs(solution.potentials).max()
            assert ((4 * full - half) / 3 + contact) / area == pytest.approx(expected, rel=0, abs=accuracy)

    def test_wide_cylinder_is_a_block(self):
        σ, h, k_max = ((0.1, 0.05), (0.4, 0.1)), 0.006, 4000.0
        pads = [WrappedPad(x, 0.0, 0.04, 0.03, 0.02) for x in (-0.05, 0.04)]
        excess = []
        for r in (0.25, 0.5):
            block = Block((0.2, 2 * np.pi * r), (h, 2.0), tuple((a, t, t) for a, t in σ))
            k = np.pi / 0.2 * np.arange(int(k_max * 0.2 / np.pi))
            k_s = np.arange(int(k_max * r)) / r
            k_x, k_y = (v.ravel()[1:] for v in np.meshgrid(k, k_s, indexing="ij"))
            moments = (
                np.cos(k_x * (p.x + 0.1)) * np.sinc(k_x * p.length / 2 / np.pi) * np.sinc(k_y * p.width / 2 / np.pi)
                for p in pads
            )
            weight = np.where(k_x > 0, 2, 1) * np.where(k_y > 0, 2, 1) / (0.2 * 2 * np.pi * r)
            terms = weight * mode_impedance(block, k_x, k_y) * (next(moments) - next(moments)) ** 2
            rest = terms[(k_x < k_max / 2) & (k_y < k_max / 2)].sum()
            flat = (4 * terms.sum() - rest) / 3 + sum(p.z / p.area for p in pads)
            excess.append(limb_pair_resistance(Limb(0.2, (r, r - h), σ), pads, terms=1, reach=3000.0) / flat - 1)
        assert 0.3 < excess[1] / excess[0] < 0.6
        assert abs(2 * excess[1] - excess[0]) < 1e-3

    def test_sum_over_modes(self):
        R = [limb_pair_resistance(LIMB, self.PADS, terms=12, reach=reach) for reach in (1000.0, 4000.0, 16000.0)]
        assert R[0] < R[1] < R[2]
        assert R[2] == pytest.approx(R[1], rel=1e-6)
        dense = [limb_pair_resistance(LIMB, self.PADS, terms=terms, reach=2000.0) for terms in (8, 16, 24)]
        assert dense[0] > dense[1] > dense[2]
        assert dense[2] == pytest.approx(1132.956, rel=5e-4)  # 64 terms and the trend

    def test_interpolation_of_the_modes(self, monkeypatch):
        graded = limb_pair_resistance(LIMB, self.THREE[:2], terms=6, reach=300.0)
        monkeypatch.setattr("references.limb.DENSE", 10**6)
        assert graded == pytest.approx(limb_pair_resistance(LIMB, self.THREE[:2], terms=6, reach=300.0), rel=1e-8)

    def test_symmetries(self):
        options = {"terms": 8, "reach": 1000.0}
        one = limb_pair_resistance(LIMB, self.THREE[:2], **options)
        for sign, turn, mirror in ((1, 0.1, 1), (-1, -0.02, 1), (1, 0.0, -1)):
            moved = [WrappedPad(mirror * p.x, sign * p.arc + turn, p.length, p.width, p.z) for p in self.THREE[:2]]
            assert limb_pair_resistance(LIMB, moved, **options) == pytest.approx(one, rel=1e-10)
        three = (*self.PADS, WrappedPad(0.0, 0.1, 0.01, 0.01, 1e3))  # breaks the symmetry, carries nothing
        all_terms = solve_limb(LIMB, three, (1.0, -1.0, 0.0), terms=6, reach=400.0).potentials
        even_terms = limb_pair_resistance(LIMB, self.PADS, terms=6, reach=1600.0)
        assert all_terms[0] - all_terms[1] == pytest.approx(even_terms, rel=1e-5)

    def test_reciprocity(self):
        first = solve_limb(LIMB, self.THREE, (1.0, -1.0, 0.0), terms=8, reach=1000.0).potentials
        second = solve_limb(LIMB, self.THREE, (0.0, 1.0, -1.0), terms=8, reach=1000.0).potentials
        assert first[1] - first[2] == pytest.approx(second[0] - second[1], rel=1e-9)

    def test_density(self):
        solution = solve_limb(LIMB, self.THREE, (1.0, -0.4, -0.6), terms=8, reach=1000.0)
        for i, pad in enumerate(self.THREE):
            (x, w), (s, v) = gauss(20, -pad.length / 2, pad.length / 2), gauss(20, -pad.width / 2, pad.width / 2)
            J = solution.density(i, x[:, None], s)
            assert w @ J @ v == pytest.approx(solution.currents[i], rel=1e-10)
            assert w @ J**2 @ v / pad.area == pytest.approx(solution.density_mean_square(i), rel=1e-10)
        low, median, high = solution.density_percentiles(0, [5, 50, 95])
        assert 0 < low < median < high

    def test_large_impedance_is_uniform(self):
        pads = [WrappedPad(p.x, p.arc, p.length, p.width, 1e3) for p in self.PADS]
        solution = solve_limb(LIMB, pads, (1.0, -1.0), terms=6, reach=1000.0)
        assert solution.density_percentiles(0, [0, 100]) * pads[0].area == pytest.approx(1.0, abs=5e-3)

    def test_refusals(self):
        pad = self.PADS[0]
        with pytest.raises(ValueError, match="must cancel"):
            solve_limb(LIMB, self.PADS, (1.0, -0.9))
        with pytest.raises(ValueError, match="overlap"):
            solve_limb(LIMB, (pad, WrappedPad(-0.03, 0.03 + 2 * np.pi * 0.04, 0.04, 0.04, 0.02)), (1.0, -1.0))
        with pytest.raises(ValueError, match="beyond the end"):
            solve_limb(LIMB, (pad, WrappedPad(0.12, 0.0, 0.04, 0.04, 0.02)), (1.0, -1.0))
        with pytest.raises(ValueError, match="must be positive"):
            solve_limb(LIMB, (pad, WrappedPad(0.05, 0.0, 0.04, 0.04, 0.0)), (1.0, -1.0))
        with pytest.raises(ValueError, match="too short"):
            solve_limb(LIMB, self.PADS, (1.0, -1.0), reach=100.0)


class TestRadial:
    def test_shells_by_quadrature(self):
        radii, σ = (0.01, 0.015, 0.03), (0.2, 0.05)
        cylinder = sum(
            quad(lambda r, s=s: 1 / (2 * np.pi * r * 0.1 * s), *radii[i : i + 2])[0] for i, s in enumerate(σ)
        )
        sphere = sum(quad(lambda r, s=s: 1 / (0.7 * r**2 * s), *radii[i : i + 2])[0] for i, s in enumerate(σ))
        contacts = 2e-3 / (2 * np.pi * 0.01 * 0.1) + 3e-3 / (2 * np.pi * 0.03 * 0.1)
        assert cylinder_shells_resistance(radii, σ, 0.1) == pytest.approx(cylinder, rel=1e-12)
        assert cylinder_shells_resistance(radii, σ, 0.1, 2e-3, 3e-3) == pytest.approx(cylinder + contacts, rel=1e-12)
        contacts = 2e-3 / (0.7 * 0.01**2) + 3e-3 / (0.7 * 0.03**2)
        assert sphere_shells_resistance(radii, σ, 0.7) == pytest.approx(sphere, rel=1e-12)
        assert sphere_shells_resistance(radii, σ, 0.7, 2e-3, 3e-3) == pytest.approx(sphere + contacts, rel=1e-12)

    def test_far_outer_sphere_is_infinity(self):
        assert sphere_shells_resistance((0.01, 1e9), (0.3,)) == pytest.approx(1 / (4 * np.pi * 0.3 * 0.01), rel=1e-10)

    @pytest.mark.parametrize(("α", "β"), [(0.3, 0.7), (1.2, 0.2), (1.0, 1.3)])
    def test_solid_angle(self, α, β):
        a, b = np.tan(α), np.tan(β)
        flat = dblquad(lambda y, z: (1 + y**2 + z**2) ** -1.5, 0, b, 0, a, epsabs=1e-9)[0]
        assert rectangle_solid_angle(α, β) == pytest.approx(4 * flat, rel=1e-7)
        # longitude u, latitude v: |u| ≤ α, tan v ≤ tan β cos u, area cos v du dv
        around = quad(lambda u: np.sin(np.arctan(np.tan(β) * np.cos(u))), 0, α)[0]
        assert rectangle_solid_angle(α, β) == pytest.approx(4 * around, rel=1e-12)
        rng = np.random.default_rng(3)
        x, y, z = rng.normal(size=(3, 400000))
        inside = (np.abs(np.arctan2(y, x)) <= α) & (np.abs(np.arctan2(z, x)) <= β)
        assert rectangle_solid_angle(α, β) == pytest.approx(4 * np.pi * inside.mean(), rel=0.02)

    def test_solid_angle_limits(self):
        assert rectangle_solid_angle(np.pi / 2, np.pi / 2) == pytest.approx(2 * np.pi)
        assert rectangle_solid_angle(0.4, np.pi / 2) == pytest.approx(4 * 0.4)  # a lune
        assert rectangle_solid_angle(1e-4, 2e-4) == pytest.approx(8e-8, rel=1e-7)

    def test_refusals(self):
        with pytest.raises(ValueError, match="do not match"):
            cylinder_shells_resistance((0.01, 0.02), (0.1, 0.2), 1.0)
        with pytest.raises(ValueError, match="increase outwards"):
            sphere_shells_resistance((0.02, 0.01), (0.1,))
        with pytest.raises(ValueError, match="half angles"):
            rectangle_solid_angle(0.3, 2.0)


class TestInclusion:
    SKINS = (0.01, 0.0, 0.03)

    def coated(self, dimension):
        return Inclusion((0.02, 0.015, 0.01), (0.05, 2.0, 0.4), 0.3, self.SKINS, dimension, field=7.0)

    @pytest.mark.parametrize("dimension", [2, 3])
    @pytest.mark.parametrize("r", [0.005, 0.012, 0.018, 0.03])
    def test_laplace_equation_and_field(self, dimension, r):
        body = self.coated(dimension)
        θ, h = 0.7, 1e-4
        at = np.array([r * np.sin(θ), 0.0, r * np.cos(θ)][:: 1 if dimension == 3 else 2])

        def φ(point):
            return float(body.potential(np.linalg.norm(point), np.arctan2(np.linalg.norm(point[:-1]), point[-1])))

        steps = h * np.eye(dimension)
        laplacian = sum(φ(at + s) + φ(at - s) - 2 * φ(at) for s in steps) / h**2
        scale = abs(φ(at)) / r**2
        assert abs(laplacian) < 2e-3 * scale
        gradient = np.array([φ(at + s) - φ(at - s) for s in steps]) / (2 * h)
        E_r, E_θ = body.field_components(r, θ)
        radial = at / r
        assert -gradient @ radial == pytest.approx(float(E_r), rel=1e-3)
        assert np.linalg.norm(gradient) == pytest.approx(float(np.hypot(E_r, E_θ)), rel=1e-3)

    @pytest.mark.parametrize("dimension", [2, 3])
    def test_interfaces(self, dimension):
        body = self.coated(dimension)
        σ = (body.σ_medium, *body.σ)
        for i, (r, z) in enumerate(zip(body.radii, self.SKINS, strict=True)):
            inside, outside = (σ[j] * body.field_components(f * r, 0.4)[0] for j, f in ((i + 1, 1 - 1e-12), (i, 1)))
            assert inside == pytest.approx(outside, rel=1e-9)
            jump = body.potential(r * (1 - 1e-12), 0.4) - body.potential(r, 0.4)
            assert jump == pytest.approx(z * outside, rel=1e-8, abs=1e-12)
        assert body.surface_density * np.cos(0.4) == pytest.approx(0.3 * body.field_components(0.02, 0.4)[0])
        far = body.potential(1e4, 0.4) / (1e4 * np.cos(0.4))
        assert far == pytest.approx(-7.0, rel=1e-9)

    @pytest.mark.parametrize("dimension", [2, 3])
    def test_simple_body(self, dimension):
        σ, σ_m, a, E = 0.5, 0.2, 0.01, 3.0
        body = Inclusion((a,), (σ,), σ_m, dimension=dimension, field=E)
        outside, (core, none) = body.amplitudes
        contrast = (σ - σ_m) / (σ + (dimension - 1) * σ_m)
        assert outside == pytest.approx((-E, E * a**dimension * contrast))
        assert core == pytest.approx(-E * dimension * σ_m / (σ + (dimension - 1) * σ_m))
        assert none == 0.0
        assert body.surface_density == pytest.approx(-core * σ)

    @pytest.mark.parametrize("dimension", [2, 3])
    def test_perfect_conductor_and_insulator(self, dimension):
        a, E = 0.01, 3.0
        metal = Inclusion((a,), (np.inf,), 0.2, dimension=dimension, field=E)
        assert metal.surface_density == pytest.approx(dimension * 0.2 * E)
        assert metal.current == pytest.approx(3 * np.pi * a**2 * 0.2 * E if dimension == 3 else 4 * a * 0.2 * E)
        assert metal.potential(np.array([0.0, 0.004, a]), 0.3) == pytest.approx(0.0, abs=1e-15)
        nearly = Inclusion((a,), (1e9,), 0.2, dimension=dimension, field=E)
        assert nearly.amplitudes[0] == pytest.approx(metal.amplitudes[0], rel=1e-8)
        void, dense = (Inclusion((a,), (σ,), 0.2, dimension=dimension, field=E) for σ in (0.0, 1e-12))
        assert void.current == pytest.approx(0.0, abs=1e-15)
        assert void.potential(0.005, 0.0) == pytest.approx(dense.potential(0.005, 0.0), rel=1e-9)
        sealed = Inclusion((a,), (np.inf,), 0.2, (1e9,), dimension, E)
        assert sealed.amplitudes[0] == pytest.approx(void.amplitudes[0], rel=1e-8)

    @pytest.mark.parametrize("dimension", [2, 3])
    def test_skin_is_a_thin_layer(self, dimension):
        z, errors = 0.02, []
        skin = Inclusion((0.01,), (0.5,), 0.2, (z,), dimension)
        for d in (1e-5, 1e-6):
            layer = Inclusion((0.01, 0.01 - d), (d / z, 0.5), 0.2, dimension=dimension)
            errors.append(layer.surface_density / skin.surface_density - 1)
        assert abs(errors[1]) < 1e-4 * dimension
        assert errors[1] / errors[0] == pytest.approx(0.1, rel=0.05)

    def test_cylinder_behind_a_skin(self):
        """``E_i = 2 σ_m E / (σ_m + σ + z σ σ_m/a)`` within."""
        σ, σ_m, a, z = 0.5, 0.2, 1e-4, 0.003
        nerve = Inclusion((a,), (σ,), σ_m, (z,), 2)
        assert nerve.field_components(0.0, 0.0)[0] == pytest.approx(2 * σ_m / (σ_m + σ + z * σ * σ_m / a))

    @pytest.mark.parametrize("dimension", [2, 3])
    def test_current_by_quadrature(self, dimension):
        body = self.coated(dimension)
        θ, w = gauss(40, 0, np.pi / 2)
        ring = 2 * np.pi * 0.02**2 * np.sin(θ) if dimension == 3 else 2 * 0.02
        assert body.current == pytest.approx(np.sum(w * ring * 0.3 * body.field_components(0.02, θ)[0]), rel=1e-12)

    def test_invisible_layers(self):
        plain = Inclusion((0.01,), (0.5,), 0.2)
        layers = Inclusion((0.03, 0.01, 0.004), (0.2, 0.5, 0.5), 0.2)
        for r in (0.002, 0.008, 0.02, 0.05):
            assert layers.potential(r, 0.3) == pytest.approx(plain.potential(r, 0.3), rel=1e-13)

    def test_refusals(self):
        with pytest.raises(ValueError, match="do not match"):
            Inclusion((0.01,), (0.5, 0.2), 0.2)
        with pytest.raises(ValueError, match="decrease inwards"):
            Inclusion((0.01, 0.02), (0.5, 0.2), 0.2)
        with pytest.raises(ValueError, match="only the core"):
            Inclusion((0.02, 0.01), (np.inf, 0.2), 0.2)
        with pytest.raises(ValueError, match="dimension is 2 or 3"):
            Inclusion((0.01,), (0.5,), 0.2, dimension=1)


class TestSphereCaps:
    def test_potential_at_a_pole_by_quadrature(self):
        """Green's function of the sphere, ``(1/4πσR) [1/s - 2 - ln(s(1 + s))]``, ``s = sin ω/2``."""
        R, σ, ψ = 0.1, 0.3, (0.4, 0.7)
        caps = concentric_sphere_electrodes((R,), (σ,), ψ)

        def from_cap(near, far):
            # ∫ G sin ω dω / (1 - cos ψ) with s as variable: sin ω dω = 4 s ds
            s, w = gauss(200, near, far)
            return np.sum(w * 4 * s * (1 / s - 2 - np.log(s * (1 + s)))) / (4 * np.pi * σ * R)

        north = from_cap(0.0, np.sin(ψ[0] / 2)) / (1 - np.cos(ψ[0]))
        south = from_cap(np.cos(ψ[1] / 2), 1.0) / (1 - np.cos(ψ[1]))
        assert caps.surface_potential(0.0) == pytest.approx(north - south, rel=2e-5)

    def test_difference_of_means(self):
        caps = concentric_sphere_electrodes((0.1, 0.09, 0.08), (0.3, 0.01, 0.2), (0.4, 0.7), terms=4000)
        means = []
        for low, high in ((np.cos(0.4), 1.0), (-1.0, -np.cos(0.7))):
            μ, w = gauss(400, low, high)
            means.append(np.sum(w * caps.surface_potential(np.arccos(μ))) / (high - low))
        assert caps.difference == pytest.approx(means[0] - means[1], rel=1e-6)
        fine = concentric_sphere_electrodes((0.1, 0.09, 0.08), (0.3, 0.01, 0.2), (0.4, 0.7)).difference
        assert caps.difference == pytest.approx(fine, rel=1e-8)

    def test_small_caps_are_discs(self):
        σ, R = 0.3, 0.1
        for ψ, error in ((0.02, 0.05), (0.005, 0.015)):
            disc = 8 / (3 * np.pi**2 * σ * 2 * R * np.sin(ψ / 2))
            assert concentric_sphere_electrodes((R,), (σ,), (ψ, ψ)).difference == pytest.approx(2 * disc, rel=error)

    def test_layers_by_matching(self):
        radii, σ = (1.0, 0.9, 0.7), ((0.3, 0.5), (0.01, 0.08), 0.2)
        for n in (1, 2, 7, 20):
            matrix, rhs = np.zeros((5, 5)), np.zeros(5)
            powers = []
            for s in σ:
                σ_r, σ_t = np.broadcast_to(s, 2)
                root = np.sqrt(1 + 4 * n * (n + 1) * σ_t / σ_r)
                powers.append((np.array([root - 1, -root - 1]) / 2, σ_r))
            p, σ_r = powers[0]
            matrix[0, :2], rhs[0] = σ_r * p, 1.0
            for i in (1, 2):
                for side, (p, σ_r), at in ((1, powers[i - 1], 2 * i - 2), (-1, powers[i], 2 * i)):
                    kept = slice(at, min(at + 2, 5))
                    matrix[2 * i - 1, kept] = (side * radii[i] ** p)[: kept.stop - at]
                    matrix[2 * i, kept] = (side * σ_r * p * radii[i] ** (p - 1))[: kept.stop - at]
            expected = np.linalg.solve(matrix, rhs)[:2].sum()
            assert sphere_impedance(radii, σ, n) == pytest.approx(expected, rel=1e-11)

    def test_radial_and_tangential_equation(self):
        """``σ_r (r² φ')' = n(n + 1) σ_t φ`` for ``φ = r^p``, ``Z = r/(σ_r p)``."""
        n, σ_r, σ_t = 5, 0.2, 0.7
        p = 1 / (σ_r * sphere_impedance((1.0,), ((σ_r, σ_t),), n))
        assert σ_r * p * (p + 1) == pytest.approx(n * (n + 1) * σ_t, rel=1e-13)

    def test_layers_of_one_conductivity_and_contacts(self):
        one = concentric_sphere_electrodes((0.1,), (0.3,), (0.4, 0.7), (0.01, 0.02), terms=500)
        three = concentric_sphere_electrodes((0.1, 0.09, 0.02), (0.3,) * 3, (0.4, 0.7), terms=500)
        assert three.difference == pytest.approx(one.difference, rel=1e-13)
        areas = [2 * np.pi * 0.01 * (1 - np.cos(ψ)) for ψ in (0.4, 0.7)]
        assert one.resistance - one.difference == pytest.approx(0.01 / areas[0] + 0.02 / areas[1])

    def test_refusals(self):
        with pytest.raises(ValueError, match="overlap or are empty"):
            concentric_sphere_electrodes((0.1,), (0.3,), (2.0, 1.5))
        with pytest.raises(ValueError, match="do not match"):
            sphere_impedance((0.1,), (0.3, 0.2), 1)


class TestResistiveSheet:
    SHEET = ResistiveSheet(1e-4, 20.0, 0.02, 0.025, 0.004)

    @pytest.mark.parametrize("z", [1e-3, 0.02, 10.0])
    def test_against_a_boundary_value_solver(self, z):
        sheet = ResistiveSheet(1e-4, 20.0, z, 0.025, 0.004)
        r = np.linspace(0.004, 0.025, 400)
        ode = solve_bvp(
            lambda r, y: [y[1], y[0] / sheet.decay_length**2 - y[1] / r],
            lambda start, end: [start[0] - 1, end[1]],
            r,
            [np.ones_like(r), np.zeros_like(r)],
            tol=1e-10,
            max_nodes=100000,
        )
        assert ode.success
        assert sheet.potential(r) == pytest.approx(ode.sol(r)[0], rel=1e-7)
        ring = -2 * np.pi * 0.004 * 20.0 * 1e-4 * ode.sol(0.004)[1]
        assert sheet.conductance == pytest.approx(ring + np.pi * 0.004**2 / (z + 5e-6), rel=1e-7)

    def test_current_is_the_integral_of_the_density(self):
        s = self.SHEET
        ring = quad(lambda r: 2 * np.pi * r * s.density(r), s.snap_radius, s.radius, epsrel=1e-12)[0]
        under = np.pi * s.snap_radius**2 * s.density(0.0)
        assert s.conductance == pytest.approx(ring + under, rel=1e-10)
        assert s.conductance * s.resistance == pytest.approx(1.0)
        mean = s.conductance / (np.pi * s.radius**2)
        assert s.peak_to_mean == pytest.approx(s.density(s.snap_radius) / mean)
        assert s.density(0.01, 3.0) == pytest.approx(3 * s.density(0.01))

    def test_equation_of_the_sheet(self):
        s, r, h = self.SHEET, 0.012, 1e-5
        φ = s.potential(r + h * np.array([-1, 0, 1]))
        laplacian = (φ[0] + φ[2] - 2 * φ[1]) / h**2 + (φ[2] - φ[0]) / (2 * h * r)
        assert s.σ * s.thickness * laplacian == pytest.approx(φ[1] / s.z, rel=1e-5)

    def test_good_conductor_is_uniform(self):
        s = ResistiveSheet(1e-4, 1e7, 0.02, 0.025, 0.004)
        assert s.resistance == pytest.approx(0.02 / (np.pi * 0.025**2), rel=1e-4)
        assert s.peak_to_mean == pytest.approx(1.0, rel=1e-4)

    def test_bad_conductor_feeds_a_rim_around_the_snap(self):
        s = ResistiveSheet(1e-4, 1.0, 6.25e-4, 0.025, 0.004)
        assert s.radius / s.decay_length == pytest.approx(100.0)
        λ, x = s.decay_length, s.snap_radius / s.decay_length
        assert s.potential(0.006) == pytest.approx(kve(0, 0.006 / λ) / kve(0, x) * np.exp(-0.002 / λ), rel=1e-12)
        ring = 2 * np.pi * s.snap_radius * s.σ * s.thickness / λ * kve(1, x) / kve(0, x)
        assert s.conductance == pytest.approx(ring + np.pi * s.snap_radius**2 / s.snap_resistance, rel=1e-12)
        assert s.density(0.025) > 0

    def test_refusal(self):
        with pytest.raises(ValueError, match="does not fit"):
            ResistiveSheet(1e-4, 20.0, 0.02, 0.004, 0.004)


class TestStack:
    def test_series(self):
        h, σ, sheets = (0.002, 0.008, 0.03), (0.1, 0.04, 0.5), (0.01, 0.002)
        assert stack_resistance(h, σ, sheets) == pytest.approx(column_resistance(h, σ, 4e-4, *sheets) * 4e-4)
        assert stack_resistance(h, σ) == pytest.approx(0.28)
        assert stack_drops(h, σ, sheets) * 0.292 == pytest.approx([0.02, 0.2, 0.06, 0.01, 0.002])
        assert stack_power_density(h, σ, sheets, 3.0) == pytest.approx(9 * np.array([0.02, 0.2, 0.06, 0.01, 0.002]))

    def test_complex_conductivity(self):
        assert stack_resistance([1e-3], [0.1 + 0.2j]) == pytest.approx(1e-3 / (0.1 + 0.2j))
