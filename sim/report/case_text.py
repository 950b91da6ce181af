"""The case as it is written in a file."""

import json
from typing import Any

from sim.case import Case


def case_text(case: Case) -> str:
    """The case as a case file: reading it gives the same case."""
    content = case.model_dump(mode="json", exclude_none=True)
    lines = [f"{key} = {_toml(value)}" for key, value in content.items() if not isinstance(value, dict | list)]
    for key, value in content.items():
        tables = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
        for table in tables:
            lines += ["", f"[[{key}]]" if isinstance(value, list) else f"[{key}]"]
            lines += [f"{name} = {_toml(item)}" for name, item in table.items()]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    """A value on one line; a list of tables with one table a line."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{name} = {_toml(item)}' for name, item in value.items())} }}" if value else "{}"
    if isinstance(value, list):
        items = [_toml(item) for item in value]
        tables = items and isinstance(value[0], dict)
        return "[\n  " + ",\n  ".join(items) + ",\n]" if tables else f"[{', '.join(items)}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
