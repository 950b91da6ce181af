"""How many unknowns a mesh has, before it is distributed."""

import numpy as np

from meshes.arrays import Integers


def count_unknowns(cells: Integers, order: int) -> int:
    """Unknowns of Lagrange elements of first or second order: vertices, and in second order edges."""
    vertices = int(cells.max()) + 1
    if order == 1:
        return vertices
    pairs = np.vstack([cells[:, [i, j]] for i, j in ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))])
    pairs.sort(axis=1)
    return vertices + len(np.unique(pairs[:, 0] * vertices + pairs[:, 1]))
