"""One run in a window or in a part of one, and all that can be switched in it: for the viewer and for the page."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyvista as pv

from meshes.arrays import Reals
from sim.report.pictures.colours import INK, colours_of
from sim.view.errors import ViewError
from sim.view.fields import TUBE, add_field, streamlines
from sim.view.hardware import buried, outlines, places_mm, solids
from sim.view.quantities import DENSITY, Quantity, quantity, shown_grid, shown_part
from sim.view.run import Run
from sim.view.scale import Scale, common_scale
from sim.view.theme import EXCEEDED, add_names, quiet
from sim.view.values import density_limit, exceeded_cells, values_at

CELL = "number of the cell"
STILL: dict[str, Any] = {"reset_camera": False, "pickable": False}


@dataclass
class Shown:
    """What is switched on; one for each window, changed by ``Scene`` alone."""

    quantity: Quantity = DENSITY
    opacity: dict[str, float] = field(default_factory=dict)
    clip: tuple[Reals, Reals] | None = None
    slices: tuple[Reals, Reals] | None = None
    threshold: float | None = None
    streamlines_from: str | None = None
    exceeded: bool = False


class Scene:
    """A run in the active part of a plotter.

    Parameters
    ----------
    run
        What is shown.
    plotter
        Where.
    scale
        Limits of colour, common to all runs compared; None: those of this run.
    """

    def __init__(self, run: Run, plotter: pv.Plotter, scale: Scale | None = None) -> None:
        self.run = run
        self.plotter: Any = plotter
        self.place = plotter.renderers.active_index
        self.scale = common_scale([run], DENSITY) if scale is None else scale
        self.shown = Shown(opacity=dict.fromkeys(run.tissues, 1.0))
        self._grids: dict[str, pv.UnstructuredGrid] = {}
        self._coloured: dict[str, pv.DataSet] = {}  # what is drawn with the colours of the field
        self._add_marks()
        self.draw()

    def grid(self) -> pv.UnstructuredGrid:
        """In mm, with the quantity shown."""
        shown = self.shown.quantity
        if shown.array not in self._grids:
            grid = shown_grid(self.run, shown)
            grid.cell_data[CELL] = np.arange(grid.n_cells)
            self._grids = {shown.array: grid}
        return self._grids[shown.array]

    def take(self, run: Run) -> None:
        """Show other fields on the same mesh."""
        self.run, self._grids = run, {}
        self.draw()

    def recolour(self, run: Run) -> None:
        """Show other values of the quantity shown on what is drawn; all is drawn anew where they decide what is."""
        shown = self.shown.quantity
        if self.shown.threshold is not None or shown.array not in run.grid.cell_data:
            self.take(run)
            return
        self.run, self._grids = run, {}
        values = shown.of(run)
        for part in self._coloured.values():
            part.cell_data[shown.title] = values[np.asarray(part.cell_data[CELL])]

    def show_quantity(self, name: str, scale: Scale | None = None, run: Run | None = None) -> None:
        """Colour by another array, with limits of its own unless they are given; of other fields, if they are given."""
        shown = quantity(name)
        shown.of(self.run if run is None else run)
        self.shown.quantity = shown
        if run is not None:
            self.run, self._grids = run, {}
        self.scale = common_scale([self.run], shown) if scale is None else scale
        self.draw()

    def show_tissue(self, name: str, opacity: float) -> None:
        """How much of a tissue is seen, 0 to 1.

        Raises
        ------
        ViewError
            For a tissue that the run has not, or another opacity.
        """
        if name not in self.shown.opacity:
            raise ViewError(f"tissue: found {name!r}; accepted: {', '.join(self.shown.opacity)}")
        if not 0.0 <= opacity <= 1.0:
            raise ViewError(f"opacity: found {opacity:g}; accepted: 0 to 1")
        self.shown.opacity[name] = float(opacity)
        self.draw()

    def clip(self, normal: Reals, origin_mm: Reals) -> None:
        """Take away what lies on the side of a plane to which its normal points."""
        self.shown.clip = (np.asarray(normal, dtype=np.float64), np.asarray(origin_mm, dtype=np.float64))
        self.draw()

    def unclip(self) -> None:
        """Show all again."""
        self.shown.clip = None
        self.draw()

    def slice(self, normal: Reals, origin_mm: Reals) -> None:
        """Show the tissues pale, and a plane through them in colour."""
        self.shown.slices = (np.asarray(normal, dtype=np.float64), np.asarray(origin_mm, dtype=np.float64))
        self.draw()

    def unslice(self) -> None:
        """Without the plane."""
        self.shown.slices = None
        self.draw()

    def threshold(self, value: float) -> None:
        """Show only cells at least as large as a value, in the unit shown."""
        self.shown.threshold = float(value)
        self.draw()

    def unthreshold(self) -> None:
        """Show cells of all values."""
        self.shown.threshold = None
        self.draw()

    def streamlines(self, electrode: str) -> None:
        """Show lines along the current from below an electrode."""
        if electrode not in self.run.case.poles:
            raise ViewError(f"electrode: found {electrode!r}; accepted: {', '.join(self.run.case.poles)}")
        self.shown.streamlines_from = electrode
        self.draw()

    def no_streamlines(self) -> None:
        """Without lines."""
        self.shown.streamlines_from = None
        self.draw()

    def shade_exceeded(self, on: bool) -> None:
        """Shade the cells whose r.m.s. density is beyond the smallest limit of a density that applies."""
        self.shown.exceeded = on
        self.draw()

    def pick(self, point_mm: Reals) -> str:
        """What is at a point (3,), mm: tissue and values, marked in the window."""
        text = values_at(self.run, point_mm)
        ball = pv.Sphere(radius=0.008 * self.run.case.body.size_mm, center=tuple(point_mm))
        self._here()
        self.plotter.add_mesh(ball, color="#00b0b9", name=f"picked {self.place}", reset_camera=False, pickable=False)
        self.plotter.add_text(
            text, position=(0.01, 0.72), viewport=True, font_size=9, color=INK, name=f"picked text {self.place}"
        )
        return text

    def draw(self) -> None:
        """Draw anew what is switched on."""
        self._here()
        with quiet():
            bones = (f"solid {i} {self.place}" for i in range(len(self.run.tissues)))
            for name in (f"exceeded {self.place}", f"streamlines {self.place}", *bones, *self._coloured):
                self.plotter.remove_actor(name, reset_camera=False, render=False)
            self._coloured = {}
            self._draw_tissues()
            self._draw_slice()
            self._draw_exceeded()
            self._draw_streamlines()

    def _draw_tissues(self) -> None:
        cells = self.grid()
        tissue = np.asarray(cells.cell_data["tissue"])
        shown = self.shown
        pale = shown.slices is not None or shown.streamlines_from is not None
        solid = buried(self.run.case) if shown.streamlines_from is not None and shown.slices is None else frozenset()
        colours = colours_of(self.run.tissues)
        for i, name in enumerate(self.run.tissues):
            opacity = shown.opacity[name] * (0.15 if pale else 1.0)
            if opacity <= 0.0:
                continue
            part: Any = shown_part(cells, np.flatnonzero(tissue == i))
            if shown.threshold is not None:
                part = part.threshold(shown.threshold, scalars=shown.quantity.title, all_scalars=False)
            if shown.clip is not None and part.n_cells:
                part = part.clip(normal=tuple(shown.clip[0]), origin=tuple(shown.clip[1]))
            if not part.n_cells:
                continue
            surface = part.extract_surface(algorithm=None)
            if name in solid:
                self.plotter.add_mesh(
                    surface, color=colours[name], opacity=shown.opacity[name], name=f"solid {i} {self.place}", **STILL
                )
            else:
                self._add(surface, f"field {i}", opacity=opacity)

    def _draw_slice(self) -> None:
        if self.shown.slices is not None:
            normal, origin = self.shown.slices
            cut = self.grid().slice(normal=tuple(normal), origin=tuple(origin))
            if cut.n_cells:
                self._add(cut, "slice")

    def _draw_exceeded(self) -> None:
        limit = density_limit(self.run.verdict)
        if not self.shown.exceeded or limit is None:
            return
        beyond = exceeded_cells(self.run, limit[0])
        if len(beyond):
            part = shown_part(self.grid(), beyond).extract_surface(algorithm=None)
            self.plotter.add_mesh(
                part, color=EXCEEDED, name=f"exceeded {self.place}", reset_camera=False, opacity=0.9, pickable=False
            )

    def _draw_streamlines(self) -> None:
        if self.shown.streamlines_from is None:
            return
        lines = streamlines(self.run, self.shown.streamlines_from)
        if lines.n_cells:
            tubes = lines.tube(radius=TUBE * self.run.case.body.size_mm)
            self.plotter.add_mesh(
                tubes, color=INK, name=f"streamlines {self.place}", reset_camera=False, pickable=False
            )

    def _add(self, part: pv.DataSet, name: str, **more: Any) -> None:
        name = f"{name} {self.place}"
        self._coloured[name] = part
        add_field(self.plotter, part, self.shown.quantity, self.scale, name=name, reset_camera=False, **more)

    def _add_marks(self) -> None:
        for name, line in outlines(self.run.case).items():
            self.plotter.add_mesh(line, color=INK, line_width=3, name=f"outline {name} {self.place}", pickable=False)
        places = places_mm(self.run.case)
        for name, surface, colour in solids(self.run.case):
            self.plotter.add_mesh(surface, color=colour, name=f"implant {name} {self.place}", **STILL)
            places[name] = np.array(surface.center)
        places |= {probe.name: np.array(probe.position_mm) for probe in self.run.case.probes}
        add_names(self.plotter, places, 13, name=f"names {self.place}", pickable=False)

    def _here(self) -> None:
        self.plotter.renderers.set_active_renderer(*self.plotter.renderers.index_to_loc(self.place))
