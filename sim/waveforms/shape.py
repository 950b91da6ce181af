"""What every waveform has: its keys in a case, and its place in a treatment."""

from typing import Any

from pydantic import SerializerFunctionWrapHandler, model_serializer

from meshes.part import Part

SHOWN_ENTRIES = 4  # of a list of numbers


class Shape(Part):
    """A waveform w(t) of peak abs(w) = 1, positive at its peak, which the channel's amplitude multiplies."""

    @model_serializer(mode="wrap")
    def _without_absent_keys(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """An optional key that is not given is not written either: old cases keep their hash."""
        return {key: value for key, value in handler(self).items() if value is not None}

    @property
    def parameters(self) -> dict[str, float | str]:
        """The keys for a reader, without ``kind``; long lists by their length.

        Those of tables come last, after the table's name: ``train = { on_s = 5.0, ... }`` becomes ``train_on_s = 5.0``.
        """
        keys = self.model_dump(exclude={"kind"})
        tables = {key: value for key, value in keys.items() if isinstance(value, dict)}
        flat = {key: _shown(value) for key, value in keys.items() if key not in tables}
        for key, table in tables.items():
            flat |= {f"{key}_{name}": _shown(value) for name, value in table.items() if value is not None}
        return flat


def _shown(value: Any) -> float | str:
    if isinstance(value, tuple):
        short = len(value) <= SHOWN_ENTRIES
        return " to ".join(f"{each:g}" for each in value) if short else f"{len(value)} values"
    return value if isinstance(value, str) else float(value)
