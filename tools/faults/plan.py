"""How often each kind of fault is committed, by how many cycles of kill -9 are asked for."""

from tools.faults.kinds import cuts, disk, kills, slow, writers
from tools.faults.site import Fault

SHARES: dict[str, list[tuple[Fault, float]]] = {
    "private": [
        (kills.WEB, 0.3),
        (kills.BACKGROUND, 0.15),
        (kills.POSTMASTER, 0.275),
        (kills.BACKEND, 0.275),
        (cuts.Terminate(), 0.1),
        (cuts.HTTP_ALL, 0.05),
        (cuts.HTTP_QUESTION, 0.1),
        (cuts.HTTP_ANSWER, 0.1),
        (writers.Writers(), 0.05),
        (slow.SlowScreens(), 0.01),
    ],
    "wire": [
        (cuts.WIRE_ALL, 0.1),
        (cuts.WIRE_QUESTION, 0.2),
        (cuts.WIRE_ANSWER, 0.2),
        (disk.FullDisk(), 0.1),
    ],
}


def faults(campaign: str, cycles: int) -> list[Fault]:
    """The faults of a campaign, at least one of each kind; of the first four kinds as many as ``cycles`` in all."""
    return [fault for fault, share in SHARES[campaign] for _ in range(max(1, round(share * cycles)))]
