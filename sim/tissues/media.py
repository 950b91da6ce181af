"""What a material conducts with over frequency: ions that drift, and relaxations after Cole and Cole."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.constants import epsilon_0


@dataclass(frozen=True)
class Relaxation:
    """A Cole-Cole term Δε / (1 + (sτ)^(1-α)).

    Parameters
    ----------
    step
        Δε, how much relative permittivity it adds at low frequencies.
    time_s
        τ, its relaxation time.
    alpha
        α in [0, 1), how broad it is; 0 is a single relaxation time (Debye).
    """

    step: float
    time_s: float
    alpha: float

    def permittivity(self, s: NDArray[Any]) -> NDArray[Any]:
        """Its part of the relative permittivity at s [1/s], on the imaginary axis or real and not negative."""
        return np.asarray(self.step / (1 + (s * self.time_s) ** (1 - self.alpha)))


@dataclass(frozen=True)
class Medium:
    """A material of the admittivity κ(s) = σ + s ε0 (ε∞ + Σ Δε / (1 + (sτ)^(1-α))), with s = 2πi f.

    This is s ε0 ε(s) with the Cole-Cole permittivity of Gabriel et al., Phys Med Biol 41:2271 (1996), whose ionic
    term σ / (s ε0) is here σ, so that κ is finite at all frequencies.

    Parameters
    ----------
    conductivity
        σ, of ions, S/m: what direct current meets.
    permittivity
        ε∞, relative, at frequencies above all relaxations; 0 where displacement is neglected.
    relaxations
        None: conductivity and permittivity are the same at all frequencies.
    """

    conductivity: float
    permittivity: float = 0.0
    relaxations: tuple[Relaxation, ...] = ()

    @property
    def is_dispersive(self) -> bool:
        """Whether its conductivity depends on frequency."""
        return any(relaxation.step > 0.0 for relaxation in self.relaxations)

    def admittivity(self, s: NDArray[Any]) -> NDArray[Any]:
        """κ [S/m] at s [1/s], of any shape; real where s is."""
        terms = sum((relaxation.permittivity(s) for relaxation in self.relaxations), np.zeros_like(s))
        return np.asarray(self.conductivity + s * epsilon_0 * (self.permittivity + terms))

    def scaled(self, factor: float) -> Self:
        """The same material with κ multiplied by a factor."""
        relaxations = tuple(replace(each, step=factor * each.step) for each in self.relaxations)
        return replace(
            self,
            conductivity=factor * self.conductivity,
            permittivity=factor * self.permittivity,
            relaxations=relaxations,
        )

    def with_mobility(self, factor: float) -> Self:
        """The same material with all ions so many times as mobile: κ'(s) = c κ(s / c).

        A mixture whose parts conduct c times as well, at unchanged permittivities, has this admittivity exactly,
        because κ is homogeneous of degree one in the parts' σ + s ε: σ grows by c and each τ shrinks by c.
        """
        relaxations = tuple(replace(each, time_s=each.time_s / factor) for each in self.relaxations)
        return replace(self, conductivity=factor * self.conductivity, relaxations=relaxations)
