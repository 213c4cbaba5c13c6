"""What can be seen of the service from outside: numbers, logs and traces. Knows nothing of routes or wiring."""
