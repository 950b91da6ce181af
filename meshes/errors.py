"""What can go wrong between a geometry and its mesh."""


class MeshError(Exception):
    """A geometry that cannot be meshed, or a mesh that is not the geometry.

    Parameters
    ----------
    what
        The part of the geometry, such as ``pad left``.
    found, accepted
        The numbers that clash.
    """

    def __init__(self, what: str, found: str, accepted: str) -> None:
        super().__init__(what, found, accepted)  # as they came, so that the error can travel between processes
        self.what = what
        self.found = found
        self.accepted = accepted

    def __str__(self) -> str:
        return f"mesh: {self.what}: found {self.found}; accepted: {self.accepted}"
