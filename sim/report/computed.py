"""How a result was computed, in words: with or without capacitance, and over which frequencies."""

from collections.abc import Mapping
from typing import Any

from sim.frequency import band_text

MODES = {
    "quasistatic": "Resistive (quasi-static): every tissue and contact answers at once",
    "electroquasistatic": "With capacitance (electro-quasi-static): tissues and contacts answer over time",
}


def mode_sentence(result: Mapping[str, Any]) -> str:
    """Whether capacitance was computed, and why.

    Parameters
    ----------
    result
        The content of result.json.
    """
    computed = result["computed"]
    return f"{MODES[computed['mode']]}. Reason: {computed['reason']}."


def spectrum_facts(result: Mapping[str, Any]) -> dict[str, str]:
    """Where the body was solved over frequency, by name; nothing where it was not."""
    computed = result["computed"]
    if "frequencies_Hz" not in computed:
        return {}
    solved, error = computed["frequencies_Hz"], computed["estimated_error"]
    low, high = computed["band_Hz"]
    return {
        "band of the waveforms": band_text((low, high)),
        "power above the band": f"{100 * computed['power_above_band']:.2g} %",
        "solved": f"at {len(solved)} frequencies {band_text((min(solved), max(solved)))}",
        "modes": str(computed["modes"]),
        "estimated error of the admittance": "none: every frequency was solved"
        if error is None
        else f"{100 * error:.2g} %",
    }
