import numpy as np
import pytest

from sim.circuit import Source, operate


def star(*conductances):
    """Admittance of a star of conductances from each terminal to a common node."""
    g = np.array(conductances)
    return np.diag(g) - np.outer(g, g) / g.sum()


def current(*weights):
    return Source(np.array(weights), False)


def voltage(*weights):
    return Source(np.array(weights), True)


def test_current_drive_of_a_star():
    operation = operate(star(0.1, 0.2, 0.5), (current(1.0, -1.0, 0.0),), 1)
    assert operation.voltages[0] == pytest.approx([10.0 + 5.0, 0.0, 5.0])
    assert operation.currents[0] == pytest.approx([1.0, -1.0, 0.0])


def test_impedance_is_voltage_per_current():
    sources = (current(1.0, -1.0, 0.0), voltage(1.0, -1.0, 0.0))
    operation = operate(star(0.1, 0.2, 0.5), sources[:1], 1)
    assert operation.impedance_ohm(0, sources[0]) == pytest.approx(15.0)
    operation = operate(star(0.1, 0.2, 0.5), sources[1:], 1)
    assert operation.impedance_ohm(0, sources[1]) == pytest.approx(15.0)


def test_split_return_keeps_its_shares():
    operation = operate(star(0.1, 0.2, 0.5), (current(1.0, -0.25, -0.75),), 2)
    assert operation.currents[0] == pytest.approx([1.0, -0.25, -0.75])
    # power: 1 A through 10 Ohm, 0.25 A through 5 Ohm, 0.75 A through 2 Ohm
    assert operation.impedance_ohm(0, current(1.0, -0.25, -0.75)) == pytest.approx(10 + 0.0625 * 5 + 0.5625 * 2)


def test_voltage_drive_joins_the_poles():
    operation = operate(star(0.1, 0.2, 0.5), (voltage(1.0, -0.5, -0.5),), 1)
    volts = operation.voltages[0]
    assert volts[0] - volts[1] == pytest.approx(1.0)
    assert volts[1] == pytest.approx(volts[2])
    assert operation.currents[0, 0] == pytest.approx(1 / (10 + 1 / 0.7))
    assert operation.currents[0].sum() == pytest.approx(0.0, abs=1e-15)


def test_channels_are_solved_one_at_a_time():
    Y = star(0.1, 0.2, 0.5, 0.4)
    both = (current(1.0, -1.0, 0.0, 0.0), current(0.0, 0.0, 1.0, -1.0))
    together, alone = operate(Y, both, 1), operate(Y, both[1:], 1)
    assert together.voltages[1] - together.voltages[1, 1] == pytest.approx(alone.voltages[0] - alone.voltages[0, 1])


def test_an_idle_voltage_source_is_a_short_circuit():
    Y = star(0.1, 0.2, 0.5, 0.4)
    operation = operate(Y, (current(1.0, -1.0, 0.0, 0.0), voltage(0.0, 0.0, 1.0, -1.0)), 1)
    assert operation.voltages[0, 2] == pytest.approx(operation.voltages[0, 3])
    assert operation.voltages[1, 2] - operation.voltages[1, 3] == pytest.approx(1.0)


def test_contradicting_sources_are_refused():
    with pytest.raises(np.linalg.LinAlgError):
        operate(star(0.1, 0.2), (voltage(1.0, -1.0), voltage(1.0, -1.0)), 1)
