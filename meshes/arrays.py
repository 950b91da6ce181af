"""Array types; shapes stand in the docstrings."""

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Integers = NDArray[np.int64]
Truths = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
