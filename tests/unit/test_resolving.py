"""Shorthands of the case file: sites, arrays, outline files, leads, and values given by the path of their key."""

import argparse
import re
from pathlib import Path

import numpy as np
import pytest

from meshes.bodies import Block, Face, Limb
from meshes.leads import Shaft
from meshes.pads import Polygon
from sim.case import Case, load_case, parse_case
from sim.case.paths import set_value
from sim.cli import _change
from sim.errors import CaseError
from sim.library import available_sites, load_site

LID = {"outline": {"kind": "disc", "diameter_mm": 80.0}}
SPOT = {"outline": {"kind": "disc", "diameter_mm": 5.0}}
CASES = Path(__file__).parents[2] / "cases"


def load(name, **changes):
    return load_case(CASES / f"{name}.toml", changes)


@pytest.mark.parametrize("path", sorted(CASES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_case_is_valid_and_reads_back(path):
    case = load_case(path)
    assert Case.model_validate_json(case.model_dump_json()) == case
    data = case.model_dump(mode="json", exclude_none=True)
    assert parse_case(data, "case.json").sha256 == case.sha256


@pytest.mark.parametrize("site", available_sites())
def test_every_site_makes_a_body(site):
    pads = [
        {"name": name, "pad": {"kind": "disc", "diameter_mm": 8.0}, "position_mm": [x, 0.0]}
        for name, x in (("a", -10.0), ("b", 10.0))
    ]
    waveform = {"kind": "direct"}
    channel = {"name": "c", "electrodes": {"a": 1.0, "b": -1.0}, "amplitude_mA": 1.0, "waveform": waveform}
    case = parse_case({"title": "t", "body": {"site": site}, "electrodes": pads, "channels": [channel]}, "x.toml")
    assert case.body.site == site
    assert [layer.tissue for layer in case.body.layers] == [layer["tissue"] for layer in load_site(site).body["layers"]]


def test_changes_of_a_site():
    case = load("forearm_nmes")
    assert isinstance(case.body, Limb)
    assert case.body.layers[1].thickness_mm == 5.0  # the file's own change
    case = load("forearm_nmes", **{"body.layers.fat.thickness_mm": 7.5, "body.length_mm": 180.0})
    assert case.body.layers[1].thickness_mm == 7.5
    assert case.body.layers[0].thickness_mm == load_site("forearm").body["layers"][0]["thickness_mm"]
    assert case.body.length_mm == 180.0
    oval = load("forearm_nmes", **{"body.semi_axes_mm": [46.0, 40.0]})
    assert oval.body.axes == (46.0, 40.0)
    assert oval.body.radius_mm is None


def test_face_without_radius_is_a_block():
    body = load_site("cheek").body
    flat = {key: value for key, value in body.items() if key != "radius_mm"}
    assert isinstance(load("cheek_ring", body=flat).body, Block)
    assert isinstance(load("cheek_ring").body, Face)


def test_array_goes_row_by_row_around_its_position():
    case = load("forearm_array")
    names = [electrode.name for electrode in case.electrodes]
    assert names == ["return", *(f"a{i}" for i in range(1, 17))]
    places = np.array([electrode.position_mm for electrode in case.electrodes[1:]]).reshape(4, 4, 2)
    assert np.allclose(places.mean(axis=(0, 1)), [-20.0, 0.0])
    assert np.allclose(np.diff(places[:, :, 0], axis=1), 14.0)
    assert np.allclose(np.diff(places[:, :, 1], axis=0), 14.0)


def test_outline_file_becomes_a_polygon_and_counts_for_the_hash(tmp_path):
    case = load("forehead_outline")
    left, right = case.electrodes
    assert isinstance(left.pad, Polygon)
    assert left.pad.area_mm2 == pytest.approx(right.pad.area_mm2, rel=1e-9)
    (tmp_path / "outlines").mkdir()
    drawing = (CASES / "outlines" / "forehead_pole.svg").read_text()
    text = (CASES / "forehead_outline.toml").read_text()
    (tmp_path / "same.toml").write_text(text)
    (tmp_path / "outlines" / "forehead_pole.svg").write_text(drawing)
    assert load_case(tmp_path / "same.toml").sha256 == case.sha256
    (tmp_path / "outlines" / "forehead_pole.svg").write_text(drawing.replace("C 23 30 18 37", "C 23 29 18 37"))
    assert load_case(tmp_path / "same.toml").sha256 != case.sha256


def test_lead_brings_its_shape_and_terminals():
    case = load("dbs_lead")
    assert isinstance(case.leads[0].shape, Shaft)
    assert case.poles == ("dbs0", "dbs1", "dbs2", "dbs3")
    shape = {"kind": "shaft", "shaft_diameter_mm": 1.0, "tip": "flat"}
    shape["contacts"] = [{"name": name, "from_mm": z, "length_mm": 1.0} for name, z in (("1", 1.0), ("2", 4.0))]
    own = load("dbs_lead", **{"leads.dbs.shape": shape})
    assert own.leads[0].shape.contacts[1].from_mm == 4.0


@pytest.mark.parametrize(
    ("name", "key", "value", "message"),
    [
        ("forearm_nmes", "body.site", "foot", 'body.site: found "foot"; accepted: one of abdomen'),
        (
            "forearm_nmes",
            "body.layers.bone.thickness_mm",
            3.0,
            "body.layers.bone: found a layer that the site does",
        ),
        ("forearm_nmes", "body.radius_mm", 12.0, "body: found the bone radius, which reaches"),
        ("forearm_nmes", "electrodes.proximal.position_mm", [-40.0, 400.0], "over the edge; accepted: a pad inside [x"),
        ("forearm_nmes", "electrodes.proximal.position_mm", [20.0, 0.0], "overlaps or touches proximal (by 20 mm)"),
        ("rubber_snap", "electrodes.left.connector", {"diameter_mm": 60.0}, "a connector that reaches 5 mm over"),
        ("forearm_nmes", "electrodes.proximal.stack.hydrogel.material", "gell", 'stack[0].material: found "gell"'),
        ("forehead_outline", "electrodes.left.pad.path", "nope.svg", "electrodes.left.pad.path: found no such file"),
        ("forehead_outline", "electrodes.left.pad.path", "../dbs_lead.toml", "accepted: .dxf or .svg"),
        ("dbs_lead", "leads.dbs.model", "medtronic-3388", 'leads.dbs.model: found "medtronic-3388"'),
        ("dbs_lead", "leads.dbs.direction", [0.0, 0.0, 0.0], "leads.dbs.direction: found [0, 0, 0]"),
        ("dbs_lead", "leads.dbs.tip_mm", [0.0, 0.0, 5.0], "leads.dbs.tip_mm: found [0, 0, 5], outside the body"),
        ("forearm_array", "arrays.a.pitch_mm", [9.0, 14.0], "overlaps or touches a1"),
        ("forearm_array", "spacing.refuse_below_mm", 6.0, "at least 6 mm (spacing.refuse_below_mm)"),
        ("lower_leg_plate", "channels.ch1.electrodes", {"front": 1.0, "plate": -1.0}, "found an implant, which floats"),
        ("lower_leg_plate", "inclusions.plate.material", "steel", "accepted: 'metal' or 'insulator'"),
        ("lower_leg_plate", "inclusions.plate.tissue", "blood", "give either tissue or material"),
        ("lower_leg_plate", "inclusions.plate.center_mm", [0.0, 0.0, 300.0], "outside the body"),
        ("lower_leg_plate", "inclusions.vessel.name", "plate", "the name plate 2 times"),
        ("wound", "wounds.wound.depth_mm", 80.0, "wounds.wound.depth_mm: found 80; accepted: less than"),
        ("wound", "wounds.wound.position_mm", [300.0, 0.0], "from where the wound reaches"),
        ("cheek_ring", "electrodes.ring.pad.inner_diameter_mm", 9.0, "overlaps or touches centre"),
        ("cheek_ring", "electrodes.ring.pad.inner_diameter_mm", 30.0, "less than outer_diameter_mm, 28"),
        ("tens_low_back", "body.kind", "sphere", "accepted: kind = 'block', 'limb', 'face', or a site"),
        ("tens_low_back", "body", {"length_mm": 3.0}, "a table with the key kind or site"),
        ("microneedles", "electrodes.needles.needles.pitch_mm", 0.2, "less than pitch_mm, 0.2"),
        ("microneedles", "electrodes.needles.needles.rows", 9, "reach"),
        ("dbs_lead", "channels.ch1.electrodes", {"dbs1": 1.0, "dbs9": -1.0}, "found an unknown electrode"),
        ("dbs_lead", "leads.dbs.name", "1dbs", "leads"),
        ("dbs_lead", "leads.dbs.direction", [1e-200, 0.0, 0.0], "leads.dbs.direction: found [1e-200, 0, 0]"),
        ("thigh_quadriceps", "electrodes.distal.connector", {"diameter_mm": 4.0}, "a connector on metal"),
        ("rubber_snap", "electrodes.left.contact_impedance_ohm_cm2", 0.005, "0.005 under a stack"),
        (
            "forehead_outline",
            "electrodes.right.detached",
            [LID | {"position_mm": [90.0, 0.0]}],
            "detached part 1 beside",
        ),
        ("forehead_outline", "electrodes.right.detached", [LID], "detached parts that cover the whole pad"),
        ("iontophoresis", "electrodes.drug.detached", [SPOT, SPOT], "detached part 1 beside the pad or under others"),
        ("microneedles", "electrodes.needles.detached", [SPOT], "detached parts of a backing that insulates"),
        ("microneedles", "electrodes.needles.needles.length_mm", 0.04, "more than the thin outer layers, 0.05"),
        ("microneedles", "electrodes.needles.needles.length_mm", 60.0, "and less than"),
        ("tens_low_back", "body.site", "my-back", 'body.site: found "my-back"'),
        ("dbs_lead", "tissues.override", {"skin": {"conductivity_S_per_m": 1.0}}, "a tissue that no layer has"),
    ],
)
def test_one_line_says_what_is_wrong(name, key, value, message):
    with pytest.raises(CaseError, match=re.escape(message)) as error:
        load(name, **{key: value})
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("electrodes.top.pad", 'electrodes.top: found "top"; accepted: one of left, right'),
        ("electrodes.left", "a whole entry of a list"),
        ("title.long", "a value, which has no parts"),
        ("body.layers.fat.thickness_mm", 'body.layers.fat: found "fat", which 2 entries have'),
        ("place.2", 'x.toml: place.2: found "2" in a list of 2 values; accepted: a number from 0 to 1'),
        ("place.-1", 'place.-1: found "-1" in a list of 2 values; accepted: a number from 0 to 1'),
        ("place.x", 'place.x: found "x" in a list of 2 values; accepted: a number from 0 to 1'),
        ("place.01", 'place.01: found "01" in a list of 2 values; accepted: a number from 0 to 1'),
        ("place.0.1", "place.0.1: found a value, which has no parts"),
        ("nothing.0", 'nothing.0: found "0" in an empty list; accepted: a list with values'),
        ("electrodes.0.pad", 'electrodes.0: found "0"; accepted: one of left, right'),
    ],
)
def test_paths_that_lead_nowhere(path, message):
    layers = [{"tissue": "fat"}, {"tissue": "muscle"}, {"tissue": "fat"}]
    data = {"title": "t", "electrodes": [{"name": "left"}, {"name": "right"}], "body": {"layers": layers}}
    data |= {"place": [1.0, 2.0], "nothing": []}
    with pytest.raises(CaseError, match=re.escape(message)):
        set_value(data, path, 1.0, "x.toml")


def test_paths_find_entries_by_name_tissue_and_material():
    layers = [{"tissue": "skin", "thickness_mm": 1.0}, {"tissue": "fat", "thickness_mm": 2.0}]
    data = {"body": {"layers": layers}, "electrodes": [{"name": "a", "stack": [{"material": "gel"}]}]}
    set_value(data, "body.layers.fat.thickness_mm", 5.0, "x")
    set_value(data, "electrodes.a.stack.gel.thickness_mm", 6.0, "x")
    set_value(data, "numerics.accuracy", "draft", "x")
    assert layers[1]["thickness_mm"] == 5.0
    assert data["electrodes"][0]["stack"][0]["thickness_mm"] == 6.0
    assert data["numerics"] == {"accuracy": "draft"}


def test_paths_find_values_of_a_list_by_their_number():
    data = {"electrodes": [{"name": "left", "position_mm": [1.0, 2.0], "outline": [[0.0, 0.0], [5.0, 0.0]]}]}
    set_value(data, "electrodes.left.position_mm.1", 7.0, "x")
    set_value(data, "electrodes.left.outline.1.0", 6.0, "x")
    assert data["electrodes"][0]["position_mm"] == [1.0, 7.0]
    assert data["electrodes"][0]["outline"] == [[0.0, 0.0], [6.0, 0.0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("body.layers.fat.thickness_mm=8.0", ("body.layers.fat.thickness_mm", 8.0)),
        ("electrodes.left.position_mm = [1.0, 2.0]", ("electrodes.left.position_mm", [1.0, 2.0])),
        ("body.site=thigh", ("body.site", "thigh")),
        ('title="a = b"', ("title", "a = b")),
    ],
)
def test_changes_on_the_command_line(text, expected):
    assert _change(text) == expected


@pytest.mark.parametrize("text", ["body.site", "=3", "key="])
def test_changes_without_key_or_value_are_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match="KEY=VALUE"):
        _change(text)
