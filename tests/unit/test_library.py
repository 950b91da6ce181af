"""Libraries of sites, leads and materials: what the files hold, and what is refused."""

import math
import tomllib

import numpy as np
import pytest

from meshes.leads import Concentric, Shaft
from sim.folders import CASES
from sim.library import (
    ConcentricFile,
    ShaftFile,
    available_leads,
    available_sites,
    load_lead,
    load_site,
)
from sim.tissues import load_tissue_set

SITES = ("abdomen", "cheek", "forearm", "forehead", "lower-back", "lower-leg", "thigh", "upper-arm")
GAP_MM = 2.0  # of muscle between fat and bone

# diameter, first edge, contact length, gap between contacts, number of contacts
LEADS = {
    "medtronic-3389": (1.27, 1.5, 1.5, 0.5, 4),
    "medtronic-3387": (1.27, 1.5, 1.5, 1.5, 4),
    "boston-scientific-vercise": (1.3, 1.1, 1.5, 0.5, 8),
    "pins-l301": (1.3, 1.5, 1.5, 0.5, 4),
    "percutaneous-octad": (1.3, 1.5, 3.0, 1.0, 8),
}


def edited(folder, kind, name, old, new):
    """The file with one piece of its text replaced, in another folder."""
    text = (CASES / kind / f"{name}.toml").read_text(encoding="utf-8")
    assert old in text, old
    (folder / f"{name}.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_every_site_is_there():
    assert available_sites() == SITES


@pytest.mark.parametrize("name", available_sites())
def test_site(name):
    site = load_site(name)
    assert site.id == name
    statuses = {each.status for each in site.ranges.values()}
    assert (site.status == "unverified") == ("unverified" in statuses), "a file is as good as its worst number"
    for each in site.ranges.values():
        assert (
            each.status != "unverified"
            or "design values" in each.source.lower()
            or "unverified" in each.source
            or ("this project" in each.source)
        )


@pytest.mark.parametrize("name", available_sites())
def test_tissues_of_sites_are_in_the_default_set(name):
    body = load_site(name).body
    used = {layer["tissue"] for layer in body["layers"]} | {body.get("core", {}).get("tissue", "skin")}
    assert used <= set(load_tissue_set("itis-lf").tissues)
    if body["kind"] == "face":
        assert body["layers"][-1]["tissue"] == "bone_cortical"
        assert math.hypot(body["length_mm"], body["width_mm"]) / 2 < body["radius_mm"]
        assert sum(layer["thickness_mm"] for layer in body["layers"]) < body["radius_mm"]


@pytest.mark.parametrize("name", [name for name in SITES if load_site(name).body["kind"] == "limb"])
def test_bones_lie_in_the_muscle_even_at_the_thin_end(name):
    body = load_site(name).body
    depth = sum(layer["thickness_mm"] for layer in body["layers"])
    thin = np.array(body.get("semi_axes_mm", 2 * [body["radius_mm"]])) * min(body.get("taper", 1.0), 1.0) - depth
    angle = np.linspace(0.0, 2.0 * np.pi, 721)
    edge = thin[:, None] * np.array([np.cos(angle), np.sin(angle)])
    for i, bone in enumerate(body["bones"]):
        place = np.array(bone["position_mm"])
        assert np.sum((place / thin) ** 2) < 1.0
        assert np.min(np.linalg.norm(edge - place[:, None], axis=0)) - bone["radius_mm"] >= GAP_MM
        assert 0.0 < bone["cortical_mm"] < bone["radius_mm"]
        for other in body["bones"][i + 1 :]:
            apart = np.linalg.norm(place - np.array(other["position_mm"]))
            assert apart > bone["radius_mm"] + other["radius_mm"] + 1.0


BROKEN_SITES = {
    "number outside": ("thickness_mm = 4.0", "thickness_mm = 9.0", r"fat: thickness_mm 9 lies outside of its range"),
    "bone outside": ("radius_mm = 6.6", "radius_mm = 8.6", r"radius: radius_mm 8\.6 lies outside"),
    "core outside": ("radius_mm = [30.0, 46.0]", "radius_mm = [38.0, 46.0]", r"core: radius_mm 36\.9 lies outside"),
    "no range": ("[ranges.fat]", "[ranges.fa]", r"no range for fat"),
    "range of nothing": (
        "[ranges.fat]",
        "[ranges.wool]\nthickness_mm=[1.0,2.0]\nsource='x'\nstatus='primary'\n[ranges.fat]",
        r"ranges\.wool names no part",
    ),
    "half a range": ("cortical_mm = [2.0, 4.5]", "", r"ranges\.radius needs radius_mm, cortical_mm, found radius_mm"),
    "falling range": ("thickness_mm = [2.0, 8.0]", "thickness_mm = [8.0, 2.0]", r"thickness_mm must grow"),
    "no source": ('source = "Design values"', 'source = " "', r"ranges\.fat\.source"),
    "unknown status": ('status = "unverified"', 'status = "sure"', r"status"),
    "unknown key": ("[body]", "[bodi]", r"bodi|body"),
    "no kind": ('kind = "limb"', 'kind = "sphere"', r"'limb', 'block' or 'face'"),
    "other id": ('id = "forearm"', 'id = "arm"', r"id is 'arm'; accepted: the file's name"),
}


@pytest.mark.parametrize("old, new, message", BROKEN_SITES.values(), ids=BROKEN_SITES)
def test_broken_sites_are_refused(tmp_path, old, new, message):
    with pytest.raises(ValueError, match=message):
        load_site("forearm", edited(tmp_path, "sites", "forearm", old, new))


def test_unknown_names_are_refused_with_what_is_known():
    with pytest.raises(ValueError, match=r"unknown site 'wrist'; accepted: abdomen, cheek"):
        load_site("wrist")
    with pytest.raises(ValueError, match=r"unknown lead '\.\./sites/cheek'; accepted: abbott-6142"):
        load_lead("../sites/cheek")


@pytest.mark.parametrize("name", available_leads())
def test_lead(name):
    lead = load_lead(name)
    assert lead.id == name
    assert not lead.unverified or lead.caveat
    assert lead.status != "unverified" or lead.unverified, "an unverified lead names the numbers"
    assert type(lead.geometry) is (Shaft if isinstance(lead, ShaftFile) else Concentric)
    assert lead.geometry.length_mm == lead.length_mm


@pytest.mark.parametrize("name", LEADS)
def test_sizes_of_leads(name):
    lead = load_lead(name)
    diameter, first, length, gap, number = LEADS[name]
    assert lead.shaft_diameter_mm == diameter
    assert [contact.length_mm for contact in lead.contacts] == number * [length]
    np.testing.assert_allclose(
        [contact.from_mm for contact in lead.contacts], first + np.arange(number) * (length + gap)
    )
    assert lead.length_mm == pytest.approx(first + number * length + (number - 1) * gap)


@pytest.mark.parametrize("name, gap", [("abbott-6142", 1.5), ("abbott-6148", 0.5)])
def test_leads_with_a_metal_tip(name, gap):
    lead = load_lead(name)
    assert (lead.shaft_diameter_mm, lead.contacts[0].from_mm, lead.contacts[0].length_mm) == (1.4, 0.0, 3.0)
    assert [upper.from_mm - lower.to_mm for lower, upper in zip(lead.contacts, lead.contacts[1:], strict=False)] == [
        gap
    ] * 3


@pytest.mark.parametrize("name, area_mm2", [("concentric-needle", 0.07), ("concentric-needle-facial", 0.019)])
def test_core_of_the_concentric_needle_has_the_published_area(name, area_mm2):
    needle = load_lead(name)
    assert isinstance(needle, ConcentricFile)
    assert math.pi / 4 * needle.core_diameter_mm**2 == pytest.approx(area_mm2, rel=2e-3)


def test_monopolar_needle_has_the_area_of_its_cone():
    needle = load_lead("monopolar-needle")
    r, bare = needle.shaft_diameter_mm / 2, needle.contacts[0].length_mm
    rounded = 2 * math.pi * r**2 + 2 * math.pi * r * (bare - r)
    assert rounded == pytest.approx(math.pi * r * math.hypot(r, 0.5), rel=0.03)


BROKEN_LEADS = {
    "overlap": ("from_mm = 3.5", "from_mm = 2.9", r"contacts 0 and 1 overlap"),
    "touch": ("from_mm = 3.5", "from_mm = 3.0", r"contacts 0 and 1 touch"),
    "order": ("from_mm = 3.5", "from_mm = 1.0", r"1 lies below 0"),
    "names": ('name = "1"', 'name = "0"', r"contact names must differ, found 0, 0, 2, 3"),
    "too long": ("from_mm = 7.5", "from_mm = 499.0", r"reach to 500\.5 mm, at most 500 mm"),
    "on the tip": ("from_mm = 1.5", "from_mm = 0.3", r"begins on the round tip: 0 or at least 0\.635 mm"),
    "unknown kind": ('kind = "shaft"', 'kind = "rod"', r"'shaft', 'concentric'"),
    "unknown tip": ('tip = "hemisphere"', 'tip = "cone"', r"'hemisphere' or 'flat'"),
    "unknown key": ("shaft_diameter_mm", "diameter_mm", r"diameter_mm"),
    "negative": ("shaft_diameter_mm = 1.27", "shaft_diameter_mm = -1.27", r"greater than 0"),
    "text": ("shaft_diameter_mm = 1.27", 'shaft_diameter_mm = "1.27"', r"valid number"),
    "no source": ('source = "', 'source = ""\n# "', r"source"),
    "unverified what": ('kind = "shaft"', 'kind = "shaft"\nunverified = ["color"]', r"'color', which is no size"),
    "unverified title": ('kind = "shaft"', 'kind = "shaft"\nunverified = ["title"]', r"'title', which is no size"),
}


@pytest.mark.parametrize("old, new, message", BROKEN_LEADS.values(), ids=BROKEN_LEADS)
def test_broken_leads_are_refused(tmp_path, old, new, message):
    with pytest.raises(ValueError, match=message):
        load_lead("medtronic-3389", edited(tmp_path, "leads", "medtronic-3389", old, new))


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("core_diameter_mm = 0.2985", "core_diameter_mm = 0.36", r"must grow in this order"),
        ("insulation_diameter_mm = 0.36", "insulation_diameter_mm = 0.5", r"must grow in this order"),
        ("cannula_length_mm = 10.0", "cannula_length_mm = 600.0", r"less than or equal to 500"),
    ],
)
def test_broken_needles_are_refused(tmp_path, old, new, message):
    with pytest.raises(ValueError, match=message):
        load_lead("concentric-needle", edited(tmp_path, "leads", "concentric-needle", old, new))


def test_a_metal_tip_must_reach_over_the_rounding():
    contact = {"name": "a", "from_mm": 0.0, "length_mm": 0.3}
    with pytest.raises(ValueError, match=r"ends on the round tip: at least 0\.5 mm"):
        Shaft(kind="shaft", shaft_diameter_mm=1.0, tip="hemisphere", contacts=(contact,))
    assert Shaft(kind="shaft", shaft_diameter_mm=1.0, tip="flat", contacts=(contact,)).length_mm == 0.3


def test_materials():
    materials = load_tissue_set("electrodes", CASES / "materials")
    assert materials.id == "electrodes" and materials.source and materials.caveat
    assert all(each.note and each.status for each in materials.tissues.values()), "every material has its own"


def test_numbers_of_the_electrode_materials():
    materials = load_tissue_set("electrodes", CASES / "materials").tissues
    found = {name: (each.conductivity_S_per_m, each.status) for name, each in materials.items()}
    assert found == {
        "hydrogel": (0.1, "unverified"),
        "sponge_saline": (1.0, "secondary"),
        "saline": (1.76, "primary"),
        "electrode_gel": (3.3, "secondary"),
        "carbon_rubber": (29.4, "secondary"),
    }


def test_broken_materials_are_refused(tmp_path):
    folder = edited(tmp_path, "materials", "electrodes", "conductivity_S_per_m = 0.1", "conductivity_S_per_m = 0.0")
    with pytest.raises(ValueError, match=r"greater than 0"):
        load_tissue_set("electrodes", folder)


def test_numbers_of_the_peripheral_nerve_set():
    tissues = load_tissue_set("peripheral-nerve").tissues
    assert "perineurium" not in tissues
    for name, along, across in [("endoneurium", 1 / 1.75, 1 / 6), ("muscle", 0.35, 0.086)]:
        tissue = tissues[name]
        assert tissue.longitudinal_S_per_m == pytest.approx(along, rel=1e-5)
        assert tissue.transverse_S_per_m == pytest.approx(across, rel=1e-5)
        assert tissue.conductivity_S_per_m == pytest.approx((along * across**2) ** (1 / 3), rel=1e-5)
    for name, value in [("epineurium", 1 / 6.3), ("encapsulation", 1 / 6.3), ("fat", 1 / 30), ("saline", 1.76)]:
        assert tissues[name].conductivity_S_per_m == pytest.approx(value, rel=2e-5)


@pytest.mark.parametrize("kind", ["sites", "leads", "materials"])
def test_files_are_plain_toml_of_one_folder(kind):
    files = sorted((CASES / kind).rglob("*"))
    assert files and all(path.suffix == ".toml" and path.parent == CASES / kind for path in files)
    assert all(tomllib.loads(path.read_text(encoding="utf-8"))["id"] == path.stem for path in files)
