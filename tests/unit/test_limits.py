"""Files of limits: what they hold, what is refused, and the facts that they judge."""

import dataclasses
import math

import pytest

from sim.errors import LimitError
from sim.safety.facts import QUANTITIES, Absent, ChannelFacts, ElectrodeFacts
from sim.safety.limits import Band, available_limits, load_limits
from sim.waveforms import Biphasic, Direct, Monophasic, Sine

NUMBERS = {
    "iec-60601-2-10/output-dc": (80.0, "mA", "limit", "primary"),
    "iec-60601-2-10/output-rms-up-to-400Hz": (50.0, "mA", "limit", "primary"),
    "iec-60601-2-10/output-rms-400-to-1500Hz": (80.0, "mA", "limit", "primary"),
    "iec-60601-2-10/output-rms-above-1500Hz": (100.0, "mA", "limit", "primary"),
    "iec-60601-2-10/pulse-energy": (300.0, "mJ", "limit", "primary"),
    "iec-60601-2-10/long-pulse": (80.0, "mA", "limit", "unverified"),
    "iec-60601-2-10/open-circuit-voltage": (500.0, "V", "limit", "primary"),
    "iec-60601-2-10/electrode-mean-density": (2.0, "mA/cm2", "caution", "primary"),
    "iec-60601-2-10/electrode-local-density": (2.0, "mA/cm2", "caution", "interpretation"),
    "fda-powered-muscle-stimulator/power-density": (0.25, "W/cm2", "limit", "primary"),
    "fda-limited-output-2010-draft/average-current": (10.0, "mA", "limit", "unverified"),
    "fda-limited-output-2010-draft/phase-duration": (0.5, "ms", "limit", "unverified"),
    "fda-limited-output-2010-draft/direct-current": (0.1, "mA", "limit", "unverified"),
    "fda-limited-output-2010-draft/electrode-mean-density": (2.0, "mA/cm2", "limit", "unverified"),
    "fda-limited-output-2010-draft/power-density": (0.25, "W/cm2", "limit", "unverified"),
    "shannon/k-caution": (1.5, "1", "caution", "secondary"),
    "direct-current/net-density": (0.5, "mA/cm2", "limit", "unverified"),
    "direct-current/net-density-caution": (0.1, "mA/cm2", "caution", "interpretation"),
    "direct-current/net-current-of-pulses": (0.1, "mA", "caution", "unverified"),
    "direct-current/dose": (80.0, "mA min", "limit", "unverified"),
    "contraindications/broken-skin": (0.01, "cm2", "caution", "interpretation"),
    "contraindications/metal-implants": (0.5, "1", "caution", "interpretation"),
    "direct-current/dose-caution": (40.0, "mA min", "caution", "unverified"),
    "shannon/k-limit": (1.85, "1", "limit", "secondary"),
}

FILE = """
id = "mine"
title = "Mine"
source = "Somebody, 2000"
scope = "Anything"

[[checks]]
id = "rms"
subject = "channel"
quantity = "output_rms_ac_mA"
limit = 50
unit = "mA"
severity = "limit"
when = { frequency_Hz = { above = 0.0, at_most = 400.0 } }
evaluation = "R.m.s."
source = "p. 1"
status = "primary"
"""


def read(folder, text):
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    return load_limits(["mine"], folder)[0]


def test_every_number_of_the_files_is_the_one_that_was_read():
    checks = {f"{each.id}/{c.id}": c for each in load_limits(available_limits()) for c in each.checks}
    law = checks.pop("fda-limited-output-2010-draft/charge-per-phase")
    assert (law.limit.base_uC, law.limit.per_ms_uC, law.status) == (20.0, 28.0, "unverified")
    assert {name: (c.limit, c.unit, c.severity, c.status) for name, c in checks.items()} == NUMBERS


def test_bands_of_the_output_meet_without_gap_or_overlap():
    rows = [c for c in load_limits(["iec-60601-2-10"])[0].checks if c.quantity == "output_rms_ac_mA"]
    for frequency, limit in [(1.0, 50.0), (400.0, 50.0), (400.1, 80.0), (1500.0, 80.0), (1500.1, 100.0), (4e3, 100.0)]:
        assert [row.limit for row in rows if row.when["frequency_Hz"].holds(frequency)] == [limit]
    assert not any(row.when["frequency_Hz"].holds(math.nan) for row in rows)


def test_every_quantity_is_a_fact_with_its_unit_in_its_name():
    kinds = {"channel": ChannelFacts, "electrode": ElectrodeFacts}
    for subject, quantities in QUANTITIES.items():
        fields = {field.name for field in dataclasses.fields(kinds[subject])}
        for name, quantity in quantities.items():
            assert name in fields or isinstance(getattr(kinds[subject], name), property)
            assert quantity.unit == "1" or name.endswith("_" + quantity.unit.replace("/", "_per_").replace(" ", "_"))


def test_limits_come_in_the_order_of_their_names():
    assert [each.id for each in load_limits(["shannon", "iec-60601-2-10"])] == ["shannon", "iec-60601-2-10"]
    assert set(available_limits()) >= {name.split("/")[0] for name in NUMBERS}
    assert load_limits([]) == ()


@pytest.mark.parametrize("name", ["iec", "", "../limits/shannon", "shannon.toml"])
def test_unknown_name_is_refused_with_what_exists(name):
    with pytest.raises(LimitError, match=r"no limits .*there are: .*iec-60601-2-10, shannon"):
        load_limits([name])


def test_empty_folder_and_repeated_name_are_refused(tmp_path):
    with pytest.raises(LimitError, match="there are: none"):
        load_limits(["shannon"], tmp_path)
    with pytest.raises(LimitError, match="'shannon' are named twice"):
        load_limits(["shannon", "shannon"])


def test_a_file_is_read_and_whole_numbers_are_taken(tmp_path):
    check = read(tmp_path, FILE).checks[0]
    assert (check.limit, check.note, check.valid) == (50.0, "", {})
    assert str(check.when["frequency_Hz"]) == "above 0 and at most 400"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "Mine"', 'title = "Mine"\nyear = 2000', "mine.toml: year: Extra inputs"),
        ('unit = "mA"', 'unit = "mA"\nlimit_mA = 50.0', r"checks\.0\.limit_mA: Extra inputs"),
        ('unit = "mA"', 'unit = "A"', "output_rms_ac_mA is in 'mA', the limit in 'A'"),
        ('unit = "mA"\n', "", r"checks\.0\.unit: Field required"),
        ('source = "p. 1"\n', "", r"checks\.0\.source: Field required"),
        ('source = "p. 1"', 'source = ""', r"checks\.0\.source: .*at least 1 character"),
        ("output_rms_ac_mA", "output_rms_mA", "channels have no fact 'output_rms_mA'; facts: frequency_Hz"),
        ('subject = "channel"', 'subject = "electrode"', "electrodes have no fact 'output_rms_ac_mA'"),
        ('subject = "channel"', 'subject = "tissue"', "'channel' or 'electrode'"),
        ('severity = "limit"', 'severity = "warning"', "'limit' or 'caution'"),
        ('status = "primary"', 'status = "sure"', "'primary', 'secondary', 'unverified' or 'interpretation'"),
        ("limit = 50", "limit = 0.0", "greater than 0"),
        ("limit = 50", "limit = nan", "finite number"),
        ("limit = 50", "limit = inf", "finite number"),
        ("limit = 50", 'limit = "20 + 28 * phase_ms"', "valid number"),
        ("limit = 50", "limit = { base_uC = 20.0, per_ms_uC = 28.0 }", "charge law limits charge_per_phase_uC"),
        ("limit = 50", "limit = { base_uC = 20.0, per_us_uC = 28.0 }", "per_us_uC: Extra inputs"),
        ("{ above = 0.0, at_most = 400.0 }", "{ over = 0.0 }", "over: Extra inputs"),
        ("{ above = 0.0, at_most = 400.0 }", "{}", "a band needs one of above"),
        ("when = { frequency_Hz", "when = { area_cm2", "channels have no condition 'area_cm2'; conditions: freq"),
        ("when = { frequency_Hz", "valid = { output_peak_mA", "channels have no condition 'output_peak_mA'"),
        ("when = { frequency_Hz", "fitted = { frequency", "channels have no condition 'frequency'"),
        ('id = "rms"', 'id = "r m s"', r"checks\.0\.id: .*pattern"),
        ('id = "mine"', 'id = "yours"', "id is 'yours', which is not the name of the file"),
        ('id = "mine"', "id = 2000-01-01", "not a TOML file of limits"),
        ('id = "mine"', "id = ", "not a TOML file of limits"),
    ],
)
def test_wrong_files_are_refused(tmp_path, old, new, message):
    assert old in FILE
    with pytest.raises(LimitError, match=message):
        read(tmp_path, FILE.replace(old, new, 1))


def test_file_without_checks_or_with_equal_ids_is_refused(tmp_path):
    head, check = FILE.split("[[checks]]")
    with pytest.raises(LimitError, match=r"checks: .*at least 1 item"):
        read(tmp_path, head + "checks = []\n")
    with pytest.raises(LimitError, match="more than one check is called rms"):
        read(tmp_path, f"{head}[[checks]]{check}[[checks]]{check}")


@pytest.mark.parametrize(
    ("band", "inside", "outside"),
    [
        (Band(above=1.0), [1.1], [1.0, 0.9]),
        (Band(at_least=1.0), [1.0, 1.1], [0.9]),
        (Band(at_most=1.0), [1.0, 0.9], [1.1]),
        (Band(below=1.0), [0.9], [1.0, 1.1]),
    ],
)
def test_ends_of_a_band_belong_to_it_as_they_say(band, inside, outside):
    assert all(band.holds(value) for value in inside)
    assert not any(band.holds(value) for value in [*outside, math.nan])


def test_facts_of_a_channel_are_those_of_its_output_into_500_ohm():
    facts = ChannelFacts.of("ch1", Biphasic(phase_us=400.0, rate_Hz=50.0), 100.0)
    numbers = (facts.output_rms_ac_mA, facts.charge_per_phase_uC, facts.pulse_energy_mJ, facts.phase_ms, facts.pulse_s)
    assert numbers == pytest.approx((20.0, 40.0, 4.0, 0.4, 0.0008))
    assert (facts.output_dc_mA, facts.average_rectified_mA) == pytest.approx((0.0, 4.0))
    assert isinstance(facts.open_circuit_V, Absent)


def test_output_in_voltage_drive_is_that_voltage_into_500_ohm_whatever_flows_in_the_body():
    facts = ChannelFacts.of("ch1", Monophasic(phase_us=1000.0, rate_Hz=100.0), 7.0, amplitude_V=20.0)
    numbers = (facts.amplitude_mA, facts.output_peak_mA, facts.output_dc_mA, facts.open_circuit_V)
    assert numbers == pytest.approx((7.0, 40.0, 4.0, 20.0))


def test_what_does_not_exist_says_why():
    direct = ChannelFacts.of("ch1", Direct(), 1.0)
    assert "no phase" in direct.charge_per_phase_uC.why
    assert "no phase" in direct.phase_ms.why
    assert "no separate pulses" in direct.pulse_energy_mJ.why
    assert "no separate pulses" in ChannelFacts.of("ch1", Sine(frequency_Hz=50.0), 1.0).pulse_s.why


def test_facts_of_an_electrode_are_taken_over_its_area():
    facts = ElectrodeFacts("left", ("ch1",), 25.0, 50.0, 0.0, 40.0, 0.4, 3.0)
    assert facts.mean_rms_mA_per_cm2 == pytest.approx(2.0)
    assert facts.power_density_W_per_cm2 == pytest.approx(0.05)
    assert facts.charge_density_uC_per_cm2 == pytest.approx(1.6)
    assert facts.shannon_k == pytest.approx(math.log10(64.0))


@pytest.mark.parametrize("area_cm2", [0.0, -1.0, math.nan])
def test_no_area_gives_no_density(area_cm2):
    facts = ElectrodeFacts("left", ("ch1",), area_cm2, 50.0, 0.0, 40.0, 0.4, 3.0)
    assert math.isnan(facts.mean_rms_mA_per_cm2)
    assert math.isnan(facts.power_density_W_per_cm2)
    assert math.isnan(facts.shannon_k)
