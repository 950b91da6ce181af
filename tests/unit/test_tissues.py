import pickle

import numpy as np
import pytest

from sim.case import parse_case
from sim.errors import CaseError
from sim.folders import CASES
from sim.tissues import (
    Bands,
    Conductor,
    Medium,
    available_tissue_sets,
    axial_tensor,
    case_conductors,
    known_tissues,
    load_tissue_set,
    notes_outside_band,
)

EPSILON_0 = 8.8541878128e-12  # F/m, CODATA 2018


def case(layer, override=None, **tissues):
    return parse_case(
        {
            "title": "x",
            "body": {"kind": "block", "length_mm": 100, "width_mm": 100, "layers": [layer]},
            "tissues": {"override": override or {}, **tissues},
            "electrodes": [
                {"name": n, "pad": {"kind": "disc", "diameter_mm": 20}, "position_mm": [x, 0]}
                for n, x in (("a", -20), ("b", 20))
            ],
            "channels": [
                {
                    "name": "c",
                    "electrodes": {"a": 1, "b": -1},
                    "amplitude_mA": 1,
                    "waveform": {"kind": "direct"},
                }
            ],
        },
        "x.toml",
    )


def conductivity(*arguments):
    return case_conductors(case(*arguments))[0].tensors(np.zeros((1, 3)))[0]


MUSCLE = {"tissue": "muscle", "thickness_mm": 20}
FIBRED = MUSCLE | {"fibre_direction": [0.0, 2.0, 0.0]}


@pytest.mark.parametrize("name", available_tissue_sets())
def test_every_set_can_be_read_and_is_named_after_its_file(name):
    tissues = load_tissue_set(name)
    assert tissues.id == name
    assert tissues.source and tissues.caveat
    assert tissues.valid_Hz[0] < tissues.valid_Hz[1]
    assert all(source and "(" in source for _, source in known_tissues(tissues).values()), "every number has a status"


def test_numbers_of_the_low_frequency_set():
    tissues = load_tissue_set("itis-lf").tissues
    assert tissues["skin"].conductivity_S_per_m == 0.148297
    assert tissues["fat"].conductivity_S_per_m == 0.0776213
    assert tissues["muscle"].conductivity_S_per_m == 0.461008
    assert tissues["bone_cortical"].conductivity_S_per_m == 0.006302


def test_without_fibres_muscle_is_isotropic():
    np.testing.assert_allclose(conductivity(MUSCLE), 0.461008 * np.eye(3))


def test_fibres_turn_the_tensor():
    np.testing.assert_allclose(conductivity(FIBRED), np.diag([0.132, 0.415, 0.132]))


def test_override_isotropic_and_axial():
    np.testing.assert_allclose(conductivity(FIBRED, {"muscle": {"conductivity_S_per_m": 0.3}}), 0.3 * np.eye(3))
    axial = {"muscle": {"conductivity_S_per_m": {"longitudinal": 0.5, "transverse": 0.1}}}
    np.testing.assert_allclose(conductivity(FIBRED, axial), np.diag([0.1, 0.5, 0.1]))


def test_axial_tensor_along_a_diagonal():
    tensor = axial_tensor(0.5, 0.1, (1.0, 1.0, 0.0))
    f = np.array([1.0, 1.0, 0.0]) / np.sqrt(2)
    assert f @ tensor @ f == pytest.approx(0.5)
    np.testing.assert_allclose(np.linalg.eigvalsh(tensor), [0.1, 0.1, 0.5])


def test_source_and_status_come_along():
    assert "secondary" in case_conductors(case(FIBRED))[0].source
    assert case_conductors(case(MUSCLE, {"muscle": {"conductivity_S_per_m": 0.3}}))[0].source == "the case"


def test_a_tissue_that_conducts_along_fibres_has_some():
    with pytest.raises(ValueError, match="muscle: conducts along fibres, but has none"):
        Conductor("muscle", "muscle", 0.4, 0.1, None, "test")


def test_conductors_travel_to_other_processes():
    (conductor,) = case_conductors(case(FIBRED))
    again = pickle.loads(pickle.dumps(conductor))
    assert again == conductor
    np.testing.assert_array_equal(again.tensors(np.ones((2, 3))), conductor.tensors(np.ones((2, 3))))


def test_axial_tensors_of_many_directions():
    directions = np.array([[2.0, 0.0, 0.0], [0.0, 0.3, 0.4]])
    for tensor, direction in zip(axial_tensor(0.5, 0.1, directions), directions, strict=True):
        np.testing.assert_array_equal(tensor, axial_tensor(0.5, 0.1, direction))


def conductor(layer, override=None, **tissues):
    (found,) = case_conductors(case(layer, override, **tissues))
    return found


def published(name, entry, frequency_Hz):
    """Admittivity of the set, without the machinery of a case."""
    s = np.array(2j * np.pi * frequency_Hz)
    return complex(load_tissue_set(name).tissues[entry].medium.admittivity(s))


def test_names_of_layers_are_the_same_in_every_set_that_has_them():
    common = {"skin", "fat", "muscle", "bone_cortical", "bone_cancellous"}
    for name in ("itis-lf", "gabriel-1996", "kuhn-2009"):
        tissues = load_tissue_set(name)
        assert common <= set(tissues.tissues) | set(tissues.aliases), name


def test_aliases_say_which_entry_they_are_and_why():
    tissues = load_tissue_set("gabriel-1996")
    assert {name: alias.entry for name, alias in tissues.aliases.items()} == {
        "skin": "skin_wet",
        "fat": "fat_not_infiltrated",
        "bone_marrow": "bone_marrow_not_infiltrated",
        "lung": "lung_inflated",
    }
    assert all("project's choice" in alias.why for alias in tissues.aliases.values())
    skin = conductor({"tissue": "skin", "thickness_mm": 2}, set="gabriel-1996")
    assert "skin_wet (secondary)" in skin.source
    assert skin.admittivity(2.5e3)[0] == published("gabriel-1996", "skin_wet", 2.5e3)


def test_resistive_numbers_of_a_dispersive_tissue_are_its_real_part_at_the_frequency_of_the_case():
    for f, σ in ((50.0, 0.2333), (1e4, 0.3408)):
        muscle = conductor(MUSCLE, set="gabriel-1996", frequency_Hz=f)
        assert muscle.longitudinal == muscle.transverse == pytest.approx(σ, rel=2e-4)
    assert "at 10 kHz" in muscle.source
    assert "at 0 Hz" in conductor(MUSCLE, set="gabriel-1996").source, "all current is direct"
    assert conductor(MUSCLE, set="gabriel-1996", frequency_Hz=0.0).longitudinal == 0.2
    assert "Hz" not in conductor(MUSCLE, frequency_Hz=50.0).source, "a static set knows no frequency"


def test_admittivity_at_one_frequency_and_at_many():
    muscle = conductor(MUSCLE, set="gabriel-1996")
    along, across = muscle.admittivity(1e3)
    assert type(along) is complex and along == across == published("gabriel-1996", "muscle", 1e3)
    f = np.array([[0.0, 10.0], [1e3, 1e6]])
    along, across = muscle.admittivity(f)
    assert along.shape == across.shape == f.shape
    assert along[1, 0] == published("gabriel-1996", "muscle", 1e3)
    assert along[0, 0] == 0.2
    for wrong in (-1.0, np.nan, np.array([1.0, np.inf])):
        with pytest.raises(ValueError, match="frequencies must be finite and not negative"):
            muscle.admittivity(wrong)


def test_admittivity_of_static_tissues():
    assert conductor(FIBRED).admittivity(1e6) == (0.415, 0.132)
    skin = conductor({"tissue": "skin", "thickness_mm": 2}, set="kuhn-2009")
    expected = 1 / 700 + 2j * np.pi * 5e3 * EPSILON_0 * 6000
    assert skin.admittivity(5e3)[0] == pytest.approx(expected, rel=1e-5)
    assert skin.longitudinal == pytest.approx(1 / 700, rel=1e-5)
    assert Conductor("a", "a", 0.3, 0.3, None, "test").admittivity(1e3) == (0.3, 0.3)


def test_admittivity_at_real_s():
    f = np.array([1.0, 1e3, 1e6])
    skin = conductor({"tissue": "skin", "thickness_mm": 2}, set="kuhn-2009")
    along, across = skin.laplace_admittivity(f)
    np.testing.assert_allclose(along, 1 / 700 + f * EPSILON_0 * 6000, rtol=1e-5)
    np.testing.assert_array_equal(along, across)
    with pytest.raises(ValueError, match="s must be finite and not negative"):
        skin.laplace_admittivity(np.array([-1.0]))


def test_override_of_permittivity():
    changed = conductor(FIBRED, {"muscle": {"relative_permittivity": 1e5}})
    ε = 2j * np.pi * 1e4 * EPSILON_0 * 1e5
    np.testing.assert_allclose(changed.admittivity(1e4), [0.415 + ε, 0.132 + ε], rtol=1e-9)
    assert (changed.longitudinal, changed.transverse) == (0.415, 0.132)
    assert "relative permittivity 100000 from the case" in changed.source
    both = {"muscle": {"conductivity_S_per_m": 0.3, "relative_permittivity": 1e5}}
    np.testing.assert_allclose(conductor(MUSCLE, both, set="gabriel-1996").admittivity(1e4), [0.3 + ε] * 2, rtol=1e-9)


def test_ratio_of_anisotropy_keeps_the_geometric_mean():
    muscle = conductor(FIBRED, {"muscle": {"anisotropy_ratio": 3.0}}, set="gabriel-1996")
    for f in (50.0, 1e5):
        along, across = muscle.admittivity(f)
        assert along / across == pytest.approx(3.0, rel=1e-12)
        assert along * across**2 == pytest.approx(published("gabriel-1996", "muscle", f) ** 3, rel=1e-12)
    assert muscle.longitudinal / muscle.transverse == pytest.approx(3.0, rel=1e-12)
    assert "3 times as conductive along" in muscle.source


def test_fibres_that_a_set_does_not_know_are_said_to_have_no_effect():
    assert "its fibres have no effect" in conductor(FIBRED, set="gabriel-1996").source
    for known in (conductor(FIBRED), conductor(MUSCLE, set="gabriel-1996")):
        assert "fibres" not in known.source


def test_temperature():
    cool = conductor(FIBRED, temperature_C=32.0)
    assert (cool.longitudinal, cool.transverse) == pytest.approx((0.9 * 0.415, 0.9 * 0.132), rel=1e-12)
    assert "at 32 °C: conductivity times 0.9, 2 % per °C from 37 °C (unverified)" in cool.source
    assert conductor(FIBRED, temperature_C=37.0).longitudinal == 0.415
    warm = conductor(MUSCLE, set="gabriel-1996", temperature_C=42.0)
    assert warm.admittivity(0.0)[0] == pytest.approx(1.1 * 0.2, rel=1e-12)
    assert warm.admittivity(1.1e3)[0] == pytest.approx(1.1 * published("gabriel-1996", "muscle", 1e3), rel=1e-12)


def test_temperature_changes_neither_what_the_case_says_nor_materials_of_electrodes():
    assert conductor(MUSCLE, {"muscle": {"conductivity_S_per_m": 0.3}}, temperature_C=20.0).longitudinal == 0.3
    assert conductor({"tissue": "saline", "thickness_mm": 2}, temperature_C=20.0).longitudinal == 1.76


def test_notes_outside_of_the_band():
    skin = conductor({"tissue": "skin", "thickness_mm": 2}, set="gabriel-1996")
    notes = notes_outside_band([skin, skin], [4e3, 50.0, 2e6])
    assert notes == ("skin (skin_wet), fitted from 1 MHz to 20 GHz, used from 50 Hz to 4 kHz",)
    assert notes_outside_band([skin], [1e6, 1e9]) == ()
    both = notes_outside_band([skin], [0.0])
    assert [note.split(", ")[1] for note in both] == ["fitted from 1 MHz to 20 GHz", "valid from 10 Hz to 20 GHz"]
    fat = conductor({"tissue": "fat", "thickness_mm": 2})
    assert notes_outside_band([fat], [0.0, 1e5]) == ()
    assert notes_outside_band([fat], [2e5]) == ("fat, valid up to 100 kHz, used at 200 kHz",)
    assert notes_outside_band([conductor(MUSCLE, {"muscle": {"conductivity_S_per_m": 0.3}})], [1e9]) == ()
    above = Conductor("a", "a", 1.0, 1.0, None, "test", bands=Bands("a", (1e6, np.inf)))
    assert notes_outside_band([above], [50.0]) == ("a, fitted above 1 MHz, used at 50 Hz",)
    with pytest.raises(ValueError, match="no frequencies"):
        notes_outside_band([fat], [])


def test_media_without_fibres_are_the_same_in_all_directions():
    with pytest.raises(ValueError, match="muscle: conducts along fibres, but has none"):
        Conductor("muscle", "muscle", 0.4, 0.4, None, "test", (Medium(0.4, 10.0), Medium(0.4, 20.0)))


def test_dispersive_conductors_travel_to_other_processes():
    muscle = conductor(FIBRED, {"muscle": {"anisotropy_ratio": 3.0}}, set="gabriel-1996")
    again = pickle.loads(pickle.dumps(muscle))
    assert again == muscle and again.admittivity(50.0) == muscle.admittivity(50.0)


GABRIEL = {"set": "gabriel-1996"}
SKIN = {"tissue": "skin", "thickness_mm": 2}


@pytest.mark.parametrize(
    ("layer", "override", "tissues", "message"),
    [
        (
            SKIN,
            {"skin": {}},
            {},
            r"override\.skin: found nothing; accepted: one of conductivity_S_per_m, relative_perm",
        ),
        (
            FIBRED,
            {"muscle": {"anisotropy_ratio": 3.0, "conductivity_S_per_m": 0.3}},
            {},
            r"override\.muscle: found conductivity_S_per_m and anisotropy_ratio; accepted: anisotropy_ratio alone",
        ),
        (
            FIBRED,
            {"muscle": {"anisotropy_ratio": 3.0}},
            {},
            r"muscle\.anisotropy_ratio: found a ratio for muscle, which itis-lf has along and across its fibres",
        ),
        (
            MUSCLE,
            {"muscle": {"anisotropy_ratio": 3.0}},
            GABRIEL,
            r"layers\[0\]\.fibre_direction: found nothing, but muscle has",
        ),
        (
            SKIN,
            {"skin": {"relative_permittivity": 1e4}},
            GABRIEL,
            r"skin\.relative_permittivity: found one permittivity for skin, which gabriel-1996 has over frequency",
        ),
        (
            {"tissue": "gel", "thickness_mm": 2},
            {"gel": {"relative_permittivity": 80.0}},
            {},
            r'layers\[0\]\.tissue: found "gel"; .* a name in tissues\.override with a conductivity',
        ),
        (
            SKIN,
            {"skin": {"relative_permittivity": 0.5}},
            {},
            "relative_permittivity: found 0.5; accepted: greater than",
        ),
        (SKIN, {}, {"frequency_Hz": -1.0}, r"tissues\.frequency_Hz: found -1\.0; accepted: greater than or equal to 0"),
        (SKIN, {}, {"temperature_C": 80.0}, r"tissues\.temperature_C: found 80\.0; accepted: less than or equal to 60"),
        (
            SKIN,
            {},
            {"set": "kuhn-2009", "temperature_C": 32.0},
            r"tissues\.temperature_C: found 32, but kuhn-2009 has no coefficient; accepted: no temperature",
        ),
        ({"tissue": "fat", "thickness_mm": 2}, {}, {"set": "simnibs"}, r'tissue: found "fat"; accepted: one of .*skin'),
    ],
)
def test_refused_with_path_found_and_accepted(layer, override, tissues, message):
    with pytest.raises(CaseError, match=message) as raised:
        case(layer, override, **tissues)
    assert "\n" not in str(raised.value)


def test_a_coefficient_that_leaves_no_conductivity_is_refused(monkeypatch):
    import sim.case.tissue_checks

    steep = load_tissue_set("itis-lf")
    temperature = steep.temperature.model_copy(update={"coefficient_per_C": 0.05})
    steep = steep.model_copy(update={"temperature": temperature})
    monkeypatch.setattr(sim.case.tissue_checks, "load_tissue_set", lambda name: steep)
    with pytest.raises(CaseError, match="temperature_C: found 10, at which nothing conducts"):
        case(SKIN, temperature_C=10.0)


ENTRY = """
id = "x"
title = "x"
source = "test"
status = "unverified"
valid_Hz = [0.0, 1e5]
[tissues.skin]
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("note = 'x'", "conductivity_S_per_m and cole_cole; one of them"),
        ("conductivity_S_per_m = 1.0\nlongitudinal_S_per_m = 1.0", "half of an axial conductivity"),
        ("conductivity_S_per_m = 1.0\nfitted_Hz = [10.0, 1.0]", "bands that grow"),
        ("conductivity_S_per_m = 1.0\n[aliases.cutis]\nentry = 'scin'\nwhy = 'x'", "alias cutis of scin; one of skin"),
        ("conductivity_S_per_m = 1.0\n[aliases.skin]\nentry = 'skin'\nwhy = 'x'", "alias skin, which is an entry"),
        (
            "relative_permittivity = 2.0\n[tissues.skin.cole_cole]\npermittivity_infinite = 4.0\n"
            "conductivity_S_per_m = 1.0\npermittivity_steps = [1.0]\ntimes_s = [1.0]\nalphas = [0.0]",
            "cole_cole alone",
        ),
        (
            "[tissues.skin.cole_cole]\npermittivity_infinite = 4.0\nconductivity_S_per_m = 1.0\n"
            "permittivity_steps = [1.0, 2.0]\ntimes_s = [1.0]\nalphas = [0.0]",
            "lists of different lengths",
        ),
        (
            "[tissues.skin.cole_cole]\npermittivity_infinite = 4.0\nconductivity_S_per_m = 1.0\n"
            "permittivity_steps = [1.0]\ntimes_s = [1.0]\nalphas = [1.0]",
            "less than 1",
        ),
        ("conductivity_S_per_m = 1.0\nstatus = 'doubtful'", "'primary', 'secondary', 'computed' or 'unverified'"),
    ],
)
def test_broken_sets_are_refused(tmp_path, text, message):
    (tmp_path / "x.toml").write_text(ENTRY + text)
    with pytest.raises(ValueError, match=message):
        load_tissue_set("x", tmp_path)


def test_doubtful_numbers_say_so_and_are_no_default():
    kuhn = load_tissue_set("kuhn-2009")
    assert kuhn.status == "unverified" and "Doubtful" in kuhn.caveat and "doubtful" in kuhn.title
    assert "doubtful" in conductor(SKIN, set="kuhn-2009").source
    assert case(SKIN).tissues.set == "itis-lf"
    assert not [path for path in CASES.glob("*.toml") if "kuhn" in path.read_text()]


def test_numbers_of_the_other_static_sets():
    simnibs = {name: tissue.conductivity_S_per_m for name, tissue in load_tissue_set("simnibs").tissues.items()}
    assert simnibs == {
        "skin": 0.465,
        "bone": 0.01,
        "bone_cortical": 0.008,
        "bone_cancellous": 0.025,
        "cerebrospinal_fluid": 1.654,
        "grey_matter": 0.275,
        "white_matter": 0.126,
        "blood": 0.6,
        "muscle": 0.16,
        "eye": 0.5,
    }
    kuhn = load_tissue_set("kuhn-2009").tissues
    expected = {
        "skin": (700, 6000),
        "fat": (33, 25000),
        "muscle": (3, 120000),
        "bone_cortical": (50, 3000),
        "bone_cancellous": (12.5, 10000),
    }
    assert set(kuhn) == set(expected)
    for name, (ρ, ε) in expected.items():
        assert kuhn[name].conductivity_S_per_m == pytest.approx(1 / ρ, rel=2e-6)
        assert kuhn[name].relative_permittivity == ε
