"""From an incident to what the desk sees of its caller and its claim."""

from typing import Any

from api.forms import follow_up_schemas as out
from dispatch import events as ev
from dispatch.caller import Callback
from dispatch.incident import Incident
from dispatch.policy.policy import CallerRules

STEPS: dict[type[ev.ClaimFact], out.Step] = {
    ev.DamageAssessed: "assessed",
    ev.ClaimReviewed: "reviewed",
    ev.ClaimPaid: "paid",
    ev.ClaimRefused: "refused",
    ev.ClientTold: "told",
}


def follow_up(i: Incident, rules: CallerRules) -> out.FollowUpOut:
    """Show what follows a report."""
    side = i.caller
    rating = side.rating
    return out.FollowUpOut(
        callbacks=[_callback(c, rules) for c in side.callbacks],
        doubt=_doubt(i),
        rating=out.RatingOut(stars=rating.stars, words=rating.words, at=rating.at) if rating else None,
        waits=side.waits,
        claim=_claim(i),
        next_steps=next_steps(i),
    )


def next_steps(i: Incident) -> list[out.Step]:
    """The steps of the claim that may be told for the first time."""
    if i.merged_into is not None or i.surveyed_at is None:
        return []
    return [STEPS[kind] for kind in i.claim.next_kinds]


def tasks(i: Incident, rules: CallerRules) -> list[out.CallerTaskOut]:
    """What is to be done for the caller of an incident."""
    found: list[out.CallerTaskOut] = []
    about: dict[str, Any] = {
        "incident_id": i.id,
        "place": i.location.matched_text if i.location else "",
        "plate": i.reported.plate,
        "closed": i.closed_at is not None,
    }
    waiting, doubt = i.caller.open_callback, i.caller.open_doubt
    if waiting is not None:
        asked = waiting.asked
        due_at = waiting.due_at(rules.callback_within_s)
        about |= {"asked_at": asked.at, "words": asked.reason, "phone": asked.phone}
        found.append(out.CallerTaskOut(kind="callback", due_at=due_at, **about))
    if doubt is not None:
        about |= {"asked_at": doubt.at, "words": doubt.text, "phone": i.reported.phone}
        found.append(out.CallerTaskOut(kind="doubt", due_at=None, **about))
    return found


def _callback(c: Callback, rules: CallerRules) -> out.CallbackOut:
    return out.CallbackOut(
        asked_at=c.asked.at,
        due_at=c.due_at(rules.callback_within_s),
        reason=c.asked.reason,
        phone=c.asked.phone,
        done_at=c.done.at if c.done else None,
        tries=[out.CallbackTryOut(at=t.at, by=t.by, reached=t.reached, result=t.result) for t in c.tries],
    )


def _doubt(i: Incident) -> out.DoubtOut | None:
    side = i.caller
    if side.doubt is None:
        return None
    at = side.doubt.position
    return out.DoubtOut(
        asked_at=side.doubt.at,
        text=side.doubt.text,
        lon=at.lon if at else None,
        lat=at.lat if at else None,
        open=side.open_doubt is not None,
        answer=side.doubt_settled.answer if side.doubt_settled else "",
    )


def _claim(i: Incident) -> list[out.ClaimFactOut]:
    claim = i.claim
    facts = [claim.assessed, *claim.reviews, claim.decided, *claim.told]
    return [_fact(f) for f in facts if f is not None]


def _fact(f: ev.ClaimFact) -> out.ClaimFactOut:
    said: dict[str, Any] = {"step": STEPS[type(f)], "at": f.at, "recorded_at": f.recorded_at}
    said |= {"by": f.by, "corrects": f.corrects}
    match f:
        case ev.DamageAssessed():
            said |= {"amount_yuan": f.amount_yuan, "words": f.note}
        case ev.ClaimReviewed():
            said |= {"opinion": f.opinion, "words": f.note}
        case ev.ClaimPaid():
            said |= {"amount_yuan": f.amount_yuan}
        case ev.ClaimRefused():
            said |= {"words": f.reason}
        case ev.ClientTold():
            said |= {"means": f.means, "words": f.told_to}
    return out.ClaimFactOut(**said)
