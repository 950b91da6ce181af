"""Contacts as circuits of few elements."""

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from sim.interfaces.impedance import Circuit
from sim.units import CM2, OHM_CM2

Resistive = Annotated[float, Field(ge=1e-3, le=1e12)]  # Ohm cm2
NF = 1e-9
MICRO = 1e-6


class Resistance(Circuit):
    """A contact that passes all frequencies equally: z = R."""

    kind: Literal["resistance"]
    resistance_ohm_cm2: Resistive

    def laplace_admittance(self, s: NDArray[Any]) -> NDArray[Any]:
        """Its admittance 1 / R."""
        return np.ones_like(s) / (self.resistance_ohm_cm2 * OHM_CM2)

    @property
    def direct_current_ohm_m2(self) -> float:
        """R."""
        return self.resistance_ohm_cm2 * OHM_CM2

    @property
    def note(self) -> str:
        """Its resistance."""
        return f"{self.resistance_ohm_cm2:g} Ω cm²"


class ResistanceCapacitance(Circuit):
    """A resistance with a capacitance in parallel: z = R / (1 + sRC)."""

    kind: Literal["rc"]
    resistance_ohm_cm2: Resistive
    capacitance_nF_per_cm2: Annotated[float, Field(gt=0.0, le=1e6)]

    def laplace_admittance(self, s: NDArray[Any]) -> NDArray[Any]:
        """Its admittance 1 / R + sC."""
        return np.asarray(1.0 / (self.resistance_ohm_cm2 * OHM_CM2) + s * (self.capacitance_nF_per_cm2 * NF / CM2))

    @property
    def direct_current_ohm_m2(self) -> float:
        """R."""
        return self.resistance_ohm_cm2 * OHM_CM2

    @property
    def note(self) -> str:
        """Its resistance and capacitance."""
        return f"{self.resistance_ohm_cm2:g} Ω cm² with {self.capacitance_nF_per_cm2:g} nF/cm² in parallel"


class ConstantPhase(Circuit):
    """Metal in an electrolyte: z = R_s + 1 / (1 / R_ct + Q s^α).

    The double layer of a rough metal is a constant phase element Q s^α (α = 1: a capacitance); charge that passes it
    meets the charge transfer resistance R_ct. Small signals only: R_ct falls with the voltage across the double layer.

    Parameters
    ----------
    constant_phase_uS_per_cm2
        Q in µS s^α / cm2.
    alpha
        α in (0, 1]; far from direct current the phase is -90° α.
    charge_transfer_ohm_cm2
        None: no charge passes, and direct current is blocked.
    series_ohm_cm2
        Of what lies on the metal, such as a film or a wet gap.
    """

    kind: Literal["cpe"]
    constant_phase_uS_per_cm2: Annotated[float, Field(ge=1e-6, le=1e9)]
    alpha: Annotated[float, Field(gt=0.0, le=1.0)]
    charge_transfer_ohm_cm2: Resistive | None = None
    series_ohm_cm2: Annotated[float, Field(ge=0.0, le=1e12)] = 0.0

    def laplace_admittance(self, s: NDArray[Any]) -> NDArray[Any]:
        """Its admittance y_p / (1 + R_s y_p), y_p = 1 / R_ct + Q s^α: zero where direct current is blocked."""
        passing = 0.0 if self.charge_transfer_ohm_cm2 is None else 1.0 / (self.charge_transfer_ohm_cm2 * OHM_CM2)
        parallel = passing + self.constant_phase_uS_per_cm2 * MICRO / CM2 * s**self.alpha
        return np.asarray(parallel / (1.0 + self.series_ohm_cm2 * OHM_CM2 * parallel))

    @property
    def direct_current_ohm_m2(self) -> float:
        """R_s + R_ct."""
        if self.charge_transfer_ohm_cm2 is None:
            return np.inf
        return (self.series_ohm_cm2 + self.charge_transfer_ohm_cm2) * OHM_CM2

    @property
    def note(self) -> str:
        """Its elements."""
        passing = "no" if self.charge_transfer_ohm_cm2 is None else f"{self.charge_transfer_ohm_cm2:g} Ω cm²"
        return (
            f"constant phase element of {self.constant_phase_uS_per_cm2:g} µS s^α/cm², α = {self.alpha:g}, with "
            f"{passing} charge transfer in parallel and {self.series_ohm_cm2:g} Ω cm² in series"
        )
