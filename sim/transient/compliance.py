"""The largest voltage of a current source: what it allows while nothing clips."""

from dataclasses import dataclass

import numpy as np

from meshes.arrays import Reals


@dataclass(frozen=True)
class Compliance:
    """Voltage that a current source needs, against what it has.

    Parameters
    ----------
    peak_V
        Largest magnitude of the voltage over time at the given amplitude.
    max_voltage_V
        Of the source.
    largest_amplitude_A
        That does not clip: the system is linear up to there.
    """

    peak_V: float
    max_voltage_V: float
    largest_amplitude_A: float

    @property
    def clips(self) -> bool:
        """Whether the source cannot hold its current; also when the voltage is not a number."""
        return not self.peak_V <= self.max_voltage_V

    @property
    def excess_V(self) -> float:
        """By how much the voltage exceeds what there is; negative: what is left."""
        return self.peak_V - self.max_voltage_V


def compliance(voltage_per_A: Reals, amplitude_A: float, max_voltage_V: float) -> Compliance:
    """Check a source against its largest voltage.

    Parameters
    ----------
    voltage_per_A
        Voltage between the ends of the source over time for an amplitude of 1 A (t,), V.
    amplitude_A
        Of the current, positive.
    max_voltage_V
        Positive.

    Raises
    ------
    ValueError
        If the amplitude or the voltage is not positive.
    """
    if not (amplitude_A > 0.0 and max_voltage_V > 0.0):
        raise ValueError(f"amplitude {amplitude_A!r} A, largest voltage {max_voltage_V!r} V; accepted: greater than 0")
    per_A = float(np.abs(voltage_per_A).max())
    largest = np.inf if per_A == 0.0 else max_voltage_V / per_A
    return Compliance(amplitude_A * per_A, max_voltage_V, largest)
