"""Base backups of the private cluster, its archived write-ahead log, and the way back to any moment between."""
