"""The bundle a counterparty gets: facts, policy, network, seals, the shares as printed, and the verifier itself.

One pass over the facts writes and judges them, so memory grows with the incidents (one small record each), not with
their events. The same data give the same bytes.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from api.views.audit_json import as_json
from api.whole_file import whole_file
from dispatch.auditing import audit as judging
from dispatch.auditing.audit import Audit, Basis
from dispatch.days import bounds
from dispatch.errors import InvalidInput, Unavailable
from dispatch.events import Event
from dispatch.policy.audit_rules import AuditRules
from dispatch.seals import Seal, canonical
from geo_data.stores.event_codec import decode
from geo_data.stores.seal_store import PostgisSeals, SealedFact

FORM = 3  # 2 knew nothing of tracks; 1 no cancellations by code, no legs and fewer groups
FUTURE = "from __future__ import annotations\n"
BESIDE = Path(__file__).parent
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first moment a zip file knows: its times say nothing, so that its bytes repeat


def write_bundle(
    path: Path, store: PostgisSeals, since: date | None, until: date | None, rules: AuditRules | None = None
) -> tuple[Audit, Seal]:
    """Write the bundle of the incidents reported in a period, judged at the last seal; whole or not at all.

    Parameters
    ----------
    path : Path
    store : PostgisSeals
        In a transaction of repeatable reads, so that all parts agree.
    since, until : date or None
        Guangzhou days, both included.
    rules : AuditRules, optional
        Of the policy; printed with the figures.

    Returns
    -------
    Audit, Seal
        The shares in it, and the seal it ends with.

    Raises
    ------
    Unavailable
        When nothing has been sealed yet, or the file cannot be written.
    """
    last = store.last()
    if last is None:
        raise Unavailable("Nothing has been sealed yet: run `gzdispatch audit seal` first.")
    with whole_file(path) as part, ZipFile(part, "w") as archive:
        found = _fill(archive, store, since, until, rules or AuditRules())
    return found, last


def _fill(archive: ZipFile, store: PostgisSeals, since: date | None, until: date | None, rules: AuditRules) -> Audit:
    sealed = list(zip(store.all(), store.stored_hashes(), strict=True))
    last, last_hash = sealed[-1]
    start, end = bounds(since, until)
    manifest = {"form": FORM, "since": _day(since), "until": _day(until), "network": last.network, "seal": last_hash}
    _put(archive, "bundle.json", [canonical(manifest)])
    for name, content in (("README.md", (BESIDE / "README.md").read_text()), ("verify.py", verifier())):
        _put(archive, name, [content.encode().rstrip(b"\n")])
    _put(archive, "seals.jsonl", (canonical({**seal.document, "hash": stored}) for seal, stored in sealed))
    for digest, policy in sorted(store.policies().items()):
        with archive.open(_entry(f"policies/{digest}.toml"), "w") as file:
            file.write(policy.encode())
    for number in range(store.first_needed(start, end), last.number + 1):
        _put(archive, f"leaves/{number:06d}.jsonl", store.leaves(number))
    basis = _basis(last, since, until, rules)
    with archive.open(_entry("facts.jsonl"), "w", force_zip64=True) as file:
        found = judging.audit(_written(store.facts(start, end), file), last.sealed_at, basis)
    _put(archive, "audit.json", [as_json(found).encode()])
    return found


def verifier() -> str:
    """The verifier as one file that runs alone: verify_facts.py in the place of the line that imports it."""
    whole, facts = ((BESIDE / name).read_text(encoding="utf-8") for name in ("verify.py", "verify_facts.py"))
    before, line, after = whole.partition("from api.sealing.verify_facts import ")
    if not line:
        raise Unavailable("verify.py imports no verify_facts: the two files of the program do not belong together.")
    return before + facts.partition(FUTURE)[2].lstrip() + after.partition("\n")[2]


def _basis(last: Seal, since: date | None, until: date | None, rules: AuditRules) -> Basis:
    title, source = "时效承诺审计 Audit of response promises", "本系统事件记录 event log"
    return Basis(title=title, source=source, judged_at=last.sealed_at, since=since, until=until, rules=rules)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _put(archive: ZipFile, name: str, lines: Iterable[bytes]) -> None:
    with archive.open(_entry(name), "w", force_zip64=True) as file:
        for line in lines:
            file.write(line + b"\n")


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, LONG_AGO)
    entry.compress_type, entry.external_attr, entry.create_system = ZIP_DEFLATED, 0o644 << 16, 3
    return entry


def _written(facts: Iterable[SealedFact], file: IO[bytes]) -> Iterator[list[Event]]:
    """Histories, one after the other; what is read of them has been written."""
    for _, group in groupby(facts, key=lambda sealed: sealed.fact.incident_id):
        history: list[Event] = []
        for sealed in group:
            entry = {"event": sealed.fact.document, "hash": sealed.hash, "seal": sealed.seal}
            file.write(canonical(entry) + b"\n")
            with suppress(InvalidInput):  # one that cannot be read was tampered with: the verifier names it
                history.append(_event(sealed))
        yield history


def _event(sealed: SealedFact) -> Event:
    fact = sealed.fact
    columns = {"incident_id": fact.incident_id, "at": fact.at.isoformat()}
    return decode(fact.kind, json.dumps({**fact.body, **columns}))


if __name__ == "__main__":
    sys.stdout.write(verifier())
