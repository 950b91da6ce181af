"""The window of ``faradic view``: one run, or two side by side with linked cameras and equal limits of colour."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from meshes.arrays import Reals
from sim.report.pictures.colours import INK, colours_of
from sim.view.camera import PRESETS, look, main_plane
from sim.view.difference import plot_difference
from sim.view.errors import ViewError
from sim.view.headless import renderer
from sim.view.quantities import DENSITY, quantity
from sim.view.run import Run
from sim.view.scale import common_scale
from sim.view.scene import Scene
from sim.view.theme import Screenshot, finish, new_plotter, plain
from sim.view.values import density_limit

HELP = """c clip   x slice   b only above a value   l lines of current   k beyond the limit   n next view
F1, F2, ... tissues   g next quantity   right click: values   q quit"""
LEVELS = (1.0, 0.3, 0.0)  # opacities that a tissue goes through
CYCLE = ("J_rms", "E", "potential", "envelope_max", "modulation_depth")
BUTTON = 22  # pixels


class Viewer:
    """A window with one or two runs and what the keys do in it.

    Parameters
    ----------
    runs
        One or two.
    difference
        Whether a third part shows the second run minus the first.
    off_screen, screenshot
        See ``new_plotter``.

    Raises
    ------
    ViewError
        For more runs, a difference of one, or where nothing can be drawn.
    """

    def __init__(
        self,
        runs: Sequence[Run],
        difference: bool = False,
        off_screen: bool | None = None,
        screenshot: Screenshot = None,
    ) -> None:
        if not 1 <= len(runs) <= 2:
            raise ViewError(f"view: found {len(runs)} runs; accepted: one or two")
        if difference and len(runs) == 1:
            raise ViewError("difference: found one run; accepted: two")
        parts = len(runs) + difference
        self.runs, self.parts = tuple(runs), parts
        self.plotter = new_plotter(
            off_screen, screenshot, shape=(1, parts), window_size=[1200 + 300 * (parts - 1), 800]
        )
        scale = common_scale(runs, DENSITY)
        self.scenes: list[Scene] = []
        for i, run in enumerate(runs):
            self.plotter.subplot(0, i)
            self.scenes.append(Scene(run, self.plotter, scale))
            self._label(run)
            look(self.plotter, run)
        if parts > 1:
            self.plotter.link_views(list(range(len(runs))))
        if difference:
            self.plotter.subplot(0, len(runs))
            plot_difference(runs[0], runs[1], plotter=self.plotter)
        self.preset = 0
        self.plotter.subplot(0, 0)
        self.plotter.add_text(renderer().words, position="lower_right", font_size=7, color=INK, name="renderer")

    def bind(self) -> None:
        """Connect keys, check boxes and picking; the window must have an interactor."""
        keys: dict[str, Any] = {
            "c": self.toggle_clip,
            "x": self.toggle_slice,
            "b": self.toggle_threshold,
            "l": self.next_streamlines,
            "k": self.toggle_exceeded,
            "n": self.next_view,
            "g": self.next_quantity,
        }
        for key, work in keys.items():
            self.plotter.add_key_event(key, work)
        tissues = list(dict.fromkeys(name for scene in self.scenes for name in scene.run.tissues))
        colours = colours_of(tissues)
        for i, name in enumerate(tissues):
            self.plotter.add_key_event(f"F{i + 1}", lambda name=name: self.next_opacity(name))
            self.plotter.subplot(0, 0)
            place = (10.0, 150.0 + 1.3 * BUTTON * (len(tissues) - i))
            self.plotter.add_checkbox_button_widget(
                lambda on, name=name: self.set_opacity(name, 1.0 if on else 0.0),
                value=True,
                position=place,
                size=BUTTON,
                color_on=colours[name],
                color_off="white",
                border_size=2,
            )
            self.plotter.add_text(
                f"F{i + 1} {name.replace('_', ' ')}",
                position=(place[0] + 1.4 * BUTTON, place[1]),
                font_size=8,
                color=INK,
                name=f"tissue {name}",
            )
        self.plotter.subplot(0, 0)
        self.plotter.add_text(HELP, position=(10.0, 120.0), font_size=7, color=INK, name="help")
        self.plotter.enable_surface_point_picking(
            callback=self.pick, show_message=False, show_point=False, left_clicking=False
        )

    def show(self) -> None:
        """Open the window and wait until it is closed."""
        self.bind()
        self.plotter.show()

    def finish(self, screenshot: Screenshot) -> None:
        """Write what is seen to a file and close."""
        finish(self.plotter, screenshot)
        self.plotter.close()

    def set_opacity(self, tissue: str, opacity: float) -> None:
        """How much of a tissue is seen, in all runs that have it."""
        for scene in self.scenes:
            if tissue in scene.shown.opacity:
                scene.show_tissue(tissue, opacity)

    def next_opacity(self, tissue: str) -> None:
        """Whole, pale, hidden, and again."""
        now = next(scene.shown.opacity[tissue] for scene in self.scenes if tissue in scene.shown.opacity)
        place = LEVELS.index(now) if now in LEVELS else 0
        self.set_opacity(tissue, LEVELS[(place + 1) % len(LEVELS)])

    def toggle_clip(self) -> None:
        """A plane to drag, which takes away one side."""
        if self.scenes[0].shown.clip is not None:
            self.plotter.clear_plane_widgets()
            for scene in self.scenes:
                scene.unclip()
            return
        self._plane(self.clip)

    def clip(self, normal: Reals, origin: Reals) -> None:
        """Clip all runs by one plane, mm."""
        for scene in self.scenes:
            scene.clip(normal, origin)

    def toggle_slice(self) -> None:
        """A plane to drag, which is shown in colour."""
        if self.scenes[0].shown.slices is not None:
            self.plotter.clear_plane_widgets()
            for scene in self.scenes:
                scene.unslice()
            return
        self._plane(self.slice)

    def slice(self, normal: Reals, origin: Reals) -> None:
        """Slice all runs by one plane, mm."""
        for scene in self.scenes:
            scene.slice(normal, origin)

    def toggle_threshold(self) -> None:
        """A slider: only cells at least as large as its value, on the scale of the colours."""
        if self.scenes[0].shown.threshold is not None:
            self.plotter.clear_slider_widgets()
            for scene in self.scenes:
                scene.unthreshold()
            return
        scale = self.scenes[0].scale
        ends = np.log10(scale.clim) if scale.logarithmic else np.array(scale.clim)
        self.plotter.subplot(0, 0)
        self.plotter.add_slider_widget(
            lambda value: self.threshold(10.0**value if scale.logarithmic else value),
            (float(ends[0]), float(ends[1])),
            value=float(ends.mean()),
            title="above, power of ten" if scale.logarithmic else "above",
            pointa=(0.05, 0.9),
            pointb=(0.45, 0.9),
            color=INK,
            fmt="%.2f",
            interaction_event="end",
        )

    def threshold(self, value: float) -> None:
        """Show only cells at least as large as a value."""
        for scene in self.scenes:
            scene.threshold(value)

    def next_streamlines(self) -> None:
        """Lines from below the first electrode, the next one, and then none."""
        poles = [name for name in self.scenes[0].run.case.poles if all(name in s.run.case.poles for s in self.scenes)]
        now = self.scenes[0].shown.streamlines_from
        at = 0 if now is None else poles.index(now) + 1
        for scene in self.scenes:
            if at < len(poles):
                scene.streamlines(poles[at])
            else:
                scene.no_streamlines()

    def toggle_exceeded(self) -> None:
        """Shade what is beyond the smallest limit of a density."""
        for scene in self.scenes:
            scene.shade_exceeded(not scene.shown.exceeded)
            limit = density_limit(scene.run.verdict)
            self.plotter.subplot(0, scene.place)
            text = (
                "no limit of a density was evaluated"
                if limit is None
                else f"violet: r.m.s. J above {limit[0]:g} mA/cm²"
            )
            note = "" if limit is None else f"\n({limit[1]}, a limit of averages over a contact)"
            self.plotter.add_text(
                f"{text}{note}" if scene.shown.exceeded else "",
                position="upper_right",
                font_size=8,
                color=INK,
                name=f"exceeded words {scene.place}",
            )

    def next_view(self) -> None:
        """The next of the presets."""
        self.preset = (self.preset + 1) % len(PRESETS)
        for scene in self.scenes:
            self.plotter.subplot(0, scene.place)
            look(self.plotter, scene.run, PRESETS[self.preset])

    def next_quantity(self) -> None:
        """The next array that all runs have, with common limits."""
        have = [
            name
            for name in CYCLE
            if all(name in s.run.grid.cell_data or name in s.run.grid.point_data for s in self.scenes)
        ]
        now = have.index(self.scenes[0].shown.quantity.array)
        name = have[(now + 1) % len(have)]
        scale = common_scale(self.runs, quantity(name))
        for scene in self.scenes:
            old = scene.shown.quantity.title
            scene.show_quantity(name, scale)
            self.plotter.subplot(0, scene.place)
            if f"{old}\n" in self.plotter.scalar_bars:
                self.plotter.remove_scalar_bar(f"{old}\n")

    def pick(self, point: Reals, *_: object) -> None:
        """Write the values of all runs at a point, mm."""
        for scene in self.scenes:
            scene.pick(np.asarray(point, dtype=np.float64))

    def _plane(self, work: Any) -> None:
        plane = main_plane(self.runs[0])
        self.plotter.clear_plane_widgets()
        self.plotter.subplot(0, 0)
        self.plotter.add_plane_widget(
            work, normal=tuple(plane.normal), origin=tuple(plane.origin), interaction_event="end", color=INK
        )
        work(plane.normal, plane.origin)

    def _label(self, run: Run) -> None:
        verdict = run.verdict.overall.replace("_", " ").upper()
        self.plotter.add_text(
            plain(f"{run.name}: {run.case.title}\n{verdict}"),
            position="upper_left",
            font_size=9,
            color=INK,
            name="title",
        )
