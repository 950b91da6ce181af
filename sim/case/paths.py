"""Keys of a case file by their path: ``body.layers.fat.thickness_mm``, ``electrodes.left.position_mm.0``."""

from typing import Any

from sim.errors import CaseError

NAMES = ("name", "tissue", "material")  # by which an entry of a list of tables is found


def set_value(data: dict[str, Any], path: str, value: object, where: str) -> None:
    """Replace (or add) the value under a path.

    Tables in a list go by their name, tissue or material, values in a list by their number, from 0.

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
        return
    if isinstance(_entry(here, last, f"{where}: {path}"), dict):
        raise CaseError(f"{where}: {path}", "a whole entry of a list", "the path of a value in it")
    here[int(last)] = value


def _entry(here: Any, key: str, where: str) -> Any:
    """What lies under a key of a table (made where it is missing), a name or a number in a list."""
    if isinstance(here, dict):
        return here.setdefault(key, {})
    if not isinstance(here, list):
        raise CaseError(where, "a value, which has no parts", "the path of a table or a list")
    tables = [entry for entry in here if isinstance(entry, dict)]
    return _named(tables, key, where) if tables else _numbered(here, key, where)


def _named(tables: list[dict[str, Any]], key: str, where: str) -> dict[str, Any]:
    """The table of a name."""
    for name in NAMES:
        found = [entry for entry in tables if entry.get(name) == key]
        if len(found) > 1:
            raise CaseError(where, f'"{key}", which {len(found)} entries have', "a key that only one of them has")
        if found:
            return found[0]
    names = [entry[name] for entry in tables for name in NAMES if name in entry]
    raise CaseError(where, f'"{key}"', f"one of {', '.join(map(str, names))}")


def _numbered(values: list[Any], key: str, where: str) -> Any:
    """The value of a number."""
    numbers = [str(i) for i in range(len(values))]
    if key in numbers:
        return values[int(key)]
    if not values:
        raise CaseError(where, f'"{key}" in an empty list', "a list with values")
    raise CaseError(where, f'"{key}" in a list of {len(values)} values', f"a number from 0 to {len(values) - 1}")
