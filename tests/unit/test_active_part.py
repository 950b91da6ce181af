"""Which part of a contact counts: what passes next to nothing would dilute the density of the rest."""

import numpy as np
import pytest

from sim.drive import Drive
from sim.exposure.electrodes import active_part
from sim.exposure.triangles import Samples

DIRECT = Drive(instants=np.ones((1, 1)), gram=np.ones((1, 1)), means=np.ones(1))


def contact(*parts):
    """Samples of one channel: (area, density) each."""
    areas, values = np.array(parts).T
    return Samples(np.zeros((len(parts), 3)), areas, values[None])


def test_a_dry_half_does_not_count():
    active = active_part(contact((1.0, 2.0), (1.0, 1e-6)), DIRECT)
    assert active.area == 1.0
    assert active.values.tolist() == [[2.0]]


def test_a_hundredfold_area_of_idle_skin_does_not_hide_the_needles():
    active = active_part(contact((1.0, 100.0), (1000.0, 0.01)), DIRECT)
    assert active.area == 1.0


@pytest.mark.parametrize("middle", [0.4, 0.1, 0.05])
def test_an_uneven_pad_counts_whole(middle):
    assert active_part(contact((1.0, 1.0), (0.3, middle), (0.1, 3.0)), DIRECT).area == pytest.approx(1.4)


def test_no_current_at_all():
    assert active_part(contact((1.0, 0.0), (2.0, 0.0)), DIRECT).area == 3.0
