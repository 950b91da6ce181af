"""The frequencies for which the numbers of tissues hold, and sentences about those for which they do not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from meshes.arrays import Reals
from sim.frequency import Band, band_text, within


@dataclass(frozen=True)
class Bands:
    """Where numbers were fitted, and where their source lets them be used; none: not stated.

    Parameters
    ----------
    entry
        Name of the entry that the numbers come from.
    fitted, valid
        Lowest and highest frequency, Hz.
    """

    entry: str = ""
    fitted: Band | None = None
    valid: Band | None = None


UNBOUNDED = Bands()


class Banded(Protocol):
    """A layer that knows where its numbers hold."""

    @property
    def tissue(self) -> str:
        """Name of its tissue."""
        ...

    @property
    def bands(self) -> Bands:
        """Where its numbers hold."""
        ...


def notes_outside_band(layers: Iterable[Banded], frequencies_Hz: Iterable[float]) -> tuple[str, ...]:
    """Sentences such as "skin (skin_wet), fitted above 1 MHz, used at 50 Hz", one a tissue and band that is left.

    Raises
    ------
    ValueError
        If there is no frequency.
    """
    used = np.array(sorted(set(frequencies_Hz)), dtype=np.float64)
    if used.size == 0:
        raise ValueError("no frequencies; one or more")
    found: dict[str, None] = {}  # in the order of the layers
    for layer in layers:
        for word, band in (("fitted", layer.bands.fitted), ("valid", layer.bands.valid)):
            if band is not None and not within(band, used):
                found[f"{_name(layer)}, {word} {band_text(band)}, used {_used_text(band, used)}"] = None
    return tuple(found)


def _name(layer: Banded) -> str:
    entry = layer.bands.entry
    return layer.tissue if entry in ("", layer.tissue) else f"{layer.tissue} ({entry})"


def _used_text(band: Band, used: Reals) -> str:
    """The frequencies outside of the band."""
    outside = [f for f in used if not within(band, f)]
    return band_text((outside[0], outside[-1]))
