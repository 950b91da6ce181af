"""What the terminal shows of a result."""

import io
import re

from rich.console import Console
from test_report import case_with, interfering, over_frequency, result_of, verdict_at

from sim.report.console import show_outcome


def shown(result, folder):
    stream = io.StringIO()
    show_outcome(Console(file=stream, width=200), result, verdict_at(case_with(), 20.0), folder)
    return re.sub(r"\s+", " ", stream.getvalue())


def test_mode_reason_and_channels_are_told(tmp_path):
    text = shown(result_of(case_with()), tmp_path)
    assert "Resistive (quasi-static): every tissue and contact answers at once. Reason: for a test." in text
    assert "ch1 20 27.1 - 1356 0 100 Hz" in text
    assert "Interference" not in text


def test_capacitance_and_a_supply_that_clips_are_told(tmp_path):
    result = over_frequency(case_with())
    result["channels"]["ch1"]["supply"] = {"max_voltage_V": 20.0, "clips": True, "largest_amplitude_mA": 14.8}
    text = shown(result, tmp_path)
    assert "With capacitance (electro-quasi-static)" in text
    assert "ch1 20 27.1 20 clips 1356 -33 100 Hz" in text


def test_rounding_is_no_current(tmp_path):
    result = result_of(case_with())
    result["electrodes"]["left"]["net_dc_mA"] = 1.7e-16
    assert "e-16" not in shown(result, tmp_path)


def test_interference_is_told(tmp_path):
    text = shown(interfering(result_of(case_with())), tmp_path)
    assert "Interference (envelope from peak to peak, largest and along fibres)" in text
    assert "skin 12.5 31 - - 40 90.2 0.31" in text
    assert "muscle 12.5 31 8.4 19.5 40 90.2 0.31" in text
    assert "nerve 27 0.6, 0.8, 0 0.9 11 1, 0, 0 0.5 31" in text
    assert "skin 15 0.6, 0.8, 0 0.9 - - - 20" in text
