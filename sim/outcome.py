"""What a run found, and how its numbers are kept."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meshes.store import write_atomically
from sim.case import Case
from sim.report.record import record_text
from sim.safety.verdict import SafetyVerdict


@dataclass(frozen=True)
class Outcome:
    """What a run found: the content of result.json, the verdict, and where they were written."""

    result: dict[str, Any]
    verdict: SafetyVerdict
    folder: Path


def keep_outcome(case: Case, result: dict[str, Any], verdict: SafetyVerdict, folder: Path) -> Outcome:
    """Write case.json, verdict.json and, last of all, result.json: where it is, the run is complete.

    Raises
    ------
    ValueError
        If a number is not finite; then there is no result.json.
    OSError
        If the folder cannot be written.
    """
    text = record_text(result)
    _write(folder / "case.json", case.model_dump_json(indent=2) + "\n")
    _write(folder / "verdict.json", verdict.model_dump_json(indent=2) + "\n")
    _write(folder / "result.json", text)
    return Outcome(result, verdict, folder)


def _write(path: Path, text: str) -> None:
    write_atomically(path, lambda partial: partial.write_text(text, encoding="utf-8"))
