"""What can go wrong between a geometry and its mesh."""


class Clash(Exception):
    """Something that cannot be taken as it is.

    Parameters
    ----------
    what
        The part of the geometry, or the file, such as ``pad left``.
    found, accepted
        What clashes, and what could be there instead.
    """

    def __init__(self, what: str, found: str, accepted: str) -> None:
        super().__init__(what, found, accepted)  # as they came, so that the error can travel between processes
        self.what = what
        self.found = found
        self.accepted = accepted

    def __str__(self) -> str:
        return f"{self.what}: found {self.found}; accepted: {self.accepted}"


class MeshError(Clash):
    """A geometry that cannot be meshed, or a mesh that is not the geometry."""

    def __str__(self) -> str:
        return f"mesh: {super().__str__()}"


class OutlineError(Clash):
    """A drawing from which no pad outline can be taken; ``what`` is the file, as the pad names it."""
