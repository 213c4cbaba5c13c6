"""Positions by the thousand: the requests of one instant share one transaction, and each is answered after its commit."""
