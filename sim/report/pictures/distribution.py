"""How the current spreads over a contact: the share of its area on which the density is above a value."""

from pathlib import Path

import numpy as np

from meshes.arrays import Reals
from sim.basis import Solution
from sim.case import Case
from sim.exposure.electrodes import SAMPLE_SPACING
from sim.exposure.triangles import Samples, sample
from sim.exposure.windows import weighted_percentiles
from sim.report.pictures.colours import electrode_colours
from sim.report.pictures.contacts import shown
from sim.report.pictures.picture import Picture
from sim.report.pictures.sheet import WIDTH_IN, heading, sheet
from sim.response import Response
from sim.units import MA_PER_CM2

HEIGHT_IN = 3.3
STYLES = ("-", "--", ":", "-.")


def draw_distribution(case: Case, basis: Solution, response: Response, path: Path) -> Picture:
    """Draw for every pad and contact the share of its area above each r.m.s. normal current density.

    Of more than twelve contacts those with the largest means are shown. The axis ends at the largest 99.5th percentile
    by area: towards the rim of a good contact the density grows without bound.
    """
    every = {name: _samples(basis, response, name) for name in case.poles}
    names = shown(case, {name: float(rms @ s.areas) / s.area for name, (rms, s) in every.items()})
    colours = electrode_colours(case)
    top = max(weighted_percentiles(every[name][0], every[name][1].areas, (99.5,))[0] for name in names)
    facts = []
    with sheet(path, HEIGHT_IN, heading(case, "share of the contact area")) as figure:
        axes = figure.add_axes((0.75 / WIDTH_IN, 0.5 / HEIGHT_IN, 1.0 - 0.95 / WIDTH_IN, 1.0 - 0.95 / HEIGHT_IN))
        for i, name in enumerate(names):
            rms, samples = every[name]
            density, share = exceedance(rms, samples.areas)
            axes.plot(
                density,
                100.0 * share,
                color=colours[name],
                linestyle=STYLES[i % len(STYLES)],
                linewidth=1.6,
                label=name,
            )
            half, twentieth = weighted_percentiles(rms, samples.areas, (50.0, 95.0))
            facts.append(f"{name}: half of the area above {half:.3g}, 5 % above {twentieth:.3g} mA/cm²")
        axes.set(xlim=(0.0, top or 1.0), ylim=(0.0, 102.0))
        axes.set_xlabel("r.m.s. normal current density |Jₙ| in mA/cm²", labelpad=1.5)
        axes.set_ylabel("share of the area above, %")
        axes.grid(alpha=0.3, linewidth=0.5)
        axes.legend(framealpha=0.9, edgecolor="none", ncols=1 + (len(names) > 4))
    return Picture(
        path.stem,
        "Share of the contact area above a current density",
        f"Curves of the share of each contact's area on which the r.m.s. normal density is above a value. "
        f"{'; '.join(facts)}.",
    )


def exceedance(values: Reals, areas: Reals) -> tuple[Reals, Reals]:
    """Values in order (n + 1,), from 0, and the share of the area above each (n + 1,)."""
    order = np.argsort(values)
    above = 1.0 - np.cumsum(areas[order]) / areas.sum()
    return np.concatenate([[0.0], values[order]]), np.concatenate([[1.0], np.maximum(above, 0.0)])


def _samples(basis: Solution, response: Response, name: str) -> tuple[Reals, Samples]:
    """R.m.s. density at points of a contact, mA/cm2, with the areas they stand for."""
    k = basis.terminals.index(name)
    samples = sample(basis.contacts[k].corners, response.densities[k], SAMPLE_SPACING)
    return np.asarray(response.drive.rms(samples.values) / MA_PER_CM2, dtype=np.float64), samples
