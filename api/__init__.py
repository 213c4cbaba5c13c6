"""The doors: HTTP, command line, settings, the wall clock and the wiring."""
