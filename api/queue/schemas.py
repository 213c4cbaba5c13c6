"""What travels over HTTP of the queue."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from api.forms.schemas import LocationOut
from api.queue.queued import QueueState, Source

Lack = Literal["number", "place", "advice", "duplicates", "hospital", "online_places", "case_page"]
LABELS: dict[Lack, str] = {
    "number": "正式案件号",
    "place": "地点",
    "advice": "推荐人员与预计到场时间",
    "duplicates": "重复报案提示",
    "hospital": "医院位置",
    "online_places": "在线地点服务的核对",
    "case_page": "案件进展页",
}


class LackOut(BaseModel):
    """What an answer without the database cannot hold; it follows when the report has entered."""

    lack: Lack
    label: str


class Preview(BaseModel):
    """What can be said of a report without the database: place, tiers, promise, by the desk's own rules."""

    location: LocationOut | None = None
    question: str = ""
    tiers: list[str] = []
    due_at: datetime | None = None
    partner: str = ""
    lacks: list[LackOut] = []


class QueuedOut(BaseModel):
    """A report in the queue of this machine: its provisional number, its key, and what is known of it.

    ``state`` is `waiting`, `entered` (then ``incident_id`` is set) or `set_aside` (then ``problem`` says why).
    """

    number: int
    provisional_number: str
    key: str
    state: QueueState
    source: Source
    taken_by: str
    reported_at: datetime
    text: str
    plate: str
    phone: str
    preview: Preview
    problem: str
    incident_id: str


class QueueOut(BaseModel):
    """The queue of this machine: what waits, what was set aside, what entered within the hour; in their own time."""

    database_away_since: datetime | None
    waiting: int
    set_aside: int
    reports: list[QueuedOut]
