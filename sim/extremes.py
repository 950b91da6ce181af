"""The instants that a search for the largest value needs."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from meshes.arrays import Integers, Reals

DIRECTIONS = 20_000  # in which the joint values are looked at
MOST_INSTANTS = 600  # of all clocks together


def extreme_rows(values: Reals, observed: Reals, seed: int = 1) -> Integers:
    """Rows of values (t, q) at which some observation is largest, those that lead most often first.

    An observation is a direction in the space of the components: what a point of the body sees of them. The magnitude
    of what it sees is largest at a corner of the convex hull of the rows; corners that no direction of many finds are
    flat, so that leaving them out costs little.

    Parameters
    ----------
    values
        Joint values of the components.
    observed
        Columns (q, n) of what is searched, a sample of it.
    """
    random = np.random.default_rng(seed)
    chosen = observed[:, random.integers(observed.shape[1], size=DIRECTIONS)]
    seen = np.abs(values @ chosen)
    rows, counts = np.unique(seen.argmax(axis=0), return_counts=True)
    return np.asarray(rows[np.argsort(-counts, kind="stable")], dtype=np.int64)


def joint_instants(values: Sequence[Reals], peaks: Sequence[int], rows: Sequence[Integers]) -> Reals:
    """Every combination of the extreme rows of several clocks (instants, components); first the peaks of all.

    Where there are too many combinations each clock keeps the rows that lead most often.
    """
    most = max(int(MOST_INSTANTS ** (1.0 / len(values))), 2)
    chosen = [
        np.concatenate([table[[peak]], table[found[found != peak][: most - 1]]])
        for table, peak, found in zip(values, peaks, rows, strict=True)
    ]
    return np.array([np.concatenate(choice) for choice in product(*chosen)])
