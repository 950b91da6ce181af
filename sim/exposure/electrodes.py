"""What each electrode passes into the body."""

from dataclasses import dataclass

from sim.basis import Solution
from sim.case import Case
from sim.drive import Drive
from sim.exposure.triangles import Samples, sample
from sim.exposure.windows import peak_disc_average, weighted_percentiles
from sim.response import Response
from sim.safety.facts import OUTPUT_LOAD_OHM
from sim.units import CM2, MA, MA_PER_CM2, MM2, MW, UC

IDLE = 0.02  # of the density that the current meets on average: what passes less is no part of the contact
SAMPLE_SPACING = 0.5e-3  # m, a tenth of the radius of 1 cm2


@dataclass(frozen=True)
class SurfaceDensity:
    """R.m.s. normal current density over a contact, mA/cm2: area-weighted statistics that survive refinement."""

    mean: float
    p50: float
    p95: float
    p99: float
    peak_1cm2: float


@dataclass(frozen=True)
class ElectrodeExposure:
    """What an electrode passes into the body.

    ``area_mm2`` is that of the part that passes current, over which the averages are taken; ``idle_area_mm2`` is that
    of the rest (dry parts, skin between needles), which would dilute them. ``charge_per_phase_uC`` and its density are
    None for direct current. ``voltage_peak_V`` counts from the terminal at 0 V. ``power_density_W_per_cm2`` is
    I_rms² 500 Ω / area (FDA 510(k) guidance of 9 June 1999).
    """

    area_mm2: float
    idle_area_mm2: float
    current_peak_mA: float
    current_rms_mA: float
    charge_per_phase_uC: float | None
    charge_density_uC_per_cm2: float | None
    net_dc_mA: float
    current_density_rms_mA_per_cm2: SurfaceDensity
    voltage_peak_V: float
    power_density_W_per_cm2: float
    contact_power_mW: float


def electrode_exposures(case: Case, basis: Solution, response: Response) -> dict[str, ElectrodeExposure]:
    """Numbers of every pad and every contact of a lead, by name."""
    return {name: _electrode(case, basis, response, k) for k, name in enumerate(case.poles)}


def _electrode(case: Case, basis: Solution, response: Response, k: int) -> ElectrodeExposure:
    drive, currents = response.drive, response.currents[:, k]
    whole = sample(basis.contacts[k].corners, response.densities[k], SAMPLE_SPACING)
    driven = any(case.poles[k] in channel.electrodes for channel in case.channels)
    contact = active_part(whole, drive) if driven else whole
    current_rms = float(drive.rms(currents))
    charge = None if response.charges is None else float(response.charges[k])
    return ElectrodeExposure(
        area_mm2=contact.area / MM2,
        idle_area_mm2=(whole.area - contact.area) / MM2,
        current_peak_mA=float(drive.peak(currents)) / MA,
        current_rms_mA=current_rms / MA,
        charge_per_phase_uC=None if charge is None else charge / UC,
        charge_density_uC_per_cm2=None if charge is None else charge / UC / (contact.area / CM2),
        net_dc_mA=float(drive.means @ currents) / MA,
        current_density_rms_mA_per_cm2=surface_density(contact, drive),
        voltage_peak_V=float(drive.peak(response.voltages[:, k])),
        power_density_W_per_cm2=current_rms**2 * OUTPUT_LOAD_OHM / (contact.area / CM2),
        contact_power_mW=float(response.contact_powers[k]) / MW,
    )


def active_part(contact: Samples, drive: Drive) -> Samples:
    """The part of a contact that passes at least ``IDLE`` of the density that the current meets on average, ∫J²/∫J."""
    rms = drive.rms(contact.values)
    met = rms**2 @ contact.areas / max(float(rms @ contact.areas), 1e-300)
    active = rms >= IDLE * met
    return Samples(contact.points[active], contact.areas[active], contact.values[:, active])


def surface_density(contact: Samples, drive: Drive) -> SurfaceDensity:
    """Statistics of the r.m.s. density whose values for each channel were sampled."""
    rms = drive.rms(contact.values)
    p50, p95, p99 = weighted_percentiles(rms, contact.areas, (50.0, 95.0, 99.0))
    return SurfaceDensity(
        mean=float(rms @ contact.areas) / contact.area / MA_PER_CM2,
        p50=p50 / MA_PER_CM2,
        p95=p95 / MA_PER_CM2,
        p99=p99 / MA_PER_CM2,
        peak_1cm2=peak_disc_average(contact, rms) / MA_PER_CM2,
    )
