"""Geometry to tagged mesh with measured facts: block bodies, pads, sizes. Lengths are millimetres, as Gmsh has them."""
