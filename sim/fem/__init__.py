"""Finite elements: the equation on a distributed mesh, and its solver."""
