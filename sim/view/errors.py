"""What can go wrong in looking at a run."""

from sim.errors import FaradicError


class ViewError(FaradicError):
    """Something that cannot be shown; the text is one line that says what was found and what is accepted."""
