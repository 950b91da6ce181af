"""Whether this machine can draw: tried in a child process, because a graphics library that cannot may abort."""

import os
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache

from sim.view.errors import ViewError

# Opens a window that never shows, and says what draws into it.
PROBE = """
import vtkmodules.vtkRenderingOpenGL2
from vtkmodules.vtkRenderingCore import vtkRenderWindow
window = vtkRenderWindow()
window.SetOffScreenRendering(1)
window.SetSize(8, 8)
window.Render()
print("WINDOW", window.GetClassName())
print(window.ReportCapabilities())
"""
SOFTWARE = ("llvmpipe", "softpipe", "swrast", "swiftshader", "osmesa")
TO_INSTALL = "vtk 9.4 or newer (pip install vtk), on Debian also: apt-get install libegl1 libgl1 libgl1-mesa-dri"
SECONDS = 60.0


@dataclass(frozen=True)
class Renderer:
    """What draws: VTK's kind of window, the renderer of OpenGL, and whether that is the processor."""

    window: str
    name: str
    software: bool

    @property
    def words(self) -> str:
        """In one line."""
        how = "software rendering on the processor, slower than a graphics card" if self.software else "hardware"
        return f"{how} ({self.name}, {self.window.removeprefix('vtk').removesuffix('RenderWindow')})"


def has_display() -> bool:
    """Whether the environment names a display (X11 or Wayland; other systems than Linux always have one)."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@lru_cache(maxsize=1)
def renderer() -> Renderer:
    """Try to draw, once for this process.

    Raises
    ------
    ViewError
        If it is not possible; the text says what to install.
    """
    return probe(os.environ.copy())


def probe(environment: dict[str, str]) -> Renderer:
    """Try to draw in a child process with this environment."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", PROBE], env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ViewError(f"nothing can be drawn here: no window within {SECONDS:g} s; needed: {TO_INSTALL}") from error
    lines = done.stdout.splitlines()
    window = next((line.split()[1] for line in lines if line.startswith("WINDOW ")), "")
    if done.returncode != 0 or not window:
        why = f"signal {-done.returncode}" if done.returncode < 0 else _last_line(done.stderr)
        raise ViewError(f"nothing can be drawn here: {why}; needed: {TO_INSTALL}")
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("OpenGL renderer string")]
    name = named[0] if named else "unknown"
    software = any(word in f"{name} {window}".lower() for word in SOFTWARE)
    return Renderer(window, name, software)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no window was opened"
