"""Amounts in the unit that suits their size."""

Units = tuple[tuple[float, str], ...]

TIMES: Units = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
FREQUENCIES: Units = ((1e6, "MHz"), (1e3, "kHz"), (1.0, "Hz"))
CURRENTS: Units = ((1e-3, "mA"), (1e-6, "µA"))
VOLTAGES: Units = ((1.0, "V"), (1e-3, "mV"))
DENSITIES: Units = ((1.0, "A/m²"), (1e-3, "mA/m²"))
RESISTANCES: Units = ((1e6, "MΩ"), (1e3, "kΩ"), (1.0, "Ω"))
CHARGES: Units = ((1e-3, "mC"), (1e-6, "µC"), (1e-9, "nC"))
ROUNDING = 1e-12


def unit_of(value: float, units: Units) -> tuple[float, str]:
    """The largest unit of which the value is one or more, or the smallest: its size in SI, and its name."""
    return next((unit for unit in units if value >= unit[0] * (1.0 - ROUNDING)), units[-1])


def with_unit(value: float, units: Units) -> str:
    """A value in SI, with four digits in the unit that suits it."""
    unit, name = unit_of(value, units)
    return f"{value / unit:.4g} {name}"
