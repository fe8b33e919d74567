"""What the sections of a configuration are made of."""

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")
Values = Annotated[tuple[T, ...], Field(strict=False, max_length=1000)]
"""A list of the search space; its order is the gene's value."""
Name = Annotated[str, Field(min_length=1, max_length=1000)]
PlacePath = Annotated[str, Field(min_length=1, max_length=4096)]
Count = Annotated[int, Field(ge=1, le=10**9)]
Seconds = Annotated[float, Field(gt=0, le=1e8)]
Weight = Annotated[float, Field(ge=0, le=1e6)]


class Section(BaseModel):
    """Base of all sections: frozen, typed, without unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
