#!/usr/bin/env python3
"""核验审计包 Verify an audit bundle: needs Python 3.9 or newer and nothing else.

    python3 verify.py bundle.zip --published seals.txt
    python3 verify.py bundle.zip --root "3f2a 91bc 07de 55a1 9c40"

It recomputes every hash, root and share from the facts by code of its own, holds the seals against those published
outside, and names what was altered, removed, inserted or reordered. Exit code: 0 all fits and a published seal vouches
for it; 1 something does not fit; 2 misuse; 3 nothing contradicts, but no published seal was given. README.md has the forms.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import zipfile
import zlib
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Iterable, Iterator

from api.sealing.verify_facts import GUANGZHOU, Incident, canonical, digest, merkle_root, moment, read, share

FORM = 3
EVIDENCE = ("confirmed", "unconfirmed", "contradicted")
KINDS = {"altered": "被改动", "removed": "被删除", "inserted": "被插入", "reordered": "次序被调换"}
KINDS.update({"differs": "与事实不符", "unpublished": "与公布的不符", "broken": "无法读取"})


class Check:
    """A bundle, and what was found in it: problems in the order they were found; notes are no fault."""

    def __init__(self) -> None:
        self.problems: list[tuple[str, ...]] = []  # kind, Chinese, English
        self.notes: list[str] = []
        self.seals: list[Any] = []
        self.incidents: dict[str, Incident] = {}
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.is_vouched = False

    @property
    def code(self) -> int:
        return 1 if self.problems else 0 if self.is_vouched else 3

    def problem(self, *told: str) -> None:
        self.problems.append(told)

    def run(self, archive: zipfile.ZipFile, roots: Iterable[str], published: Iterable[str]) -> None:
        self.archive, self.names = archive, archive.namelist()
        self.manifest = json.loads(archive.read("bundle.json").decode())
        if self.manifest["form"] != FORM:
            raise ValueError(
                f"form {self.manifest['form']}, not {FORM}: take the verify.py of the release that made it"
            )
        self.since, self.until = self.manifest["since"], self.manifest["until"]
        self.check_seals()
        self.last: Any = self.seals[-1] if self.seals else {"number": 0}
        self.now = moment(self.last.get("sealed_at", "2000-01-01T00:00:00.000000Z"))
        self.check_published(published)
        self.check_roots(roots)
        self.check_surroundings()
        self.audit = json.loads(archive.read("audit.json").decode())
        self.check_facts()
        self.check_leaves()
        self.check_shares()

    def lines(self, name: str) -> Iterator[bytes]:
        with self.archive.open(name) as file:
            yield from (line.rstrip(b"\n") for line in file)

    def holds(self, at: str) -> bool:
        """Whether an incident reported then belongs to the period: Guangzhou days, both included."""
        day = moment(at).astimezone(GUANGZHOU).date().isoformat()
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)

    def check_seals(self) -> None:
        previous: Any = {"number": 0, "hash": "0" * 64, "sealed_at": ""}
        for seal in map(read, self.lines("seals.jsonl")):
            n, wanted = seal["number"], previous["number"] + 1
            if n != wanted:
                kind = "removed" if n > wanted else "reordered"
                self.problem(kind, f"封存:应为第 {wanted} 号,却是第 {n} 号", f"seals: {wanted} expected, {n} found")
            elif digest({key: value for key, value in seal.items() if key != "hash"}) != seal["hash"]:
                self.problem("altered", f"封存第 {n} 号", f"seal {n}")
            elif seal["previous"] != previous["hash"] or seal["sealed_at"] < previous["sealed_at"]:
                self.problem("altered", f"封存第 {n} 号不接前一号", f"seal {n} does not follow on the one before it")
            self.seals.append(seal)
            previous = seal

    def check_published(self, published: Iterable[str]) -> None:
        by_number = {seal["number"]: seal for seal in self.seals}
        for words in (w for w in map(str.split, published) if len(w) == 5 and re.fullmatch("[0-9a-f]{64}", w[4])):
            n, last = int(words[0]), self.last["number"]
            if n == last + 1:
                self.notes.append(f"已公布第 {n} 号,本包只到第 {last} 号 · seal {n} is published, this ends at {last}")
            elif n in by_number and (by_number[n]["root"], by_number[n]["hash"]) != (words[3], words[4]):
                self.problem("unpublished", f"封存第 {n} 号", f"seal {n} is not the one published")
            elif n == last:
                self.is_vouched = True

    def check_roots(self, roots: Iterable[str]) -> None:
        for root in roots:
            beginning, last = "".join(root.split()).lower(), self.last["number"]
            found = [seal["number"] for seal in self.seals if seal["hash"].startswith(beginning)]
            if not found:
                self.problem("unpublished", f"本包没有封存码 {root}", f"no seal of this bundle has the code {root}")
            elif found[0] == last:
                self.is_vouched = True
            else:
                self.notes.append(f"{root} 是第 {found[0]} 号,本包到第 {last} 号 · vouches up to seal {found[0]} only")

    def check_surroundings(self) -> None:
        known = {"bundle.json", "README.md", "verify.py", "seals.jsonl", "facts.jsonl", "audit.json"}
        known.update(f"leaves/{seal['number']:06d}.jsonl" for seal in self.seals)
        policies = {f"policies/{seal['policy']}.toml": seal["policy"] for seal in self.seals}
        for name in Counter(self.names) - Counter(known.union(policies)):
            self.problem("inserted", f"文件 {name}", f"file {name}")
        for name, policy in policies.items():
            if name not in self.names:
                self.problem("removed", f"政策文件 {name}", f"policy {name}")
            elif hashlib.sha256(self.archive.read(name)).hexdigest() != policy:
                self.problem("altered", f"政策文件 {name}", f"policy {name}")
        if any(self.manifest[key] != self.last.get(of) for key, of in (("network", "network"), ("seal", "hash"))):
            self.problem("altered", "bundle.json 的路网指纹或封存码", "network fingerprint or seal in bundle.json")

    def check_facts(self) -> None:
        order = ("", "")
        for incident in map(Incident, self.groups()):
            place = (incident.at, incident.id)
            if incident.id in self.incidents:
                self.problem("inserted", f"案件 {incident.id} 出现两次", f"incident {incident.id} comes twice")
                continue
            self.incidents[incident.id] = incident
            incident.check_chain(self)
            incident.judge(self.now, self.audit, self.counts)
            if place < order and not incident.is_named:
                self.problem("reordered", f"案件 {incident.id} 不在其位", f"incident {incident.id} is out of its place")
            if not self.holds(incident.at):
                self.problem("inserted", f"案件 {incident.id} 不属本期", f"incident {incident.id}: not of this period")
            order = max(order, place)

    def groups(self) -> Iterator[list[Any]]:
        """Entries incident by incident; a line that is not in the one form is named, and read all the same."""
        group: list[Any] = []
        for place, line in enumerate(self.lines("facts.jsonl"), 1):
            entry = read(line)
            if canonical(entry) != line:
                self.problem("altered", f"facts.jsonl 第 {place} 行的写法", f"facts.jsonl, how line {place} is written")
            if group and group[0]["event"]["incident_id"] != entry["event"]["incident_id"]:
                yield group
                group = []
            group.append(entry)
        if group:
            yield group

    def check_leaves(self) -> None:
        start = moment(f"{self.since or '2000-01-01'}T00:00:00.000000Z") - timedelta(hours=8)
        for seal in self.seals:
            if f"leaves/{seal['number']:06d}.jsonl" in self.names:
                self.check_list(seal)
            elif self.since is None or moment(seal["sealed_at"]) >= start:
                self.problem("removed", f"封存第 {seal['number']} 号的清单", f"the list of seal {seal['number']}")
        for incident in self.incidents.values():
            if incident.seen < len(incident.events):
                incident.name(self, "inserted", incident.seen + 1, ",没有封存包含它", ": no seal covers it")

    def check_list(self, seal: Any) -> None:
        """The list of one seal against its root and against the facts."""
        n, hashes, late = seal["number"], [], 0
        for line in self.lines(f"leaves/{n:06d}.jsonl"):
            hashes.append(hashlib.sha256(b"\0" + line).digest())
            key, seq, at, event_hash = read(line)
            late += moment(seal["sealed_at"]) - moment(at) > timedelta(hours=48)
            if key in self.incidents:
                self.incidents[key].check_leaf(self, seq, (event_hash, n))
            elif seq == 1 and self.holds(at) and "/" not in key:  # with one it is no incident
                self.problem("removed", f"案件 {key} 整案(封存第 {n} 号)", f"incident {key} as a whole (seal {n})")
        if len(hashes) != seal["events"]:
            kind, told = "removed" if len(hashes) < seal["events"] else "inserted", f"{len(hashes)} ≠ {seal['events']}"
            self.problem(kind, f"封存第 {n} 号清单的条数:{told}", f"events in the list of seal {n}: {told}")
        elif merkle_root(hashes) != seal["root"]:
            self.problem("altered", f"封存第 {n} 号的清单:根值不符", f"the list of seal {n}: its root does not fit")
        if late:
            self.notes.append(f"封存第 {n} 号有 {late} 条发生 48 小时后才封存 · {late} events sealed 48 h late or more")

    def check_shares(self) -> None:
        audit = self.audit
        period = (audit["since"], audit["until"], datetime.fromisoformat(audit["judged_at"]))
        if period != (self.since, self.until, self.now):
            self.problem("differs", "audit.json 的时段或截至时刻", "period or moment of audit.json")
        printed = {"totals": audit["totals"]}
        for kind in [key for key in audit if key.startswith("by_") and isinstance(audit[key], dict)]:
            printed.update({f"{kind} {name}": tally for name, tally in audit[kind].items()})
        for name in sorted({*printed, *self.counts}, key=lambda name: (name != "totals", name)):
            if name.split(" ")[0] not in ("legs", "reasons", "track"):
                self.compare(name, printed.get(name), self.tally(self.counts[name], name))
        self.check_legs()
        track = self.counts["track"]
        shares = {f"share_{by}": share(track[by], track["n"]) for by in ("by_button", "by_track")}
        self.compare("track", audit["track"], {"n": (track["n"],), "opposite": (track["opposite"],), **shares})
        for name in ("excluded", "cancelled_late"):
            self.compare(name, audit[name], {k: (n,) for k, n in self.counts[f"reasons {name}"].items()}, True)

    def check_legs(self) -> None:
        """The share of each leg within the printed target, in all and by zone."""
        legs = {"legs": self.audit["intervals"]}
        legs.update({f"legs {zone}": printed for zone, printed in self.audit["intervals_by_zone"].items()})
        for group in sorted({*legs, *(name for name in self.counts if name.split(" ")[0] == "legs")}):
            for leg in legs.get(group, ()):
                n, within = (self.counts[group][f"{leg['name']} {what}"] for what in ("n", "within"))
                wanted = {"n": (n,), "share_within": share(within, 0 if leg["target_s"] is None else n)}
                self.compare(f"{group} {leg['name']}", leg, wanted)
            if group not in legs:
                self.problem("differs", f"审计报告缺 {group}", f"{group} is not printed")

    def tally(self, count: Counter[str], name: str) -> dict[str, Any]:
        wanted: dict[str, Any] = {
            key: (count[key],) for key in ("reported", "kept", "missed", "open", "excluded", "timed", *EVIDENCE)
        }
        kept, due = count["kept"], count["kept"] + count["missed"]
        wanted["share_kept"] = share(kept, due)
        wanted["share_with_excluded"] = share(kept, due + count["excluded"])
        wanted["share_strict"] = share(kept, count["reported"])
        wanted["share_timed"] = share(kept, count["timed"])
        if name == "totals" or name.startswith("by_zone"):
            _, n, p, low, high = wanted["share_kept"]
            part = f"{100 * p:.1f}% (95% Wilson {100 * low:.1f}–{100 * high:.1f}%)" if n else "–"
            self.notes.append(f"守时率 share kept, {name}: {kept}/{n} = {part}")
        return wanted

    def compare(self, name: str, printed: Any, wanted: dict[str, Any], whole: bool = False) -> None:
        """What is printed against what was recomputed; ``whole``: nothing else may be printed there."""
        for key in sorted({*wanted, *(printed or {})} if whole else wanted):
            ours = wanted.get(key, (0,))
            given = printed and printed.get(key)
            theirs = tuple(given[p] for p in ("kept", "n", "p", "low", "high")) if isinstance(given, dict) else (given,)
            if any(a != b and (a is None or b is None or abs(a - b) > 1e-9) for a, b in zip(theirs, ours)):
                told = f"{name} {key}: {theirs} ≠ {ours}"
                return self.problem("differs", f"审计报告 {told}", f"printed ≠ recomputed from the facts: {told}")
        return None


def check(path: Any, roots: Iterable[str] = (), published: Any = None) -> Check:
    """Check a bundle; ``roots``: hashes of seals or their beginnings, ``published``: a file of published seals."""
    found = Check()
    try:
        lines = Path(published).read_text(encoding="utf-8").splitlines() if published else []
        with zipfile.ZipFile(path) as archive:
            found.run(archive, roots, lines)
    except (OSError, zipfile.BadZipFile, zlib.error, LookupError, TypeError, ValueError, AttributeError) as error:
        found.problem("broken", f"无法读取或格式有误:{error!r}", f"it cannot be read, or its form is wrong: {error!r}")
    return found


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle")
    parser.add_argument("--root", action="append", default=[], help="封存码 · code of a seal, 16 digits or more")
    parser.add_argument("--published", help="公布的 seals.txt · the published file of seals")
    given = parser.parse_args(words)
    if not all(re.fullmatch("[0-9a-fA-F]{16,64}", "".join(root.split())) for root in given.root):
        parser.error("--root: 16 至 64 位十六进制 · 16 to 64 hexadecimal digits")
    if not Path(given.bundle).is_file():
        parser.error(f"没有这个文件 · no such file: {given.bundle}")
    found = check(given.bundle, given.root, given.published)
    for note in found.notes:
        print(f"  {note}")
    for kind, chinese, english in found.problems[:20]:
        print(f"✗ {KINDS[kind]} {kind}: {chinese} · {english}")
    if found.code == 1:
        print(f"✗ 共 {len(found.problems)} 处不符 · {len(found.problems)} things do not fit")
    elif found.is_vouched:
        print("✓ 全部相符,并与公布的封存一致 · everything fits, and the last seal is the one published")
    else:
        print(
            "? 包内自洽,但未与公布的封存对照 · nothing contradicts, but no published seal vouches: use --root or --published"
        )
    return found.code


if __name__ == "__main__":
    sys.exit(main())
