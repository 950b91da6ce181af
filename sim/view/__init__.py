"""Look at runs with PyVista: ``open_run``, pictures as plain functions, a viewer, a comparison, a page.

Everything is loaded when it is first asked for, because PyVista and Matplotlib take a second to load.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.view.charts import plot_margins, plot_waveform
    from sim.view.electrode import plot_electrode
    from sim.view.envelope import plot_envelope
    from sim.view.fields import plot_current_density, plot_cut, plot_streamlines
    from sim.view.placement import plot_placement
    from sim.view.profile import plot_depth_profile
    from sim.view.run import Run, open_run
    from sim.view.scale import Scale, common_scale

__all__ = [
    "Run",
    "Scale",
    "common_scale",
    "open_run",
    "plot_current_density",
    "plot_cut",
    "plot_depth_profile",
    "plot_electrode",
    "plot_envelope",
    "plot_margins",
    "plot_placement",
    "plot_streamlines",
    "plot_waveform",
]

WHERE = {
    "Run": "run",
    "open_run": "run",
    "Scale": "scale",
    "common_scale": "scale",
    "plot_placement": "placement",
    "plot_current_density": "fields",
    "plot_cut": "fields",
    "plot_streamlines": "fields",
    "plot_electrode": "electrode",
    "plot_depth_profile": "profile",
    "plot_waveform": "charts",
    "plot_margins": "charts",
    "plot_envelope": "envelope",
}


def __getattr__(name: str) -> Any:
    if name not in WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{WHERE[name]}"), name)
