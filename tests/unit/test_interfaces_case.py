import copy
import tomllib
from pathlib import Path

import numpy as np
import pytest

from sim.case import Case, parse_case
from sim.case.contact_notes import contact_notes
from sim.errors import CaseError
from sim.steady import case_terminals

ROOT = Path(__file__).parents[2]
EXAMPLE = tomllib.loads((ROOT / "cases" / "tens_low_back.toml").read_text())
RC = {"kind": "rc", "resistance_ohm_cm2": 1e4, "capacitance_nF_per_cm2": 30.0}
CPE = {"kind": "cpe", "constant_phase_uS_per_cm2": 10.0, "alpha": 0.9}
SHEET = {"kind": "library", "file": "stratum-corneum", "entry": "dry"}
F = np.geomspace(1.0, 1e6, 13)


def case(electrode=None, tissues=None, **others):
    """The example with other keys for its left electrode's contact, its tissues and more."""
    data = copy.deepcopy(EXAMPLE) | others
    left = data["electrodes"][0]
    if electrode is not None:
        del left["contact_impedance_ohm_cm2"]
        left |= electrode
    data["tissues"] |= tissues or {}
    return parse_case(data, "x.toml")


def left(*arguments):
    return case(*arguments).electrodes[0]


def resistive(found):
    """Resistance per area of the left pad in resistive computation."""
    return dict(case_terminals(found)[0].faces)["pad left"]


def test_old_keys_are_a_resistance():
    contact = left({"contact_impedance_ohm_cm2": 200.0}).contact_model
    np.testing.assert_allclose(contact.impedance(F), 0.02, rtol=1e-14)
    assert resistive(case({"contact_impedance_ohm_cm2": 200.0})) == pytest.approx(0.02)


def test_old_keys_with_capacitance():
    found = case({"contact_impedance_ohm_cm2": 1e4, "contact_capacitance_nF_per_cm2": 30.0})
    electrode = found.electrodes[0]
    np.testing.assert_array_equal(
        electrode.contact_model.impedance(F), left({"contact": RC}).contact_model.impedance(F)
    )
    assert resistive(found) == abs(electrode.contact_model.impedance(1e3)) < 0.5


def test_no_contact_is_a_perfect_one():
    perfect = case({})
    assert perfect.electrodes[0].contact_model is None
    assert resistive(perfect) == 0.0


def test_contact_over_frequency():
    found = case({"contact": RC})
    electrode = found.electrodes[0]
    z = 1.0 / (1 + 2j * np.pi * F * 1e4 * 30e-9)
    np.testing.assert_allclose(electrode.contact_model.impedance(F), z, rtol=1e-12)
    assert resistive(found) == pytest.approx(1.0 / np.hypot(1.0, 2 * np.pi * 1e3 * 1e4 * 30e-9))
    assert electrode.contact_impedance_ohm_cm2 == 0.0


def test_contact_by_name_and_as_points():
    named = left({"contact": {"kind": "library", "file": "rosell-1988", "entry": "low"}})
    assert abs(named.contact_model.impedance(1e5)) == pytest.approx(220e-4)
    points = {"frequency_Hz": [1, 1e5], "magnitude_ohm_cm2": [1e4, 220], "phase_deg": [-30, -25]}
    inline = case({"contact": {"kind": "spectrum", **points}}, numerics={"mode": "quasistatic"})
    assert inline.electrodes[0].contact_model.band_Hz == (1.0, 1e5)


def test_contacts_are_written_and_read_back_and_change_the_hash():
    first = case({"contact": RC}, {"stratum_corneum": SHEET})
    assert Case.model_validate_json(first.model_dump_json()) == first
    others = [case({"contact": CPE}), case({"contact": RC | {"capacitance_nF_per_cm2": 31.0}}), case({"contact": RC})]
    assert len({first.sha256, *(other.sha256 for other in others)}) == 4


def test_a_contact_does_not_change_the_mesh():
    assert case({"contact": CPE}).geometry == case().geometry


def test_stack_without_contact_touches_through_a_thin_sheet():
    stack = [{"material": "hydrogel", "thickness_mm": 1.0}]
    electrode = left({"stack": stack})
    assert electrode.contact_model.impedance(1e3) == pytest.approx(0.01e-4)
    assert left({"stack": stack, "contact": RC}).contact_model.impedance(0.0) == pytest.approx(1.0)


def test_detached_parts_have_a_contact_of_their_own():
    part = {"outline": {"kind": "disc", "diameter_mm": 10.0}, "position_mm": [0.0, 0.0]}
    lifted, dry, measured = (
        left({"detached": [part | keys]}).detached[0]
        for keys in ({}, {"contact_impedance_ohm_cm2": 1e4}, {"contact": RC})
    )
    assert lifted.contact_model is None
    assert dry.contact_model.impedance(1e6) == pytest.approx(1.0)
    assert measured.contact_model.direct_current_ohm_m2 == pytest.approx(1.0)


def test_leads_have_contacts_too():
    data = tomllib.loads((ROOT / "cases" / "dbs_lead.toml").read_text())
    for lead in data["leads"]:
        lead.pop("contact_impedance_ohm_cm2", None)
        lead["contact"] = CPE
    lead = parse_case(data, "x.toml", ROOT / "cases").leads[0]
    assert lead.contact_model.direct_current_ohm_m2 == np.inf
    np.testing.assert_allclose(np.degrees(np.angle(lead.contact_model.impedance(F))), -81.0)
    assert lead.placed.name == lead.name


def test_stratum_corneum_lies_in_series_with_every_pad():
    with_sheet = case({"contact": RC}, {"stratum_corneum": SHEET})
    tissues = with_sheet.tissues
    z_sheet = 10.0 / (1 + 2j * np.pi * F * 1e5 * 40e-9)
    for electrode, z in ((with_sheet.electrodes[0], 1.0 / (1 + 2j * np.pi * F * 1e4 * 30e-9)),):
        found = tissues.through_skin(electrode.contact_model)
        np.testing.assert_allclose(found.impedance(F), z + z_sheet, rtol=1e-12)
        assert found.direct_current_ohm_m2 == pytest.approx(11.0)
    perfect = case({}, {"stratum_corneum": SHEET})
    found = perfect.tissues.through_skin(perfect.electrodes[0].contact_model)
    np.testing.assert_allclose(found.impedance(F), z_sheet, rtol=1e-12)
    assert resistive(perfect) == pytest.approx(10.0 / np.hypot(1.0, 2 * np.pi * 1e3 * 1e5 * 40e-9))
    assert resistive(case({}, {"stratum_corneum": SHEET, "frequency_Hz": 0.0})) == pytest.approx(10.0)


def test_no_stratum_corneum_unless_asked_for():
    plain = case()
    contact = plain.electrodes[0].contact_model
    assert plain.tissues.stratum_corneum is None
    assert plain.tissues.through_skin(contact) is contact
    assert plain.tissues.through_skin(None) is None


def test_notes_say_what_was_taken():
    part = {"outline": {"kind": "disc", "diameter_mm": 10.0}, "contact": RC}
    notes = contact_notes(
        case({"contact": CPE, "detached": [part]}, {"stratum_corneum": SHEET, "frequency_Hz": 2500.0})
    )
    assert notes[0].startswith("contact of left: constant phase element of 10 µS s^α/cm²")
    assert notes[1] == "contact of the detached part 1 of left: 10000 Ω cm² with 30 nF/cm² in parallel"
    assert "100000 Ω cm² with 40 nF/cm² in parallel (Stratum corneum, order of magnitude, dry (unverified))" in notes[2]
    assert notes[3].startswith("Stratum corneum, order of magnitude: Unverified")
    assert len(notes) == 4
    assert contact_notes(case()) == []


def library(**keys):
    return {"contact": {"kind": "library", "file": "rosell-1988", "entry": "low"} | keys}


REFUSED = {
    "both": (
        {"contact": RC, "contact_impedance_ohm_cm2": 200.0},
        None,
        r"electrodes\.left: found contact and contact_impedance_ohm_cm2; accepted: contact alone, or these",
    ),
    "both with capacitance": (
        {"contact": RC, "contact_capacitance_nF_per_cm2": 20.0},
        None,
        r"electrodes\.left: found contact and contact_capacitance_nF_per_cm2",
    ),
    "unknown kind": (
        {"contact": {"kind": "capacitor"}},
        None,
        r"left\.contact: found .*accepted: kind = 'resistance', 'rc', 'cpe', 'spectrum', 'library', 'table'",
    ),
    "no kind": ({"contact": {"alpha": 1.0}}, None, r"left\.contact: found .* without a kind"),
    "unknown key": (
        {"contact": RC | {"capacitance_uF_per_cm2": 1.0}},
        None,
        r"contact\.capacitance_uF_per_cm2: found an unknown key; accepted: did you mean capacitance_nF_per_cm2\?",
    ),
    "missing key": ({"contact": {"kind": "rc", "resistance_ohm_cm2": 1.0}}, None, r"contact\.capacitance_nF_per_cm2: "),
    "steep": (
        {"contact": CPE | {"alpha": 1.5}},
        None,
        r"contact\.alpha: found 1\.5; accepted: less than or equal to 1",
    ),
    "unknown file": (
        library(file="rosell"),
        None,
        r'contact\.file: found "rosell"; accepted: one of cheng-1989, rosell-1988',
    ),
    "unknown entry": (library(entry="dry"), None, r'left\.contact\.entry: found "dry"; accepted: one of low, high'),
    "out of the band": (
        library(),
        {"frequency_Hz": 0.0},
        r"left\.contact: found a contact that is known from 1 Hz to 1 MHz; accepted: one that is known at "
        r"tissues\.frequency_Hz, 0 Hz",
    ),
    "small under a stack": (
        {
            "contact": {"kind": "resistance", "resistance_ohm_cm2": 0.005},
            "stack": [{"material": "hydrogel", "thickness_mm": 1.0}],
        },
        None,
        r"electrodes\.left: found contact of 0\.005 Ω cm² under a stack; accepted: at least 0\.01",
    ),
    "detached twice": (
        {
            "detached": [
                {
                    "outline": {"kind": "disc", "diameter_mm": 10.0},
                    "contact": RC,
                    "contact_impedance_ohm_cm2": 1.0,
                }
            ]
        },
        None,
        r"left\.detached\[0\]: found contact and contact_impedance_ohm_cm2; accepted: one of them, or neither",
    ),
    "detached out of the band": (
        {"detached": [{"outline": {"kind": "disc", "diameter_mm": 10.0}, **library()}]},
        {"frequency_Hz": 2e6},
        r"left\.detached\[0\]\.contact: found a contact that is known from 1 Hz to 1 MHz; .*frequency_Hz, 2 MHz",
    ),
    "unknown sheet": (
        {},
        {"stratum_corneum": SHEET | {"entry": "wet"}},
        r'tissues\.stratum_corneum\.entry: found "wet"; accepted: one of dry, ',
    ),
    "sheet from a file": (
        {},
        {"stratum_corneum": {"kind": "table", "path": "z.csv"}},
        r"tissues\.stratum_corneum: found .*accepted: kind = 'resistance', 'rc', 'cpe', 'spectrum', 'library'$",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_path_found_and_accepted(name):
    electrode, tissues, message = REFUSED[name]
    with pytest.raises(CaseError, match=message) as raised:
        case(electrode, tissues)
    assert "\n" not in str(raised.value)
