"""Verdict and tables of a run as the state of its page."""

from typing import Any

from sim.report.numbers import number
from sim.report.page import VERDICTS
from sim.safety.verdict import EVALUATED
from sim.view.run import Run

COLOURS = {"pass": "success", "caution": "warning", "exceeded": "error", "not_evaluated": "grey"}
ELECTRODE_ROWS = (
    ("r.m.s. current, mA", "current_rms_mA", None),
    ("charge per phase, µC", "charge_per_phase_uC", None),
    ("r.m.s. J: mean, mA/cm²", "current_density_rms_mA_per_cm2", "mean"),
    ("99th percentile, mA/cm²", "current_density_rms_mA_per_cm2", "p99"),
    ("largest over 1 cm², mA/cm²", "current_density_rms_mA_per_cm2", "peak_1cm2"),
)


def told(run: Run) -> dict[str, Any]:
    """What the page tells of a run, by the names of its state."""
    mark, word, _ = VERDICTS[run.verdict.overall]
    checks = [check for check in run.verdict.checks if check.outcome != "not_applicable"]
    checks.sort(key=lambda check: -1e9 if check.margin is None else check.margin)
    return {
        "verdict": f"{mark} {word}",
        "verdict_colour": COLOURS[run.verdict.overall],
        "because": f"{run.verdict.because[:1].upper()}{run.verdict.because[1:]}.",
        "checks": [
            {
                "id": check.id,
                "subject": check.subject,
                "value": f"{number(check.value)} {check.unit}",
                "limit": f"{number(check.limit)} {check.unit}",
                "used": number(100.0 * (1.0 - check.margin)) + " %"
                if check.outcome in EVALUATED and check.margin is not None
                else "–",
                "outcome": check.outcome.replace("_", " "),
                "status": check.status,
            }
            for check in checks
        ],
        "electrodes": [
            {"name": name, "values": [number(_dig(numbers, row)) for row in ELECTRODE_ROWS]}
            for name, numbers in run.result["electrodes"].items()
        ],
        "electrode_rows": [words for words, _, _ in ELECTRODE_ROWS],
        "amplitude_words": [
            f"{number(c.amplitude_mA)} mA" if c.amplitude_mA is not None else f"{number(c.amplitude_V)} V"
            for c in run.case.channels
        ],
        "channel_names": [channel.name for channel in run.case.channels],
    }


def _dig(numbers: Any, row: tuple[str, str, str | None]) -> float | None:
    value = numbers[row[1]] if row[2] is None else numbers[row[1]][row[2]]
    return None if value is None else float(value)
