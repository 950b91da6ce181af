"""What cases share: keys of meshes and basis solutions."""

from typing import Any

from meshes.cache import mesh_key
from sim.case import Case
from sim.solving_keys import basis_key
from sim.tissues import case_conductors

NO_SOLVE: dict[str, Any] = {  # what changes neither mesh nor basis solutions; a waveform may, over frequency
    "title": True,
    "probes": True,
    "safety": True,
    "spacing": True,
    "channels": {"__all__": {"amplitude_mA", "amplitude_V"}},
}


class Keys:
    """Keys of mesh and basis solutions, computed once for cases that differ only in what needs no solve."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, str]] = {}

    def of(self, case: Case) -> tuple[str, str]:
        """Key of the mesh and key of the basis solutions."""
        subject = case.model_dump_json(exclude=NO_SOLVE)
        if subject not in self._known:
            geometry, numerics = case.geometry, case.numerics
            self._known[subject] = (
                mesh_key(geometry, numerics.accuracy),
                basis_key(case, case_conductors(case)),
            )
        return self._known[subject]
