import math

import numpy as np
import pytest

from sim.tissues import Medium, Relaxation, load_tissue_set

EPSILON_0 = 8.8541878128e-12  # F/m, CODATA 2018
GABRIEL = load_tissue_set("gabriel-1996").tissues
FREQUENCIES = (10.0, 50.0, 100.0, 1e3, 2.5e3, 4e3, 1e4, 5e4, 1e5)

# Conductivity [S/m] / relative permittivity at these frequencies, of the table of Gabriel 1996 evaluated elsewhere:
# four digits and three.
EVALUATED = """
skin_dry 2.000e-4/1.14e3 2.000e-4/1.14e3 2.000e-4/1.14e3 2.001e-4/1.14e3 2.003e-4/1.14e3
    2.008e-4/1.13e3 2.041e-4/1.13e3 2.731e-4/1.13e3 4.513e-4/1.12e3
skin_wet 4.022e-4/5.83e4 4.272e-4/5.13e4 4.611e-4/4.53e4 6.574e-4/3.21e4 8.650e-4/3.08e4
    1.138e-3/3.03e4 2.932e-3/2.90e4 2.937e-2/2.19e4 6.584e-2/1.54e4
fat_not_infiltrated .01221/7.97e6 .01956/1.47e6 .02081/4.57e5 .02240/2.41e4 .02322/7.58e3
    .02349/3.88e3 .02383/1.09e3 .02425/172 .02441/92.9
fat_average_infiltrated .03774/5.03e6 .0404/4.58e5 .04064/1.52e5 .04167/1.93e4 .04242/6.43e3
    .04267/3.28e3 .04295/912 .04327/163 .0434/101
muscle .2020/2.57e7 .2333/1.77e7 .2667/9.33e6 .3212/4.35e5 .3316/1.24e5
    .3352/6.82e4 .3408/2.59e4 .3518/1.01e4 .3618/8.09e3
bone_cortical .02003/5.52e4 .02005/8.87e3 .02006/5.85e3 .02016/2.70e3 .02026/1.44e3
    .02032/995 .02043/522 .02064/264 .02079/228
bone_cancellous .07556/1.00e7 .0807/7.89e5 .08103/2.17e5 .08153/1.23e4 .08196/5.61e3
    .08219/3.66e3 .08262/1.66e3 .08342/613 .08389/472
blood .7/5.26e3 .7/5.26e3 .7/5.26e3 .7/5.26e3 .7/5.26e3
    .7/5.26e3 .7/5.25e3 .7008/5.2e3 .7029/5.12e3
nerve .01713/2.01e7 .0274/1.61e6 .02804/4.66e5 .02877/6.99e4 .03058/5.99e4
    .03291/5.34e4 .0424/3.56e4 .06932/9.59e3 .08078/5.13e3
grey_matter .02751/4.07e7 .07526/1.21e7 .08902/3.91e6 .09881/1.64e5 .1043/7.81e4
    .1078/5.18e4 .1149/2.22e4 .1275/5.46e3 .1337/3.22e3
white_matter .02766/2.76e7 .05327/5.29e6 .05809/1.67e6 .06258/6.98e4 .06454/3.43e4
    .06595/2.46e4 .06948/1.25e4 .07758/3.55e3 .08185/2.11e3
cartilage .1611/2.01e7 .1714/1.64e6 .1721/4.9e5 .1743/3.2e4 .1751/1.13e4
    .1754/7.24e3 .1759/4.04e3 .1771/2.76e3 .1785/2.57e3
tendon .2509/1.99e7 .2698/1.71e7 .3048/1.19e7 .3827/3.03e5 .385/5.45e4
    .3855/2.35e4 .3864/5.34e3 .3878/815 .3885/472
heart .05368/2.36e7 .08273/8.66e6 .09357/3.16e6 .1063/3.53e5 .1206/2.14e5
    .1312/1.53e5 .1542/7.01e4 .1954/1.7e4 .2151/9.85e3
lung_inflated .0389/3.22e7 .06842/5.76e6 .07298/1.77e6 .07954/1.42e5 .0849/6.51e4
    .0878/4.17e4 .09317/1.72e4 .1027/4.27e3 .1074/2.58e3
"""


def medium(name):
    return GABRIEL[name].medium


def admittivity(name, frequency_Hz):
    return complex(medium(name).admittivity(np.array(2j * math.pi * frequency_Hz)))


@pytest.mark.parametrize("row", EVALUATED.strip().replace("\n    ", " ").splitlines(), ids=lambda row: row.split()[0])
def test_evaluated_table_to_the_digits_that_it_prints(row):
    name, *entries = row.split()
    assert len(entries) == len(FREQUENCIES)
    for f, entry in zip(FREQUENCIES, entries, strict=True):
        κ = admittivity(name, f)
        σ, ε = (float(number) for number in entry.split("/"))
        assert (f"{κ.real:.3e}", f"{κ.imag / (2 * math.pi * f * EPSILON_0):.2e}") == (f"{σ:.3e}", f"{ε:.2e}"), f


def test_other_published_values():
    assert admittivity("skin_dry", 1e5).real == pytest.approx(0.00045128, rel=2e-5)
    assert admittivity("skin_wet", 1e3).real == pytest.approx(6.57e-4, rel=1e-3)
    assert admittivity("fat_not_infiltrated", 50.0).real == pytest.approx(0.0196, rel=3e-3)


def test_numbers_that_tables_round_away_are_there():
    ionic = {name: GABRIEL[name].cole_cole.conductivity_S_per_m for name in GABRIEL}
    assert (ionic["skin_dry"], ionic["skin_wet"], ionic["bone_marrow_not_infiltrated"]) == (2e-4, 4e-4, 5e-4)
    assert GABRIEL["skin_dry"].status == GABRIEL["skin_wet"].status == "secondary"
    assert GABRIEL["bone_marrow_not_infiltrated"].status == "unverified"
    assert GABRIEL["fat_not_infiltrated"].cole_cole.times_s[3] == 7.958e-3


def by_trigonometry(cole_cole, frequency_Hz):
    """Conductivity and relative permittivity, term by term in real numbers (Cole and Cole 1941)."""
    ω = 2 * math.pi * frequency_Hz
    ε, loss = cole_cole.permittivity_infinite, 0.0
    for step, τ, α in zip(cole_cole.permittivity_steps, cole_cole.times_s, cole_cole.alphas, strict=True):
        x, sine, cosine = (ω * τ) ** (1 - α), math.sin(math.pi * α / 2), math.cos(math.pi * α / 2)
        denominator = 1 + 2 * x * sine + x * x
        ε += step * (1 + x * sine) / denominator
        loss += step * x * cosine / denominator
    return cole_cole.conductivity_S_per_m + ω * EPSILON_0 * loss, ε


@pytest.mark.parametrize("name", GABRIEL)
def test_every_tissue_against_real_arithmetic(name):
    for f in np.geomspace(0.1, 1e11, 37):
        κ = admittivity(name, f)
        σ, ε = by_trigonometry(GABRIEL[name].cole_cole, f)
        assert κ.real == pytest.approx(σ, rel=1e-9)  # ε0 of two editions of CODATA differ by 1e-10
        assert κ.imag == pytest.approx(2 * math.pi * f * EPSILON_0 * ε, rel=1e-9)


@pytest.mark.parametrize("name", GABRIEL)
def test_limits_of_low_and_high_frequency(name):
    cole_cole = GABRIEL[name].cole_cole
    assert admittivity(name, 0.0) == cole_cole.conductivity_S_per_m
    slow = admittivity(name, 1e-9).imag / (2 * math.pi * 1e-9 * EPSILON_0)
    assert slow == pytest.approx(cole_cole.permittivity_infinite + sum(cole_cole.permittivity_steps), rel=1e-6)
    fast = admittivity(name, 1e22).imag / (2 * math.pi * 1e22 * EPSILON_0)
    assert fast == pytest.approx(cole_cole.permittivity_infinite, rel=1e-6)


@pytest.mark.parametrize("name", GABRIEL)
def test_passive_and_causal_media_conduct_more_and_polarise_less_with_frequency(name):
    f = np.geomspace(1.0, 1e12, 300)
    κ = medium(name).admittivity(2j * np.pi * f)
    assert np.all(np.diff(κ.real) >= 0.0)
    assert np.all(np.diff(κ.imag / f) <= 0.0)


@pytest.mark.parametrize("name", ["skin_wet", "fat_not_infiltrated", "muscle", "white_matter", "tendon"])
def test_kramers_and_kronig(name):
    """At real s the admittivity follows from the losses at all frequencies.

    χ(s) = (2/π) ∫ ω χ''(ω) / (ω² + s²) dω of a causal susceptibility χ, with ω χ'' = (Re κ - σ) / ε0. The trapezoidal
    rule in log ω converges exponentially, because the integrand is analytic for |Im log ω| < π/2.
    """
    tissue = medium(name)
    step = 0.05
    ω = np.exp(np.arange(math.log(1e-14), math.log(1e24), step))
    losses = (tissue.admittivity(1j * ω).real - tissue.conductivity) / EPSILON_0
    for s in (1.0, 30.0, 1e3, 1e5, 1e7, 1e9):
        χ = 2 / math.pi * np.sum(losses * ω / (ω**2 + s**2)) * step
        expected = tissue.conductivity + s * EPSILON_0 * (tissue.permittivity + χ)
        found = tissue.admittivity(np.array([s]))
        assert found.dtype == np.float64
        assert found[0] == pytest.approx(expected, rel=1e-8)


def test_no_relaxation_is_a_resistance_with_a_capacitance():
    plain = Medium(0.3, 1e4)
    assert not plain.is_dispersive
    np.testing.assert_allclose(
        plain.admittivity(2j * np.pi * np.array([0.0, 1e3, 1e6])),
        [0.3, 0.3 + 2j * math.pi * 1e3 * EPSILON_0 * 1e4, 0.3 + 2j * math.pi * 1e6 * EPSILON_0 * 1e4],
        rtol=1e-9,
    )


def test_debye_relaxation_at_its_corner():
    """At ωτ = 1 half of the step is left, and the loss is as large: κ = σ + iω ε0 (ε∞ + Δε (1 - i) / 2)."""
    tissue = Medium(0.2, 4.0, (Relaxation(1e6, 1e-3, 0.0),))
    assert tissue.is_dispersive
    expected = 0.2 + 1e3 * EPSILON_0 * (5e5 + 1j * (4.0 + 5e5))
    assert complex(tissue.admittivity(np.array(1e3j))) == pytest.approx(expected, rel=1e-9)


def test_scaled_media():
    s = 2j * np.pi * np.geomspace(1.0, 1e9, 10)
    np.testing.assert_allclose(medium("muscle").scaled(2.5).admittivity(s), 2.5 * medium("muscle").admittivity(s))


def test_mobility_of_ions_in_a_layered_mixture():
    """Two layers of different σ and ε in series are one Debye medium (Maxwell and Wagner).

    Both layers conducting c times as well, at unchanged permittivities, is that medium with its mobility times c.
    """

    def layers(c):
        (σ1, ε1), (σ2, ε2) = (c * 0.5, 80.0 * EPSILON_0), (c * 0.001, 2000.0 * EPSILON_0)
        τ = (ε1 + ε2) / (σ1 + σ2)
        σ, fast = 2 * σ1 * σ2 / (σ1 + σ2), 2 * ε1 * ε2 / (ε1 + ε2)
        slow = 2 * (ε1 * σ2**2 + ε2 * σ1**2) / (σ1 + σ2) ** 2
        s = 2j * np.pi * np.geomspace(1.0, 1e10, 30)
        mixture = 2 / (1 / (σ1 + s * ε1) + 1 / (σ2 + s * ε2))
        return Medium(σ, fast / EPSILON_0, (Relaxation((slow - fast) / EPSILON_0, τ, 0.0),)), s, mixture

    cold, s, mixture = layers(1.0)
    np.testing.assert_allclose(cold.admittivity(s), mixture, rtol=1e-8)
    _, _, warm = layers(1.2)
    np.testing.assert_allclose(cold.with_mobility(1.2).admittivity(s), warm, rtol=1e-8)
