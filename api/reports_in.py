"""What comes in as a report, as the desk takes it: from the console and from a caller's own phone."""

from datetime import datetime

from api.forms.caller_schemas import CallerReportIn
from api.forms.captured import position_of
from api.forms.schemas import ReportIn
from dispatch.errors import InvalidInput
from dispatch.report import Report
from dispatch.vocabulary import Channel

NOTHING_SAID = "报案人未写经过"


def told_by_dispatcher(body: ReportIn, at: datetime) -> Report:
    """A report that a dispatcher took at a moment."""
    return Report(
        text=body.text,
        received_at=at,
        channel=body.channel,
        position=position_of(body.point) if body.point else None,
        position_accuracy_m=body.point.accuracy_m if body.point else None,
        plate=body.plate,
        phone=body.phone,
        client=body.client,
        injured=body.injured,
        drivable=body.drivable,
        vehicles=body.vehicles,
        on_expressway=body.on_expressway,
        big_loss=body.big_loss,
        make=body.make,
        hospital=body.hospital,
    )


def told_by_caller(body: CallerReportIn, at: datetime) -> Report:
    """A report from a caller's own phone; raises `InvalidInput` where it names no place at all."""
    place, said = body.place.strip(), body.text.strip()
    if not place and body.point is None:
        raise InvalidInput("请写明地点或点“定位我”。(Say where, or let the phone locate you.)")
    return Report(
        text="。".join(part for part in (place, said or NOTHING_SAID) if part),
        received_at=at,
        channel=Channel.CALLER,
        position=position_of(body.point) if body.point else None,
        position_accuracy_m=body.point.accuracy_m if body.point else None,
        plate=body.plate.strip(),
        phone=body.phone.strip(),
        injured=body.injured,
        drivable=body.drivable,
    )
