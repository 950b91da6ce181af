"""What can go wrong, each error with its data and one line that says where, what was found and what is accepted."""


class FaradicError(Exception):
    """Base of every error that a user can cause or must know about; its text is one line."""


class CaseError(FaradicError):
    """A case file that cannot be taken as it is.

    Parameters
    ----------
    where
        File and key path, such as ``x.toml: electrodes.left.pad.diameter_mm``.
    found
        The value that stands there.
    accepted
        What could stand there instead.
    """

    def __init__(self, where: str, found: str, accepted: str) -> None:
        super().__init__(where, found, accepted)  # as they came, so that the error can travel between processes
        self.where = where
        self.found = found
        self.accepted = accepted

    def __str__(self) -> str:
        return f"{self.where}: found {self.found}; accepted: {self.accepted}"


class LimitError(FaradicError):
    """A file of safety limits that cannot be evaluated."""


class SolverError(FaradicError):
    """A solution that is not converged, not finite or not balanced.

    Parameters
    ----------
    gate
        Name of the gate that tripped.
    value, bound
        What was measured and what the gate allows.
    detail
        What to do, or where it happened.
    """

    def __init__(self, gate: str, value: float, bound: float, detail: str) -> None:
        super().__init__(gate, value, bound, detail)
        self.gate = gate
        self.value = value
        self.bound = bound
        self.detail = detail

    def __str__(self) -> str:
        return f"solver: {self.gate} is {self.value:.3g}, allowed {self.bound:.3g}; {self.detail}"
