"""Folding merges."""

from dispatch import events as ev
from dispatch.errors import IllegalTransition
from dispatch.folding.base import apply, replace
from dispatch.incident import Incident


@apply.register
def _(event: ev.IncidentMerged, incident: Incident) -> Incident:
    served = incident.is_surveyed or incident.remote_runs
    if incident.open_assignments or served or event.kept_id == incident.id:
        raise IllegalTransition(f"案件 {incident.id} 已有人处理,不能并入他案。(It is being served: release its units.)")
    return replace(incident, closed_at=event.at, merged_into=event.kept_id, held=None)


@apply.register
def _(event: ev.DuplicateJoined, incident: Incident) -> Incident:
    if event.duplicate_id in {incident.id, *incident.duplicates}:
        raise IllegalTransition(f"{event.duplicate_id} 已并入案件 {incident.id}。(Merged already: reload.)")
    return replace(incident, duplicates={**incident.duplicates, event.duplicate_id: event})


@apply.register
def _(event: ev.MergeUndone, incident: Incident) -> Incident:
    if incident.merged_into is None or incident.merged_into != event.kept_id:
        raise IllegalTransition(f"案件 {incident.id} 未并入 {event.kept_id}。(Not merged: reload.)")
    apart_from = incident.apart_from | {event.kept_id}
    return replace(incident, closed_at=None, merged_into=None, apart_from=apart_from)


@apply.register
def _(event: ev.DuplicateParted, incident: Incident) -> Incident:
    if event.duplicate_id not in incident.duplicates:
        raise IllegalTransition(f"{event.duplicate_id} 未并入案件 {incident.id}。(Not merged: reload.)")
    others = {key: joined for key, joined in incident.duplicates.items() if key != event.duplicate_id}
    return replace(incident, duplicates=others, apart_from=incident.apart_from | {event.duplicate_id})
