"""What the layers of a body conduct with."""

from dataclasses import dataclass
from typing import Protocol, overload

import numpy as np

from meshes.arrays import Reals
from sim.frequency import Complexes, laplace_variable, shaped_like
from sim.tissues.bands import UNBOUNDED, Bands
from sim.tissues.fibres import Fibres, axial_tensor
from sim.tissues.media import Medium


class Conducting(Protocol):
    """What a layer conducts with."""

    @property
    def layer(self) -> str:
        """Name of the layer's volume."""
        ...

    @property
    def tissue(self) -> str:
        """Name of its tissue."""
        ...

    def tensors(self, points_m: Reals) -> Reals:
        """Symmetric conductivities (n, 3, 3) at points (n, 3), S/m."""
        ...


@dataclass(frozen=True)
class Conductor:
    """A tissue that conducts along its fibres differently from across, or equally in all directions.

    Parameters
    ----------
    layer, tissue
        Name of the layer's volume and of its tissue.
    longitudinal, transverse
        Conductivity along and across the fibres, S/m; equal where there are none. Resistive computation takes these: of
        a dispersive tissue they are the real parts at the frequency of the case.
    fibres
        None where all directions are equal.
    source
        Where the numbers come from, with their status.
    media
        What it conducts with over frequency, along and across; none: the conductivities alone, at all frequencies.
    bands
        Frequencies for which the numbers hold.
    """

    layer: str
    tissue: str
    longitudinal: float
    transverse: float
    fibres: Fibres | None
    source: str
    media: tuple[Medium, Medium] | None = None
    bands: Bands = UNBOUNDED

    def __post_init__(self) -> None:
        along, across = self.over_frequency
        if self.fibres is None and (self.longitudinal != self.transverse or along != across):
            raise ValueError(f"{self.layer}: conducts along fibres, but has none")

    @property
    def over_frequency(self) -> tuple[Medium, Medium]:
        """What it conducts with along and across the fibres, at all frequencies."""
        return self.media or (Medium(self.longitudinal), Medium(self.transverse))

    def tensors(self, points_m: Reals) -> Reals:
        """Conductivities (n, 3, 3) at points (n, 3), see ``axial_tensor``."""
        if self.fibres is None:
            return np.tile(self.transverse * np.eye(3), (len(points_m), 1, 1))
        return axial_tensor(self.longitudinal, self.transverse, self.fibres.directions(points_m))

    @overload
    def admittivity(self, frequency_Hz: float) -> tuple[complex, complex]: ...

    @overload
    def admittivity(self, frequency_Hz: Reals) -> tuple[Complexes, Complexes]: ...

    def admittivity(self, frequency_Hz: float | Reals) -> tuple[complex, complex] | tuple[Complexes, Complexes]:
        """κ = σ + 2πi f ε [S/m] along and across the fibres, at one frequency or an array of them.

        Raises
        ------
        ValueError
            If a frequency is negative or not finite.
        """
        s = laplace_variable(frequency_Hz)
        along, across = (shaped_like(frequency_Hz, medium.admittivity(s)) for medium in self.over_frequency)
        return along, across

    def laplace_admittivity(self, s: Reals) -> tuple[Reals, Reals]:
        """κ(s) [S/m] along and across the fibres at real s ≥ 0 [1/s], of any shape: real, positive, growing with s.

        Raises
        ------
        ValueError
            If an s is negative or not finite.
        """
        if not np.all(np.isfinite(s) & (s >= 0.0)):
            raise ValueError("s must be finite and not negative")
        along, across = (medium.admittivity(s) for medium in self.over_frequency)
        return along, across


@dataclass(frozen=True)
class Uniform:
    """Any symmetric conductivity tensor (3, 3), S/m, the same at every point of a layer."""

    layer: str
    tissue: str
    tensor: Reals
    source: str

    def tensors(self, points_m: Reals) -> Reals:
        """Conductivities (n, 3, 3) at points (n, 3)."""
        return np.tile(self.tensor, (len(points_m), 1, 1))
