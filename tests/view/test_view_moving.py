"""Fields of an instant: against formulas, against channels computed alone, and on the page."""

from mpi4py import MPI

import numpy as np
import pytest
from analytic import CASE, write_run

from sim.case import parse_case
from sim.folders import cache_folder
from sim.sweep.computing import Computer
from sim.view import open_run
from sim.view.errors import ViewError
from sim.view.moving import Kept, OneWaveform, Still, driven_words, mover_of
from sim.view.quantities import QUANTITIES
from sim.view.serving.clock import AT_PEAK, AT_TIME, PERIOD, STEPS
from sim.view.serving.page import Page

PULSES = {"kind": "monophasic", "phase_us": 200.0, "rate_Hz": 100.0}
TURNED = {"kind": "biphasic", "phase_us": 300.0, "interphase_us": 0.0, "rate_Hz": 100.0}
ONE = {"name": "one", "electrodes": {"a": 1.0, "b": -1.0}, "amplitude_mA": 4.0, "waveform": PULSES}
TWO = {"name": "two", "electrodes": {"b": 1.0, "c": -1.0}, "amplitude_mA": 2.0, "waveform": TURNED}
LAYERS = [{"tissue": "fat", "thickness_mm": 4.0}, {"tissue": "muscle", "thickness_mm": 8.0}]
PADS = [
    {
        "name": name,
        "pad": {"kind": "disc", "diameter_mm": 14.0},
        "position_mm": place,
        "contact_impedance_ohm_cm2": 100.0,
    }
    for name, place in (("a", [-25.0, 0.0]), ("b", [0.0, 8.0]), ("c", [25.0, 0.0]))
]


def case_of(*channels, **changes):
    body = CASE["body"] | {"layers": LAYERS}
    return parse_case(CASE | {"body": body, "electrodes": PADS, "channels": list(channels), "probes": []} | changes, "")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Two channels together and each alone; the unit solutions are those of the same body."""
    folder = tmp_path_factory.mktemp("moving")
    for name, channels in (("both", (ONE, TWO)), ("one", (ONE,)), ("two", (TWO,))):
        compute(case_of(*channels), folder / name)
    return folder


def compute(case, folder):
    """A run folder without pictures."""
    folder.mkdir()
    Computer(cache_folder(), MPI.COMM_SELF, fields=True).compute(case, folder)


def now(run, mover, t_s):
    grid = mover.of(run).at(run, t_s).grid
    return {name: np.asarray(grid.cell_data[name]) for name in ("J_now", "E_now", "potential_now")}


def test_one_channel_follows_its_waveform(analytic):
    """Phases of 200 µs: plus, minus, rest until 20 ms."""
    mover = mover_of(analytic)
    assert isinstance(mover, OneWaveform) and mover.why_not == ""
    J, E = (np.asarray(analytic.grid.cell_data[name]) for name in ("J", "E"))
    x = analytic.corners[..., 0].mean(axis=1)
    for t_us, sign in ((0.0, 1.0), (199.0, 1.0), (201.0, -1.0), (399.0, -1.0), (401.0, 0.0), (19_999.0, 0.0)):
        found = now(analytic, mover, t_us * 1e-6)
        assert np.array_equal(found["J_now"], sign * J) and np.array_equal(found["E_now"], sign * E)
        assert np.allclose(found["potential_now"], -100.0 * sign * x, atol=1e-9)  # E is 100 V/m along x
    assert "J_now" not in analytic.grid.cell_data


def test_words_of_an_instant(analytic):
    assert driven_words(analytic.case, 1e-4) == "t = 100 µs: ch1 +10 mA"
    assert driven_words(analytic.case, 3e-4) == "t = 300 µs: ch1 −10 mA"
    both = case_of(ONE, {key: value for key, value in TWO.items() if key != "amplitude_mA"} | {"amplitude_V": 3.0})
    assert driven_words(both, 4e-4) == "t = 400 µs: one +0 µA, two −3 V"


def test_channels_are_superposed_with_their_values_at_the_time(folders):
    """What flows while one channel rests is what the other one passes alone."""
    both, one, two = (open_run(folders / name) for name in ("both", "one", "two"))
    mover = mover_of(both)
    assert isinstance(mover, Kept)
    J1, J2 = (np.asarray(run.grid.cell_data["J"]) for run in (one, two))
    size = np.abs(J1).max() + np.abs(J2).max()
    for t_us, first, second in ((100.0, 1.0, 1.0), (250.0, 0.0, 1.0), (400.0, 0.0, -1.0), (700.0, 0.0, 0.0)):
        found = now(both, mover, t_us * 1e-6)["J_now"]
        assert np.abs(found - first * J1 - second * J2).max() < 1e-6 * size
    peak = now(both, mover, 1e-4)["J_now"]
    assert np.abs(peak - both.grid.cell_data["J"]).max() < 1e-6 * size


def test_with_capacitance_the_kept_solutions_tell(tmp_path, monkeypatch):
    """A sine through capacitive contacts: the peak is that of the run, and half a period later all is turned round."""
    pads = [pad | {"contact_capacitance_nF_per_cm2": 100.0} for pad in PADS]
    numerics = {"accuracy": "draft", "element_order": 1, "mode": "electroquasistatic"}
    sine = {"kind": "sine", "frequency_Hz": 1000.0}
    compute(case_of(TWO | {"waveform": sine}, electrodes=pads, numerics=numerics), tmp_path / "run")
    run = open_run(tmp_path / "run")
    mover = mover_of(run)
    assert isinstance(mover, Kept)
    moving = mover.of(run)
    peak = run.case.channels[0].waveform.peak_time_s
    found = [np.asarray(moving.at(run, peak + t_s).grid.cell_data["J_now"]) for t_s in (0.0, 0.5e-3, 1e-3, 0.25e-3)]
    size = np.abs(run.grid.cell_data["J"]).max()
    assert np.abs(found[0] - run.grid.cell_data["J"]).max() < 1e-3 * size
    assert np.abs(found[1] + found[0]).max() < 1e-3 * size and np.abs(found[2] - found[0]).max() < 1e-3 * size
    assert np.abs(found[3]).max() < 0.5 * size
    monkeypatch.setenv("FARADIC_CACHE", str(tmp_path / "empty"))
    gone = mover_of(run)
    assert isinstance(gone, Still) and "its solutions are no longer kept" in gone.why_not


def test_direct_current_stands_still(tmp_path):
    channel = CASE["channels"][0] | {"waveform": {"kind": "direct"}}
    run = open_run(write_run(tmp_path / "direct", channels=[channel]))
    mover = mover_of(run)
    assert mover.why_not == "direct current: nothing changes over time"
    with pytest.raises(ViewError, match="time: direct current"):
        mover.of(run)
    page = Page(run, {})
    try:
        assert page.state.still == "No fields at an instant: direct current: nothing changes over time."
        page.state.factor_0 = 0.3
        page.on_factor()  # amplitudes do not need it
        assert page.state.problem == ""
    finally:
        page.plotter.close()


@pytest.fixture
def page(analytic):
    made = Page(analytic, {})
    yield made
    made.plotter.close()


def picture(page):
    return page.plotter.screenshot(return_img=True)


def test_the_slider_moves_the_field(page, analytic):
    peak = picture(page)
    page.state.when = AT_TIME
    page.on_when()
    assert [q["value"] for q in page.state.quantities] == ["J_now", "E_now", "potential_now"]
    assert page.state.quantity == "J_now" and page.state.still == ""
    positive = picture(page)
    limits = page.scene.scale.clim
    page.state.step = STEPS - 1  # of 1.6 pulses: after the pulse
    page.on_time()
    assert page.state.now.endswith("ch1 +0 µA") and not np.array_equal(picture(page), positive)
    assert QUANTITIES["J_now"].of(page.scene.run).max() == 0.0 and page.scene.scale.clim == limits
    page.state.step = 0
    page.on_time()
    assert np.array_equal(picture(page), positive)
    page.state.when = AT_PEAK
    page.on_when()
    assert page.state.quantity == "J_rms" and page.scene.run is analytic
    assert np.array_equal(picture(page), peak)


def test_the_sign_is_seen_in_the_potential(page):
    page.state.when = AT_TIME
    page.on_when()
    page.state.quantity = "potential_now"
    page.on_quantity()
    low, high = page.scene.scale.clim
    assert low == -high == pytest.approx(-4.0)  # 100 V/m over 40 mm on each side
    first = picture(page)
    page.state.step = STEPS // 2  # 320 µs: the second phase
    page.on_time()
    assert page.state.now == "t = 320 µs: ch1 −10 mA" and not np.array_equal(picture(page), first)


def test_amplitude_and_time_go_together(page, analytic):
    page.state.when = AT_TIME
    page.on_when()
    page.state.factor_0 = float(np.log10(2.0))
    page.on_factor()
    assert page.state.now == "t = 0 µs: ch1 +20 mA"
    J = np.asarray(analytic.grid.cell_data["J"])
    assert np.allclose(page.scene.run.grid.cell_data["J_now"], 2.0 * J)
    page.state.stretch, page.state.step = PERIOD, STEPS // 100  # 200 µs of 20 ms
    page.on_time()
    assert np.allclose(page.scene.run.grid.cell_data["J_now"], -2.0 * J)
    assert page.state.stretch_words == "from 0 to 20 ms"


def test_cut_and_threshold_follow_the_instant(page):
    page.state.when = AT_TIME
    page.on_when()
    page.state.clip, page.state.slice, page.state.above = "x", "z", 0.5
    page.on_planes()
    page.on_above()
    drawn = set(page.scene._coloured)
    page.state.step = STEPS - 1
    page.on_time()
    assert "field 2 0" in drawn and not set(page.scene._coloured) - {"slice 0"}  # nothing is above anything
    page.state.step, page.state.above = 0, 0.0
    page.on_time()
    page.on_above()
    assert page.state.problem == "" and "slice 0" in page.scene._coloured


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"step": -1}, "found step -1; accepted: 0 to 400"),
        ({"step": "x"}, "could not convert string to float"),
        ({"step": float("nan")}, "found step nan"),
        ({"stretch": "week"}, "found 'week'; accepted: a pulse, the whole period"),
        ({"clock_channel": "ch9"}, "found 'ch9'; accepted: ch1"),
    ],
)
def test_what_a_browser_sends_of_time_is_checked(page, changes, text):
    page.state.when = AT_TIME
    page.on_when()
    page.state.update(changes)
    page.on_time()
    assert text in page.state.problem


def test_the_drawn_waveform_is_numbers_alone(page):
    svg = page.state.waveform
    assert svg.startswith("<svg ") and svg.count("<") == 4 and "ch1" not in svg
    values = np.array([point.split(",")[1] for point in svg.split('points="')[1].split('"')[0].split()], dtype=float)
    assert values.min() == 4.0 and values.max() == 76.0 and values[-1] == 40.0  # plus above, minus below, then rest
