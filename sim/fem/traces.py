"""What finite element functions are on faces: facets with their unknowns, joined across ranks."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from mpi4py import MPI

import numpy as np
from dolfinx import fem

from sim.fem.compat import cell_vertices
from sim.fem.domain import Domain

CORNERS = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
FACES = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])


def tabulate(V: fem.FunctionSpace, points: Any, derivatives: int) -> Any:
    """Basis of the reference cell: (1 or 4, points, unknowns)."""
    return V.element.basix_element.tabulate(derivatives, points)[..., 0]


@dataclass(frozen=True)
class Trace:
    """Functions on some facets.

    The n unknowns of a facet are at its corners 0, 1, 2 and, in second order, at the midpoints of its edges 12, 20, 01.

    Parameters
    ----------
    corners
        Of the facets (f, 3, 3), m.
    vertices
        Numbers of the corners in the input mesh (f, 3), duplicates replaced by their originals.
    numbers
        Global numbers of the unknowns (f, n).
    values
        Of each function there (functions, f, n).
    """

    corners: Any
    vertices: Any
    numbers: Any
    values: Any

    @classmethod
    def of(
        cls, domain: Domain, V: fem.FunctionSpace, faces: tuple[str, ...], functions: tuple[fem.Function, ...] = ()
    ) -> Self:
        """Functions of V on the facets of some faces that are this rank's own.

        Raises
        ------
        KeyError
            If a face is not in the domain.
        """
        count = 3 if V.element.basix_element.degree == 1 else 6
        pairs = np.vstack([np.empty((0, 2), dtype=np.int32), *(domain.face(face) for face in faces)])
        geometry, vertices = domain.msh.geometry, cell_vertices(domain.msh)
        parts = []
        for local in range(4):
            cells = pairs[pairs[:, 1] == local, 0]
            face = CORNERS[FACES[local]]
            places = np.vstack([face, (face[[1, 2, 0]] + face[[2, 0, 1]]) / 2])[:count]
            here = np.argmax(tabulate(V, places, 0)[0], axis=1)  # the unknown that is 1 at the place
            dofs = V.dofmap.list[cells][:, here]
            nodes = vertices[cells][:, FACES[local]]
            part = cls(
                corners=geometry.x[nodes],
                vertices=domain.originals(geometry.input_global_indices[nodes]),
                numbers=V.dofmap.index_map.local_to_global(dofs.ravel()).reshape(-1, count),
                values=np.array([u.x.array[dofs] for u in functions]).reshape(len(functions), *dofs.shape),
            )
            parts.append(part)
        return cls.joined(parts)

    @classmethod
    def joined(cls, parts: Iterable[Self]) -> Self:
        """The facets of all parts."""
        fields = zip(*((p.corners, p.vertices, p.numbers, p.values) for p in parts), strict=True)
        return cls(*(np.concatenate(arrays, axis=axis) for arrays, axis in zip(fields, (0, 0, 0, 1), strict=True)))

    def gathered(self, comm: MPI.Comm) -> Self | None:
        """The facets of all ranks on rank 0, None on the others."""
        parts = comm.gather(self, root=0)
        return None if parts is None else self.joined(parts)

    def everywhere(self, comm: MPI.Comm) -> Self:
        """The facets of all ranks on every rank."""
        return self.joined(comm.allgather(self))
