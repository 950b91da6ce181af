"""Functions of time that fields are superposed with: their extremes and the means of their products."""

from dataclasses import dataclass

import numpy as np

from meshes.arrays import Reals


@dataclass(frozen=True)
class Drive:
    """Functions of time, the components of all that moves: the values they reach and the means of their products.

    Where nothing but resistance acts they are the waveforms of the channels.

    Parameters
    ----------
    instants
        Joint values that the components reach (instants, components); row 0 is the peak of the first channel.
    gram
        Time means of the products of the components (components, components).
    means
        Time means of the components (components,).
    """

    instants: Reals
    gram: Reals
    means: Reals

    def peak(self, values: Reals) -> Reals:
        """Largest magnitude over time of scalars (components, ...)."""
        return np.abs(np.tensordot(self.instants, values, axes=1)).max(axis=0)

    def peak_length(self, vectors: Reals) -> Reals:
        """Largest length over time of vectors (components, ..., 3)."""
        best = np.zeros(vectors.shape[1:-1])
        for row in self.instants:
            best = np.maximum(best, np.linalg.norm(np.tensordot(row, vectors, axes=1), axis=-1))
        return best

    def rms(self, values: Reals) -> Reals:
        """Root mean square over time of scalars (components, ...)."""
        return np.linalg.norm(np.tensordot(self._root, values, axes=1), axis=0)

    def rms_length(self, vectors: Reals) -> Reals:
        """Root mean square over time of the length of vectors (components, ..., 3)."""
        return np.linalg.norm(np.linalg.norm(np.tensordot(self._root, vectors, axes=1), axis=-1), axis=0)

    def rms_magnitude(self, vectors: Reals) -> Reals:
        """Root mean square over time of the length of vectors (components, 3, n), their coordinates first."""
        parts = np.tensordot(self._root, vectors, axes=1).reshape(-1, vectors.shape[-1])
        return np.asarray(np.sqrt(np.einsum("ij,ij->j", parts, parts)))

    @property
    def _root(self) -> Reals:
        """R with Rᵀ R = gram, so that a mean square is a sum of squares."""
        values, vectors = np.linalg.eigh(self.gram)
        return np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T
