"""Contacts on top of each other."""

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from meshes.arrays import Reals
from sim.frequency import Band, Complexes
from sim.interfaces.circuits import ConstantPhase, Resistance, ResistanceCapacitance
from sim.interfaces.impedance import Impedance, reciprocal
from sim.interfaces.spectrum import Spectrum

Contact = Annotated[Resistance | ResistanceCapacitance | ConstantPhase | Spectrum, Field(discriminator="kind")]


class Series(Impedance):
    """Thin layers that the same current crosses one after the other: z = Σ z_i."""

    kind: Literal["series"] = "series"
    parts: Annotated[tuple[Contact, ...], Field(min_length=1)]

    def over_frequency(self, frequency_Hz: Reals) -> Complexes:
        """Impedance per area z [Ohm m2]: the sum."""
        return np.asarray(sum(part.over_frequency(frequency_Hz) for part in self.parts))

    def nearest_impedance(self, frequency_Hz: Reals) -> Complexes:
        """The sum, each part at the frequency nearest to where it is known itself."""
        return np.asarray(sum(part.nearest_impedance(frequency_Hz) for part in self.parts))

    def laplace_admittance(self, s: NDArray[Any]) -> NDArray[Any] | None:
        """Admittance per area y = 1 / Σ (1 / y_i) [S/m2] as of ``Circuit``; None where that of a part is."""
        parts = [part.laplace_admittance(s) for part in self.parts]
        known = [reciprocal(y) for y in parts if y is not None]
        return reciprocal(np.asarray(sum(known))) if len(known) == len(parts) else None

    @property
    def direct_current_ohm_m2(self) -> float | None:
        """The sum: infinite where one of them blocks, None where one is not known."""
        values = [part.direct_current_ohm_m2 for part in self.parts]
        known = [value for value in values if value is not None]
        return sum(known) if len(known) == len(values) or np.inf in known else None

    @property
    def band_Hz(self) -> Band:
        """Where all of them are known."""
        bands = [part.band_Hz for part in self.parts]
        return max(low for low, _ in bands), min(high for _, high in bands)

    @property
    def note(self) -> str:
        """What they are."""
        return ", in series with ".join(part.note for part in self.parts)
