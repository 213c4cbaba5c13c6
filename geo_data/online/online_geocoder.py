"""The offline geocoder first; services only where it is not sure."""

import asyncio
from dataclasses import replace

from dispatch.location import Location, NotLocated, Position
from dispatch.ports import Geocode
from dispatch.vocabulary import Confidence
from geo_data.online.agreement import weigh
from geo_data.online.enquiry import Enquiry
from geo_data.online.question import question_for
from geo_data.places.address import parse


class OnlineGeocoder:
    """Finds places offline and lets services confirm, contradict or fill in what is not sure.

    Parameters
    ----------
    offline : Geocode
    enquiry : Enquiry
    """

    def __init__(self, offline: Geocode, enquiry: Enquiry) -> None:
        self._offline = offline
        self._enquiry = enquiry

    def geocode(
        self, text: str, *, hint: Position | None = None, hint_accuracy_m: float | None = None
    ) -> Location | NotLocated:
        """Find the place that ``text`` speaks of; as `geo_data.places.geocoder.Geocoder.geocode`, with its errors.

        It takes at most the enquiry's time limit longer than the offline geocoder, and no longer on the thread of an
        event loop, where services are not asked.
        """
        offline = self._offline(text, hint=hint, hint_accuracy_m=hint_accuracy_m)
        if isinstance(offline, Location) and offline.confidence is Confidence.HIGH:
            return offline
        question = question_for(text)
        if question is None or _on_an_event_loop():
            return offline
        told = self._enquiry.answer(question, hint)
        return replace(weigh(offline, told.found, parse(question).district), not_reached=told.not_reached)


def _on_an_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
