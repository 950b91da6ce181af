"""Types of the keys that several waveforms share, and what they must fulfil together."""

from typing import Annotated

from pydantic import Field

from sim.units import US

Rate = Annotated[float, Field(ge=1e-4, le=1e8)]  # Hz
Microseconds = Annotated[float, Field(ge=1e-3, le=1e9)]
Gap = Annotated[float, Field(ge=0.0, le=1e9)]  # us
Ratio = Annotated[float, Field(ge=1.0, le=1e3)]
Seconds = Annotated[float, Field(ge=1e-3, le=1e5)]

MOST_PULSES = 5000  # in one period of a pattern
MOST_CYCLES = 20_000  # of a carrier in one period of a pattern
# A pulse may fill its period to this relative accuracy: 1/rate and a sum of phases are both rounded.
ROUNDING = 1e-12
WHOLE = 1e-9  # a number this near to a whole one, relatively, is whole: it is a product of two rounded keys


def nearest_whole(count: float) -> int | None:
    """The whole number of cycles or pulses that this is, but for rounding."""
    whole = round(count)
    return whole if whole >= 1 and abs(count - whole) <= WHOLE * whole else None


def refuse_overlong(pulse_s: float, rate_Hz: float, key: str = "rate_Hz") -> None:
    """Raise ValueError if a pulse is longer than the period of its rate, which stands under ``key``."""
    if pulse_s > (1.0 + ROUNDING) / rate_Hz:
        raise ValueError(
            f"a pulse of {pulse_s / US:.6g} us does not fit into the period of {1.0 / rate_Hz / US:.6g} us "
            f"({key} = {rate_Hz:g})"
        )
