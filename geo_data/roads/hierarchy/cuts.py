"""Small cuts through a part of a road graph: a maximum flow from its one side to the other (inertial flow).

After A. Schild and C. Sommer, "On Balanced Separators in Road Networks", SEA 2015: nodes are sorted along a line, the
first quarter is the source, the last quarter the sink, and the smallest cut between them is the separator. The flow is
that of E. Dinic (1970) on an undirected graph where every edge carries one unit.
"""

from typing import Any

from numba import njit


@njit(cache=True, nogil=True)
def _levels(nodes: Any, level: Any, first: Any, head: Any, flow: Any, queue: Any) -> bool:
    """Breadth-first levels from the sources (level 0) through arcs with room; whether a sink (level -3) is met."""
    size = 0
    for v in nodes:
        if level[v] == 0:
            queue[size] = v
            size += 1
        elif level[v] != -3:
            level[v] = -1
    at, met = 0, False
    while at < size:
        v = queue[at]
        at += 1
        for a in range(first[v], first[v + 1]):
            w = head[a]
            if flow[a] < 1:
                if level[w] == -3:
                    met = True
                elif level[w] == -1:
                    level[w] = level[v] + 1
                    queue[size] = w
                    size += 1
        if met and at < size and level[queue[at]] > level[v]:
            break
    return met


@njit(cache=True, nogil=True)
def _push_along(source: int, level: Any, first: Any, head: Any, back: Any, flow: Any, turn: Any, path: Any) -> int:
    """Send what fits from one source along rising levels; answer how many units."""
    sent, size, v = 0, 0, source
    while True:
        found = False
        while turn[v] < first[v + 1]:
            a = turn[v]
            w = head[a]
            if flow[a] < 1 and (level[w] == -3 or level[w] == level[v] + 1):
                path[size] = a
                size += 1
                found = True
                break
            turn[v] += 1
        if found and level[w] == -3:
            for i in range(size):
                flow[path[i]] += 1
                flow[back[path[i]]] -= 1
            sent += 1
            size, v = 0, source
        elif found:
            v = w
        elif size == 0:
            return sent
        else:
            size -= 1
            a = path[size]
            v = head[back[a]]
            turn[v] += 1


@njit(cache=True, nogil=True)
def smallest_cut(
    nodes: Any, ends: int, most: int, level: Any, first: Any, head: Any, back: Any, flow: Any, scratch: Any
) -> int:
    """Cut ``nodes`` (sorted along a line; others have level -2) between the first and the last ``ends`` of them.

    Afterwards ``level`` is 0 or more on the source's side. Answers the number of cut edges; gives up beyond ``most``.
    """
    queue, path, turn = scratch
    n = len(nodes)
    for i in range(n):
        v = nodes[i]
        level[v] = 0 if i < ends else -3 if i >= n - ends else -1
        for a in range(first[v], first[v + 1]):
            flow[a] = 0
    cut = 0
    while cut <= most and _levels(nodes, level, first, head, flow, queue):
        for v in nodes:
            turn[v] = first[v]
        for i in range(ends):
            cut += _push_along(nodes[i], level, first, head, back, flow, turn, path)
        for i in range(ends):
            level[nodes[i]] = 0
    return cut
