"""From the text of a case file to a checked case, or to one line that says what is wrong."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from sim.case.checks import check_case
from sim.case.messages import explain
from sim.case.model import Case
from sim.case.paths import set_value
from sim.case.resolving import resolve
from sim.case.written import CaseFile
from sim.errors import CaseError


def load_case(path: Path, changes: Mapping[str, object] | None = None) -> Case:
    """Read a case file.

    Parameters
    ----------
    changes
        Values that replace those of the file, by the path of their key, such as ``body.layers.fat.thickness_mm``.

    Raises
    ------
    CaseError
        If the file cannot be read, is not TOML, or is no valid case.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CaseError(str(path), f"no readable file ({error.strerror})", "the path of a case file in TOML") from error
    except UnicodeDecodeError as error:
        raise CaseError(
            str(path), f"bytes that are not UTF-8 (at byte {error.start})", "a text file in TOML"
        ) from error
    except (ValueError, RecursionError) as error:  # tomllib's own error is a ValueError, as are numbers out of reach
        raise CaseError(str(path), f"a syntax error: {error}", "TOML, see cases/tens_low_back.toml") from error
    for key, value in (changes or {}).items():
        set_value(data, key, value, str(path))
    return parse_case(data, str(path), path.parent)


def parse_case(data: dict[str, object], where: str, folder: Path = Path()) -> Case:
    """Turn the content of a case file into a checked case.

    Parameters
    ----------
    data
        What the TOML reader returned.
    where
        Name of the file, for messages.
    folder
        To which paths in the file are relative.

    Raises
    ------
    CaseError
        Naming the first key that is wrong.
    """
    try:
        written = CaseFile.model_validate_json(json.dumps(data, default=str))
    except ValidationError as error:
        raise explain(error, data, CaseFile, where) from error
    case = resolve(written, where, folder)
    check_case(case, where)
    return case


def case_schema() -> str:
    """The JSON schema of a case file, for editors."""
    schema = CaseFile.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Faradic case file"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
