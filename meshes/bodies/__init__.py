"""Bodies: what they are made of, and where a place on their skin lies in space."""

from typing import Annotated

from pydantic import Field

from meshes.bodies.block import Block
from meshes.bodies.face import Face
from meshes.bodies.limb import Bone, Limb

Body = Annotated[Block | Limb | Face, Field(discriminator="kind")]

__all__ = ["Block", "Body", "Bone", "Face", "Limb"]
