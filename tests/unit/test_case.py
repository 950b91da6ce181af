import copy
import json
import math
import tomllib
from pathlib import Path

import pytest

from meshes.errors import MeshError
from sim.case import Case, case_schema, load_case, parse_case
from sim.case.written import CaseFile
from sim.errors import CaseError

ROOT = Path(__file__).parents[2]
EXAMPLE = tomllib.loads((ROOT / "cases" / "tens_low_back.toml").read_text())


def example():
    return copy.deepcopy(EXAMPLE)


def changed(*path_and_value):
    *path, value = path_and_value
    data = example()
    here = data
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = value
    return data


def without(*path):
    data = example()
    here = data
    for key in path[:-1]:
        here = here[key]
    del here[path[-1]]
    return data


PAD = ("electrodes", 0, "pad")
CHANNEL = ("channels", 0)
LAYER = ("body", "layers", 0)

REFUSED = {
    "unknown key": (
        changed("colour", "red"),
        r"x\.toml: colour: found an unknown key; accepted: one of arrays, body, channels, electrodes, ",
    ),
    "unit of a key": (
        changed(*PAD, {"kind": "disc", "diameter_m": 0.04}),
        r"electrodes\.left\.pad\.diameter_m: found an unknown key; accepted: did you mean diameter_mm\?",
    ),
    "key of another pad": (changed(*PAD, "length_mm", 3.0), r"pad\.length_mm: .*one of diameter_mm, kind"),
    "missing key": (without("body"), "body: found nothing; accepted: this key is required"),
    "text for a number": (changed(*PAD, "diameter_mm", "40"), 'diameter_mm: found "40"; accepted: a number'),
    "number for text": (changed("title", 3), "title: found 3; accepted: text"),
    "number for a table": (changed("body", 3), "body: found 3 without a kind; accepted: a table with the key kind"),
    "truth for a number": (changed(*PAD, "diameter_mm", True), "diameter_mm: found true; accepted: a number"),
    "nan": (changed(*PAD, "diameter_mm", math.nan), "diameter_mm: found NaN; accepted: a finite number"),
    "inf": (changed("body", "length_mm", math.inf), "body.length_mm: found Infinity; accepted: a finite number"),
    "negative size": (changed(*PAD, "diameter_mm", -40.0), "diameter_mm: found -40.0; accepted: greater than 0"),
    "no thickness": (changed(*LAYER, "thickness_mm", 0.0), r"layers\[0\]\.thickness_mm: found 0.0; accepted: greater"),
    "negative contact impedance": (
        changed("electrodes", 0, "contact_impedance_ohm_cm2", -1.0),
        "contact_impedance_ohm_cm2: found -1.0; accepted: greater than or equal to 0",
    ),
    "unknown kind": (changed(*PAD, "kind", "disk"), r"left\.pad: found .*; accepted: kind = 'disc', 'rectangle'"),
    "no kind": (without(*PAD, "kind"), r"left\.pad: found .* without a kind"),
    "large corner radius": (
        changed(*PAD, {"kind": "rectangle", "length_mm": 30.0, "width_mm": 20.0, "corner_radius_mm": 11.0}),
        "corner_radius_mm 11 is more than half of the shorter side, 10",
    ),
    "unknown tissue": (
        changed(*LAYER, "tissue", "skinn"),
        r'layers\[0\]\.tissue: found "skinn"; accepted: one of',
    ),
    "unknown tissue set": (changed("tissues", "set", "mine"), 'tissues.set: found "mine"; accepted: one of .*itis-lf'),
    "override of nothing": (
        changed("tissues", "override", "bone_cortical", {"conductivity_S_per_m": 1.0}),
        "override.bone_cortical: found a tissue that no layer has; accepted: one of fat, muscle, skin",
    ),
    "half an axial conductivity": (
        changed("tissues", "override", "muscle", {"conductivity_S_per_m": {"longitudinal": 1.0}}),
        r"conductivity_S_per_m\.transverse: found nothing; accepted: this key is required",
    ),
    "axial without direction": (
        changed("tissues", "override", "skin", {"conductivity_S_per_m": {"longitudinal": 1.0, "transverse": 0.5}}),
        r"layers\[0\]\.fibre_direction: found nothing, but skin has a longitudinal",
    ),
    "fibres without direction": (
        changed("body", "layers", 2, "fibre_direction", [0.0, 0.0, 0.0]),
        r"layers\[2\]\.fibre_direction: found \[0, 0, 0\]; accepted: a direction",
    ),
    "unknown limits": (changed("safety", "limits", ["iec"]), 'safety.limits: found "iec"; accepted: one of .*shannon'),
    "no limits": (changed("safety", "limits", []), r"safety.limits: found \[\]; accepted: 1 entries or more"),
    "limits twice": (changed("safety", "limits", ["shannon", "shannon"]), "safety.limits: found the same file twice"),
    "unknown electrode": (
        changed(*CHANNEL, "electrodes", {"left": 1.0, "rigth": -1.0}),
        r"ch1\.electrodes\.rigth: found an unknown electrode; accepted: one of left, right",
    ),
    "unbalanced weights": (
        changed(*CHANNEL, "electrodes", {"left": 1.0, "right": -0.9}),
        "channels.ch1: found weights of the electrodes that sum to 0.1; accepted: they must sum to zero",
    ),
    "weight zero": (changed(*CHANNEL, "electrodes", {"left": 0.0, "right": 0.0}), "channels.ch1: found a weight of 0"),
    "two amplitudes": (changed(*CHANNEL, "amplitude_V", 3.0), "channels.ch1: found amplitude_mA and amplitude_V"),
    "no amplitude": (without(*CHANNEL, "amplitude_mA"), "channels.ch1: found no amplitude"),
    "pulse over its period": (
        changed(*CHANNEL, "waveform", "phase_us", 8000.0),
        r"ch1\.waveform: found a pulse of 16000 us does not fit into the period of 10000 us",
    ),
    "name twice": (changed("electrodes", 0, "name", "right"), "electrodes: found the name right 2 times"),
    "name with a space": (changed("electrodes", 0, "name", "my pad"), 'electrodes.*name: found "my pad"'),
    "overlapping pads": (
        changed("electrodes", 1, "position_mm", [-45.0, 0.0]),
        r"electrodes\.right\.position_mm: found a terminal that overlaps or touches left \(by 35 mm\)",
    ),
    "pad over the edge": (
        changed("electrodes", 1, "position_mm", [105.0, 0.0]),
        r"right\.position_mm: found \[105, 0\], from where the pad reaches 5 mm over the edge",
    ),
    "pad too small to mesh": (
        changed(*PAD, "diameter_mm", 0.001),
        r"left\.pad: found a rim that needs elements of 1\.5e-06 mm .*accepted: .* at least 0\.002 mm",
    ),
    "layer too thin to mesh": (
        changed(*LAYER, "thickness_mm", 0.001),
        r"layers\[0\]\.thickness_mm: found 0\.001, which needs elements of 0\.0005 mm",
    ),
    "probe outside": (
        changed("probes", 0, "position_mm", [0.0, 0.0, 1.0]),
        r"nerve\.position_mm: found \[0, 0, 1\], outside the body; accepted: .* -49\.5 <= z <= 0",
    ),
    "probe in a plane": (
        changed("probes", 0, "position_mm", [0.0, 0.0]),
        r"position_mm: found \[0\.0, 0\.0\]; ",
    ),
    "unknown accuracy": (changed("numerics", {"accuracy": "best"}), "found \"best\"; accepted: 'draft', 'standard' or"),
    "high order": (changed("numerics", {"element_order": 4}), "numerics.element_order: found 4; accepted: 1 or 2"),
    "loose tolerance": (
        changed("numerics", {"tolerance": 1e-3}),
        "numerics.tolerance: found 0.001; accepted: less",
    ),
    "one electrode": (
        changed("electrodes", EXAMPLE["electrodes"][:1]),
        "electrodes: found 1 in all; accepted: two or more",
    ),
}


def voltage_loop():
    data = example()
    channel = data["channels"][0]
    del channel["amplitude_mA"]
    channel["amplitude_V"] = 5.0
    data["channels"].append(channel | {"name": "ch2"})
    return data


REFUSED["voltage loop"] = (
    voltage_loop(),
    r"ch2\.electrodes: found electrodes between which other channels",
)


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_path_found_and_accepted(name):
    data, message = REFUSED[name]
    with pytest.raises(CaseError, match=message) as raised:
        parse_case(data, "x.toml")
    assert "\n" not in str(raised.value)
    assert str(raised.value).startswith("x.toml: ")


def test_a_gap_too_small_to_mesh():
    with pytest.raises(CaseError, match=r"right.*found 0\.001 mm between left and right, too little to be meshed"):
        parse_case(changed("electrodes", 1, "position_mm", [-9.999, 0.0]), "x.toml")


def test_example_is_a_case():
    case = parse_case(example(), "x.toml")
    assert [electrode.name for electrode in case.electrodes] == ["left", "right"]
    assert case.numerics.accuracy == "standard"
    assert case.body.depth_mm == 49.5


def test_case_is_frozen():
    case = parse_case(example(), "x.toml")
    with pytest.raises(ValueError, match="frozen"):
        case.title = "other"
    with pytest.raises(ValueError, match="frozen"):
        case.electrodes[0].pad.diameter_mm = 3.0


def test_whole_numbers_stand_for_reals():
    assert parse_case(changed("body", "length_mm", 240), "x.toml") == parse_case(example(), "x.toml")


def test_hash_is_of_the_content(tmp_path):
    case = parse_case(example(), "x.toml")
    text = (ROOT / "cases" / "tens_low_back.toml").read_text()
    copied = tmp_path / "other.toml"
    copied.write_text("# another comment\n" + text)
    assert load_case(copied).sha256 == case.sha256
    for data in (changed(*CHANNEL, "amplitude_mA", 21.0), changed(*PAD, "diameter_mm", 41.0)):
        assert parse_case(data, "x.toml").sha256 != case.sha256


def test_written_case_is_read_back():
    case = parse_case(example(), "x.toml")
    assert Case.model_validate_json(case.model_dump_json()) == case


def test_changes_replace_values_of_the_file():
    path = ROOT / "cases" / "tens_low_back.toml"
    assert load_case(path, {"numerics": {"accuracy": "draft"}}).numerics.accuracy == "draft"
    with pytest.raises(CaseError, match=r"numerics\.accuracy"):
        load_case(path, {"numerics": {"accuracy": "best"}})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"title = ", "a syntax error"),
        (b"title = '\xff'", "bytes that are not UTF-8"),
        (b"", r"electrodes: found nothing|body: found nothing|title: found nothing"),
        (b"title = 2020-01-01\n", "found|nothing"),
    ],
)
def test_files_that_are_no_case(tmp_path, content, message):
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    with pytest.raises(CaseError, match=message):
        load_case(path)


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(CaseError, match=r"no readable file \(No such file"):
        load_case(tmp_path / "none.toml")
    with pytest.raises(CaseError, match="no readable file"):
        load_case(tmp_path)


def test_schema_on_disk_is_the_schema_of_the_code():
    assert (ROOT / "cases" / "schema.json").read_text() == case_schema(), "run make schema"


def test_schema_names_every_table_of_the_case():
    schema = json.loads(case_schema())
    assert set(schema["properties"]) == set(CaseFile.model_fields)
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("path_and_value", "accepted"),
    [
        (("body", "length_mm", 1e308), "less than or equal to 5000"),
        ((*LAYER, "thickness_mm", 1e9), "less than or equal to 5000"),
        ((*CHANNEL, "amplitude_mA", 1e300), "less than or equal to 1000000"),
        ((*CHANNEL, "electrodes", {"left": 1e300, "right": -1e300}), "less than or equal to 1000"),
        ((*CHANNEL, "electrodes", {"left": 1e-9, "right": -1e-9}), "leave the electrode out"),
        ((*CHANNEL, "waveform", {"kind": "sine", "frequency_Hz": 5e-324}), r"greater than or equal to 0\.0001"),
        (("tissues", "override", "skin", "conductivity_S_per_m", 1e-300), "greater than or equal to"),
    ],
)
def test_numbers_out_of_all_reason_are_refused(path_and_value, accepted):
    with pytest.raises(CaseError, match=accepted):
        parse_case(changed(*path_and_value), "x.toml")


def test_errors_travel_between_processes():
    import pickle

    from sim.errors import SolverError

    for error in (CaseError("a", "b", "c"), MeshError("a", "b", "c"), SolverError("gate", 1.0, 0.5, "detail")):
        back = pickle.loads(pickle.dumps(error))
        assert str(back) == str(error)
        assert vars(back) == vars(error)
