"""From the response to numbers: what each electrode, tissue and probe is exposed to."""

from dataclasses import dataclass

import numpy as np

from meshes.arrays import Reals
from sim.basis import Basis
from sim.case import Case, Electrode
from sim.facts import OUTPUT_LOAD_OHM
from sim.response import Response
from sim.tissues import Conductor
from sim.triangles import sample
from sim.units import CM2, MA, MA_PER_CM2, MM, MM2, MW, OHM_CM2, UC
from sim.windows import peak_disc_average, weighted_percentiles

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

    ``charge_per_phase_uC`` and the density are None for direct current. ``voltage_peak_V`` counts from the terminal at
    0 V. ``power_density_W_per_cm2`` is I_rms² 500 Ω / area (FDA 510(k) guidance of 9 June 1999).
    """

    area_mm2: float
    current_peak_mA: float
    current_rms_mA: float
    charge_per_phase_uC: float | None
    charge_density_uC_per_cm2: float | None
    net_dc_mA: float
    current_density_rms_mA_per_cm2: SurfaceDensity
    voltage_peak_V: float
    power_density_W_per_cm2: float
    contact_power_mW: float


@dataclass(frozen=True)
class ProbeExposure:
    """Potential, field and current density at a point at the peak of the first channel."""

    potential_V: float
    E_V_per_m: tuple[float, float, float]
    J_A_per_m2: tuple[float, float, float]


def electrode_exposures(case: Case, basis: Basis, response: Response) -> dict[str, ElectrodeExposure]:
    """Numbers of every electrode, by name."""
    return {
        electrode.name: _electrode(case, basis, response, k, electrode) for k, electrode in enumerate(case.electrodes)
    }


def _electrode(case: Case, basis: Basis, response: Response, k: int, electrode: Electrode) -> ElectrodeExposure:
    drive, currents = response.drive, response.currents[:, k]
    contact = sample(basis.contacts[k].corners, response.densities[k], SAMPLE_SPACING)
    rms = drive.rms(contact.values)
    p50, p95, p99 = weighted_percentiles(rms, contact.areas, (50.0, 95.0, 99.0))
    current_rms = float(drive.rms(currents))
    charge = _charge_per_phase(case, currents, electrode.name)
    return ElectrodeExposure(
        area_mm2=contact.area / MM2,
        current_peak_mA=float(drive.peak(currents)) / MA,
        current_rms_mA=current_rms / MA,
        charge_per_phase_uC=None if charge is None else charge / UC,
        charge_density_uC_per_cm2=None if charge is None else charge / UC / (contact.area / CM2),
        net_dc_mA=float(drive.means @ currents) / MA,
        current_density_rms_mA_per_cm2=SurfaceDensity(
            mean=float(rms @ contact.areas) / contact.area / MA_PER_CM2,
            p50=p50 / MA_PER_CM2,
            p95=p95 / MA_PER_CM2,
            p99=p99 / MA_PER_CM2,
            peak_1cm2=peak_disc_average(contact, rms) / MA_PER_CM2,
        ),
        voltage_peak_V=float(drive.peak(response.voltages[:, k])),
        power_density_W_per_cm2=current_rms**2 * OUTPUT_LOAD_OHM / (contact.area / CM2),
        contact_power_mW=_contact_power(electrode, basis.contacts[k].products, response),
    )


def _contact_power(electrode: Electrode, products: Reals, response: Response) -> float:
    """Mean power that the contact impedance turns into heat, mW: ∫ z J_rms² ds."""
    squares = response.voltages @ products @ response.voltages.T
    return electrode.contact_impedance_ohm_cm2 * OHM_CM2 * float((response.drive.gram * squares).sum()) / MW


def _charge_per_phase(case: Case, currents: Reals, name: str) -> float | None:
    """Charge per phase, C; the charges of several channels add up in the worst case. None for direct current alone."""
    charges = [
        abs(current) * channel.waveform.charge_per_phase_s
        for channel, current in zip(case.channels, currents, strict=True)
        if name in channel.electrodes and channel.waveform.charge_per_phase_s is not None
    ]
    return float(sum(charges)) if charges else None


def probe_exposures(
    case: Case, basis: Basis, response: Response, conductors: tuple[Conductor, ...]
) -> dict[str, ProbeExposure]:
    """Numbers of every probe, by name, at the first of the drive's instants."""
    at_peak = response.drive.instants[0]
    potential = np.tensordot(at_peak, response.potential, axes=1)
    field = np.tensordot(at_peak, response.field, axes=1)
    conductivity = {c.layer: c.conductivity for c in conductors}
    results = {}
    for probe in case.probes:
        point = np.array(probe.position_mm) * MM
        cell, weights = locate(basis, point)
        corners = basis.cells[cell]
        E = weights @ field[cell]
        J = conductivity[basis.layer_names[basis.layers[cell]]] @ E
        # Exact for a quadratic: each corner's Taylor expansion with half of its gradient.
        steps = point - basis.points[corners]
        φ = weights @ (potential[corners] - np.einsum("ci,ci->c", field[cell], steps) / 2)
        results[probe.name] = ProbeExposure(
            float(φ), (float(E[0]), float(E[1]), float(E[2])), (float(J[0]), float(J[1]), float(J[2]))
        )
    return results


def locate(basis: Basis, point: Reals) -> tuple[int, Reals]:
    """The cell that holds a point, and the point's barycentric coordinates (4,) there."""
    origin = basis.points[basis.cells[:, 0]]
    edges = np.transpose(basis.points[basis.cells[:, 1:]] - origin[:, None], (0, 2, 1))
    local = np.linalg.solve(edges, (point - origin)[..., None])[..., 0]
    weights = np.column_stack([1.0 - local.sum(axis=1), local])
    cell = int(np.argmax(weights.min(axis=1)))
    return cell, weights[cell]
