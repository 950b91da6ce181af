"""From a CSV file to the spectrum of a contact, or to one line that says which row is wrong."""

import math
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.errors import CaseError
from sim.interfaces.spectrum import MOST_POINTS, Spectrum, SpectrumFile

COLUMNS = ("frequency_Hz", "magnitude_ohm_cm2", "phase_deg")
HEADER = ",".join(COLUMNS)
MOST_BYTES = 1_000_000
SHOWN_LETTERS = 60


def read_spectrum(written: SpectrumFile, folder: Path, where: str) -> Spectrum:
    """Read a CSV file of the columns ``frequency_Hz,magnitude_ohm_cm2,phase_deg``, which its first row names.

    Empty rows and rows that begin with ``#`` are left out.

    Parameters
    ----------
    folder
        To which the path is relative.
    where
        Case file and key of the contact, for messages.

    Raises
    ------
    CaseError
        If the file cannot be read, or naming the first row that is wrong.
    """
    key = f"{where}.path"
    rows = _rows(_text(folder / written.path, written.path, key), key)
    if len(rows) < 2:
        raise CaseError(key, f"{len(rows)} rows of numbers", f"2 to {MOST_POINTS}")
    f, magnitude, phase = zip(*(numbers for _, numbers in rows), strict=True)
    try:
        return Spectrum(kind="spectrum", frequency_Hz=f, magnitude_ohm_cm2=magnitude, phase_deg=phase)
    except ValidationError as error:
        raise _explained(error.errors()[0], [number for number, _ in rows], key) from error


def _text(path: Path, shown: str, key: str) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CaseError(key, f"{shown}, of {path.stat().st_size} bytes", f"a file of at most {MOST_BYTES}")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CaseError(key, f"{shown}, which is not readable ({error.strerror})", "the path of a CSV file") from error
    except UnicodeDecodeError as error:
        raise CaseError(key, f"{shown}, with bytes that are not UTF-8 (at byte {error.start})", "a CSV file") from error


def _rows(text: str, key: str) -> list[tuple[int, list[float]]]:
    """The number of each row in the file, and its numbers."""
    lines = [(i, line.strip()) for i, line in enumerate(text.splitlines(), start=1)]
    lines = [(i, line) for i, line in lines if line and not line.startswith("#")]
    first = lines[0][1] if lines else ""
    if first.replace(" ", "") != HEADER:
        raise CaseError(key, f'a first row "{first[:SHOWN_LETTERS]}"', HEADER)
    return [(i, _numbers(line, f"{key}: row {i}")) for i, line in lines[1:]]


def _numbers(line: str, where: str) -> list[float]:
    try:
        values = [float(cell) for cell in line.split(",")]
    except ValueError:
        values = []
    if len(values) != len(COLUMNS) or not all(map(math.isfinite, values)):
        raise CaseError(where, f'"{line[:SHOWN_LETTERS]}"', f"three finite numbers: {HEADER}")
    return values


def _explained(detail: ErrorDetails, numbers: list[int], key: str) -> CaseError:
    """What pydantic says of the spectrum, with the row that it says it of."""
    match detail["loc"]:
        case (str(column), int(i)):
            accepted = detail["msg"].removeprefix("Input should be ")
            return CaseError(f"{key}: row {numbers[i]}", f"{column} {detail['input']:g}", accepted)
        case (str(),):
            return CaseError(key, f"{len(numbers)} rows of numbers", f"2 to {MOST_POINTS}")
        case _:
            found, _, accepted = detail["msg"].removeprefix("Value error, ").partition("; ")
            return CaseError(key, found, accepted)
