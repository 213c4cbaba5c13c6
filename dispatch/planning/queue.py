"""The queue behind a roster: how often all are busy, and whose turn it is.

M/M/n: reports arrive at random (Poisson), work lasts an exponential time, n people serve one waiting line. A. K. Erlang,
"Solution of some problems in the theory of probabilities of significance in automatic telephone exchanges", 1917; the
recursion is that of the textbooks, e.g. Gans, Koole and Mandelbaum, "Telephone call centers", M&SOM 5(2), 2003.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

Floats = npt.NDArray[np.float64]


def p_wait(n: int, load: float) -> float:
    """Erlang C: probability that a report finds all ``n`` busy; 1 where the load is n or more.

    Parameters
    ----------
    n : int
        People on duty.
    load : float
        Work offered, in people kept busy (reports a second times seconds of work).
    """
    if load >= n:
        return 1.0
    blocked = 1.0  # Erlang B, by recursion
    for k in range(1, n + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked / (1 - load / n * (1 - blocked))


def p_turn(n: int, load: float) -> Floats:
    """Probability that the first free one in a list of preference is the j-th, j from 0.

    R. C. Larson, "Approximating the performance of urban emergency service systems", Operations Research 23(5), 1975
    (hypercube model): with all equally busy, the first j of a list are busy and the next is free with probability
    sum over k of P(k busy) k! (n-j-1)! (n-k) / ((k-j)! n!). It is Q(n, rho, j) rho^j (1 - rho) there.

    Returns
    -------
    (n,) float64
        The sum is 1 - `p_wait`; zeros where the load is n or more.
    """
    if load >= n:
        return np.zeros(n)
    busy = np.arange(n)[None]  # k, along the row
    turn = np.arange(n)[:, None]  # j
    log_p = busy[0] * np.log(max(load, 1e-12)) - gammaln(busy[0] + 1)
    p_busy = np.exp(log_p - log_p.max())
    p_busy *= (1 - p_wait(n, load)) / p_busy.sum()
    behind = np.maximum(busy - turn, 0)
    ways = gammaln(busy + 1) + gammaln(n - turn) + np.log(n - busy) - gammaln(behind + 1) - gammaln(n + 1)
    return np.asarray((np.where(busy >= turn, np.exp(ways), 0.0) * p_busy).sum(axis=1))
