"""What every request body obeys."""

from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator


class Body(BaseModel):
    """A request body: unknown fields are mistakes, not decoration; blanks around a text, or alone, say nothing."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)

    @model_validator(mode="after")
    def _storable(self) -> Self:
        for text in (value for value in self.__dict__.values() if isinstance(value, str)):
            if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
                raise ValueError("a text holds the character NUL or half a character: remove it")
        return self


def _in_our_times(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("needs a time zone, e.g. 2026-11-22T08:00:00+08:00")
    if not 2000 <= moment.year < 2200:
        raise ValueError("the year must lie between 2000 and 2200")
    return moment.astimezone(UTC)


Moment = Annotated[datetime, AfterValidator(_in_our_times)]
