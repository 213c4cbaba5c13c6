"""Simulated days (模拟): the very desk of the service on a virtual clock, before callers, units and roads it does not know."""
