"""Routing measured beside other libraries: the same work on the same weights, every answer checked before it counts."""
