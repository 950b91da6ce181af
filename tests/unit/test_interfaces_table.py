import copy
import tomllib
from pathlib import Path

import pytest

from sim.case import load_case, parse_case
from sim.errors import CaseError
from sim.steady import case_sheets, case_terminals

ROOT = Path(__file__).parents[2]
EXAMPLE = tomllib.loads((ROOT / "cases" / "tens_low_back.toml").read_text())
TABLE = {"kind": "table", "path": "z.csv"}
CSV = "frequency_Hz,magnitude_ohm_cm2,phase_deg\n1,1e4,-30\n1e6,220,-25\n"
RC = {"kind": "rc", "resistance_ohm_cm2": 1e4, "capacitance_nF_per_cm2": 30.0}
SHEET = {"kind": "resistance", "resistance_ohm_cm2": 500.0}


def example(contact, **tissues):
    data = copy.deepcopy(EXAMPLE)
    for electrode in data["electrodes"]:
        electrode.pop("contact_impedance_ohm_cm2")
    data["electrodes"][0]["contact"] = contact
    data["tissues"] |= tissues
    return data


def test_contact_from_a_file_beside_the_case(tmp_path):
    (tmp_path / "z.csv").write_text(CSV)
    left = parse_case(example(TABLE), "x.toml", tmp_path).electrodes[0]
    assert left.contact.kind == "spectrum"
    assert abs(left.contact_model.impedance(1e6)) == pytest.approx(0.022)


def test_the_hash_is_of_the_spectrum_and_not_of_its_path(tmp_path):
    (tmp_path / "z.csv").write_text(CSV)
    (tmp_path / "copy.csv").write_text(CSV)
    (tmp_path / "other.csv").write_text(CSV.replace("220", "221"))
    first, same, other = (
        parse_case(example(TABLE | {"path": path}), "x.toml", tmp_path).sha256
        for path in ("z.csv", "copy.csv", "other.csv")
    )
    assert first == same != other


def test_contacts_of_arrays_and_leads_from_files(tmp_path):
    (tmp_path / "z.csv").write_text(CSV)
    data = example(TABLE)
    array = data["electrodes"].pop(0) | {"rows": 1, "columns": 2, "pitch_mm": [45.0, 45.0]}
    array["position_mm"] = [-60.0, 0.0]
    data["arrays"] = [array]
    data["channels"][0]["electrodes"] = {"left1": 1.0, "right": -1.0}
    assert {pad.contact_model.band_Hz for pad in parse_case(data, "x.toml", tmp_path).electrodes[1:]} == {(1.0, 1e6)}
    lead = tomllib.loads((ROOT / "cases" / "dbs_lead.toml").read_text())
    for each in lead["leads"]:
        each.pop("contact_impedance_ohm_cm2", None)
        each["contact"] = TABLE
    assert parse_case(lead, "x.toml", tmp_path).leads[0].contact_model.band_Hz == (1.0, 1e6)


def test_broken_files_name_key_and_row(tmp_path):
    (tmp_path / "z.csv").write_text(CSV + "2e6,x,0\n")
    with pytest.raises(CaseError, match=r'electrodes\.left\.contact\.path: row 4: found "2e6,x,0"; accepted: three'):
        parse_case(example(TABLE), "x.toml", tmp_path)
    with pytest.raises(CaseError, match=r"electrodes\.left\.contact\.path: found none\.csv, which is not readable"):
        parse_case(example(TABLE | {"path": "none.csv"}), "x.toml", tmp_path)


def test_the_solver_gets_magnitudes_at_the_frequency_of_the_case():
    for f in (0.0, 1e3):
        case = parse_case(example(RC, stratum_corneum=SHEET, frequency_Hz=f), "x.toml")
        left, right = case_terminals(case)
        z = abs(case.electrodes[0].contact_model.impedance(f) + 0.05)
        assert left.faces == (("pad left", pytest.approx(z)),)
        assert right.faces == (("pad right", pytest.approx(0.05)),)


def test_the_sheet_lies_under_stacks_and_detached_parts_but_not_around_needles():
    stacked = example(RC, stratum_corneum=SHEET, frequency_Hz=0.0)
    part = {"outline": {"kind": "disc", "diameter_mm": 10.0}, "contact": RC}
    stacked["electrodes"][0] |= {"stack": [{"material": "hydrogel", "thickness_mm": 1.0}], "detached": [part]}
    assert [sheet.z for sheet in case_sheets(parse_case(stacked, "x.toml"))] == pytest.approx([1.05, 1.05])
    needles = load_case(ROOT / "cases" / "microneedles.toml", {"tissues.stratum_corneum": SHEET})
    plain = load_case(ROOT / "cases" / "microneedles.toml")
    changes = {
        name: z - dict(before.faces)[name]
        for after, before in zip(case_terminals(needles), case_terminals(plain), strict=True)
        for name, z in after.faces
    }
    assert changes
    for name, change in changes.items():
        assert change == pytest.approx(0.05 if name.startswith("pad ") else 0.0)
