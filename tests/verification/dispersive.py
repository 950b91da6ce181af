"""Dispersive media and contacts for the tests beside this file, with nothing but what the solver asks of them."""

from dataclasses import dataclass

import numpy as np
import three_pads
from scipy.constants import epsilon_0

from sim.fem.domain import Domain
from sim.fem.harmonic_solves import solve_harmonics
from sim.harmonic_terms import Terms
from sim.harmonics import Harmonics


@dataclass(frozen=True)
class Debye:
    """κ = σ + iω ε0 (ε + Σ Δε / (1 + iωτ)), S/m."""

    σ: float
    ε: float = 0.0
    steps: tuple = ()

    def __call__(self, frequency_Hz):
        return self.at(2j * np.pi * frequency_Hz)

    def at(self, s):
        return self.σ + s * epsilon_0 * (self.ε + sum(Δ / (1 + s * τ) for Δ, τ in self.steps))


@dataclass(frozen=True)
class Layer:
    """What a layer conducts with along and across its fibres."""

    layer: str
    tissue: str
    along: Debye
    across: Debye
    fibres: object = None

    def admittivity(self, frequency_Hz):
        return self.along(frequency_Hz), self.across(frequency_Hz)


@dataclass(frozen=True)
class Parallel:
    """A resistance and a capacitance of a unit of area side by side, behind another resistance: Ω m2, F/m2, Ω m2."""

    R: float
    C: float = 0.0
    series: float = 0.0

    def admittance(self, frequency_Hz):
        return 1 / self.impedance(frequency_Hz)

    def impedance(self, frequency_Hz):
        return self.at(2j * np.pi * frequency_Hz)

    def at(self, s):
        return self.series + 1 / (1 / self.R + s * self.C)


@dataclass(frozen=True)
class RelaxingLayer(Layer):
    """A layer that is known at real s too."""

    def laplace_admittivity(self, s):
        return self.along.at(s), self.across.at(s)


@dataclass(frozen=True)
class RelaxingParallel(Parallel):
    """A contact that is known at real s too."""

    def laplace_admittance(self, s):
        return 1 / self.at(s)


@dataclass(frozen=True)
class Metal:
    """A terminal."""

    name: str
    faces: tuple
    sheets: tuple = ()


@dataclass(frozen=True)
class Membrane:
    """A sheet."""

    name: str
    model: Parallel

    def admittance(self, frequency_Hz):
        return self.model.admittance(frequency_Hz)


@dataclass(frozen=True)
class RelaxingMembrane(Membrane):
    """A sheet that is known at real s too."""

    def laplace_admittance(self, s):
        return self.model.laplace_admittance(s)


@dataclass(frozen=True)
class Straight:
    """Fibres in one direction of space."""

    direction: tuple

    def directions(self, points_m):
        return np.tile(self.direction, (len(points_m), 1))


def isotropic(name, κ, tissue=None):
    """A layer that conducts equally in all directions."""
    return Layer(name, tissue or name, κ, κ)


def harmonics(domain: Domain, media, terminals, frequencies_Hz, sheets=(), **options):
    """The basis of a domain with its terms."""
    basis = solve_harmonics(domain, media, terminals, frequencies_Hz, sheets=sheets, **options)
    return Harmonics(basis, Terms.of(media, terminals, sheets, frequencies_Hz))


SKIN = Debye(4e-4, 1100.0, ((3e4, 1.6e-6),))
FAT = Debye(0.02, 15.0, ((3.3e4, 1.6e-4),))
MUSCLE = Debye(0.35, 7000.0, ((1.2e6, 3.2e-4),)), Debye(0.12, 7000.0, ((1.0e6, 3.2e-4),))
THREE_MEDIA = (
    isotropic("skin", SKIN),
    isotropic("fat", FAT),
    Layer("muscle", "muscle", *MUSCLE, Straight((2.0, 1.0, 0.0))),
)
THREE_METALS = (
    Metal("a", (("pad a", Parallel(0.02, 1e-3, 0.002)),)),
    Metal("b", (("pad b", None),)),
    Metal("c", (("pad c", Parallel(0.01, 1e-4)),)),
)


def three_pads_domain():
    return three_pads.domain()
