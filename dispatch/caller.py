"""What stands between a caller and the desk: call-backs, doubts about the place, the rating."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dispatch.errors import IllegalTransition
from dispatch.events import CallbackAnswered, CallbackRequested, PlaceDoubted, PlaceDoubtSettled, ServiceRated

MOST_STARS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A call-back that was asked for, and every try at it."""

    asked: CallbackRequested
    tries: tuple[CallbackAnswered, ...] = ()

    @property
    def done(self) -> CallbackAnswered | None:
        """The call that reached the caller; None while it is still to be made."""
        return next((t for t in self.tries if t.reached), None)

    def due_at(self, within_s: float) -> datetime:
        """By when the caller is to be called."""
        return self.asked.at + timedelta(seconds=within_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerSide:
    """What the caller asked and said.

    ``doubt`` is the last doubt about the place; ``doubt_moved_at`` is when the place was set anew after it,
    ``doubt_settled`` the answer of a dispatcher who left it. ``rated_at`` is when the first rating came.
    """

    callbacks: tuple[Callback, ...] = ()
    doubt: PlaceDoubted | None = None
    doubt_moved_at: datetime | None = None
    doubt_settled: PlaceDoubtSettled | None = None
    rating: ServiceRated | None = None
    rated_at: datetime | None = None

    @property
    def open_callback(self) -> Callback | None:
        """The call-back that is still to be made."""
        return next((c for c in self.callbacks if c.done is None), None)

    @property
    def open_doubt(self) -> PlaceDoubted | None:
        """The doubt that nobody has looked at yet."""
        return self.doubt if self.doubt_moved_at is None and self.doubt_settled is None else None

    def rating_until(self, edit_h: float) -> datetime | None:
        """Until when the rating may be changed; None before the first."""
        return self.rated_at + timedelta(hours=edit_h) if self.rated_at else None

    @property
    def waits(self) -> bool:
        """Whether somebody at the desk has something to do for the caller."""
        return self.open_callback is not None or self.open_doubt is not None

    def called_for(self, event: CallbackRequested) -> "CallerSide":
        """Take a request to call back; while another waits, its reason and number change and its clock goes on."""
        waiting = self.open_callback
        if waiting is None:
            return replace(self, callbacks=(*self.callbacks, Callback(asked=event)))
        anew = replace(waiting, asked=replace(event, at=waiting.asked.at))
        return replace(self, callbacks=(*self.callbacks[:-1], anew))

    def called(self, event: CallbackAnswered) -> "CallerSide":
        """Take a try at calling back; raises `IllegalTransition` where none is asked for."""
        waiting = self.open_callback
        if waiting is None:
            raise IllegalTransition("没有待回电的请求。(No call-back waits: reload.)")
        tried = replace(waiting, tries=(*waiting.tries, event))
        return replace(self, callbacks=(*self.callbacks[:-1], tried))

    def doubted(self, event: PlaceDoubted) -> "CallerSide":
        """Take a doubt about the place, in the place of an older one."""
        return replace(self, doubt=event, doubt_moved_at=None, doubt_settled=None)

    def settled(self, event: PlaceDoubtSettled) -> "CallerSide":
        """Take a dispatcher's answer; raises `IllegalTransition` where no doubt is open."""
        if self.open_doubt is None:
            raise IllegalTransition("没有待核对的地点。(No doubt about the place is open: reload.)")
        return replace(self, doubt_settled=event)

    def moved(self, at: datetime) -> "CallerSide":
        """The place was set anew: that answers a doubt."""
        return self if self.open_doubt is None else replace(self, doubt_moved_at=at)

    def rated(self, event: ServiceRated) -> "CallerSide":
        """Take a rating; raises `IllegalTransition` for stars that there are not."""
        if not 1 <= event.stars <= MOST_STARS:
            raise IllegalTransition(f"评分须在 1 到 {MOST_STARS} 之间。(Give 1 to {MOST_STARS} stars.)")
        return replace(self, rating=event, rated_at=self.rated_at or event.at)
