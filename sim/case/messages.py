"""What pydantic says of a case, in one line with the key's path, what was found and what is accepted."""

import difflib
import json
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sim.errors import CaseError

Keys = list[int | str]

TYPES = {
    "float_type": "a number",
    "int_type": "a whole number",
    "string_type": "text",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "finite_number": "a finite number",
}


def explain(error: ValidationError, data: dict[str, object], model: type[BaseModel], where: str) -> CaseError:
    """The most telling of the errors: an unknown key first, because it explains the missing one."""
    located = [(detail, *_locate(detail, data)) for detail in error.errors()]
    deepest = [
        entry
        for entry in located
        if not any(len(keys) > len(entry[1]) and keys[: len(entry[1])] == entry[1] for _, keys, _ in located)
    ]
    detail, keys, found = min(deepest, key=lambda entry: entry[0]["type"] != "extra_forbidden")
    shown, accepted = _in_words(detail, keys, found, data, model)
    more = len({tuple(keys) for _, keys, _ in deepest}) - 1
    if more:
        accepted += f" (and {more} more to mend after this)"
    return CaseError(f"{where}: {path_text(keys, data) or 'the file'}", shown, accepted)


def _in_words(
    detail: ErrorDetails, keys: Keys, found: object, data: dict[str, object], model: type[BaseModel]
) -> tuple[str, str]:
    """What was found and what is accepted."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        here = sorted(set(_keys_at(model, keys[:-1], data)))
        close = difflib.get_close_matches(str(keys[-1]), here, n=1)
        hint = f"did you mean {close[0]}? " if close else ""
        return "an unknown key", f"{hint}one of {', '.join(here)}"
    if kind == "missing":
        return ("nothing", "this key is required") if not isinstance(found, list) else (_show(found), "a longer list")
    if kind == "value_error":
        found_text, _, accepted = detail["msg"].removeprefix("Value error, ").partition("; ")
        return found_text, accepted or "values that fit together"
    if kind == "union_tag_invalid":
        return _show(found), f"kind = {context['expected_tags']}".replace(", 'site'", ", or a site")
    if kind == "union_tag_not_found":
        return f"{_show(found)} without a kind", "a table with the key kind" + (" or site" if keys == ["body"] else "")
    if kind in ("too_short", "too_long"):
        return _show(found), f"{context.get('min_length', context.get('max_length'))} entries" + (
            " or more" if kind == "too_short" else " or fewer"
        )
    return _show(found), TYPES.get(kind, detail["msg"].removeprefix("Input should be ").removeprefix("String should "))


def _show(value: object) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def _locate(detail: ErrorDetails, data: object) -> tuple[Keys, object]:
    """The keys that stand in the file (pydantic adds the tags of unions and names of types), and the value there."""
    keys: Keys = []
    here = data
    location = detail["loc"]
    for position, step in enumerate(location):
        known = step in here if isinstance(here, dict) else isinstance(here, list) and step in range(len(here))
        if known:
            here = here[step]  # type: ignore[index]
            keys.append(step)
        elif position == len(location) - 1 and detail["type"] == "missing" and isinstance(here, dict):
            keys.append(step)
    return keys, here


def path_text(keys: Keys, data: object) -> str:
    """``electrodes.left.pad.diameter_mm``: entries of a list by their name where they have one."""
    text, here = "", data
    for key in keys:
        if isinstance(key, int) and isinstance(here, list) and key < len(here):
            here = here[key]
            name = here.get("name") if isinstance(here, dict) else None
            text += f".{name}" if isinstance(name, str) and name.isprintable() else f"[{key}]"
        else:
            here = here.get(key) if isinstance(here, dict) else None
            text += f".{key}"
    return text.lstrip(".")


def _keys_at(model: type[BaseModel], keys: Keys, data: object) -> list[str]:
    """The keys that the model takes at this place of the file."""
    models, here = [model], data
    for key in keys:
        here = here[key] if isinstance(here, dict | list) else None  # type: ignore[index]
        if isinstance(key, str) and any(key in m.model_fields for m in models):
            models = [n for m in models if key in m.model_fields for n in _models_in(m.model_fields[key].annotation)]
    if isinstance(here, dict) and "kind" in here:
        tagged = [m for m in models if "kind" in m.model_fields]
        chosen = [m for m in tagged if here["kind"] in get_args(m.model_fields["kind"].annotation)]
        models = chosen or models
    return [key for m in models for key in m.model_fields]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (tuple, dict, Union, UnionType, Annotated):
        for argument in get_args(annotation):
            yield from _models_in(argument)
