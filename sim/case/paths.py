"""Keys of a case file by their path: ``electrodes.left.pad.diameter_mm``, ``body.layers.fat.thickness_mm``."""

from typing import Any

from sim.errors import CaseError

NAMES = ("name", "tissue", "material")  # by which an entry of a list is found


def set_value(data: dict[str, Any], path: str, value: object, where: str) -> None:
    """Replace (or add) the value under a path; entries of a list go by their name, tissue or material.

    Raises
    ------
    CaseError
        If the path leads nowhere.
    """
    *keys, last = path.split(".")
    here: Any = data
    for i, key in enumerate(keys):
        here = _entry(here, key, f"{where}: {'.'.join(keys[: i + 1])}")
    if isinstance(here, dict):
        here[last] = value
    else:
        _entry(here, last, f"{where}: {path}")
        raise CaseError(f"{where}: {path}", "a whole entry of a list", "the path of a value in it")


def _entry(here: Any, key: str, where: str) -> Any:
    """What lies under a key of a table (made where it is missing) or a name in a list."""
    if isinstance(here, dict):
        return here.setdefault(key, {})
    if not isinstance(here, list):
        raise CaseError(where, "a value, which has no parts", "the path of a table or a list")
    tables = [entry for entry in here if isinstance(entry, dict)]
    for name in NAMES:
        found = [entry for entry in tables if entry.get(name) == key]
        if len(found) > 1:
            raise CaseError(where, f'"{key}", which {len(found)} entries have', "a key that only one of them has")
        if found:
            return found[0]
    names = [entry[name] for entry in tables for name in NAMES if name in entry]
    raise CaseError(where, f'"{key}"', f"one of {', '.join(map(str, names))}")
