"""The page of a run: the field with its controls, sliders of the amplitudes, and the tables that follow them."""

import uuid
from collections.abc import Mapping
from typing import Any

import numpy as np
from trame.app import get_server

from sim.units import MM
from sim.view.amplitudes import LEAST, MOST, amplitudes_of
from sim.view.camera import PRESETS, look, main_plane
from sim.view.errors import ViewError
from sim.view.headless import renderer
from sim.view.quantities import quantity
from sim.view.run import Run
from sim.view.scene import Scene
from sim.view.serving.clock import Clock
from sim.view.serving.layout import build
from sim.view.serving.tables import told
from sim.view.theme import new_plotter, quiet
from sim.view.values import density_limit, values_at

NONE = "none"
PLANES = ("through the pads", "x", "y", "z")


class Page:
    """The page of one browser.

    Parameters
    ----------
    run
        What is shown.
    links
        Addresses by their words, at the top.
    """

    def __init__(self, run: Run, links: Mapping[str, str]) -> None:
        self.run, self.links, self.amplitudes = run, links, amplitudes_of(run)
        self.plotter = new_plotter(off_screen=True, window_size=[1000, 700])
        self.scene = Scene(run, self.plotter)
        look(self.plotter, run)
        self.plane = main_plane(run)
        self.server: Any = get_server(f"faradic-{uuid.uuid4().hex}", client_type="vue3")
        self.state, self.controller = self.server.state, self.server.controller
        self.driven = run  # at the amplitudes of the sliders
        self.clock = Clock(run, self.state)
        self._set_state()
        build(self)
        self._bind()

    def _set_state(self) -> None:
        run = self.run
        self.state.update(
            {
                "trame__title": f"Faradic: {run.case.title}",
                "title": run.case.title,
                "quantity": "J_rms",
                "colour_words": self.scene.scale.words,
                "tissues": [{"name": name, "words": name.replace("_", " ")} for name in run.tissues],
                "clip": NONE,
                "planes": [NONE, *PLANES],
                "place": 0.5,
                "slice": NONE,
                "above": 0.0,
                "lines": NONE,
                "poles": [NONE, *run.case.poles],
                "exceeded": False,
                "view": PRESETS[0],
                "views": list(PRESETS),
                **{f"probe_{axis}": 0.0 for axis in "xyz"},
                "channels": list(self.amplitudes.names),
                "least": float(np.log10(LEAST)),
                "most": float(np.log10(MOST)),
                "scaled": self.amplitudes.words,
                "renderer": renderer().words,
                "notes": list(run.result.get("notes", [])),
                "problem": "",
                "values": "",
                "limit": self._limit_words(),
            }
        )
        # Names of state are words of JavaScript; those of channels and tissues need not be: they go by number.
        for i in range(len(run.tissues)):
            self.state[f"opacity_{i}"] = 1.0
        for i in range(len(self.amplitudes.names)):
            self.state[f"factor_{i}"] = 0.0
        self.state.update(told(run))
        self._offer_quantities()

    def _bind(self) -> None:
        change = self.state.change
        change("quantity")(self.on_quantity)
        change("clip", "slice", "place")(self.on_planes)
        change("above")(self.on_above)
        change("lines")(self.on_lines)
        change("exceeded")(self.on_exceeded)
        change("view")(self.on_view)
        change("when")(self.on_when)
        change("step", "stretch", "clock_channel")(self.on_time)
        change(*(f"opacity_{i}" for i in range(len(self.run.tissues))))(self.on_opacity)
        change(*(f"factor_{i}" for i in range(len(self.amplitudes.names))))(self.on_factor)

    def on_quantity(self, **_: Any) -> None:
        """Colour by another array."""
        old = f"{self.scene.shown.quantity.title}\n"
        name = self.state.quantity

        def colour() -> None:
            self.scene.show_quantity(name, self.clock.scale(name, self.driven), self.clock.shown(self.driven))

        if self._try(colour):
            self.state.colour_words = self.scene.scale.words
            if old in self.plotter.scalar_bars and old != f"{self.scene.shown.quantity.title}\n":
                self.plotter.remove_scalar_bar(old)
            self.state.above = 0.0
            self._show()

    def on_planes(self, **_: Any) -> None:
        """Clip or slice."""

        def cut() -> None:
            for name, on, off in (
                (self.state.clip, self.scene.clip, self.scene.unclip),
                (self.state.slice, self.scene.slice, self.scene.unslice),
            ):
                if name == NONE:
                    off()
                else:
                    on(*self.plane_at(name, float(self.state.place)))

        if self._try(cut):
            self._show()

    def on_above(self, **_: Any) -> None:
        """Only cells above a part of the scale of colours; 0 shows all."""
        part = float(self.state.above)
        if part <= 0.0:
            self.scene.unthreshold()
        else:
            low, high = self.scene.scale.clim
            ratio = self.scene.scale.logarithmic
            self.scene.threshold(low * (high / low) ** part if ratio else low + part * (high - low))
        self._show()

    def on_lines(self, **_: Any) -> None:
        """Lines of current."""
        if self.state.lines == NONE:
            self.scene.no_streamlines()
        else:
            self._try(lambda: self.scene.streamlines(self.state.lines))
        self._show()

    def on_exceeded(self, **_: Any) -> None:
        """Shade what is beyond the smallest limit of a density."""
        self.scene.shade_exceeded(bool(self.state.exceeded))
        self._show()

    def on_view(self, **_: Any) -> None:
        """Look from one of the presets."""
        if self._try(lambda: look(self.plotter, self.run, self.state.view)):
            self._show()

    def on_opacity(self, **_: Any) -> None:
        """How much of each tissue is seen."""

        def show() -> None:
            for i, name in enumerate(self.run.tissues):
                opacity = float(self.state[f"opacity_{i}"])
                if opacity != self.scene.shown.opacity[name]:
                    self.scene.show_tissue(name, opacity)

        if self._try(show):
            self._show()

    def on_factor(self, **_: Any) -> None:
        """Other amplitudes: fields, tables and verdict follow; the limits of colour stay, so that it can be seen."""
        factors = {
            name: float(10.0 ** float(self.state[f"factor_{i}"])) for i, name in enumerate(self.amplitudes.names)
        }

        def drive() -> None:
            self.driven = self.amplitudes.at(factors)
            self.state.update(told(self.driven))
            self.scene.take(self.clock.shown(self.driven))
            if self.clock.channels:
                self.clock.tell(self.driven)

        if self._try(drive):
            self._show()

    def on_when(self, **_: Any) -> None:
        """From the peak over the period to an instant, or back."""
        self._offer_quantities()
        self.state.quantity = self.state.quantities[0]["value"]
        self.on_quantity()

    def on_time(self, **_: Any) -> None:
        """Another instant: colours and words follow, at the amplitudes of the sliders."""

        def move() -> None:
            self.clock.tell(self.driven)
            if self.clock.runs:
                self.scene.recolour(self.clock.shown(self.driven))

        if self._try(move) and self.clock.runs:
            self._show()

    def on_probe(self) -> None:
        """Values at the point that was typed."""

        def ask() -> None:
            point = np.array([float(self.state[f"probe_{axis}"]) for axis in "xyz"])
            self.state["values"] = values_at(self.scene.run, point)
            self.scene.pick(point)

        if self._try(ask):
            self._show()

    def plane_at(self, name: str, part: float) -> tuple[Any, Any]:
        """Normal and point of a plane at a part of the way through the body, mm.

        Raises
        ------
        ViewError
            For a name that is no plane.
        """
        if name not in PLANES:
            raise ViewError(f"plane: found {name!r}; accepted: {', '.join(PLANES)}")
        normal = self.plane.normal if name == PLANES[0] else np.eye(3)["xyz".index(name)]
        along = self.run.corners.reshape(-1, 3) / MM @ normal
        low, high = float(along.min()), float(along.max())
        if name == PLANES[0] and abs(part - 0.5) < 1e-9:
            return normal, self.plane.origin
        return normal, normal * (low + part * (high - low))

    def _offer_quantities(self) -> None:
        names = self.clock.quantities(self.driven)
        self.state.quantities = [{"title": quantity(name).title, "value": name} for name in names]

    def _limit_words(self) -> str:
        limit = density_limit(self.run.verdict)
        if limit is None:
            return "no limit of a density was evaluated"
        return f"r.m.s. J above {limit[0]:g} mA/cm² ({limit[1]}, a limit of averages over a contact)"

    def _try(self, work: Any) -> bool:
        """Do it; what cannot be done is said on the page."""
        try:
            work()
        except (ViewError, ValueError, TypeError) as error:
            self.state.problem = str(error).splitlines()[0]
            return False
        self.state.problem = ""
        return True

    def _show(self) -> None:
        with quiet():
            self.plotter.render()
        if self.controller.view_update.exists():
            self.controller.view_update()
