"""The base of everything that is written in a case file: strict, frozen, complete when it is built."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """A piece of a case: unknown keys, other types, inf and nan are refused, and nothing changes afterwards."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]
Positive = Annotated[float, Field(gt=0.0)]
NotNegative = Annotated[float, Field(ge=0.0)]
Length = Annotated[float, Field(gt=0.0, le=5000.0)]  # mm: a body is no longer than 5 m
Coordinate = Annotated[float, Field(ge=-5000.0, le=5000.0)]  # mm
