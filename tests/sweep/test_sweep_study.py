"""Study files: what they expand to, and what is refused before anything runs."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from sim.case import load_case
from sim.sweep.axes import directions, points, spread
from sim.sweep.plan import ID_DIGITS, make_plan
from sim.sweep.problems import StudyError
from sim.sweep.sampling import draw, quantile
from sim.sweep.study import LogNormal, LogUniform, Normal, Samples, Triangular, Uniform, Values, load_study

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "cases" / "tens_low_back.toml"
STUDIES = sorted((ROOT / "cases" / "sweeps").glob("*.toml"))

HEAD = f'title = "test"\nbase = "{EXAMPLE}"\nset = {{ "numerics.accuracy" = "draft" }}\n'
AMPLITUDES = '[[axes]]\npath = "channels.ch1.amplitude_mA"\nvalues = [1.0, 2.0, 4.0]\n'
BOTH_PADS = """
[[axes]]
name = "diameter"
paths = ["electrodes.left.pad.diameter_mm", "electrodes.right.pad.diameter_mm"]
values = [30.0, 50.0]
"""


def study(folder, text):
    path = folder / "study.toml"
    path.write_text(HEAD + text)
    return path


def refused(folder, text, message):
    with pytest.raises(StudyError, match=message) as caught:
        make_plan(study(folder, text))
    return caught.value.problems


def test_every_combination_is_a_case_of_its_own(tmp_path):
    plan = make_plan(study(tmp_path, AMPLITUDES + BOTH_PADS))
    assert plan.columns == ("channels.ch1.amplitude_mA", "diameter")
    assert [tuple(case.values.values()) for case in plan.cases] == [
        (1.0, 30.0),
        (1.0, 50.0),
        (2.0, 30.0),
        (2.0, 50.0),
        (4.0, 30.0),
        (4.0, 50.0),
    ]
    assert len(plan.distinct) == 6
    assert len({case.mesh for case in plan.cases}) == len({case.basis for case in plan.cases}) == 2


def test_a_point_is_the_case_that_the_same_changes_give(tmp_path):
    plan = make_plan(study(tmp_path, AMPLITUDES + BOTH_PADS))
    changes = {
        "numerics.accuracy": "draft",
        "channels.ch1.amplitude_mA": 4.0,
        "electrodes.left.pad.diameter_mm": 30.0,
        "electrodes.right.pad.diameter_mm": 30.0,
    }
    case = load_case(EXAMPLE, changes)
    assert case.sha256[:ID_DIGITS] == plan.cases[4].id
    assert json.loads(plan.cases[4].text) == case.model_dump(mode="json")


@pytest.mark.parametrize(
    ("path", "values", "meshes", "bases"),
    [
        ("channels.ch1.amplitude_mA", [1.0, 2.0], 1, 1),
        ("probes.nerve.position_mm", [[0.0, 0.0, -10.0], [0.0, 0.0, -20.0]], 1, 1),
        ("tissues.override.skin.conductivity_S_per_m", [0.001, 0.002], 1, 2),
        ("electrodes.left.contact_impedance_ohm_cm2", [100.0, 200.0], 1, 2),
        ("electrodes.left.position_mm", [[-50.0, 0.0], [-40.0, 0.0]], 2, 2),
        ("body.layers.fat.thickness_mm", [8.0, 10.0], 2, 2),
    ],
)
def test_what_is_shared(tmp_path, path, values, meshes, bases):
    plan = make_plan(study(tmp_path, f'[[axes]]\npath = "{path}"\nvalues = {json.dumps(values)}\n'))
    assert len(plan.distinct) == 2
    assert len({case.mesh for case in plan.cases}) == meshes
    assert len({case.basis for case in plan.cases}) == bases


def test_a_zip_moves_its_keys_together(tmp_path):
    text = """
[[axes]]
name = "gap"
zip = [
  { path = "electrodes.left.position_mm", values = [[-40.0, 0.0], [-60.0, 0.0]] },
  { path = "electrodes.right.position_mm", values = [[40.0, 0.0], [60.0, 0.0]] },
]
"""
    plan = make_plan(study(tmp_path, text))
    assert [list(case.values.values()) for case in plan.cases] == [
        [[-40.0, 0.0], [40.0, 0.0]],
        [[-60.0, 0.0], [60.0, 0.0]],
    ]


def test_an_axis_moves_one_coordinate(tmp_path):
    plan = make_plan(study(tmp_path, '[[axes]]\npath = "electrodes.left.position_mm.0"\nvalues = [-50.0, -45.0]\n'))
    places = [json.loads(case.text)["electrodes"][0]["position_mm"] for case in plan.cases]
    assert places == [[-50.0, 0.0], [-45.0, 0.0]]


def test_spaced_values_are_written_as_a_person_would():
    assert spread(Values.model_validate_json('{"path": "a", "linspace": {"start": 0, "stop": 0.5, "count": 6}}')) == [
        0.0,
        0.1,
        0.2,
        0.3,
        0.4,
        0.5,
    ]
    found = spread(Values.model_validate_json('{"path": "a", "logspace": {"start": 0.1, "stop": 100, "count": 4}}'))
    assert found == [0.1, 1.0, 10.0, 100.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (AMPLITUDES.replace("amplitude_mA", "amplitude_A"), "channels.ch1.amplitude_A: found an unknown key"),
        (AMPLITUDES.replace("channels.ch1.amplitude_mA", "electrodes.left.position_mm.2"), "a number from 0 to 1"),
        (AMPLITUDES.replace("ch1", "ch9"), 'channels.ch9: found "ch9"; accepted: one of ch1'),
        (AMPLITUDES.replace("2.0, 4.0", "-2.0"), r"in one case with channels.ch1.amplitude_mA = -2.0"),
        (AMPLITUDES.replace("[1.0, 2.0, 4.0]", "[1.0]"), "this axis changes nothing"),
        (AMPLITUDES.replace("[1.0, 2.0, 4.0]", "[1.0, 1.0, 2.0]"), "found 1.0 twice"),
        (AMPLITUDES + AMPLITUDES, "two axes of the name"),
        (AMPLITUDES + AMPLITUDES.replace("path", 'name = "again"\npath'), "one of which changes nothing"),
        (
            AMPLITUDES.replace("channels.ch1.amplitude_mA", "numerics.accuracy"),
            "that the axis numerics.accuracy replaces",
        ),
        ("", "found neither axes nor samples"),
        (AMPLITUDES.replace("values =", "linspace ="), "linspace"),
        (AMPLITUDES.replace("values = [1.0, 2.0, 4.0]", ""), "found none of them"),
        (AMPLITUDES.replace("values", "value"), "axes.*value: found an unknown key"),
    ],
)
def test_what_is_refused(tmp_path, text, message):
    refused(tmp_path, text, message)


def test_an_axis_whose_values_mean_the_same_is_refused(tmp_path):
    text = AMPLITUDES + '[[axes]]\npath = "spacing"\nvalues = [{}, { refuse_below_mm = 0.0 }]\n'
    refused(tmp_path, text, "an axis that changes nothing, spacing")


def test_all_that_is_wrong_is_told_at_once(tmp_path):
    pads = BOTH_PADS.replace("[30.0, 50.0]", "[30.0, 130.0, -5.0]")
    problems = refused(tmp_path, AMPLITUDES + pads, "2 problems")
    assert any("overlaps or touches" in line and "diameter = 130.0" in line for line in problems)
    assert any("-5" in line and "3 of 9 cases" in line for line in problems)


def test_the_base_case_must_be_there(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text('title = "test"\nbase = "none.toml"\n' + AMPLITUDES)
    with pytest.raises(StudyError, match=r"base: found none\.toml, no readable file"):
        make_plan(path)


def test_a_plan_is_remembered_until_something_changes(tmp_path, monkeypatch):
    kept = tmp_path / "plan.gz"
    path = study(tmp_path, AMPLITUDES)
    first = make_plan(path, kept)
    assert kept.exists()
    monkeypatch.setattr("sim.sweep.plan.parse_case", None)  # would be called for every point
    assert make_plan(path, kept).cases == first.cases
    path.write_text(path.read_text().replace("4.0", "5.0"))
    with pytest.raises(TypeError):
        make_plan(path, kept)


SAMPLES = """
[samples]
method = "{method}"
count = 8
seed = 3
[[samples.axes]]
path = "channels.ch1.amplitude_mA"
distribution = {{ kind = "uniform", low = 1.0, high = 9.0 }}
[[samples.axes]]
name = "fat"
path = "body.layers.fat.thickness_mm"
distribution = {{ kind = "lognormal", median = 8.0, factor = 1.2 }}
"""


@pytest.mark.parametrize(("method", "count"), [("latin_hypercube", 8), ("sobol", 8), ("saltelli", 32)])
def test_samples_are_the_same_every_time(tmp_path, method, count):
    path = study(tmp_path, SAMPLES.format(method=method))
    found = [list(points(directions(load_study(path), "x"))) for _ in range(2)]
    assert found[0] == found[1]
    assert len(found[0]) == count
    amplitudes = np.array([point.values["channels.ch1.amplitude_mA"] for point in found[0]])
    assert ((amplitudes >= 1.0) & (amplitudes <= 9.0)).all()


def test_a_latin_hypercube_has_one_point_in_each_stratum(tmp_path):
    samples = load_study(study(tmp_path, SAMPLES.format(method="latin_hypercube"))).samples
    amplitudes = draw(samples)[:, 0]
    assert sorted(np.floor(amplitudes - 1.0).astype(int)) == list(range(8))


def test_saltelli_exchanges_one_column_at_a_time(tmp_path):
    samples = load_study(study(tmp_path, SAMPLES.format(method="saltelli"))).samples
    A, B, AB0, AB1 = np.split(draw(samples), 4)
    assert np.array_equal(AB0, np.column_stack([B[:, 0], A[:, 1]]))
    assert np.array_equal(AB1, np.column_stack([A[:, 0], B[:, 1]]))


@pytest.mark.parametrize(
    ("distribution", "reference"),
    [
        (Uniform(kind="uniform", low=2.0, high=5.0), stats.uniform(2.0, 3.0)),
        (LogUniform(kind="loguniform", low=1e-3, high=10.0), stats.loguniform(1e-3, 10.0)),
        (Triangular(kind="triangular", low=1.0, mode=2.0, high=5.0), stats.triang(0.25, 1.0, 4.0)),
        (Normal(kind="normal", mean=3.0, standard_deviation=0.5), stats.norm(3.0, 0.5)),
        (LogNormal(kind="lognormal", median=8.0, factor=1.5), stats.lognorm(np.log(1.5), scale=8.0)),
    ],
)
def test_quantiles_against_scipy_and_their_own_distribution_function(distribution, reference):
    unit = np.linspace(0.001, 0.999, 41)
    values = quantile(distribution, unit)
    np.testing.assert_allclose(reference.cdf(values), unit, rtol=0, atol=1e-10)


def test_a_cut_normal_stays_inside_and_keeps_its_shape():
    cut = Normal(kind="normal", mean=0.0, standard_deviation=1.0, low=-1.0, high=2.0)
    unit = np.linspace(0.0, 1.0, 101)
    values = quantile(cut, unit)
    assert values.min() >= -1.0
    assert values.max() <= 2.0
    low, high = stats.norm.cdf([-1.0, 2.0])
    np.testing.assert_allclose((stats.norm.cdf(values) - low) / (high - low), unit, atol=1e-8)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("count = 8", "count = 10", "power of two"),
        ("low = 1.0, high = 9.0", "low = 9.0, high = 1.0", "low below high"),
        ("factor = 1.2", "factor = 0.9", "greater than 1"),
        ("seed = 3", "", "samples.seed: found nothing"),
    ],
)
def test_distributions_that_are_none(tmp_path, old, new, message):
    with pytest.raises(StudyError, match=message):
        load_study(study(tmp_path, SAMPLES.format(method="sobol").replace(old, new)))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("partition", "main; rm -rf x"),
        ("partition", "main\\n#"),
        ("account", "$(id)"),
        ("directives", ["--wrap=`id`"]),
        ("directives", ["--comment=a b"]),
        ("directives", ["\\nid"]),
        ("walltime", "forever"),
    ],
)
def test_nothing_of_a_study_becomes_a_command(tmp_path, key, value):
    text = json.dumps(value).replace("\\\\", "\\")
    with pytest.raises(StudyError, match=f"cluster.{key}"):
        load_study(study(tmp_path, f"cluster = {{ {key} = {text} }}\n{AMPLITUDES}"))


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_the_studies_of_the_project_are_valid(path):
    assert make_plan(path).cases


def test_samples_are_complete_data():
    assert Samples.model_config["frozen"]
    assert Samples.model_config["extra"] == "forbid"
