"""What every request body obeys."""

from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator


class Body(BaseModel):
    """A request body: unknown fields are mistakes, not decoration."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    @model_validator(mode="after")
    def _no_nul(self) -> Self:
        if any("\0" in value for value in self.__dict__.values() if isinstance(value, str)):
            raise ValueError("a text holds the character NUL: remove it")
        return self
