"""The geometry as Gmsh's OpenCASCADE kernel draws it."""

from meshes.drawing.drawing import Drawing, PadPiece, draw

__all__ = ["Drawing", "PadPiece", "draw"]
