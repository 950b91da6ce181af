"""The judgement: every limit trips above and passes below, nothing passes by default, amplitudes scale exactly."""

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.safety.facts import QUANTITIES, Absent, ChannelFacts, ElectrodeFacts
from sim.safety.limits import available_limits, load_limits
from sim.safety.verdict import assess
from sim.waveforms import Biphasic, Direct, Monophasic, Sine

EVERYTHING = load_limits(available_limits())
EVERY_CHECK = [pytest.param(each, check, id=f"{each.id}/{check.id}") for each in EVERYTHING for check in each.checks]
IEC, SHANNON = load_limits(["iec-60601-2-10", "shannon"])
TENS = Biphasic(phase_us=250.0, rate_Hz=100.0)


def channel(amplitude_mA=20.0, waveform=TENS, name="ch1", **changes):
    return replace(ChannelFacts.of(name, waveform, amplitude_mA), **changes)


def electrode(amplitude_mA=20.0, waveform=TENS, name="left", channels=("ch1",), area_cm2=12.0):
    """A pad whose densest cm2 carries 1.6 times the mean."""
    facts = ChannelFacts.of("", waveform, amplitude_mA)
    rms_mA = amplitude_mA * waveform.rms
    local = 1.6 * rms_mA / area_cm2
    return ElectrodeFacts(
        name, channels, area_cm2, rms_mA, facts.output_dc_mA, facts.charge_per_phase_uC, facts.phase_ms, local
    )


def implant(charge_uC, area_cm2):
    """A platinum disc of McCreery's: 400 us per phase at 50 Hz."""
    amplitude_mA = charge_uC / 0.4
    return electrode(amplitude_mA, Biphasic(phase_us=400.0, rate_Hz=50.0), area_cm2=area_cm2)


def with_fact(check, value):
    """Harmless facts of a channel and an electrode, to which the check applies, with its quantity set to a value."""
    inside = {n: min(b.at_most or 1e4, b.below or 1e4, 1e4) * 0.99 for n, b in {**check.when, **check.fitted}.items()}
    if check.subject == "channel":
        return [channel(1e-3, **inside, **{check.quantity: value})], [electrode(1e-3)]
    pad = replace(electrode(1e-3), **inside)
    change = {
        "mean_rms_mA_per_cm2": {"current_rms_mA": value * pad.area_cm2},
        "net_dc_density_mA_per_cm2": {"net_dc_mA": value * pad.area_cm2},
        "power_density_W_per_cm2": {"current_rms_mA": 1e3 * math.sqrt(max(value, 0.0) * pad.area_cm2 / 500.0)},
        "shannon_k": {"charge_per_phase_uC": math.sqrt(10.0**value * pad.area_cm2)},
    }.get(check.quantity, {check.quantity: value})
    return [channel(1e-3)], [replace(pad, **change)]


def outcome_of(each, check, facts):
    (result,) = [r for r in assess([each], *facts).checks if r.id == f"{each.id}/{check.id}"]
    return result


@pytest.mark.parametrize(("each", "check"), EVERY_CHECK)
def test_every_limit_passes_just_below_and_trips_just_above(each, check):
    limit = check.limit if isinstance(check.limit, float) else check.limit.base_uC + check.limit.per_ms_uC * 0.25
    below = outcome_of(each, check, with_fact(check, limit * (1.0 - 1e-9)))
    above = outcome_of(each, check, with_fact(check, limit * (1.0 + 1e-9)))
    assert (below.outcome, above.outcome) == ("pass", "caution" if check.severity == "caution" else "exceeded")
    assert below.limit == pytest.approx(limit)
    assert (below.value, above.value) == pytest.approx((limit, limit))
    assert below.margin > 0.0 > above.margin
    assert (below.source, below.unit, below.evaluation) == (check.source, check.unit, check.evaluation)


@pytest.mark.parametrize(("each", "check"), EVERY_CHECK)
@pytest.mark.parametrize("value", [math.nan, math.inf, None])
def test_nothing_unknown_passes(each, check, value):
    channels, electrodes = with_fact(check, 1.0)
    unknown = {
        "shannon_k": "charge_per_phase_uC",
        "peak_1cm2_rms_mA_per_cm2": "peak_1cm2_rms_mA_per_cm2",
        "net_dc_density_mA_per_cm2": "net_dc_mA",
        "broken_skin_cm2": "broken_skin_cm2",
    }
    if check.subject == "channel":
        channels = [replace(channels[0], **{check.quantity: value})]
    else:
        electrodes = [replace(electrodes[0], **{unknown.get(check.quantity, "current_rms_mA"): value})]
    result = outcome_of(each, check, (channels, electrodes))
    assert (result.outcome, result.value, result.margin) == ("not_evaluated", None, None)
    assert check.quantity in result.note
    verdict = assess([each], channels, electrodes)
    assert verdict.overall == "not_evaluated"
    assert check.id in verdict.because
    json.loads(verdict.model_dump_json(), parse_constant=pytest.fail)
    if check.severity == "limit":
        assert verdict.max_safe_amplitude_mA["ch1"].value is None
        assert check.id in verdict.max_safe_amplitude_mA["ch1"].note


def test_unknown_condition_and_unknown_area_are_not_evaluated():
    verdict = assess([IEC], [channel(frequency_Hz=math.nan)], [electrode()])
    rows = [r for r in verdict.checks if r.quantity == "output_rms_ac_mA"]
    assert [(r.outcome, r.note.startswith("Not computed: frequency_Hz")) for r in rows] == [("not_evaluated", True)] * 3
    by_area = assess(EVERYTHING, [channel()], [electrode(area_cm2=12.0), electrode(name="right")]).checks
    no_area = assess(EVERYTHING, [channel()], [replace(electrode(), area_cm2=math.nan), electrode(name="right")]).checks
    assert [r.outcome for r in by_area if r.quantity == "mean_rms_mA_per_cm2"] == ["pass"] * 4
    changed = [r.outcome for r in no_area if r.quantity in {"mean_rms_mA_per_cm2", "shannon_k"} and r.subject == "left"]
    assert changed == ["not_evaluated"] * 4


def test_unknown_phase_leaves_the_charge_law_without_a_limit():
    verdict = assess(load_limits(["fda-limited-output-2010-draft"]), [channel(phase_ms=None)], [electrode()])
    assert (verdict.checks[0].outcome, verdict.checks[0].limit) == ("not_evaluated", None)
    assert "Not computed: the limit" in verdict.checks[0].note


def test_nothing_to_judge_is_not_a_pass():
    assert assess([], [channel()], [electrode()]).overall == "not_evaluated"
    assert assess([], [], []).because == "no check applies: no limits are given"
    assert assess([IEC], [], []).overall == "not_evaluated"
    no_pads = assess([IEC], [channel()], [])
    assert no_pads.overall == "not_evaluated"
    assert next(r.note for r in no_pads.checks if r.outcome == "not_evaluated").startswith("No electrode is given")
    no_power = assess(load_limits(["fda-powered-muscle-stimulator"]), [channel()], []).max_safe_amplitude_mA["ch1"]
    assert "power-density at no electrode" in no_power.note


def test_a_set_that_says_nothing_about_the_case_does_not_pass():
    verdict = assess([IEC, SHANNON], [channel(waveform=Direct())], [electrode(waveform=Direct())])
    assert {r.outcome for r in verdict.checks if r.id.startswith("shannon")} == {"not_applicable"}
    assert (verdict.overall, verdict.because) == ("not_evaluated", "no check applies: shannon")


def test_what_does_not_apply_says_why():
    results = {r.id: r for r in assess(EVERYTHING, [channel(waveform=Direct())], [electrode(waveform=Direct())]).checks}
    charge = results["fda-limited-output-2010-draft/charge-per-phase"]
    assert (charge.outcome, charge.note.split(".")[0]) == ("not_applicable", "Direct current has no phase")
    assert "frequency_Hz is 0, not above 0" in results["iec-60601-2-10/output-rms-up-to-400Hz"].note
    assert "no separate pulses" in results["iec-60601-2-10/pulse-energy"].note
    assert "not part of the case" in results["iec-60601-2-10/open-circuit-voltage"].note
    assert results["iec-60601-2-10/output-dc"].outcome == "pass"


@pytest.mark.parametrize(
    ("waveform", "row"),
    [
        (TENS, "output-rms-up-to-400Hz"),
        (Sine(frequency_Hz=400.0), "output-rms-up-to-400Hz"),
        (Sine(frequency_Hz=1000.0), "output-rms-400-to-1500Hz"),
        (Sine(frequency_Hz=4000.0), "output-rms-above-1500Hz"),
    ],
)
def test_one_row_of_the_output_applies(waveform, row):
    checks = assess([IEC], [channel(waveform=waveform)], [electrode(waveform=waveform)]).checks
    applied = [r.id for r in checks if r.quantity == "output_rms_ac_mA" and r.outcome != "not_applicable"]
    assert applied == [f"iec-60601-2-10/{row}"]


def test_direct_and_alternating_parts_are_judged_separately_and_sign_does_not_matter():
    half = Monophasic(phase_us=5000.0, rate_Hz=100.0)
    results = {r.id: r for r in assess([IEC], [channel(99.0, half)], [electrode(9.0, half)]).checks}
    assert results["iec-60601-2-10/output-dc"].value == pytest.approx(49.5)
    assert results["iec-60601-2-10/output-rms-up-to-400Hz"].value == pytest.approx(49.5)
    assert results["iec-60601-2-10/output-rms-up-to-400Hz"].outcome == "pass"
    negative = {r.id: r for r in assess([IEC], [channel(output_dc_mA=-81.0)], [electrode()]).checks}
    assert negative["iec-60601-2-10/output-dc"].outcome == "exceeded"


def test_long_pulses_count_as_direct_current():
    slow = Monophasic(phase_us=2e5, rate_Hz=1.0)
    results = {r.id: r for r in assess([IEC], [channel(81.0, slow)], [electrode(1.0, slow)]).checks}
    assert results["iec-60601-2-10/long-pulse"].outcome == "exceeded"
    assert results["iec-60601-2-10/pulse-energy"].outcome == "not_applicable"


@pytest.mark.parametrize(
    ("area_cm2", "charge_uC", "damage"),
    [
        (0.01, 1.0, "partial"),
        (0.02, 1.0, "partial"),
        (0.10, 1.0, "none"),
        (0.5, 5.0, "none"),
        (0.5, 6.0, "partial"),
        (0.5, 8.0, "damage"),
        (0.5, 10.0, "damage"),
        (0.5, 12.5, "damage"),
        (0.5, 15.0, "severe"),
        (0.5, 18.0, "severe"),
    ],
)
def test_discs_of_mccreery_1990(area_cm2, charge_uC, damage):
    verdict = assess([SHANNON], [channel()], [implant(charge_uC, area_cm2)])
    assert verdict.checks[0].value == pytest.approx(math.log10(charge_uC**2 / area_cm2))
    if damage == "none":
        assert verdict.checks[1].outcome == "pass"
    if area_cm2 == 0.5 and damage != "none":
        assert verdict.overall == "exceeded"
    assert damage == "none" or verdict.overall in {"caution", "exceeded"}
    assert "Extrapolated" not in verdict.checks[0].note


@pytest.mark.parametrize("charge_uC", [0.05, 0.1])
def test_microelectrodes_of_mccreery_1990_are_outside_of_shannons_model(charge_uC):
    verdict = assess([SHANNON], [channel()], [implant(charge_uC, 6.5e-5)])
    assert [r.outcome for r in verdict.checks] == ["not_evaluated"] * 2
    assert verdict.checks[0].value == pytest.approx(math.log10(charge_uC**2 / 6.5e-5))
    assert "says nothing here: area_cm2 is 6.5e-05, not at least 0.0007" in verdict.checks[1].note


def test_shannon_on_a_pad_is_called_extrapolated():
    verdict = assess([SHANNON], [channel()], [electrode()])
    assert "Extrapolated: area_cm2 is 12" in verdict.checks[0].note


def test_margin_of_k_is_the_free_part_of_the_charge():
    half_charge = assess([SHANNON], [channel()], [implant(0.5 * math.sqrt(10**1.85 * 0.5), 0.5)]).checks[1]
    assert half_charge.margin == pytest.approx(0.5)
    assert half_charge.scale == pytest.approx(2.0)


def test_overall_is_the_worst():
    pad, name = [electrode()], "ch1"
    assert assess([IEC], [channel()], pad).overall == "pass"
    assert assess([IEC], [channel()], [replace(electrode(), peak_1cm2_rms_mA_per_cm2=2.1)]).overall == "caution"
    unknown = replace(electrode(name="right"), peak_1cm2_rms_mA_per_cm2=math.nan)
    cautious = replace(electrode(), peak_1cm2_rms_mA_per_cm2=2.1)
    assert assess([IEC], [channel()], [cautious, unknown]).overall == "not_evaluated"
    worst = assess([IEC], [channel(output_dc_mA=80.1)], [cautious, unknown])
    assert (worst.overall, worst.because) == ("exceeded", f"exceeded: iec-60601-2-10/output-dc at {name}")


def test_unverified_numbers_are_told():
    verdict = assess(load_limits(["fda-limited-output-2010-draft", "shannon"]), [channel()], [electrode()])
    assert len(verdict.unverified_checks) == 6
    assert all("not verified" in r.note for r in verdict.checks if r.id in verdict.unverified_checks)
    assert set(verdict.scopes) == {"fda-limited-output-2010-draft", "shannon"}
    assert assess([IEC], [channel()], [electrode()]).unverified_checks == ()


def scaled_verdict(factor, limits=EVERYTHING, area_cm2=6.0, waveform=TENS, amplitude_mA=20.0):
    peak_mA = amplitude_mA * factor
    return assess(limits, [channel(peak_mA, waveform)], [electrode(peak_mA, waveform, area_cm2=area_cm2)])


GROWING = [each for each in EVERYTHING if any(check.judged.power > 0 for check in each.checks)]


def test_what_no_amplitude_changes_gives_no_safe_one():
    """Broken skin and metal in the body are there at any amplitude."""
    (each,) = [each for each in EVERYTHING if each not in GROWING]
    assert each.id == "contraindications"
    assert scaled_verdict(1.0, [each]).max_safe_amplitude_mA["ch1"].value is None


@given(st.sampled_from(GROWING), st.floats(0.01, 50.0), st.floats(0.05, 40.0), st.floats(1.0, 2000.0))
@settings(max_examples=60, deadline=None)
def test_safe_amplitude_is_where_the_verdict_turns(each, amplitude_mA, area_cm2, rate_Hz):
    balanced = each.id != "direct-current"
    waveform = Biphasic(phase_us=200.0, rate_Hz=rate_Hz) if balanced else Monophasic(phase_us=200.0, rate_Hz=rate_Hz)
    case = {"limits": [each], "area_cm2": area_cm2, "waveform": waveform, "amplitude_mA": amplitude_mA}
    safe = scaled_verdict(1.0, **case).max_safe_amplitude_mA["ch1"]
    assert safe.value == pytest.approx(amplitude_mA * safe.scale)
    assert scaled_verdict(0.999 * safe.scale, **case).overall in {"pass", "caution"}
    above = scaled_verdict(1.001 * safe.scale, **case)
    assert above.overall == "exceeded"
    assert f"{safe.limited_by} at {safe.at}" in above.because
    if safe.caution_above and safe.caution_above.scale < safe.scale / 1.01:
        assert scaled_verdict(0.999 * safe.caution_above.scale, **case).overall == "pass"
        assert safe.caution_above.raised_by in scaled_verdict(1.001 * safe.caution_above.scale, **case).because


@pytest.mark.parametrize(("each", "check"), EVERY_CHECK)
def test_every_quantity_scales_to_its_limit(each, check):
    result = outcome_of(each, check, with_fact(check, check.limit / 3.0 if isinstance(check.limit, float) else 3.0))
    quantity = QUANTITIES[check.subject][check.quantity]
    if quantity.power == 0:
        assert result.scale == math.inf
    elif quantity.decimal:
        assert result.value + 2.0 * math.log10(result.scale) == pytest.approx(result.limit)
    else:
        assert result.value * result.scale**quantity.power == pytest.approx(result.limit)


def test_too_long_a_phase_has_no_safe_amplitude():
    long = Biphasic(phase_us=600.0, rate_Hz=100.0)
    verdict = scaled_verdict(1.0, limits=load_limits(["fda-limited-output-2010-draft"]), waveform=long)
    safe = verdict.max_safe_amplitude_mA["ch1"]
    assert (safe.value, safe.limited_by) == (0.0, "fda-limited-output-2010-draft/phase-duration")


def test_channels_are_scaled_together_so_the_first_limit_reached_holds_for_all():
    fda = load_limits(["fda-powered-muscle-stimulator"])
    channels = [channel(name="one"), channel(name="two")]
    pads = [electrode(name="a", channels=("one",), area_cm2=1.0), electrode(name="b", channels=("two",), area_cm2=9.0)]
    safe = assess(fda, channels, pads).max_safe_amplitude_mA
    assert (safe["one"].at, safe["two"].at) == ("a", "a")
    assert safe["one"].scale == safe["two"].scale
    louder = [channel(name="one"), channel(amplitude_mA=80.0, name="two")]
    safe = assess(fda, louder, pads).max_safe_amplitude_mA
    assert safe["two"].value / safe["one"].value == pytest.approx(80.0 / channel(name="one").amplitude_mA)
    floating = electrode(name="c", channels=(), area_cm2=0.01)
    both = assess(fda, channels, [*pads, floating]).max_safe_amplitude_mA
    assert {safe.at for safe in both.values()} == {"c"}


def test_floating_electrode_is_judged_by_its_local_density():
    idle = ElectrodeFacts("idle", (), 3.0, 0.0, 0.0, 0.0, Absent("It floats"), 2.5)
    results = {r.id: r for r in assess([IEC, SHANNON], [channel()], [idle]).checks if r.subject == "idle"}
    assert results["iec-60601-2-10/electrode-local-density"].outcome == "caution"
    assert results["iec-60601-2-10/electrode-mean-density"].outcome == "pass"
    assert (results["shannon/k-limit"].outcome, results["shannon/k-limit"].note[:17]) == (
        "not_applicable",
        "No charge passes.",
    )


@pytest.mark.parametrize("amplitude_mA", [None, math.nan])
def test_unknown_amplitude_has_no_safe_amplitude(amplitude_mA):
    for facts, note in [
        (channel(amplitude_mA), "Not evaluated"),
        (replace(channel(), amplitude_mA=None), "Not computed"),
    ]:
        safe = assess([IEC], [facts], [electrode()]).max_safe_amplitude_mA["ch1"]
        assert (safe.value, safe.scale, safe.caution_above) == (None, None, None)
        assert safe.note.startswith(note)


def test_zero_amplitude_passes_but_cannot_be_scaled():
    verdict = scaled_verdict(0.0, limits=[IEC])
    assert verdict.overall == "pass"
    assert verdict.max_safe_amplitude_mA["ch1"].value is None
    assert "amplitude is zero" in verdict.max_safe_amplitude_mA["ch1"].note


def test_cautions_alone_give_no_safe_amplitude_but_their_own():
    caution = SHANNON.model_copy(update={"checks": SHANNON.checks[:1]})
    safe = assess([caution], [channel()], [electrode()]).max_safe_amplitude_mA["ch1"]
    assert (safe.value, safe.note) == (None, "No limit is reached at any amplitude")
    assert safe.caution_above.raised_by == "shannon/k-caution"


def test_unknown_caution_hides_where_cautions_begin():
    unknown = replace(electrode(), peak_1cm2_rms_mA_per_cm2=math.nan)
    safe = [assess([IEC], [channel()], [pad]).max_safe_amplitude_mA["ch1"] for pad in (electrode(), unknown)]
    assert (safe[0].caution_above is None, safe[1].caution_above) == (False, None)
    assert safe[0].value == safe[1].value


def test_phase_of_exactly_500_us_is_within_the_draft():
    waveform = Biphasic(phase_us=500.0, rate_Hz=100.0)
    assert (
        scaled_verdict(0.1, limits=load_limits(["fda-limited-output-2010-draft"]), waveform=waveform).overall == "pass"
    )


def test_voltage_drive_gives_the_current_in_the_body_and_the_factor_on_the_voltage():
    at = ChannelFacts.of("ch1", TENS, 10.0, amplitude_V=100.0)
    verdict = assess([IEC], [at], [electrode(10.0)])
    safe = verdict.max_safe_amplitude_mA["ch1"]
    rms_into_500_ohm_mA = 200.0 * TENS.rms
    assert safe.scale == pytest.approx(50.0 / rms_into_500_ohm_mA)
    assert safe.value == pytest.approx(10.0 * safe.scale)
    assert [r.value for r in verdict.checks if r.quantity == "open_circuit_V"] == [100.0]


def test_facts_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match="electrode left is driven by unknown channels: ch1"):
        assess([IEC], [channel(name="other")], [electrode()])
    with pytest.raises(ValueError, match="a name occurs twice: ch1, ch1"):
        assess([IEC], [channel(), channel()], [electrode()])
    with pytest.raises(ValueError, match="a name occurs twice: left, left"):
        assess([IEC], [channel()], [electrode(), electrode()])


def test_verdict_is_json_with_the_keys_that_others_rely_on():
    told = json.loads(assess(EVERYTHING, [channel()], [electrode()]).model_dump_json(), parse_constant=pytest.fail)
    assert set(told) >= {"overall", "checks", "max_safe_amplitude_mA"}
    keys = "id scope subject quantity value limit unit margin severity outcome source note"
    assert all(set(check) >= set(keys.split()) for check in told["checks"])
    assert set(told["max_safe_amplitude_mA"]["ch1"]) >= {"value", "limited_by", "scale", "caution_above"}
    assert set(told["max_safe_amplitude_mA"]["ch1"]["caution_above"]) >= {"value", "raised_by"}
