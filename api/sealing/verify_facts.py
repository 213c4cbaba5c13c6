"""The facts of an incident as the verifier reads and judges them: the middle part of `verify.py`.

Standard library only, and nothing of ours: `api.sealing.bundle` puts what follows the next line in the place of the
import in verify.py, so that a bundle holds one file that runs alone.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter
from datetime import datetime, timedelta, timezone
from math import asin, cos, radians, sin, sqrt
from typing import Any, Iterator

GUANGZHOU = timezone(timedelta(hours=8))
Z95 = 1.959963984540054
LEGS = (
    ("call_handling", "reported", "accepted"),
    ("turnout", "accepted", "departed"),
    ("travel", "departed", "arrived"),
    ("response", "reported", "arrived"),
    ("on_scene", "arrived", "cleared"),
)
STEPS = {"AssignmentAccepted": "accepted", "UnitDeparted": "departed", "ArrivalClaimed": "arrived"}
STEPS.update({"UnitCleared": "cleared", "AssignmentDeclined": "ended", "AssignmentReleased": "ended"})
TOLD = {"accepted": "accepted", "on_scene": "arrived", "delivered": "cleared"}
CANCELLING = ("withdrawn", "false_report", "duplicate", "mistake")
DEMO_STOPPED = "demo_stopped"  # counts as one of them for simulated incidents alone


def number(text: str) -> float | int:
    value = float(text)
    return int(value) if value.is_integer() else value


def read(line: bytes) -> Any:
    return json.loads(line.decode(), parse_int=number, parse_float=number)


def canonical(document: Any) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(document: Any) -> str:
    return hashlib.sha256(canonical(document)).hexdigest()


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)


def stated(text: str) -> datetime:
    """A time inside a body, as it was written."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def merkle_root(hashes: list[bytes]) -> str:
    """RFC 6962 root over leaf hashes, level by level: an odd last one moves up as it is."""
    while len(hashes) > 1:
        pairs = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(hashes[::2], hashes[1::2])]
        hashes = pairs + (hashes[-1:] if len(hashes) % 2 else [])
    return hashes[0].hex() if hashes else hashlib.sha256(b"").hexdigest()


def share(kept: int, n: int) -> tuple[Any, ...]:
    """Kept, n, share and both ends of its 95 % Wilson score interval."""
    if n == 0:
        return (0, 0, None, None, None)
    p, z2 = kept / n, Z95 * Z95
    middle, spread = p + z2 / (2 * n), Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return (kept, n, p, max(0.0, (middle - spread) / (1 + z2 / n)), min(1.0, (middle + spread) / (1 + z2 / n)))


class Incident:
    """An incident's events and what of them its promise is judged by (docs/audit.md has the rules).

    ``seen`` counts its lines in the lists of the seals; one that has been named is not named again.
    """

    def __init__(self, entries: list[Any]) -> None:
        events = [entry["event"] for entry in entries]
        self.chain = [(event["seq"], digest(event), event["previous"]) for event in events]
        self.events = [(sys.intern(entry["event"]["kind"]), entry["hash"], entry["seal"]) for entry in entries]
        self.id, self.at, self.reported = events[0]["incident_id"], events[0]["at"], events[0]["body"]
        self.seen, self.is_named, self.start = 0, False, moment(self.at)
        self.jobs: dict[str, dict[str, Any]] = {}  # of surveyors and the partner: unit, and the time of each step
        self.promise: Any = None
        self.place: Any = None
        self.remote: Any = None
        self.closed: Any = None
        self.is_merged = self.is_surveyed = False
        for event in events:
            self.take(event["kind"], event["body"], moment(event["at"]))

    def name(self, check: Any, kind: str, seq: int, chinese: str = "", english: str = "") -> None:
        if not self.is_named:
            what = self.events[seq - 1][0] if seq <= len(self.events) else ""
            here, there = f"案件 {self.id} 第 {seq} 条 {what}", f"incident {self.id}, event {seq} {what}"
            check.problem(kind, here + chinese, there + english)
        self.is_named = True

    def check_chain(self, check: Any) -> None:
        """An incident's events are 1, 2, 3 …, each with its own hash and that of the one before it."""
        before = "0" * 64
        moved = sorted(seq for seq, _, _ in self.chain) == list(range(1, len(self.chain) + 1))
        for place, ((seq, ours, previous), (_, stated, _)) in enumerate(zip(self.chain, self.events), 1):
            if seq != place:
                return self.name(check, "reordered" if moved else "inserted" if seq < place else "removed", place)
            if (ours, previous) != (stated, before):
                return self.name(check, "altered", seq)
            before = stated
        return None

    def check_leaf(self, check: Any, seq: int, sealed: tuple[str, int]) -> None:
        self.seen += 1
        where = f",见封存第 {sealed[1]} 号", f": see seal {sealed[1]}"
        if seq > len(self.events):
            self.name(check, "removed", len(self.events) + 1, *where)
        elif self.events[seq - 1][1:] != sealed:
            self.name(check, "altered", seq, *where)

    def take(self, kind: str, body: Any, at: datetime) -> None:
        if kind == "CommitmentMade":
            self.promise = body
        elif kind == "IncidentLocated":
            self.place = body
        elif kind in ("IncidentClosed", "IncidentMerged", "MergeUndone"):
            self.closed = None if kind == "MergeUndone" else (at, body.get("code"))
            self.is_merged = kind == "IncidentMerged"
        elif kind == "RemoteSurveyStarted":
            self.remote, self.is_surveyed = (at, body["consent"]), False
        elif kind == "RemoteSurveyEnded":
            self.is_surveyed = body["completed"]
        else:
            self.take_job(kind, body, at)

    def take_job(self, kind: str, body: Any, at: datetime) -> None:
        if kind == "UnitOffered" and body["role"] == "surveyor":
            self.jobs[body["assignment_id"]] = {"unit": body["unit_id"]}
        elif kind == "PartnerEngaged":
            self.jobs["partner"] = {"unit": body["partner"]}
        elif kind == "PartnerReported":
            self.jobs["partner"][TOLD[body["step"]]] = at
        elif kind in STEPS and body["assignment_id"] in self.jobs:
            self.jobs[body["assignment_id"]].update({STEPS[kind]: at, kind: body})
        elif kind in ("ArrivalConfirmed", "ArrivalContradicted") and body["assignment_id"] in self.jobs:
            self.jobs[body["assignment_id"]][kind] = body

    def judge(self, now: datetime, audit: Any, counts: dict[str, Counter[str]]) -> None:
        """Count what it adds to every group of the audit as printed, whose targets and organisations are taken as stated."""
        verdict, is_timed, reason = self.verdict(now)
        evidence, track = self.track(verdict, is_timed)
        for group in self.groups(audit["organisations"]):
            counts[group].update({"reported": 1, verdict: 1, "timed": int(is_timed), evidence: 1})
        counts["track"].update(track)
        if reason:
            counts["reasons excluded" if verdict == "excluded" else "reasons cancelled_late"][reason] += 1
        targets = {leg["name"]: leg["target_s"] for leg in audit["intervals"]}
        for name, spent_s in self.legs(verdict in ("open", "excluded") or is_timed):
            within = targets[name] is not None and spent_s <= targets[name]
            for group in ("legs", f"legs {self.zone}"):
                counts[group].update({f"{name} n": 1, f"{name} within": int(within)})
        for group in ("legs", f"legs {self.zone}"):
            counts[group].update({"reported": 1})
        del self.chain, self.jobs, self.promise, self.place, self.remote, self.reported

    @property
    def zone(self) -> str:
        return str(self.promise["zone"]) if self.promise else "unknown"

    def first(self) -> Any:
        """The job of who arrived first, the first of equals with the partner last; None while nobody is there."""
        keys = sorted(self.jobs, key=lambda key: key == "partner")
        return min((self.jobs[k] for k in keys if "arrived" in self.jobs[k]), key=lambda j: j["arrived"], default=None)

    def legs(self, is_trusted: bool) -> Iterator[tuple[str, float]]:
        """Seconds of each leg that has both ends and is not below 0; the response only where it is trusted."""
        surveyors = [job for key, job in self.jobs.items() if key != "partner"]
        bound = [job for job in surveyors if "ended" not in job and "cleared" not in job]
        job = self.first() or (bound[0] if bound else self.jobs.get("partner", {}))
        at = {**job, "reported": self.start}
        for name, start, stop in LEGS:
            spent_s = (at[stop] - at[start]).total_seconds() if start in at and stop in at else -1
            if spent_s >= 0 and (is_trusted or name != "response"):
                yield name, spent_s

    def track(self, verdict: str, is_timed: bool) -> tuple[str, dict[str, int]]:
        """What the track says of the arrival that counts, and what it adds to button beside track."""
        job = self.first()
        if job is None or job is self.jobs.get("partner"):
            return "", {}
        told = job.get("ArrivalConfirmed")
        if told is None:
            return "contradicted" if "ArrivalContradicted" in job else "unconfirmed", {}
        added = {"opposite": int(told.get("carriageway") == "opposite")}
        if is_timed and told.get("track_arrived_at"):
            kept = (stated(told["track_arrived_at"]) - self.start).total_seconds() <= self.promise["limit_s"]
            added.update({"n": 1, "by_button": int(verdict == "kept"), "by_track": int(kept)})
        return "confirmed", added

    def verdict(self, now: datetime) -> tuple[str, bool, str]:
        """The verdict, whether the response time is a trusted one, and the code under which it is, or would have been, left out."""
        job = self.first()
        limit_s = self.promise["limit_s"] if self.promise else 1800
        due_at = self.start + timedelta(seconds=limit_s)
        if self.is_merged:
            return "excluded", False, "merged_duplicate"
        if job is None and self.promise:
            if self.remote and self.is_surveyed and self.remote[1] and self.remote[0] <= due_at:
                return "excluded", False, "remote_survey_by_consent"
            is_demo = bool(self.closed and self.closed[1] == DEMO_STOPPED and self.reported.get("simulated"))
            if self.closed and (self.closed[1] in CANCELLING or is_demo):
                return ("excluded" if self.closed[0] <= due_at else "missed"), False, self.closed[1]
        if job is None or not self.promise:
            return ("missed" if job or self.closed or now > due_at else "open"), False, ""
        pressed_at = job["ArrivalClaimed"]["position"] if "ArrivalClaimed" in job else None
        is_against = "ArrivalContradicted" in job or self.is_away(pressed_at)
        if not self.start < job["arrived"] <= now or ("ArrivalConfirmed" not in job and is_against):
            return "missed", False, ""
        return ("kept" if (job["arrived"] - self.start).total_seconds() <= limit_s else "missed"), True, ""

    def is_away(self, a: Any) -> bool:
        """Whether the button was pressed farther from the scene than 500 m and its uncertainty."""
        if a is None or self.place is None:
            return False
        b = self.place["position"]
        half = sin(radians(b["lat"] - a["lat"]) / 2) ** 2
        half += cos(radians(a["lat"])) * cos(radians(b["lat"])) * sin(radians(b["lon"] - a["lon"]) / 2) ** 2
        return bool(2 * 6371008.8 * asin(min(1.0, sqrt(half))) > 500 + self.place["uncertainty_m"])

    def groups(self, organisations: dict[str, str]) -> Iterator[str]:
        local = self.start.astimezone(GUANGZHOU)
        surveyors = [job for key, job in self.jobs.items() if key != "partner"]
        held = self.first() or self.jobs.get("partner") or (surveyors[-1] if surveyors else {"unit": "unknown"})
        number = bare(self.reported.get("client", ""))
        known = [(len(bare(start)), name) for start, name in organisations.items() if number.startswith(bare(start))]
        yield "totals"
        yield f"by_zone {self.zone}"
        yield f"by_district {(self.place and self.place['district']) or 'unknown'}"
        yield f"by_hour {local.hour:02d}"
        yield f"by_tier {(self.promise or self.reported)['tier']}"
        yield f"by_unit {held['unit']}"
        yield f"by_client {max(known)[1] if number and known else 'unknown'}"
        yield f"by_month {local:%Y-%m}"
        yield f"by_day {local:%Y-%m-%d}"


def bare(client: str) -> str:
    """A client number without spaces, dots and dashes, in capitals."""
    return re.sub(r"[\s·•・.\-]", "", client).upper()
