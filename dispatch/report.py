"""What a caller said."""

from dataclasses import dataclass
from datetime import datetime
from unicodedata import category

from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.vocabulary import Channel

LONGEST_TEXT = 2000
MOST_VEHICLES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An accident report as it came in.

    Parameters
    ----------
    text : str
        The caller's words, 1 to 2000 characters.
    received_at : datetime
        Aware; every commitment runs from here.
    channel : Channel
        How it reached us.
    position : Position or None
        Where the caller's phone says it is.
    position_accuracy_m : float or None
        Radius in metres stated by the phone.
    plate, phone : str
        Empty where not given.
    client : str
        Number of the client or of the policy; empty where not given.
    injured, drivable, on_expressway, big_loss : bool or None
        Answers to the quick questions; None where nobody asked.
    vehicles : int or None
        How many took part, 1 or more; None where nobody asked.
    make : str
        Make of the vehicle, e.g. ``丰田``; empty where not told.
    hospital : str
        Where an injured person was taken; empty where not told.
    provisional : str
        The number the caller was told while the report waited for the database; empty where it did not.
    waited_s : float or None
        How long it waited; None where it did not.
    simulated : bool
        True for demonstration data; shown wherever the incident is shown.

    Raises
    ------
    InvalidInput
        For empty or overlong text, a naive time, or a number of vehicles that cannot be.
    """

    text: str
    received_at: datetime
    channel: Channel
    position: Position | None = None
    position_accuracy_m: float | None = None
    plate: str = ""
    phone: str = ""
    client: str = ""
    injured: bool | None = None
    drivable: bool | None = None
    vehicles: int | None = None
    on_expressway: bool | None = None
    big_loss: bool | None = None
    make: str = ""
    hospital: str = ""
    provisional: str = ""
    waited_s: float | None = None
    simulated: bool = False

    def __post_init__(self) -> None:
        if not any(_is_seen(character) for character in self.text):
            raise InvalidInput("报案内容为空:请写明地点和经过。(The report is empty: say where and what happened.)")
        if len(self.text) > LONGEST_TEXT:
            raise InvalidInput(f"报案内容超过 {LONGEST_TEXT} 字:请缩短。(The report is too long.)")
        if self.received_at.tzinfo is None:
            raise InvalidInput("received_at needs a time zone, e.g. 2026-11-22T08:00:00+08:00.")
        if self.vehicles is not None and not 1 <= self.vehicles <= MOST_VEHICLES:
            raise InvalidInput(f"车辆数须在 1 到 {MOST_VEHICLES} 之间。(Give the number of vehicles, 1 or more.)")


def _is_seen(character: str) -> bool:
    """Whether a reader sees anything: spaces, control characters and marks of no width show nothing."""
    return category(character) not in ("Zs", "Zl", "Zp", "Cc", "Cf")
