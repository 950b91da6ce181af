"""What floating metal in the body gathers and gives back."""

from dataclasses import dataclass

import numpy as np

from sim.basis import Solution
from sim.case import Case
from sim.exposure.electrodes import SAMPLE_SPACING, SurfaceDensity, surface_density
from sim.exposure.triangles import sample
from sim.response import Response
from sim.units import MA, MM2


@dataclass(frozen=True)
class ImplantExposure:
    """What an implant shorts: its net current is zero, ``through_peak_mA`` enters at one side and leaves at the other.

    ``voltage_peak_V`` counts from the terminal at 0 V.
    """

    area_mm2: float
    net_current_peak_mA: float
    through_peak_mA: float
    voltage_peak_V: float
    current_density_rms_mA_per_cm2: SurfaceDensity


def implant_exposures(case: Case, basis: Solution, response: Response) -> dict[str, ImplantExposure]:
    """Numbers of every implant, by name."""
    return {name: _implant(basis, response, case.terminals.index(name)) for name in case.implants}


def _implant(basis: Solution, response: Response, k: int) -> ImplantExposure:
    drive = response.drive
    contact = sample(basis.contacts[k].corners, response.densities[k], SAMPLE_SPACING)
    over_time = np.abs(np.tensordot(drive.instants, contact.values, axes=1)) @ contact.areas / 2
    return ImplantExposure(
        area_mm2=contact.area / MM2,
        net_current_peak_mA=float(drive.peak(response.currents[:, k])) / MA,
        through_peak_mA=float(over_time.max()) / MA,
        voltage_peak_V=float(drive.peak(response.voltages[:, k])),
        current_density_rms_mA_per_cm2=surface_density(contact, drive),
    )
