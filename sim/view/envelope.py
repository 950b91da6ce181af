"""Interferential fields: the envelope, the carrier and the depth of modulation on a cut."""

from typing import Any

import pyvista as pv

from sim.view.errors import ViewError
from sim.view.fields import Limits, plot_cut
from sim.view.run import Run
from sim.view.theme import Screenshot

ARRAYS = ("envelope_max", "envelope_along_fibres", "carrier_peak", "modulation_depth")


def plot_envelope(
    run: Run,
    quantity_name: str = "envelope_max",
    clim: Limits = None,
    cmap: Any = None,
    off_screen: bool | None = None,
    screenshot: Screenshot = None,
    plotter: pv.Plotter | None = None,
) -> pv.Plotter:
    """Draw one of ``ARRAYS`` on the main cut; see ``plot_cut``.

    Raises
    ------
    ViewError
        For another name, or if the run has none: it takes two channels of neighbouring frequencies, and fibres.
    """
    if quantity_name not in ARRAYS:
        raise ViewError(f"envelope: found {quantity_name!r}; accepted: {', '.join(ARRAYS)}")
    if quantity_name not in run.grid.cell_data:
        raise ViewError(
            f"{run.folder}: fields.vtu has no {quantity_name}; accepted: a run of two channels whose fields interfere"
        )
    return plot_cut(
        run, quantity_name, clim=clim, cmap=cmap, off_screen=off_screen, screenshot=screenshot, plotter=plotter
    )
