"""What problems of one domain have in common: function spaces, and matrices whose places of entries are known.

Everything kept here is the same whichever problem came before. A problem that follows others therefore has the very
numbers that it would have alone, bit for bit. This is why entries are assembled anew, and why neither preconditioners
nor earlier solutions are kept.
"""

from typing import Any

from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from petsc4py import PETSc


class Workspace:
    """Function spaces and matrices of one mesh, by the order of the elements.

    Parameters
    ----------
    msh
        The mesh of DOLFINx.
    """

    def __init__(self, msh: Any) -> None:
        self._msh = msh
        self._spaces: dict[int, fem.FunctionSpace] = {}
        self._matrices: dict[int, PETSc.Mat] = {}

    def space(self, order: int) -> fem.FunctionSpace:
        """Continuous Lagrange elements."""
        if order not in self._spaces:
            self._spaces[order] = fem.functionspace(self._msh, ("Lagrange", order))
        return self._spaces[order]

    def assembled(self, order: int, form: Any) -> PETSc.Mat:
        """The matrix of a form over all cells, not yet finished; it takes the place of one that was given back."""
        known = self._matrices.pop(order, None)
        if known is None:
            return fem_petsc.assemble_matrix(form)
        known.zeroEntries()
        return fem_petsc.assemble_matrix(known, form)

    def give_back(self, order: int, matrix: PETSc.Mat) -> None:
        """Keep a matrix for the next problem; its entries are not needed any more."""
        self._matrices[order] = matrix

    def destroy(self) -> None:
        """Give PETSc's memory back; all ranks call.

        On more than one rank PETSc keeps what Python has dropped until then.
        """
        for matrix in self._matrices.values():
            matrix.destroy()
        self._matrices.clear()
        PETSc.garbage_cleanup(self._msh.comm)
