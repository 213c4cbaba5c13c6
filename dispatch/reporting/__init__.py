"""The periodic service report: a month or a quarter judged, set against the one before, with what follows from it."""
