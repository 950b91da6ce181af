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
        super().__init__(f"{where}: found {found}; accepted: {accepted}")
        self.where = where
        self.found = found
        self.accepted = accepted


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
        super().__init__(f"solver: {gate} is {value:.3g}, allowed {bound:.3g}; {detail}")
        self.gate = gate
        self.value = value
        self.bound = bound
