"""A picture: its file, and what a reader who does not see it is told."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """A drawn picture.

    Parameters
    ----------
    name
        Its file is ``<name>.png``.
    title
        Heading.
    alt
        What it shows, in words, with its most important numbers.
    """

    name: str
    title: str
    alt: str
