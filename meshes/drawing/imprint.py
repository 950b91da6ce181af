"""Outlines on the skin: faces cut out of its surface, wrapped around it."""

import gmsh
import numpy as np

from meshes.arrays import Reals
from meshes.bodies import Block, Body, Limb
from meshes.pads.curves import Loops

STRAIGHT_POINTS = 17  # of a straight segment that bends with the skin


class Skin:
    """The outer surface of the drawn body.

    Parameters
    ----------
    body
        Whose skin it is.
    base_mm
        Depth of the surface: of the layers above it a mesh is made without drawing.
    solid
        Tag of the solid that it bounds.
    """

    def __init__(self, body: Body, base_mm: float, solid: int) -> None:
        gmsh.model.occ.synchronize()
        self.body, self.base_mm = body, base_mm
        summit = self.lowered(body.wrap_mm((0.0, 0.0), np.zeros((1, 2))))[0]
        faces = [tag for _, tag in gmsh.model.getBoundary([(3, solid)], oriented=False)]
        self.tag = min(faces, key=lambda tag: float(np.linalg.norm(np.subtract(_closest(tag, summit), summit))))
        self._turns_per_mm = self._winding() if isinstance(body, Limb) else 0.0

    def _winding(self) -> float:
        """Turns of the first parameter for each mm of arc, with their sign."""
        assert isinstance(self.body, Limb)
        low, high = gmsh.model.getParametrizationBounds(2, self.tag)
        self._period = float(high[0] - low[0])
        arc = self.lowered(self.body.wrap_mm((0.0, 0.0), np.array([[0.0, -1.0], [0.0, 1.0]])))
        u = np.array(gmsh.model.getParametrization(2, self.tag, arc.ravel()))[::2]
        return float(np.sign(u[1] - u[0])) / self.body.circumference_mm

    def lowered(self, points: Reals) -> Reals:
        """Points (n, 3) of the body's skin moved to this surface."""
        return self.body.lift_mm(points, 0.0, self.base_mm)

    def face(self, position: tuple[float, float], loops: Loops) -> int:
        """A face on the surface with this outline (and holes) around a position; returns its tag."""
        occ = gmsh.model.occ
        wires = []
        for loop in loops:
            segments = [self._parameters(position, segment) for segment in loop]
            starts = [occ.addPoint(*segment[0], 0.0) for segment in segments]
            curves = []
            for i, segment in enumerate(segments):
                inner = [occ.addPoint(*point, 0.0) for point in segment[1:-1]]
                ends = starts[i], starts[(i + 1) % len(starts)]
                curves.append(occ.addSpline([ends[0], *inner, ends[1]]) if inner else occ.addLine(*ends))
            wires.append(occ.addWire(curves))
        return int(occ.addTrimmedSurface(self.tag, wires))

    def _parameters(self, position: tuple[float, float], segment: Reals) -> Reals:
        """Points (k, 2) of a segment in the surface's parameters, on one branch of a surface that closes on itself."""
        if len(segment) == 2 and not isinstance(self.body, Block):
            part = np.linspace(0.0, 1.0, STRAIGHT_POINTS)[:, None]
            segment = segment[0] + part * (segment[1] - segment[0])
        places = self.lowered(self.body.wrap_mm(position, segment))
        centre = self.lowered(self.body.wrap_mm(position, np.zeros((1, 2))))
        uv = np.array(gmsh.model.getParametrization(2, self.tag, np.vstack([places, centre]).ravel())).reshape(-1, 2)
        return self._branch(segment, uv[:-1], uv[-1])

    def _branch(self, segment: Reals, uv: Reals, centre: Reals) -> Reals:
        """The first parameter moved by whole turns to where the arc from the centre leads."""
        if self._turns_per_mm == 0.0:
            return uv
        expected = centre[0] + self._turns_per_mm * segment[:, 1] * self._period
        moved = uv[:, 0] + self._period * np.round((expected - uv[:, 0]) / self._period)
        return np.column_stack([moved, uv[:, 1]])


def _closest(tag: int, point: Reals) -> Reals:
    return np.array(gmsh.model.getClosestPoint(2, tag, point)[0])
