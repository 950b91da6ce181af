"""The slider of time on the page of a run: an instant of a channel's waveform, and the fields at it."""

from typing import Any

import numpy as np

from sim.case import Channel
from sim.report.pictures.colours import INK, POLES
from sim.report.pictures.prefixes import TIMES, with_unit
from sim.view.charts import pulse_stretch_s
from sim.view.errors import ViewError
from sim.view.moving import NOW, Moving, driven_words, mover_of, moving_channels
from sim.view.quantities import QUANTITIES, quantity
from sim.view.run import Run
from sim.view.scale import Scale, common_scale

AT_PEAK, AT_TIME = "peak over the period", "at time t"
PULSE, PERIOD = "a pulse", "the whole period"
STEPS = 400  # of the slider
POINTS = 1600  # of the drawn waveform
WIDTH, HEIGHT, EDGE = 300.0, 80.0, 4.0  # of the picture of the waveform


class Clock:
    """What a page knows of time.

    Parameters
    ----------
    run
        What was computed.
    state
        Of the page. A browser sets ``when``, ``clock_channel``, ``stretch`` and ``step``; the rest is told to it.
    """

    def __init__(self, run: Run, state: Any) -> None:
        self.state, self.mover = state, mover_of(run)
        self.channels = {channel.name: channel for channel in moving_channels(run.case)}
        self._moving: tuple[Run, Moving] | None = None
        state.update(
            {
                "still": f"No fields at an instant: {self.mover.why_not}." if self.mover.why_not else "",
                "when": AT_PEAK,
                "whens": [AT_PEAK, AT_TIME],
                "clock_channel": next(iter(self.channels), ""),
                "clock_channels": list(self.channels),
                "stretch": PULSE,
                "stretches": [PULSE, PERIOD],
                "step": 0,
                "steps": STEPS,
                "waveform": "",
                "stretch_words": "",
                "now": "",
            }
        )
        if self.channels:
            self.tell(run)

    @property
    def runs(self) -> bool:
        """Whether an instant is shown."""
        return bool(self.state.when == AT_TIME)

    @property
    def channel(self) -> Channel:
        """The channel whose waveform is drawn.

        Raises
        ------
        ViewError
            If it is none that repeats.
        """
        name = self.state.clock_channel
        if name not in self.channels:
            raise ViewError(f"channel: found {name!r}; accepted: {', '.join(self.channels)}")
        return self.channels[name]

    @property
    def length_s(self) -> float:
        """What the slider covers.

        Raises
        ------
        ViewError
            For an unknown stretch.
        """
        if self.state.stretch not in (PULSE, PERIOD):
            raise ViewError(f"stretch: found {self.state.stretch!r}; accepted: {PULSE}, {PERIOD}")
        waveform = self.channel.waveform
        assert waveform.period_s is not None  # it repeats
        return pulse_stretch_s(waveform) if self.state.stretch == PULSE else waveform.period_s

    @property
    def time_s(self) -> float:
        """The instant.

        Raises
        ------
        ViewError
            If the slider cannot be there.
        """
        step = float(self.state.step)
        if not 0.0 <= step <= STEPS:
            raise ViewError(f"time: found step {step:g}; accepted: 0 to {STEPS}")
        return self.length_s * step / STEPS

    def tell(self, run: Run) -> None:
        """The waveform with its time, and what every channel drives then."""
        self.state.waveform = _drawn(self.channel, self.length_s)
        self.state.stretch_words = f"from 0 to {with_unit(self.length_s, TIMES)}"
        self.state.now = driven_words(run.case, self.time_s)

    def shown(self, run: Run) -> Run:
        """The run with the fields of the instant, where one is shown.

        Raises
        ------
        ViewError
            If these cannot be had.
        """
        if not self.runs:
            return run
        if self._moving is None or self._moving[0] is not run:
            self._moving = run, self.mover.of(run)
        return self._moving[1].at(run, self.time_s)

    def quantities(self, run: Run) -> list[str]:
        """Names of what can be shown, of the instant or of the period."""
        have = [name for name in QUANTITIES if name in run.grid.cell_data or name in run.grid.point_data]
        return list(dict.fromkeys(NOW.values())) if self.runs else have

    def scale(self, name: str, run: Run) -> Scale:
        """Limits of colour: of an instant those of the peak, so that the colours follow the waveform."""
        peak = next((key for key in ("J_magnitude", "E", "potential") if NOW[key] == name), name)
        scale = common_scale([run], quantity(peak))
        if peak == name or scale.logarithmic:
            return scale
        most = max(abs(scale.low), abs(scale.high))
        return Scale(-most, most, False, "linear, from minus to plus the largest value of the peak")


def _drawn(channel: Channel, length_s: float) -> str:
    """The waveform as SVG; it holds numbers alone."""
    t = np.linspace(0.0, length_s, POINTS)
    values = np.asarray(channel.waveform.at(t), dtype=np.float64)
    most = max(float(np.abs(values).max()), 1e-12)
    x = WIDTH * np.arange(POINTS) / (POINTS - 1)
    y = HEIGHT / 2.0 - (HEIGHT / 2.0 - EDGE) * values / most
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none" width="100%" height="{HEIGHT:g}" '
        f'aria-hidden="true"><path d="M0 {HEIGHT / 2:g}H{WIDTH:g}" stroke="{INK}" stroke-width="0.5"/>'
        f'<polyline points="{points}" fill="none" stroke="{POLES[0][0]}" stroke-width="1.5"/></svg>'
    )
