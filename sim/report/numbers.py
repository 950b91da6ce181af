"""Numbers, units and facts as a reader gets them."""

import math

# Ends of keys, longest first, and how they are written for a reader.
UNITS = {
    "uC_per_cm2": "µC/cm²",
    "mA_per_cm2": "mA/cm²",
    "S_per_m": "S/m",
    "mm": "mm",
    "us": "µs",
    "ms": "ms",
    "s": "s",
    "Hz": "Hz",
}
NOTHING = 1e-6  # of any everyday unit: rounding, shown as such
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float | None, nothing: float = NOTHING) -> str:
    """Three digits, or all before the point; a power of ten where that is shorter; what is as good as zero says so."""
    if value is None:
        return "–"
    if not math.isfinite(value):
        return "not a number"
    size = abs(value)
    if 0.0 < size < nothing:
        return "≈ 0"
    if size >= 999.5:
        text = f"{value:,.0f}".replace(",", "\u202f") if size < 1e9 else _power_of_ten(value)
    else:
        text = f"{value + 0.0:.3g}" if size >= 1e-3 or size == 0.0 else _power_of_ten(value)  # + 0.0: no minus zero
    return text.replace("-", "−")


def _power_of_ten(value: float) -> str:
    digits, exponent = f"{value:.2e}".split("e")
    return f"{digits}·10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def percent(margin: float | None) -> str:
    """A margin in percent."""
    if margin is None:
        return "–"
    if margin <= -10.0:
        return "below −1000 %"
    digits = 0 if abs(margin) >= 0.005 or margin == 0.0 else 4
    return f"{100 * margin:.{digits}f} %".replace("-", "−")


def unit_words(unit: str) -> str:
    """A unit of a check; numbers without one have none."""
    return "" if unit == "1" else unit.replace("uC", "µC").replace("cm2", "cm²")


def split_unit(name: str) -> tuple[str, str]:
    """A key as words and its unit: ``phase_us`` is "phase" and "µs"."""
    suffix = next((suffix for suffix in UNITS if name.endswith(f"_{suffix}")), "")
    return name.removesuffix(f"_{suffix}").replace("_", " "), UNITS.get(suffix, "")


def fact_words(value: object) -> str:
    """A fact of mesh, solver or versions."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value, nothing=0.0) if isinstance(value, int | float) else str(value)
