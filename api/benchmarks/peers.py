"""The libraries that the router is measured beside."""

from api.benchmarks.contender import Contender, Peer
from api.benchmarks.work import Work

_OWN_WEIGHTS = (
    "reads OpenStreetMap files and makes weights of its own: it cannot be given these, so it is not the same work"
)


def _networkx(work: Work) -> Contender:
    from api.benchmarks.peer_networkx import contender  # noqa: PLC0415  (one peer missing must not stop the others)

    return contender(work)


def _scipy(work: Work) -> Contender:
    from api.benchmarks.peer_scipy import contender  # noqa: PLC0415

    return contender(work)


def _pandana(work: Work) -> Contender:
    from api.benchmarks.peer_pandana import contender  # noqa: PLC0415

    return contender(work)


def _routingkit(work: Work) -> Contender:
    from api.benchmarks.peer_routingkit import contender  # noqa: PLC0415

    return contender(work)


PEERS = (
    Peer("scipy", "scipy.sparse.csgraph", _scipy),
    Peer("networkx", "networkx", _networkx),
    Peer("pandana", "pandana", _pandana),
    Peer("routingkit-cch", "routingkit_cch", _routingkit),
    Peer("osrm", "osrm", None, _OWN_WEIGHTS),
    Peer("valhalla", "valhalla", None, _OWN_WEIGHTS),
)
