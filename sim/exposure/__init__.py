"""From the response to numbers: what electrodes, tissues and probes are exposed to."""

from sim.exposure.exposure import Exposure, expose

__all__ = ["Exposure", "expose"]
