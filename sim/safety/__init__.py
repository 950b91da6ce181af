"""The judgement: facts and limits in, a verdict out; numpy alone, so that a reviewer can read and run it by itself."""

from sim.safety.limits import available_limits, load_limits
from sim.safety.verdict import SafetyVerdict, assess

__all__ = ["SafetyVerdict", "assess", "available_limits", "load_limits"]
