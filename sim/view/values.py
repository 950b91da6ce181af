"""Values of a run at a point, and where it is beyond a limit."""

import numpy as np

from meshes.arrays import Integers, Reals
from sim.safety.verdict import SafetyVerdict
from sim.units import MM
from sim.view.quantities import DENSITY, QUANTITIES
from sim.view.run import Run


def density_limit(verdict: SafetyVerdict) -> tuple[float, str] | None:
    """The smallest limit of an r.m.s. current density that was evaluated, mA/cm2, and its check; None without one.

    Limits are about averages over a contact: a cell beyond one alone exceeds nothing, it shows where density gathers.
    """
    found = [
        (check.limit, check.id)
        for check in verdict.checks
        if check.quantity in ("mean_rms_mA_per_cm2", "peak_1cm2_rms_mA_per_cm2") and check.limit is not None
    ]
    return min(found, default=None)


def exceeded_cells(run: Run, limit_mA_per_cm2: float) -> Integers:
    """Numbers of the cells whose r.m.s. density is beyond a limit (k,)."""
    return np.flatnonzero(DENSITY.of(run) > limit_mA_per_cm2)


def values_at(run: Run, point_mm: Reals) -> str:
    """Tissue and values at a point (3,), mm: those of the cell, and the potential between its corners."""
    point = np.asarray(point_mm, dtype=np.float64) * MM
    cell = int(np.asarray(run.grid.find_containing_cell(point)))
    place = f"({', '.join(f'{x:.1f}' for x in point_mm)}) mm"
    if cell < 0:
        return f"{place}: no tissue"
    lines = [f"{place}: {run.tissues[int(run.grid.cell_data['tissue'][cell])].replace('_', ' ')}"]
    corners = run.cells[cell]
    places = np.asarray(run.grid.points, dtype=np.float64)[corners]
    weights = np.linalg.solve(np.vstack([places.T, np.ones(4)]), np.append(point, 1.0))
    for shown in QUANTITIES.values():
        if shown.array in run.grid.point_data:
            value = float(weights @ shown.of(run)[corners])
        elif shown.array in run.grid.cell_data:
            value = float(shown.of(run)[cell])
        else:
            continue
        lines.append(f"{shown.array.replace('_', ' ')}: {value:.4g} {'' if shown.unit == '1' else shown.unit}".rstrip())
    return "\n".join(lines)
