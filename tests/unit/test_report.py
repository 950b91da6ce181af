"""The report says what the verdict says, escapes what the case says, and needs nothing from outside."""

import base64
import math
import re
import tomllib
from dataclasses import asdict, replace
from html.parser import HTMLParser

import pytest
from jinja2 import UndefinedError

from sim.case import parse_case
from sim.exposure.electrodes import ElectrodeExposure, SurfaceDensity
from sim.exposure.probes import ProbeExposure
from sim.exposure.tissues import DensityStatistics, FieldStatistics, TissueExposure
from sim.folders import CASES
from sim.report.case_text import case_text
from sim.report.numbers import number
from sim.report.page import write_report
from sim.report.pictures.picture import Picture
from sim.safety.facts import ChannelFacts, ElectrodeFacts
from sim.safety.limits import load_limits
from sim.safety.verdict import assess

EXAMPLE = tomllib.loads((CASES / "tens_low_back.toml").read_text(encoding="utf-8"))
LIMITS = load_limits(["iec-60601-2-10", "fda-powered-muscle-stimulator"])
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PICTURES = (Picture("placement", "Placement", "Two pads on a block"), Picture("contacts", "Contacts", "Maps & <pads>"))


def case_with(**changes):
    return parse_case(EXAMPLE | changes, "test")


def electrode_exposure():
    density = SurfaceDensity(mean=0.356, p50=0.329, p95=0.4, p99=0.85, peak_1cm2=0.348)
    return ElectrodeExposure(1256.6, 0.0, 20.0, 4.47, 5.0, 0.398, 0.0, density, 27.1, 7.96e-4, 4.2)


def result_of(case):
    tissue = TissueExposure(50400.0, FieldStatistics(7.9, 7593.0), DensityStatistics(3.6e-4, 0.34, 0.31), 22.2)
    return {
        "schema_version": 1,
        "title": case.title,
        "case_sha256": case.sha256,
        "mesh": {"cells": 69687, "vertices": 21017, "unknowns": 130000, "element_order": 2},
        "solver": {"iterations": 27, "relative_residual": 3.2e-11, "balance_error": 1e-12, "from_cache": False},
        "computed": {"mode": "quasistatic", "reason": "for a test"},
        "terminals": {"names": ["left", "right"], "admittance_S": [[1e-3, -1e-3], [-1e-3, 1e-3]], "frequency_Hz": 0.0},
        "impedance_ohm": {
            c.name: {"magnitude": 1356.0, "phase_deg": 0.0, "frequency_Hz": 100.0} for c in case.channels
        },
        "channels": {c.name: {"current_peak_mA": 20.0, "voltage_peak_V": 27.12} for c in case.channels},
        "distances_mm": [["left", "right", 60.0]],
        "implants": {},
        "electrodes": {e.name: asdict(electrode_exposure()) for e in case.electrodes},
        "tissues": {"skin": asdict(tissue), "muscle": asdict(tissue)},
        "probes": {"nerve": asdict(ProbeExposure(13.6, (3.0, -4.0, 0.0), (1.2, 0.0, -0.5), 5.0, 1.3))},
        "tissue_sources": {"skin": "the case", "muscle": "a set <of numbers>"},
        "notes": ["left: a note & more"],
        "timings_s": {"mesh": 1.0, "total": 6.5},
        "versions": {"faradic": "0.1.0", "dolfinx": "0.9.0"},
        "a_key_of_the_future": {"anything": [1, 2]},
    }


def over_frequency(case):
    """A result with capacitance: 1 mS in parallel with 1 µF between the terminals."""
    frequencies = [50.0, 1000.0]
    conductances = [[1e-3, 2e-6 * math.pi * f] for f in frequencies]
    pairs = [[[[g, b], [-g, -b]], [[-g, -b], [g, b]]] for g, b in conductances]
    result = result_of(case)
    result["computed"] = {
        "mode": "electroquasistatic",
        "reason": "skin <changes>",
        "frequencies_Hz": [0.0, 49.5, 2000.0],
        "modes": 12,
        "estimated_error": 2e-4,
        "band_Hz": [100.0, 1000.0],
        "power_above_band": 1e-3,
    }
    result["terminals"] |= {"admittance_S": pairs, "frequency_Hz": frequencies}
    result["impedance_ohm"]["ch1"]["phase_deg"] = -33.0
    return result


def interfering(result):
    """The same result with an envelope in two tissues and at two probes; the skin has no fibres."""
    spread = {
        "envelope_V_per_m": {"p50": 12.5, "p99": 31.0},
        "carrier_peak_V_per_m": {"p50": 40.0, "p99": 90.2},
        "modulation_depth": {"p50": 0.31, "p99": 1.0},
        "along_fibres": None,
    }
    fibres = {"envelope_V_per_m": {"p50": 8.4, "p99": 19.5}, "modulation_depth": {"p50": 0.2, "p99": 1.0}}
    largest = {"envelope_V_per_m": 27.0, "direction": [0.6, 0.8, 0.0], "modulation_depth": 0.9}
    along = {"envelope_V_per_m": 11.0, "direction": [1.0, 0.0, 0.0], "modulation_depth": 0.5}
    return result | {
        "envelope": {"skin": spread, "muscle": spread | {"along_fibres": fibres}},
        "envelope_at_probes": {
            "nerve": largest | {"carrier_peak_V_per_m": 31.0, "along_fibres": along},
            "skin": largest | {"envelope_V_per_m": 15.0, "carrier_peak_V_per_m": 20.0, "along_fibres": None},
        },
    }


def verdict_at(case, amplitude_mA, **changes):
    """Of pads of 12 cm2 whose densest cm2 carries the mean."""
    waveform = case.channels[0].waveform
    rms_mA = amplitude_mA * waveform.rms
    pads = [
        ElectrodeFacts(e.name, ("ch1",), 12.0, rms_mA, 0.0, amplitude_mA * 0.25, 0.25, rms_mA / 12.0)
        for e in case.electrodes
    ]
    return assess(LIMITS, [ChannelFacts.of("ch1", waveform, amplitude_mA)], [replace(pad, **changes) for pad in pads])


def report(folder, case=None, amplitude_mA=20.0, result=None, pictures=(), **changes):
    case = case or case_with()
    path = folder / "report.html"
    write_report(path, case, result or result_of(case), verdict_at(case, amplitude_mA, **changes), pictures, folder)
    return path.read_text(encoding="utf-8")


def plain(html):
    """What a reader sees."""
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.S)
    text = re.sub(r"[ \n]+", " ", re.sub(r"<[^>]*>", " ", body))
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@pytest.mark.parametrize(
    ("amplitude_mA", "changes", "word"),
    [
        (20.0, {}, "PASS"),
        (150.0, {}, "CAUTION"),
        (900.0, {}, "EXCEEDED"),
        (20.0, {"current_rms_mA": None}, "NOT EVALUATED"),
    ],
)
def test_the_verdict_is_said_in_a_word_and_not_by_colour_alone(tmp_path, amplitude_mA, changes, word):
    html = report(tmp_path, amplitude_mA=amplitude_mA, **changes)
    assert re.search(rf'class="word">\S {word}<', html)
    assert f"<title>{word}: TENS, low back" in html
    others = {"PASS", "CAUTION", "EXCEEDED", "NOT EVALUATED"} - {word}
    assert not any(re.search(rf"\b{other}\b", plain(html)) for other in others)


def test_the_limiting_check_and_the_largest_safe_amplitude_are_named(tmp_path):
    text = plain(report(tmp_path))
    assert "Nearest to its limit: iec-60601-2-10/electrode-mean-density at left: 0.373 of 2 mA/cm², margin 81 %" in text
    # 50 mA r.m.s. of a waveform that is on for 5 % of the time, rounded down: 223.60679...
    assert "ch1 is at 20 mA. All limits hold up to 223.6 mA peak" in text
    assert "iec-60601-2-10/output-rms-up-to-400Hz at ch1" in text


def test_a_safe_amplitude_is_rounded_down(tmp_path):
    text = plain(report(tmp_path, amplitude_mA=20.0004))
    assert "up to 223.6 mA" in text
    value = float(re.search(r"up to ([\d.]+) mA peak", text)[1])
    assert value <= 50.0 / math.sqrt(0.05)


def test_the_amplitude_of_a_voltage_drive_is_in_volts(tmp_path):
    channel = {key: value for key, value in EXAMPLE["channels"][0].items() if key != "amplitude_mA"}
    text = plain(report(tmp_path, case_with(channels=[channel | {"amplitude_V": 30.0}])))
    assert "ch1 is at 30 V. All limits hold up to 335.4 V peak" in text


def test_every_check_behind_the_verdict_is_listed_once_with_its_subjects(tmp_path):
    text = plain(report(tmp_path, amplitude_mA=900.0))
    assert "iec-60601-2-10/output-rms-up-to-400Hz at ch1: 201 of 50 mA, margin −302 %" in text
    assert (
        "fda-powered-muscle-stimulator/power-density at left: 1.69 of 0.25 W/cm², margin −575 %; also at right" in text
    )


def test_a_caution_is_no_reason_for_a_limit_exceeded(tmp_path):
    verdict = report(tmp_path, amplitude_mA=900.0).split("</section>")[0]
    assert "output-rms-up-to-400Hz" in verdict
    assert "electrode-mean-density" not in verdict


def test_checks_are_sorted_by_margin_and_those_that_do_not_apply_are_folded(tmp_path):
    html = report(tmp_path)
    before, folded = html.split("<details>", 1)
    margins = [float(m.replace("−", "-")) for m in re.findall(r'data-label="Margin" class="n">(.*?) %', before)]
    assert len(margins) > 4
    assert margins == sorted(margins)
    assert "not applicable" in folded
    assert "not applicable" not in before


def test_a_value_that_rounds_to_its_limit_is_told_apart_from_it(tmp_path):
    amplitude = 50.0 * (1.0 + 1e-5) / math.sqrt(0.05)
    assert "at ch1: 50.0005 of 50 mA, margin −0.0010 %" in plain(report(tmp_path, amplitude_mA=amplitude))


def test_what_the_case_says_is_escaped(tmp_path):
    title = "<script>alert(1)</script> & \"co\" <img src='x'>"
    html = report(tmp_path, case_with(title=title), pictures=())
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt; &amp;") == 3  # title, heading, case file
    assert "a set &lt;of numbers&gt;" in html
    assert "left: a note &amp; more" in html


def test_pictures_are_inside_with_their_alternative_texts(tmp_path):
    for picture in PICTURES:
        (tmp_path / f"{picture.name}.png").write_bytes(PNG)
    html = report(tmp_path, pictures=PICTURES)
    assert html.count(f'src="data:image/png;base64,{base64.b64encode(PNG).decode()}"') == 2
    assert 'alt="Two pads on a block"' in html
    assert 'alt="Maps &amp; &lt;pads&gt;"' in html


def test_nothing_is_fetched_and_nothing_runs(tmp_path):
    for picture in PICTURES:
        (tmp_path / f"{picture.name}.png").write_bytes(PNG)
    html = report(tmp_path, pictures=PICTURES)
    assert not re.search(r"https?:|//\w|<link|<script|@import|url\(|\bon\w+=", re.sub(r'"data:[^"]*"', '""', html))


class Outline(HTMLParser):
    """Tags that are open, headings, and header cells without scope."""

    VOID = ("meta", "br", "img")

    def __init__(self):
        super().__init__()
        self.open, self.headings, self.bare = [], [], 0

    def handle_starttag(self, tag, attrs):
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        self.bare += tag == "th" and "scope" not in dict(attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_document_is_well_formed_and_accessible(tmp_path):
    html = report(tmp_path)
    outline = Outline()
    outline.feed(html)
    assert outline.open == []
    assert outline.bare == 0
    assert outline.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(outline.headings, outline.headings[1:], strict=False))
    assert '<html lang="en">' in html
    assert 'name="viewport"' in html
    assert html.count("<table") == html.count("<caption>")


def test_numbers_of_electrodes_tissues_and_probes_come_with_units(tmp_path):
    text = plain(report(tmp_path))
    assert "Contact area, mm² 1\u202f257 1\u202f257" in text
    assert "largest mean over 1 cm², mA/cm² 0.348 0.348" in text
    assert "Power density into 500 Ω, W/cm² 7.96·10⁻⁴ 7.96·10⁻⁴" in text
    assert "Peak field: median, V/m 7.9 7.9" in text
    assert "nerve 13.6 5 3, −4, 0 1.3 1.2, 0, −0.5" in text
    assert "relative residual 3.20·10⁻¹¹" in text
    assert "biphasic, phase 250 µs, rate 100 Hz" in text


def test_mode_its_reason_and_the_voltage_of_each_channel_are_told(tmp_path):
    html = report(tmp_path)
    text = plain(html)
    assert "Resistive (quasi-static): every tissue and contact answers at once. Reason: for a test." in text
    assert 'data-label="Peak voltage, V" class="n">27.1 <' in html
    assert "Impedance between the poles" not in text
    assert "estimated error" not in text


@pytest.mark.parametrize(("clips", "words"), [(False, "of 60 V"), (True, "of 60 V, clips above 14.8 mA")])
def test_what_the_stimulator_has_of_voltage_is_told(tmp_path, clips, words):
    case = case_with()
    result = result_of(case)
    result["channels"]["ch1"]["supply"] = {"max_voltage_V": 60.0, "clips": clips, "largest_amplitude_mA": 14.8}
    html = report(tmp_path, case, result=result)
    assert f'data-label="Peak voltage, V" class="n">27.1 <small>{words}</small>' in html


def test_impedances_over_frequency_are_told(tmp_path):
    case = case_with()
    html = report(tmp_path, case, result=over_frequency(case))
    text = plain(html)
    assert "With capacitance (electro-quasi-static): tissues and contacts answer over time" in text
    assert "Reason: skin &lt;changes&gt;." in html
    # |1 / (1 mS + iω 1 µF)| at 50 Hz and 1 kHz: 954.03 Ohm at -17.44 degrees, 157.18 Ohm at -80.96 degrees
    assert re.search(r"50 Hz 954 −17.4 1 kHz 157 −81", text)
    assert 'data-label="Impedance, Ω" class="n">1\u202f356 at −33°' in html
    assert "band of the waveforms from 100 Hz to 1 kHz" in text
    assert "solved at 3 frequencies up to 2 kHz" in text
    assert "estimated error of the admittance 0.02 %" in text
    exact = over_frequency(case)
    exact["computed"]["estimated_error"] = None
    assert "admittance none: every frequency was solved" in plain(report(tmp_path, case, result=exact))


def test_the_envelope_of_interfering_carriers_is_told(tmp_path):
    case = case_with()
    text = plain(report(tmp_path, case, result=interfering(result_of(case))))
    assert "Largest envelope, peak to peak: median, V/m 12.5 12.5 – 99th percentile, V/m 31 31" in text
    assert "Envelope along the fibres, peak to peak: median, V/m – 8.4 – 99th percentile, V/m – 19.5" in text
    assert "Depth of modulation: median, 0 to 1 0.31 0.31" in text
    assert "Largest envelope, peak to peak, V/m 27 15 Depth of modulation, 0 to 1 0.9 0.9" in text
    assert "Envelope along the fibres, peak to peak, V/m 11 – " in text
    assert "Depth of modulation along the fibres, 0 to 1 0.5 –" in text
    assert "carriers interfere" not in plain(report(tmp_path, case))


def test_pictures_over_time_stand_with_their_channel(tmp_path):
    pictures = [Picture(name, name, f"words of {name}") for name in ("waveform-ch1", "over-time-ch1", "impedance")]
    for picture in pictures:
        (tmp_path / f"{picture.name}.png").write_bytes(PNG)
    case = case_with()
    html = report(tmp_path, case, result=over_frequency(case), pictures=pictures)
    places = [html.index(f'alt="words of {picture.name}"') for picture in pictures]
    assert places == sorted(places)
    assert html.index("<h2>Over time and frequency") < places[0]
    assert places[-1] < html.index("<h2>Electrodes")


def test_shares_of_area_and_profiles_stand_with_their_tables(tmp_path):
    pictures = [Picture(name, name, f"words of {name}") for name in ("contacts", "distribution", "section", "depth")]
    for picture in pictures:
        (tmp_path / f"{picture.name}.png").write_bytes(PNG)
    html = report(tmp_path, pictures=pictures)
    places = [html.index(f'alt="words of {picture.name}"') for picture in pictures]
    assert places == sorted(places)
    assert html.index("<h2>Electrodes") < places[0] and places[1] < html.index("<h2>Tissues") < places[2]


def test_implants_and_the_shortest_distances_are_told(tmp_path):
    case = case_with()
    density = asdict(SurfaceDensity(mean=0.1, p50=0.1, p95=0.2, p99=0.34, peak_1cm2=0.12))
    implant = {"through_peak_mA": 1.25, "current_density_rms_mA_per_cm2": density}
    pairs = [["a", f"b{i}", 30.0 - i] for i in range(12)]
    result = result_of(case) | {"implants": {"plate": implant}, "distances_mm": pairs}
    text = plain(report(tmp_path, case, result=result))
    assert "Peak current through it, mA 1.25" in text
    assert "99th percentile of the area, mA/cm² 0.34" in text
    assert "the shortest 10 of 12" in text
    assert "a b11 19 a b10 20" in text
    assert "a b1 29" not in text
    assert "Floating metal implants" not in plain(report(tmp_path))
    assert "left right 60" in plain(report(tmp_path))


def test_a_missing_key_of_the_contract_is_an_error(tmp_path):
    case = case_with()
    result = result_of(case)
    del result["electrodes"]["left"]["voltage_peak_V"]
    with pytest.raises((KeyError, UndefinedError), match="voltage_peak_V"):
        report(tmp_path, case, result=result)


def test_direct_current_has_no_charge_per_phase(tmp_path):
    case = case_with()
    result = result_of(case)
    result["electrodes"]["left"] |= {"charge_per_phase_uC": None, "charge_density_uC_per_cm2": None}
    assert "Charge per phase, µC – 5" in plain(report(tmp_path, case, result=result))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (math.nan, "not a number"),
        (-0.0, "0"),
        (-3e-18, "≈ 0"),
        (0.00456, "0.00456"),
        (0.000456, "4.56·10⁻⁴"),
        (-12.345, "−12.3"),
        (999.4, "999"),
        (999.6, "1\u202f000"),
        (1344000.4, "1\u202f344\u202f000"),
        (6.02e23, "6.02·10²³"),
    ],
)
def test_numbers_are_written_with_sensible_digits(value, text):
    assert number(value) == text


@pytest.mark.parametrize("title", ["plain", 'quotes " and \\ backslash', "two\nlines \x7f, tab\t, µ 針"])
def test_the_case_in_the_report_is_a_case_file_of_the_same_case(title):
    case = case_with(title=title)
    assert parse_case(tomllib.loads(case_text(case)), "text") == case
