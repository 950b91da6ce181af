"""Contacts as measured: magnitude and phase at a few frequencies, from the case, a library or a CSV file."""

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from meshes.arrays import Reals
from meshes.part import Part, Positive
from sim.frequency import Band, Complexes, band_text, within
from sim.interfaces.impedance import Impedance
from sim.units import OHM_CM2

MOST_POINTS = 10_000


class Spectrum(Impedance):
    """Magnitude and phase at growing frequencies.

    Between two of them log |z| and the phase are linear in log f. Beyond the first and the last nothing is known, and
    asking is an error.
    """

    kind: Literal["spectrum"]
    frequency_Hz: Annotated[tuple[Positive, ...], Field(min_length=2, max_length=MOST_POINTS)]
    magnitude_ohm_cm2: tuple[Annotated[float, Field(ge=1e-3, le=1e12)], ...]
    phase_deg: tuple[Annotated[float, Field(ge=-90.0, le=90.0)], ...]

    @model_validator(mode="after")
    def _points_are_complete_and_grow(self) -> Self:
        counts = [len(values) for values in (self.frequency_Hz, self.magnitude_ohm_cm2, self.phase_deg)]
        if len(set(counts)) > 1:
            raise ValueError(f"lists of {counts[0]}, {counts[1]} and {counts[2]} numbers; as many of each")
        for before, after in zip(self.frequency_Hz, self.frequency_Hz[1:], strict=False):
            if not before < after:
                raise ValueError(f"{after:g} Hz after {before:g} Hz; frequencies that grow")
        return self

    def over_frequency(self, frequency_Hz: Reals) -> Complexes:
        """Impedance per area z [Ohm m2], interpolated.

        Raises
        ------
        ValueError
            If a frequency lies outside of the band.
        """
        if not within(self.band_Hz, frequency_Hz):
            outside = [float(f) for f in frequency_Hz.ravel() if not within(self.band_Hz, f)]
            raise ValueError(f"a contact known {band_text(self.band_Hz)}, asked for at {outside[0]:g} Hz")
        known, asked = np.log(self.frequency_Hz), np.log(frequency_Hz)
        magnitude = np.exp(np.interp(asked, known, np.log(self.magnitude_ohm_cm2))) * OHM_CM2
        phase = np.radians(np.interp(asked, known, self.phase_deg))
        return np.asarray(magnitude * np.exp(1j * phase))

    @property
    def direct_current_ohm_m2(self) -> None:
        """None: a spectrum does not reach 0 Hz."""
        return None

    @property
    def band_Hz(self) -> Band:
        """From the first to the last point."""
        return self.frequency_Hz[0], self.frequency_Hz[-1]

    @property
    def note(self) -> str:
        """Its points and band."""
        return f"a spectrum of {len(self.frequency_Hz)} points {band_text(self.band_Hz)}"


class SpectrumFile(Part):
    """A spectrum in a CSV file; ``path`` is relative to the case."""

    kind: Literal["table"]
    path: Annotated[str, Field(min_length=1, max_length=1000)]
