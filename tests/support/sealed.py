"""A store of seals in memory, as `geo_data.stores.seal_store.PostgisSeals` is on the database, and bundles to tamper with."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from dispatch.events import Event
from dispatch.seals import NOTHING_BEFORE, Fact, Seal, canonical, leaf, merkle_root, read_json
from geo_data.stores.event_codec import encode
from geo_data.stores.seal_store import SealedFact

POLICY = 'version = "test"\n'


class MemorySeals:
    """Histories sealed in two goes: what happened before a moment, and the rest."""

    def __init__(self, histories: Sequence[Sequence[Event]], *sealed_at: datetime) -> None:
        in_order = sorted(histories, key=lambda history: (history[0].at, history[0].incident_id))
        self._reported_at = {history[0].incident_id: history[0].at for history in in_order}
        self._facts = [fact for history in in_order for fact in _chained(history, sealed_at)]
        self._seals: list[Seal] = []
        for number, at in enumerate(sealed_at, 1):
            lines = list(self.leaves(number))
            previous = self._seals[-1].hash if self._seals else NOTHING_BEFORE
            policy = sha256(POLICY.encode()).hexdigest()
            self._seals.append(
                Seal(
                    number=number,
                    sealed_at=at,
                    events=len(lines),
                    root=merkle_root(lines),
                    previous=previous,
                    network="net",
                    policy=policy,
                )
            )

    def last(self) -> Seal | None:
        return self._seals[-1] if self._seals else None

    def all(self) -> list[Seal]:
        return self._seals

    def stored_hashes(self) -> list[str]:
        return [seal.hash for seal in self._seals]

    def policies(self) -> dict[str, str]:
        return {seal.policy: POLICY for seal in self._seals}

    def first_needed(self, since: datetime | None, _until: datetime | None) -> int:
        return 1 if since is None else next(s.number for s in self._seals if s.sealed_at >= since)

    def leaves(self, number: int) -> list[bytes]:
        mine = sorted((f.fact.incident_id, f.fact.seq, f.fact.at, f.hash) for f in self._facts if f.seal == number)
        return [leaf(*line) for line in mine]

    def facts(self, since: datetime | None, until: datetime | None) -> list[SealedFact]:
        def within(fact: SealedFact) -> bool:
            at = self._reported_at[fact.fact.incident_id]
            return (since is None or at >= since) and (until is None or at < until)

        return [fact for fact in self._facts if within(fact)]


def _chained(history: Sequence[Event], sealed_at: Sequence[datetime]) -> list[SealedFact]:
    previous, facts, seal = NOTHING_BEFORE, [], 1
    for seq, event in enumerate(history, 1):
        kind, body = encode(event)
        fact = Fact(
            incident_id=event.incident_id,
            seq=seq,
            kind=kind,
            at=event.at,
            recorded_at=event.at + timedelta(seconds=1),
            body=read_json(body),
            previous=previous,
        )
        previous = fact.hash
        seal = max(seal, next((n for n, at in enumerate(sealed_at, 1) if event.at < at), len(sealed_at)))
        facts.append(SealedFact(fact, previous, seal))
    return facts


# -- tampering ---------------------------------------------------------------------------------------------------

Files = dict[str, bytes]


def files_of(path: Path) -> Files:
    """The files of a bundle."""
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(path: Path, files: Files) -> Path:
    """A bundle of these files."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def edited(files: Files, name: str, edit: Callable[[list[Any]], Any]) -> Files:
    """The files with the documents of one edited in place; ``edit`` may return others."""
    documents = [json.loads(line) for line in files[name].splitlines()]
    changed = edit(documents)
    lines = documents if changed is None else changed
    return files | {name: b"".join(canonical(read_json(json.dumps(d))) + b"\n" for d in lines)}


def rechained(entries: list[Any], incident: str) -> list[Any]:
    """What a skilled forger does: number an incident's events anew and mend all its hashes."""
    previous = NOTHING_BEFORE
    for seq, entry in enumerate((e for e in entries if e["event"]["incident_id"] == incident), 1):
        entry["event"] |= {"seq": seq, "previous": previous}
        previous = entry["hash"] = sha256(canonical(read_json(json.dumps(entry["event"])))).hexdigest()
    return entries
