"""From the files of a case to one row of the table."""

import json
import math
import sys
from typing import Any, TypeAlias

from sim.sweep.manifest import Entry
from sim.sweep.store import Store

Cell: TypeAlias = bool | int | float | str | None
Row: TypeAlias = dict[str, Cell]

OF_THE_RUN = "run."  # begins the columns that another run of the same case may fill otherwise
EXPOSED = ("electrodes", "implants", "tissues", "envelope", "probes", "envelope_at_probes", "channels")
COMPONENTS = "xyz"


def row_of(store: Store, entry: Entry) -> Row:
    """Everything about a case in columns: axes, outcome, numbers, facts of the solver, or why there is none."""
    row: Row = {"case": entry.id}
    row |= {name: _cell(value) for name, value in entry.values.items()}
    result = store.read(entry.id, "result.json")
    verdict = store.read(entry.id, "verdict.json")
    if result is None or verdict is None:
        failure = store.failure(entry.id)
        row["status"] = "missing" if failure is None else "failed"
        if failure is not None:
            row |= {"error_kind": failure.kind, "error": failure.message, "log": "\n".join(failure.log)}
        return row
    row |= {"status": "done", "verdict": verdict["overall"], "because": verdict["because"]}
    row |= _limiting(verdict)
    row["mode"] = result.get("computed", {}).get("mode")
    for channel, impedance in result["impedance_ohm"].items():
        _spread(row, _name("impedance", channel), {"ohm": impedance["magnitude"], "phase_deg": impedance["phase_deg"]})
    for key in EXPOSED:
        _spread(row, key, result.get(key, {}))
    gaps = [gap for _, _, gap in result.get("distances_mm", [])]
    row["smallest_distance_mm"] = min(gaps) if gaps else None
    _spread(row, "mesh", result["mesh"])
    _spread(row, "solver", {key: value for key, value in result["solver"].items() if key != "from_cache"})
    _spread(row, "versions", result["versions"])
    row[f"{OF_THE_RUN}from_cache"] = result["solver"].get("from_cache")
    _spread(row, f"{OF_THE_RUN}seconds", result["timings_s"])
    return row


def _limiting(verdict: dict[str, Any]) -> Row:
    """The check with the least margin, and the largest safe amplitude of each channel with what sets it."""
    judged = [check for check in verdict["checks"] if check["margin"] is not None and check["severity"] == "limit"]
    row: Row = {"limiting_check": None, "limiting_subject": None, "limiting_margin": None}
    if judged:
        least = min(judged, key=lambda check: check["margin"])
        row = {
            "limiting_check": least["id"],
            "limiting_subject": least["subject"],
            "limiting_margin": least["margin"],
        }
    for channel, safe in verdict["max_safe_amplitude_mA"].items():
        row |= {f"safe_amplitude_mA.{channel}": safe["value"], f"safe_amplitude_set_by.{channel}": safe["limited_by"]}
    return row


def _spread(row: Row, prefix: str, value: Any) -> None:
    """Add nested tables as dotted columns; a vector by its components and its length; longer lists are left out."""
    if isinstance(value, dict):
        for key, part in value.items():
            _spread(row, _name(prefix, key), part)
    elif not isinstance(value, list):
        row[prefix] = _cell(value)
    elif len(value) == len(COMPONENTS) and all(isinstance(v, int | float) for v in value):
        for axis, component in zip(COMPONENTS, value, strict=True):
            row[_name(prefix, axis)] = component
        row[_name(prefix, "length")] = math.hypot(*value)


def _name(prefix: str, key: str) -> str:
    """One object for each name, however many rows have it."""
    return sys.intern(f"{prefix}.{key}")


def _cell(value: Any) -> Cell:
    """The value, or its JSON where a table has no place for it."""
    return value if value is None or isinstance(value, bool | int | float | str) else json.dumps(value)
