"""From a CSV file of two columns to a sampled waveform, or to one line that says which row is wrong."""

import math
from pathlib import Path

from pydantic import ValidationError

from sim.errors import CaseError
from sim.units import MS, US
from sim.waveforms.sampled import MOST_SAMPLES, Sampled, WaveformFile

TO_US = {"us": 1.0, "ms": MS / US, "s": 1.0 / US}
MOST_BYTES = 1_000_000
ROW = "two numbers, time and value, with a comma between them"
SHOWN_LETTERS = 40


def read_waveform(written: WaveformFile, folder: Path, where: str) -> Sampled:
    """Read the samples of a waveform.

    Empty lines and lines that begin with ``#`` are left out; the first other line may name the columns.

    Parameters
    ----------
    folder
        To which the path is relative.
    where
        Case file and key of the waveform, for messages.

    Raises
    ------
    CaseError
        If the file cannot be read, or naming the first row that is wrong.
    """
    path = folder / written.path
    rows: list[tuple[float, float]] = []
    first = True
    for number, line in enumerate(_lines(path, f"{where}.path"), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        row = _numbers(text)
        if row is not None:
            rows.append((row[0] * TO_US[written.time_unit], row[1]))
            _check_order(rows, f"{where}.path: {path} row {number}")
        elif not first or any(letter.isdigit() for letter in text.partition(",")[0]):
            shown = text if len(text) <= SHOWN_LETTERS else f"{text[: SHOWN_LETTERS - 1]}…"
            raise CaseError(f"{where}.path: {path} row {number}", f'"{shown}"', ROW)
        first = False
        if len(rows) > MOST_SAMPLES:
            raise CaseError(f"{where}.path: {path} row {number}", "one row too many", f"at most {MOST_SAMPLES} samples")
    if len(rows) < 2:
        raise CaseError(f"{where}.path: {path}", f"{len(rows)} samples", f"two or more rows of {ROW}")
    try:
        times_us, values = zip(*rows, strict=True)
        return Sampled(times_us=times_us, values=values, train=written.train)
    except ValidationError as error:
        found, _, accepted = error.errors()[0]["msg"].removeprefix("Value error, ").partition("; ")
        raise CaseError(f"{where}.path: {path}", found, accepted or "samples that make a period") from error


def _lines(path: Path, where: str) -> list[str]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CaseError(where, f"{path}, of {path.stat().st_size} bytes", f"a file of at most {MOST_BYTES}")
        return path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise CaseError(where, f"{path}, which is not readable ({error.strerror})", "the path of a CSV file") from error
    except UnicodeDecodeError as error:
        raise CaseError(
            where, f"{path}, with bytes that are not UTF-8 (at byte {error.start})", "a CSV file"
        ) from error


def _numbers(text: str) -> tuple[float, float] | None:
    """Time and value, or None if these are not two finite numbers."""
    try:
        time, value = (float(cell) for cell in text.split(","))
    except ValueError:
        return None
    return (time, value) if math.isfinite(time) and math.isfinite(value) else None


def _check_order(rows: list[tuple[float, float]], where: str) -> None:
    """The last row must not go back in time."""
    if len(rows) > 1 and rows[-1][0] < rows[-2][0]:
        raise CaseError(
            where, f"a time before the one in front of it, by {rows[-2][0] - rows[-1][0]:g} us", "later times"
        )
