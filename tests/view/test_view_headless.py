"""Drawing without a display: tried in a child, said clearly, and without growing."""

import os
import subprocess
import sys

import pytest
import pyvista as pv

from sim.view import headless, plot_cut
from sim.view.errors import ViewError
from sim.view.headless import probe, renderer
from sim.view.theme import new_plotter

WARMING, PICTURES = 12, 20


def resident_mb():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def without_display(**more):
    return {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")} | more


@pytest.mark.parametrize("environment", [without_display(), without_display(DISPLAY=":4711")], ids=["none", "dead"])
def test_draws_without_a_display(environment):
    found = probe(environment)
    assert found.window.endswith("RenderWindow") and found.name
    assert ("software" in found.words) == found.software


def test_software_rendering_is_said():
    found = probe(without_display(LIBGL_ALWAYS_SOFTWARE="1"))
    assert found.software and found.words.startswith("software rendering on the processor")


def test_a_library_that_aborts_takes_nothing_with_it(monkeypatch):
    monkeypatch.setattr(headless, "PROBE", "import os; os.abort()")
    with pytest.raises(ViewError, match=r"nothing can be drawn here: signal 6; needed: vtk 9.4 or newer .* libegl1"):
        probe(dict(os.environ))


def test_missing_library_is_named(monkeypatch):
    monkeypatch.setattr(headless, "PROBE", "import vtkmodules.vtkNoSuchThing")
    with pytest.raises(ViewError, match=r"No module named 'vtkmodules.vtkNoSuchThing'; needed: .*apt-get install"):
        probe(dict(os.environ))


def test_one_that_hangs_is_ended(monkeypatch):
    monkeypatch.setattr(headless, "PROBE", "import time; time.sleep(60)")
    monkeypatch.setattr(headless, "SECONDS", 0.5)
    with pytest.raises(ViewError, match=r"no window within 0\.5 s"):
        probe(dict(os.environ))


def test_plots_ask_before_they_draw(analytic, monkeypatch):
    renderer.cache_clear()
    monkeypatch.setattr(headless, "PROBE", "import os; os.abort()")
    try:
        with pytest.raises(ViewError, match="nothing can be drawn here"):
            plot_cut(analytic, off_screen=True)
    finally:
        renderer.cache_clear()


def test_off_screen_by_itself_where_there_is_no_display(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    plotter = new_plotter()
    try:
        assert plotter.off_screen
    finally:
        plotter.close()


def test_pictures_leave_nothing_behind(analytic, tmp_path):
    def draw():
        plot_cut(analytic, screenshot=tmp_path / "cut.png").close()

    for _ in range(WARMING):  # fonts, shaders and the caches of the libraries
        draw()
    before = resident_mb()
    for _ in range(PICTURES):
        draw()
    assert resident_mb() - before < 200.0 * PICTURES / 200
    assert not pv.plotting.plotter._ALL_PLOTTERS


def test_command_says_what_to_do_without_a_display(analytic_folder):
    code = (
        "import argparse\n"
        "from pathlib import Path\n"
        "from sim.view.commands import add_commands\n"
        "parser = argparse.ArgumentParser()\n"
        "add_commands(parser.add_subparsers(), lambda command: None)\n"
        f"options = parser.parse_args(['view', {str(analytic_folder)!r}])\n"
        "options.work(options)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=without_display(), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert "found no display" in last and "--screenshot FILE" in last and "faradic serve" in last
